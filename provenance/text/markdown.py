"""Takes the signs of Markdown (CommonMark, tables and notes of GitHub) out of a text.

Headings, rules, tables and the fences of code go with what they hold, for none of it is prose;
emphasis, list signs, links and quotation signs leave the words they dress. A text that was never
Markdown has few such signs, and loses what looks like one: that is the same for every text.
"""

from __future__ import annotations

import re

from provenance.text.mapped import Mapped

__all__ = ["without_markdown"]

FENCE = re.compile(
    r"^[ \t]{0,3}(?P<sign>```+|~~~+)[^\n]*\n.*?(?:^[ \t]{0,3}(?P=sign)[ \t]*$|\Z)()", re.M | re.S
)
BLOCKS = (
    re.compile(r"^[ \t]{0,3}#{1,6}[ \t][^\n]*$", re.M),  # a heading
    re.compile(r"^[ \t]{0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,}|=+)$", re.M),
    re.compile(r"^[ \t]*\|[^\n]*\|[ \t]*$", re.M),  # a row of a table
    re.compile(r"^[ \t]{0,3}\[[^\]\n]{1,80}\]:[^\n]*$", re.M),  # where a link leads
)
LINE_STARTS = (
    re.compile(r"^[ \t]{0,3}(?:>[ \t]?)+", re.M),
    re.compile(r"^[ \t]*(?:[-*+\u2022]|\(?\d{1,3}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?", re.M),
)
IMAGE = re.compile(r"!\[[^\]\n]{0,400}\]\([^)\n]{0,2000}\)")
LINK = re.compile(
    r"\[([^\[\]\n]{1,1000})\]"
    r"(?:\([^()\n]{0,2000}(?:\([^()\n]{0,400}\)[^()\n]{0,400}){0,3}\)|\[[^\[\]\n]{0,80}\])"
)
NOTE = re.compile(r"\[\^?\d{1,3}\]")
STRONG = re.compile(r"(\*{1,3}|_{2,3})(?=\S)([^*\n]{1,400}?)(?<=\S)\1(?!\w)")
UNDERLINED = re.compile(r"(?<!\w)_(?=\S)([^_\n]{1,400}?)(?<=\S)_(?!\w)")
STRUCK = re.compile(r"~~(?=\S)([^~\n]{1,400}?)(?<=\S)~~")
SIGNS = re.compile(r"[#*_`~>|\[\u2022=]|^\s*[-+\d(]|---", re.M)


def without_markdown(text: Mapped) -> tuple[Mapped, int]:
    """The text without signs of Markdown, and in how many places there were some."""
    if SIGNS.search(text.text) is None:
        return text, 0
    patterns = [FENCE, *BLOCKS, *LINE_STARTS]
    if "[" in text.text:
        patterns += (IMAGE, LINK, NOTE)
    for sign, pattern in (("*", STRONG), ("__", STRONG), ("_", UNDERLINED), ("~~", STRUCK)):
        if sign in text.text:
            patterns.append(pattern)
    count = 0
    for pattern in patterns:
        text, found = text.bared(pattern)
        count += found
    return text, count
