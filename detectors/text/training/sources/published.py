"""What files of several places have in common: front matter, tokens with spaces, lists."""

from __future__ import annotations

import pickletools
import re
from collections.abc import Iterator

__all__ = ["body", "joined", "listed", "without_tags"]

FRONT_MATTER = re.compile(r"\A\ufeff?(---|\+\+\+)[ \t]*\n.*?\n\1[ \t]*\n", re.DOTALL)
HTML = re.compile(r"<!--.*?-->|</?[a-zA-Z][^<>]{0,300}>|\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)

AFTER = re.compile(r"([(\[{$#])\s+")
BEFORE = re.compile(r"\s+([)\]},.;:!?%])")
CONTRACTED = re.compile(r"\s+('(?:s|re|ve|ll|d|m|t|S)\b|n't\b|'(?=\s))")
OPENING_QUOTE, CLOSING_QUOTE = re.compile(r"``\s*"), re.compile(r"\s*''")
PLAIN_QUOTES = re.compile(r'"\s+([^"]{1,2000}?)\s+"')
HYPHENS = re.compile(r"\s+(--?)\s+(?=\S)")


def body(text: str) -> str:
    """A page of Markdown without its front matter and its HTML."""
    return HTML.sub("", FRONT_MATTER.sub("", text.replace("\r\n", "\n")))


def without_tags(text: str) -> str:
    """A text without tags of HTML or XML."""
    return HTML.sub(" ", text)


def joined(tokens: str) -> str:
    """A text of which every token has spaces around it, set as people set it."""
    text = OPENING_QUOTE.sub('"', tokens)
    text = CLOSING_QUOTE.sub('"', text)
    text = CONTRACTED.sub(r"\1", text)
    text = PLAIN_QUOTES.sub(r'"\1"', text)
    text = AFTER.sub(r"\1", BEFORE.sub(r"\1", text))
    return re.sub(r"[ \t]+", " ", text)


def listed(data: bytes) -> Iterator[str]:
    """The texts of a list of texts that Python wrote as a pickle.

    Its instructions are read and not followed: texts are taken in order, nothing is made.
    """
    memory: list[str | None] = []
    last: str | None = None
    for code, argument, _ in pickletools.genops(data):
        if code.name in {"BINUNICODE", "SHORT_BINUNICODE", "UNICODE"}:
            last = str(argument)
            yield last
        elif code.name in {"BINGET", "LONG_BINGET"}:
            place = int(argument or 0)
            known = memory[place] if place < len(memory) else None
            if known is not None:
                yield known
        elif code.name in {"MEMOIZE", "BINPUT", "LONG_BINPUT"}:
            memory.append(last)
            last = None
        else:
            last = None
