"""Music and speech generators named in the tags of recordings.

ID3, Vorbis comments, MP4 items, RIFF INFO and Matroska tags are free text anyone may write, and no
generator documents what it puts there, so what is found is always weak: shown to a person, never
acted on. A name counts where software names itself; in a comment it must stand in a phrase ("made
with Suno"), be the maker's address, or be a name nobody uses for anything else. An artist called
Suno is an artist called Suno, and "not made with Suno" says the contrary.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from provenance.evidence import Strength
from provenance.metadata.generators import SOUND, Product
from provenance.metadata.works import MetadataReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.evidence import Declaration, NotRun
    from provenance.metadata.works import Work

__all__ = ["TagsReader"]

PLACES = frozenset(
    {
        "ID3",
        "ID3v1",
        "Vorbis",
        "ilst",
        "mdta",
        "udta",
        "INFO",
        "Matroska",
        "Info",
        "AIFF",
        "onMetaData",
    }
)
SOFTWARE_KEYS = frozenset(
    {
        *("tsse", "tenc", "encoder", "encoded-by", "encodedby", "encoded_by", "encoding tool"),
        *("software", "isft", "©too", "©enc", "©swr", "tool", "writingapp", "muxingapp", "vendor"),
        *("com.apple.quicktime.software", "creationtool", "creator_tool", "generator"),
    }
)
COMMENT_KEYS = frozenset(
    {"comm", "comment", "comments", "©cmt", "icmt", "description", "desc", "©des", "anno"}
)
TEXT_CHARACTERS = 4096

# What denies a name: a word before it in its sentence, or right behind it; and what denies AI.
_NO = (
    r"(?:no|not|non|never|none|neither|nor|without|zero|anti|cannot|sans|pas|jamais|aucune?|ni"
    r"|nicht|kein\w{0,2}|ohne|nie|niemals|sin|nunca|senza|mai|sem|geen|niet)"
)
_APOSTROPHE = "['\u2019]"
_IS = r"(?:is|are|was|were|has|have|had|been|did|wurde|wird|ist|hat|a|est|été)"
_MADE = r"(?:made|generated|created|composed|by|with|using|use|of|any|fait|par|avec|mit|von)"
_AI = r"(?:AI|IA|KI|A\.I|artificial intelligence|intelligence artificielle)\b"
_NOT = rf"(?:{_NO}\b|\w*n{_APOSTROPHE}t\b|0 ?%)"
DENIED_BEFORE = re.compile(rf"\b{_NOT}", re.IGNORECASE)
DENIED_BEHIND = re.compile(
    rf"[ -]free\b|\s?[?:]\s?{_NOT}|\s\w+n{_APOSTROPHE}t\b"
    rf"|\s(?:n{_APOSTROPHE})?(?:{_IS}\s){{1,2}}{_NOT}",
    re.IGNORECASE,
)
DENIED_ALL = re.compile(
    rf"\b{_NOT}(?:\s{_MADE}){{0,3}}[\s-](?:[dl]{_APOSTROPHE})?{_AI}(?!\s(?:train|learn|us))"
    r"|\bAI[- ]free\b",
    re.IGNORECASE,
)
SENTENCE_END = re.compile(r"[.!?;]\s|[\n|]")
SENTENCE_CHARACTERS = 200
MOST_MENTIONS = 8

_PHRASE = r"\b(?:made|generated|created|composed|produced) (?:with|by|using|in|on|via) "
# Before the name: not inside a word or an address.  Behind it: a version may follow, no word.
_WHOLE = r"(?<![\w.@/-]){}(?![\w])"


class _Patterns:
    """The three ways a product can be named."""

    def __init__(self, product: Product) -> None:
        name = f"(?:{product.pattern})"
        phrase = rf"{_PHRASE}(?:the )?{name}(?!\w)"
        if product.domain:
            phrase += rf"|(?<![\w.-])(?:www\.|app\.)?{product.domain}(?![\w-]|\.\w)"
        self.phrase = re.compile(phrase, re.IGNORECASE)
        self.name = re.compile(_WHOLE.format(name), re.IGNORECASE)
        self.whole = re.compile(
            rf"\s*{name}(?:[\s,-]*+(?:AI|v?\d[\d.]*+))*+\s*+[.!]?\s*+", re.IGNORECASE
        )


PRODUCTS = tuple((product, _Patterns(product)) for product in SOUND)
# What every spelling of a name holds. Most tags hold none, and cost no pattern.
HINTS = (
    *("suno", "udio", "eleven", "aiva", "mubert", "riffusion", "boomy", "soundraw", "beatoven"),
    *("mureka", "musicgen", "lyria", "musicfx", "loudly", "ecrett", "murf", "play", "resemble"),
    "speechify",
)
MAX_SEARCHED = 256


class TagsReader(MetadataReader):
    """Reads generator names in tags."""

    source = "tags"

    def declarations(self, work: Work) -> Iterator[Declaration | NotRun]:
        """Each text that names a generator."""
        if not work.media_type.startswith(("audio/", "video/")):
            return
        searched = 0
        for packet in work.texts:
            text = packet.text[:TEXT_CHARACTERS]
            low = text.lower()
            if packet.place not in PLACES or not any(hint in low for hint in HINTS):
                continue
            searched += 1
            if searched > MAX_SEARCHED:
                yield self.over_limit(
                    work, f"more than {MAX_SEARCHED} tags that may name a product"
                )
                return
            if product := _product(packet.key, text):
                field = f"{packet.place}:{packet.key}"
                yield self.declare(
                    work,
                    field,
                    text,
                    product.statement,
                    Strength.WEAK,
                    generator=product.name,
                )


def _product(key: str, text: str) -> Product | None:
    """The product a tag names, by the rules of its kind of key."""
    if DENIED_ALL.search(text):
        return None
    kind = _kind(key)
    for product, patterns in PRODUCTS:
        if _says(patterns.phrase, text):
            return product
        if kind == "software" and _says(patterns.name, text):
            return product
        if kind == "comment" and (
            patterns.whole.fullmatch(text) or (product.word and _says(patterns.name, text))
        ):
            return product
    return None


def _says(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a text says what the pattern looks for, and does not deny it."""
    mentions = islice(pattern.finditer(text), MOST_MENTIONS)
    return any(not _is_denied(text, *mention.span()) for mention in mentions)


def _is_denied(text: str, start: int, end: int) -> bool:
    before = SENTENCE_END.split(text[max(0, start - SENTENCE_CHARACTERS) : start])[-1]
    return bool(DENIED_BEFORE.search(before) or DENIED_BEHIND.match(text, end))


def _kind(key: str) -> str:
    """What a key is for: `software`, `comment` or neither."""
    parts = {part.strip() for part in key.lower().split(":")}
    if parts & SOFTWARE_KEYS:
        return "software"
    return "comment" if parts & COMMENT_KEYS else ""
