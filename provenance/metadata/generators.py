"""The names of generating products, and how each may be written.

Data only. Every pattern is a whole product name: "Adobe Firefly" and not "Adobe", "Google Imagen"
and not "Imagen", which is Spanish for picture. Where a product also edits what people made, its
name says no more than that AI may be in it.
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
    """

    name: str
    pattern: str
    statement: Statement = Statement.FULLY_AI
    domain: str = ""
    word: bool = False


_EDITS = Statement.MAY_CONTAIN_AI

PICTURES = (
    Product("DALL-E", r"DALL[-·.\s]?E"),
    Product("ChatGPT", r"ChatGPT|OpenAI GPT-?\w*|GPT-4o|gpt-image-\d"),
    Product("Sora", r"OpenAI Sora|Sora by OpenAI"),
    Product("Midjourney", r"Midjourney"),
    Product("Stable Diffusion", r"Stable[-\s]?Diffusion|DreamStudio|AUTOMATIC1111|SD\.Next"),
    Product("Adobe Firefly", r"Adobe[-_\s]?Firefly"),
    Product("Ideogram", r"Ideogram(?:[-\s.]AI)?"),
    Product("Google Imagen", r"Google Imagen|Google Gemini|Nano Banana|Google Veo"),
    Product("Bing Image Creator", r"Bing Image Creator|Image Creator from Designer"),
    Product("Grok", r"xAI Grok|Grok Imagine"),
    Product("FLUX", r"FLUX\.[12]|Black Forest Labs"),
    Product("Leonardo.Ai", r"Leonardo[.\s]AI"),
    Product("Recraft", r"Recraft(?:[-\s.]AI)?"),
    Product("NovelAI", r"NovelAI"),
    Product("Craiyon", r"Craiyon"),
    Product("NightCafe", r"NightCafe(?: Studio| Creator)?"),
    Product("Krea", r"Krea[.\s]AI"),
    Product("Playground AI", r"Playground AI"),
    Product("Fooocus", r"Fooocus"),
    Product("Draw Things", r"Draw Things"),
    Product("DiffusionBee", r"DiffusionBee"),
    Product("Seedream", r"Seedream"),
    Product("Doubao", r"Doubao|豆包"),
    Product("Jimeng", r"Jimeng(?: AI)?|Dreamina|即梦(?:AI)?"),
    Product("Kling", r"Kling[\s.]?AI|可灵(?:AI)?"),
    Product("Runway", r"RunwayML|Runway Gen-?\d"),
    Product("ComfyUI", r"ComfyUI", _EDITS),
    Product("InvokeAI", r"InvokeAI", _EDITS),
)
"""Products that make pictures and video."""

TEXT = (
    Product("ChatGPT", r"ChatGPT|OpenAI"),
    Product("Claude", r"Claude AI|Anthropic Claude|Claude by Anthropic"),
    Product("Gemini", r"Google Gemini"),
    Product("Jasper", r"Jasper AI"),
    Product("Gamma", r"Gamma AI|gamma\.app"),
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
_EXACT = {
    product: re.compile(rf"{_PREFIX}(?:{product.pattern})(?!\w)", re.IGNORECASE)
    for product in (*PICTURES, *TEXT)
}


def named(products: tuple[Product, ...], software: str) -> Product | None:
    """The product whose name a software field begins with, alone or after "made with"."""
    start = software.strip()[:200]
    for product in products:
        if _EXACT[product].match(start):
            return product
    return None
