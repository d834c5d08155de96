"""The names of generating products, and how each may be written.

Data, and one rule. Every pattern is a whole product name: "Adobe Firefly" and not "Adobe", "Google
Imagen" and not "Imagen", which is Spanish for picture. Where a product also edits what people made,
its name says no more than that AI may be in it. A field names a product when it holds the name and
nothing else but what makers put behind theirs: "Midjourney 6.1" is one, "Midjourney Removal Tool"
is another's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from provenance.evidence import Statement

__all__ = ["PICTURES", "SOUND", "TEXT", "Product", "named"]


@dataclass(frozen=True, slots=True)
class Product:
    """A generating product.

    Attributes:
        name: as its maker spells it.
        pattern: how it is written, a regular expression without case.
        statement: what its name alone says of a work.
        domain: its maker's addresses, a regular expression, or ''.
        word: its name is no common word, so that it needs no phrase around it in a comment.
        maker: who may stand behind it in brackets, a regular expression, or ''.
        variants: the words of its models' names ("XL", "Turbo"), a regular expression, or ''.
    """

    name: str
    pattern: str
    statement: Statement = Statement.FULLY_AI
    domain: str = ""
    word: bool = False
    maker: str = ""
    variants: str = ""


_EDITS = Statement.MAY_CONTAIN_AI

PICTURES = (
    Product(
        "DALL-E",
        r"DALL[-·.\s]?E[23]?",
        domain=r"openai\.com",
        maker="OpenAI",
        variants=r"mini|preview",
    ),
    Product(
        "ChatGPT",
        r"ChatGPT|OpenAI GPT-?\d?o?|GPT-4o|gpt-image-\d",
        domain=r"(?:openai|chatgpt)\.com",
        maker="OpenAI",
        variants=r"mini|image|images|plus|pro",
    ),
    Product("Sora", r"OpenAI Sora|Sora by OpenAI", domain=r"openai\.com", variants="turbo|pro"),
    Product(
        "Midjourney",
        r"Midjourney",
        domain=r"midjourney\.com",
        maker=r"Midjourney,? Inc\.?",
        variants="niji|alpha|beta|raw|turbo",
    ),
    Product(
        "Stable Diffusion",
        r"Stable[-\s]?Diffusion|DreamStudio|AUTOMATIC1111|SD\.Next",
        domain=r"stability\.ai",
        maker=r"Stability[\s.]?AI",
        variants=r"XL|turbo|large|medium|core|ultra|base|refiner|lightning|inpainting|web ?UI"
        r"|forge|reForge",
    ),
    Product(
        "Adobe Firefly",
        r"Adobe[-_\s]?Firefly",
        domain=r"adobe\.com",
        maker=r"Adobe(?:,? Inc\.?)?",
        variants="image|video|vector|model|ultra|standard|beta",
    ),
    Product(
        "Ideogram",
        r"Ideogram(?:[-\s.]AI)?",
        domain=r"ideogram\.ai",
        maker=r"Ideogram,? Inc\.?",
        variants="turbo|quality|default",
    ),
    Product(
        "Google Imagen",
        r"Google Imagen|Google Gemini|Nano Banana|Google Veo",
        domain=r"google\.com|deepmind\.google",
        maker="Google(?: DeepMind| LLC)?",
        variants="pro|ultra|fast|flash|lite|image|preview",
    ),
    Product(
        "Bing Image Creator",
        r"Bing Image Creator|Image Creator from Designer",
        domain=r"(?:bing|microsoft)\.com",
        maker="Microsoft",
    ),
    Product("Grok", r"xAI Grok|Grok Imagine", domain=r"(?:x|grok)\.(?:ai|com)", maker="xAI"),
    Product(
        "FLUX",
        r"FLUX\.[12](?:\.\d)?|Black Forest Labs",
        domain=r"(?:bfl|blackforestlabs)\.ai",
        maker="Black Forest Labs|BFL",
        variants="dev|schnell|pro|max|flex|klein|ultra|raw|kontext|krea|fill|redux|tools",
    ),
    Product(
        "Leonardo.Ai",
        r"Leonardo[.\s]AI",
        domain=r"leonardo\.ai",
        variants="phoenix|lucid|kino|lightning|diffusion|vision|anime|XL",
    ),
    Product(
        "Recraft", r"Recraft(?:[-\s.]AI)?", domain=r"recraft\.ai", variants="20b|SVG|raster|vector"
    ),
    Product(
        "NovelAI",
        r"NovelAI",
        domain=r"novelai\.net",
        maker="Anlatan",
        variants="diffusion|anime|furry|curated|full|preview",
    ),
    Product("Craiyon", r"Craiyon", domain=r"craiyon\.com"),
    Product("NightCafe", r"NightCafe(?: Studio| Creator)?", domain=r"nightcafe\.studio"),
    Product("Krea", r"Krea[.\s]AI", domain=r"krea\.ai"),
    Product("Playground AI", r"Playground AI", domain=r"playground(?:ai)?\.com"),
    Product("Fooocus", r"Fooocus"),
    Product("Draw Things", r"Draw Things", domain=r"drawthings\.ai"),
    Product("DiffusionBee", r"DiffusionBee", domain=r"diffusionbee\.com"),
    Product("Seedream", r"Seedream", maker="ByteDance", variants="lite|pro"),
    Product("Doubao", r"Doubao|豆包", domain=r"doubao\.com", maker="ByteDance|字节跳动"),
    Product("Jimeng", r"Jimeng(?: AI)?|Dreamina|即梦(?:AI)?", maker="ByteDance|CapCut|字节跳动"),
    Product(
        "Kling",
        r"Kling[\s.]?AI|可灵(?:AI)?",
        domain=r"klingai\.com",
        maker="Kuaishou|快手",
        variants="pro|master|standard|turbo",
    ),
    Product(
        "Runway",
        r"RunwayML|Runway Gen-?\d",
        domain=r"runwayml\.com",
        maker="Runway(?:ML)?",
        variants="alpha|turbo",
    ),
    Product("ComfyUI", r"ComfyUI", _EDITS, domain=r"comfy\.org", maker="Comfy Org"),
    Product("InvokeAI", r"InvokeAI", _EDITS, domain=r"invoke\.(?:ai|com)"),
)
"""Products that make pictures and video."""

TEXT = (
    Product(
        "ChatGPT",
        r"ChatGPT|OpenAI",
        domain=r"(?:openai|chatgpt)\.com",
        maker="OpenAI",
        variants="plus|pro|enterprise|canvas",
    ),
    Product(
        "Claude",
        r"Claude AI|Anthropic Claude|Claude by Anthropic",
        domain=r"(?:claude\.ai|claude\.com|anthropic\.com)",
        maker="Anthropic",
        variants="opus|sonnet|haiku",
    ),
    Product(
        "Gemini",
        r"Google Gemini",
        domain=r"google\.com",
        maker="Google",
        variants="pro|flash|lite|advanced",
    ),
    Product("Jasper", r"Jasper AI", domain=r"jasper\.ai"),
    Product("Gamma", r"Gamma AI|gamma\.app", domain=r"gamma\.app"),
)
"""Products that write text and make documents."""

SOUND = (
    Product("Suno", r"Suno(?:[\s.]?AI)?", domain=r"suno\.(?:com|ai)"),
    Product("Udio", r"Udio(?:[\s.]?AI)?", domain=r"udio\.com"),
    Product("ElevenLabs", r"Eleven[\s-]?Labs", domain=r"elevenlabs\.io", word=True),
    Product("Stable Audio", r"Stable Audio", domain=r"stableaudio\.com", word=True),
    Product("AIVA", r"(?-i:AIVA)(?: Technologies)?", domain=r"aiva\.ai"),
    Product("Mubert", r"Mubert", domain=r"mubert\.com", word=True),
    Product("Riffusion", r"Riffusion", domain=r"riffusion\.com", word=True),
    Product("Boomy", r"Boomy", domain=r"boomy\.com"),
    Product("Soundraw", r"Soundraw", domain=r"soundraw\.io", word=True),
    Product("Beatoven", r"Beatoven(?:[\s.]?AI)?", domain=r"beatoven\.ai", word=True),
    Product("Mureka", r"Mureka", domain=r"mureka\.ai", word=True),
    Product("MusicGen", r"MusicGen|AudioCraft", word=True),
    Product("Lyria", r"Google Lyria|MusicFX", word=True),
    Product("Loudly", r"Loudly AI", domain=r"loudly\.com"),
    Product("Ecrett Music", r"Ecrett Music", domain=r"ecrettmusic\.com", word=True),
    Product("Murf", r"Murf[\s.]AI", domain=r"murf\.ai", word=True),
    Product("PlayHT", r"Play\.?HT", domain=r"play\.ht", word=True),
    Product("Resemble AI", r"Resemble[\s.]AI", domain=r"resemble\.ai", word=True),
    Product("Speechify", r"Speechify", domain=r"speechify\.com", word=True),
)
"""Products that make music and speech."""

_PREFIX = r"(?:(?:made|generated|created) (?:with|by|using) )?"
# "6", "v7", "1.10.1", "v1-5", but not "35", which is a camera's number.
_NUMBER = r"v(?:ersion|\.)?\s?\d[\d.]*+[a-z]?|\d++(?:\.\d++)++[a-z]?|\d[a-z]?"
_LONGEST = 200


def _exactly(product: Product) -> re.Pattern[str]:
    """The name, then versions and variants, then the maker in brackets or its address."""
    words = rf"{_NUMBER}|{product.variants}" if product.variants else _NUMBER
    versions = rf"(?:[\s,_-]?\s?[(\[]?(?:{words})[)\]]?(?!\w)){{0,6}}+"
    ends = [rf"[(\[](?:{product.maker})[)\]]"] if product.maker else []
    if product.domain:
        address = rf"(?:https?://)?(?:[\w-]+\.)*(?:{product.domain})(?:/\S*+)?"
        ends += [rf"[(\[]{address}[)\]]", rf"[-,:]?\s?{address}"]
    behind = rf"(?:\s?(?:{'|'.join(ends)}))?" if ends else ""
    return re.compile(rf"{_PREFIX}(?:{product.pattern})(?!\w){versions}{behind}", re.IGNORECASE)


_EXACT = {product: _exactly(product) for product in (*PICTURES, *TEXT)}


def named(products: tuple[Product, ...], software: str) -> Product | None:
    """The product a software field names: the whole field is its name, alone or after "made with".

    Behind the name may stand versions and the words of its models' names, and then its maker in
    brackets or its address. Anything else makes it the name of something else.
    """
    value = software.strip()
    if len(value) > _LONGEST:
        return None
    for product in products:
        if _EXACT[product].fullmatch(value):
            return product
    return None
