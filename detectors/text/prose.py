"""Which stretches of a text are its own running prose, and what is set aside.

Set aside, and counted in words: code, quotations of others (Markdown's `>`, and what stands between
quotation marks for forty words and more), and boilerplate: menus, lists of links, tables, lines
that come again and again, notices. What is left is what a score can speak of.

A text of many short lines without a full stop is verse: it is all kept, and called so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["Prose", "prose"]

FENCED = re.compile(r"^[ \t]{0,3}(```+|~~~+)[^\n]*\n.*?(?:^[ \t]{0,3}\1[ \t]*$|\Z)", re.M | re.S)
QUOTED = re.compile(
    r"\u201c[^\u201c\u201d]{150,6000}\u201d|\u00ab[^\u00ab\u00bb]{150,6000}\u00bb"
    r"|(?<![\w\"])\"[^\"]{150,6000}\"(?![\w\"])"
)
LINE = re.compile(r"[^\n]+")
WORD = re.compile(r"\w+")
STOPS = re.compile(r"[.!?:;\u2026][\"'\u201d\u2019\u00bb)\]*_]*\s*\Z")
NOTICE = re.compile(
    r"\u00a9|\(c\) ?(?:19|20)\d\d|all rights reserved|tous droits r\u00e9serv\u00e9s|"
    r"terms of (?:use|service)|privacy policy|politique de confidentialit\u00e9|"
    r"mentions l\u00e9gales|cookies?\b.{0,40}(?:accept|policy|politique)|"
    r"subscribe to (?:our|the)|abonnez-vous|lire aussi|read more|share this|partager",
    re.I,
)
CODE_LINE = re.compile(
    r"[{};]\s*\Z|^\s*(?:def|class|import|from \w+ import|return|#include|public|private|const|let|"
    r"var|function|fn|if \(|for \(|while \()\b|^\s*[<$>]|^\s*(?://|/\*|\*/)|=>|==|\\begin\{|->"
)
LONG_QUOTATION = 40
FEW_WORDS, NOTICE_WORDS = 8, 30
AGAIN = 3
VERSE_LINES, VERSE_WORDS, VERSE_SHARE = 8, 11, 0.75


class Prose(NamedTuple):
    """What is left of a text, and how many words are not.

    Attributes:
        spans: start and end of the stretches that are kept, in order.
        is_verse: whether it is set in verse, as poems and songs are.
        quotation, code, boilerplate: words set aside.
    """

    spans: tuple[tuple[int, int], ...]
    is_verse: bool
    quotation: int
    code: int
    boilerplate: int


class _Line(NamedTuple):
    start: int
    end: int
    text: str
    words: int


def prose(text: str) -> Prose:
    """The running prose of a text as it was published."""
    lines = [
        _Line(one.start(), one.end(), one[0], len(WORD.findall(one[0])))
        for one in LINE.finditer(text)
        if not one[0].isspace()
    ]
    if _is_verse(lines):
        return Prose(((0, len(text)),), is_verse=True, quotation=0, code=0, boilerplate=0)
    fenced = [one.span() for one in FENCED.finditer(text)]
    again = Counter(one.text.strip() for one in lines)
    kept: list[tuple[int, int]] = []
    words = Counter({"quotation": 0, "code": 0, "boilerplate": 0})
    for line, alone in zip(lines, _alone(lines), strict=True):
        aside = _aside(line, fenced, alone=alone, again=again[line.text.strip()])
        if aside is not None:
            words[aside] += line.words
            continue
        kept += _without_quotations(line, words)
    return Prose(tuple(_joined(kept, text)), is_verse=False, **words)


def _is_verse(lines: list[_Line]) -> bool:
    """Short lines, most of which end without a full stop."""
    if len(lines) < VERSE_LINES:
        return False
    short = sum(1 <= one.words <= VERSE_WORDS for one in lines)
    open_ended = sum(not STOPS.search(one.text) for one in lines)
    plain = sum(not re.match(r"\s*[-*+#|>\d]", one.text) for one in lines)
    least = VERSE_SHARE * len(lines)
    return short >= least and open_ended >= least * 0.7 and plain >= least


def _alone(lines: list[_Line]) -> Iterator[bool]:
    """Of each line, whether it and a neighbour are short and no sentences: a menu, a list."""
    short = [one.words < FEW_WORDS and not STOPS.search(one.text) for one in lines]
    for at, own in enumerate(short):
        yield own and any(short[max(at - 1, 0) : at] + short[at + 1 : at + 2])


def _aside(line: _Line, fenced: list[tuple[int, int]], *, alone: bool, again: int) -> str | None:
    """Why a line is set aside; None when it is not."""
    bare = line.text.strip()
    if any(start <= line.start < end for start, end in fenced):
        return "code"
    if bare.startswith(">"):
        return "quotation"
    if CODE_LINE.search(line.text) and _is_code(bare):
        return "code"
    listed = bare.startswith("|") and bare.endswith("|")
    notice = line.words <= NOTICE_WORDS and NOTICE.search(bare) is not None
    if listed or alone or notice or (again >= AGAIN and line.words < NOTICE_WORDS):
        return "boilerplate"
    return None


def _is_code(line: str) -> bool:
    letters = sum(one.isalpha() or one.isspace() for one in line)
    signs = sum(one in "{}()[];=<>/\\_$#&|*+" for one in line)
    return signs >= 3 and letters < 0.85 * len(line)


def _without_quotations(line: _Line, words: Counter[str]) -> Iterator[tuple[int, int]]:
    at = line.start
    for quoted in QUOTED.finditer(line.text):
        count = len(WORD.findall(quoted[0]))
        if count >= LONG_QUOTATION:
            words["quotation"] += count
            if quoted.start() + line.start > at:
                yield at, line.start + quoted.start()
            at = line.start + quoted.end()
    if at < line.end:
        yield at, line.end


def _joined(kept: list[tuple[int, int]], text: str) -> Iterator[tuple[int, int]]:
    """Stretches with nothing but white space between them as one."""
    start = end = None
    for low, high in kept:
        if start is None or end is None:
            start, end = low, high
        elif text[end:low].isspace() or end == low:
            end = high
        else:
            yield start, end
            start, end = low, high
    if start is not None and end is not None:
        yield start, end
