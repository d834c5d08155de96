"""Strings of strangers made visible: nothing in them moves the cursor, hides text or turns it.

A name or a tag may hold control characters that a terminal obeys, and others that make a text read
as what it is not. Both are written out. Imports nothing, so that every message can pass through.
"""

from __future__ import annotations

import unicodedata

__all__ = ["visible"]

UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control, format (direction, zero width, tags), unassigned; line and paragraph separators."""

BLANK = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
    + "".join(map(chr, range(0xFE00, 0xFE0E)))  # variation selectors, but for those of emoji
    + "".join(map(chr, range(0xE0100, 0xE01F0)))
)
"""Letters and marks by category that are drawn as nothing."""

MARKS = frozenset({"Mn", "Me"})
MOST_MARKS = 4
"""A letter bears no more; a tower of them paints over the lines around it."""


def visible(text: str) -> str:
    """`text` with every character that is not seen written as `<U+202E>`, as `less` does."""
    if text.isascii() and text.isprintable():
        return text
    shown, marks = [], 0
    for letter in text:
        category = unicodedata.category(letter)
        marks = marks + 1 if category in MARKS else 0
        unseen = category in UNSEEN or letter in BLANK or marks > MOST_MARKS
        shown.append(f"<U+{ord(letter):04X}>" if unseen else letter)
    return "".join(shown)
