"""Path patterns: a beginning of paths, with `*` for anything and `$` for the end.

Follows RFC 9309 sections 2.2.2 and 2.2.3. TDMRep, RSL, ai.txt and AIPREF borrow the form. Matching
looks for the pieces between the stars one after the other, each where it comes first, so that a
pattern of a thousand stars costs no more than its length and the path's; there is nothing to go
back to. What follows from a match (longest, first, most restrictive) is each protocol's own.
"""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["PathPattern", "Pieces", "escaped", "normalised", "pieces_of"]

ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
OUTSIDE_ASCII = re.compile(rb"[\x80-\xff]")
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class Pieces(NamedTuple):
    """A pattern taken apart.

    Attributes:
        first: what the path begins with.
        inner: what follows in this order, with anything between; none is empty.
        last: what the path ends with, None when it may go on.
        starred: whether there is a star; without one `last` is empty or None.
    """

    first: str
    inner: tuple[str, ...]
    last: str | None
    starred: bool

    def match(self, path: str) -> bool:
        """Whether `path` has this form; case counts."""
        first, inner, last, starred = self
        if not path.startswith(first):
            return False
        at = len(first)
        if not starred:
            return last is None or len(path) == at
        if last is not None and not path.endswith(last):
            return False
        for piece in inner:
            found = path.find(piece, at)
            if found < 0:
                return False
            at = found + len(piece)
        return last is None or len(path) - len(last) >= at


def pieces_of(text: str) -> Pieces:
    """Take a pattern apart; `$` counts at its end only."""
    ended = text.endswith("$")
    first, *rest = (text[:-1] if ended else text).split("*")
    if not rest:
        return Pieces(first, (), "" if ended else None, starred=False)
    last = rest.pop() if ended else None
    return Pieces(first, tuple(piece for piece in rest if piece), last, starred=True)


class PathPattern:
    """One pattern, ready to be compared.

    Attributes:
        text: as written, with its escapes made alike (`normalised`).
        length: of `text` in octets, which is its priority where the longest pattern counts.
    """

    __slots__ = ("_pieces", "length", "text")

    def __init__(self, written: str) -> None:
        self.text = normalised(written)
        self.length = len(self.text)
        self._pieces = pieces_of(self.text)

    def __repr__(self) -> str:
        return f"PathPattern({self.text!r})"

    @property
    def is_prefix(self) -> bool:
        """Whether `text` is simply the beginning of the paths it matches."""
        return not self._pieces.starred and self._pieces.last is None

    def matches(self, path: str) -> bool:
        """Whether a path (with its query) has this form; `normalised` makes it comparable."""
        return self._pieces.match(path)


def normalised(path: str) -> str:
    """A path as RFC 9309 section 2.2.2 compares it.

    Escapes are in capitals, what is not ASCII is escaped, and what needs no escape has none.
    """
    path = _ascii(path)
    return ESCAPE.sub(_needed, path) if "%" in path else path


def escaped(path: bytes) -> str:
    """The same without undoing escapes that are not needed: Google's form, which compares text."""
    text = (path if path.isascii() else OUTSIDE_ASCII.sub(_octet, path)).decode("ascii")
    return ESCAPE.sub(_capital, text) if "%" in text else text


def _ascii(path: str) -> str:
    if path.isascii():
        return path
    return OUTSIDE_ASCII.sub(_octet, path.encode("utf-8", "surrogatepass")).decode("ascii")


def _octet(found: re.Match[bytes]) -> bytes:
    return b"%%%02X" % found[0][0]


def _capital(found: re.Match[str]) -> str:
    return found[0].upper()


def _needed(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    return character if character in UNRESERVED else found[0].upper()
