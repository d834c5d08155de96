"""The canonical form of a text: its words and their punctuation, as a typewriter would have them.

In this order: characters are folded one by one (`provenance.text.characters`), accents are joined
to their letters, look-alike letters are read as Latin (`provenance.text.lookalikes`), Markdown and
addresses go (`provenance.text.markdown`), quotation marks, dashes and the spaces of French
punctuation take one form, and white space becomes single spaces. Case stays. The form of a
canonical text is itself.

What was folded is counted. Such counts say how a text was set, copied or disguised, and nothing of
who wrote it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import numpy as np

from provenance.text.characters import GONE, folding
from provenance.text.lookalikes import LOOKALIKES
from provenance.text.mapped import Mapped
from provenance.text.markdown import without_markdown

__all__ = ["Canonical", "Marks", "canonical"]

ACCENTED = re.compile(r"[^\W\d_][\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+")
STRAY_ACCENTS = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
MOST_ACCENTS = 2
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
GREEK = (0x0370, 0x03FF)

ADDRESS = re.compile(
    r"<?(?:https?://|ftp://|www\.)[^\s<>\"]+>?|<?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}>?",
    re.IGNORECASE,
)
OPENING = re.compile(r"\u00ab ?")
CLOSING = re.compile(r" ?\u00bb")
TWO_SINGLE = re.compile(r"''|``|,,(?=\w)")
BETWEEN_NUMBERS = re.compile(r"(?<=\d) ?[\u2013\u2014] ?(?=\d)")
DASH = re.compile(r" ?(?:[\u2013\u2014]+|-{2,}) ?| - ")
DOTS = re.compile(r"(?:\. ?){2,}\.(?!\d)")
RAISED = re.compile(r"\s+(?=[;:!?,](?:[\s\"')\]]|$))|(?<=[(\[])\s+|\s+(?=[)\]])|\s+(?=\.(?:\s|$))")
SPACE = re.compile(r"\s+")
EDGES = re.compile(r"^ | $")
SPEAKER = re.compile(r"^- |(?<=[.!?:;\"']) - (?=[\"'(]?[A-Z\u00c0-\u00de])")
"""The dash before what somebody says: a sign of the page, which is gone where lines are joined."""


class Marks(NamedTuple):
    """What was folded, each a number of characters (of `addresses` and `markdown`, of places).

    Attributes:
        invisible: without width: zero-width characters, directions, soft hyphens, tags.
        controls: control characters that are no white space.
        odd_spaces: other than the plain space and the tabulator.
        curly_quotes: typographic quotation marks and apostrophes.
        guillemets: French quotation marks.
        long_dashes: longer than a hyphen.
        ellipses: three dots in one.
        lookalikes: letters of other scripts that stand for Latin ones.
        addresses: of pages and of mail.
        markdown: its signs.
    """

    invisible: int = 0
    controls: int = 0
    odd_spaces: int = 0
    curly_quotes: int = 0
    guillemets: int = 0
    long_dashes: int = 0
    ellipses: int = 0
    lookalikes: int = 0
    addresses: int = 0
    markdown: int = 0


class Canonical(NamedTuple):
    """A text in canonical form.

    Attributes:
        mapped: the text, and where its characters stood.
        marks: what was folded.
    """

    mapped: Mapped
    marks: Marks

    @property
    def text(self) -> str:
        """The canonical text."""
        return self.mapped.text

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the canonical text stands in the original."""
        return self.mapped.span(start, end)


def canonical(text: str | Mapped) -> Canonical:
    """The canonical form of a text.

    Args:
        text: as it was published; or chosen stretches of it (`Mapped.of`).
    """
    original = text if isinstance(text, Mapped) else Mapped.of(text)
    counts: dict[str, int] = {}
    folded = _joined(_folded(original, counts))
    plain, counts["lookalikes"] = _latin(folded)
    plain, counts["markdown"] = without_markdown(plain)
    counts["addresses"] = sum(1 for _ in ADDRESS.finditer(plain.text)) if _may(plain) else 0
    if counts["addresses"]:
        plain = plain.replaced(ADDRESS, "")
    return Canonical(_set(plain), Marks(**counts))


def _folded(original: Mapped, counts: dict[str, int]) -> Mapped:
    """Characters one by one."""
    if original.text.isascii() and original.text.isprintable():
        return original.replaced(re.compile("`"), "'") if "`" in original.text else original
    table, several, kinds = folding()
    points = original.points
    present, numbers = np.unique(points, return_counts=True)
    for kind in kinds:
        counts[kind.name] = int(numbers[np.isin(present, kind.points)].sum())
    folded = table[points]
    plain = original.folded(np.where(folded == GONE, points, folded))
    if (folded == GONE).any():
        plain = plain.kept(folded != GONE)
    if "\r" in plain.text:
        plain = plain.replaced(re.compile("\r\n?"), "\n")
    return plain.expanded(several) if any(point in several for point in present.tolist()) else plain


def _joined(text: Mapped) -> Mapped:
    """Accents joined to their letters; what is more than two of them is a disguise."""
    if text.text.isascii() or STRAY_ACCENTS.search(text.text) is None:
        return text
    joined = text.replaced(
        ACCENTED, lambda one: unicodedata.normalize("NFC", one[0][: 1 + MOST_ACCENTS])
    )
    return joined.replaced(STRAY_ACCENTS, "")


def _latin(text: Mapped) -> tuple[Mapped, int]:
    """Look-alikes in Latin words, and how many there were."""
    if text.text.isascii() or not any(one in LOOKALIKES for one in set(text.text)):
        return text, 0
    letters = [one for one in text.text if one.isalpha() and one not in LOOKALIKES]
    is_latin = 2 * sum(map(_is_latin, letters)) > len(letters)
    count = 0

    def read(word: re.Match[str]) -> str:
        nonlocal count
        written = word[0]
        if written.isascii():
            return written
        own = [one for one in written if one.isalpha() and one not in LOOKALIKES]
        alone = len(written) == 1 and GREEK[0] <= ord(written) <= GREEK[1]
        if alone or not all(map(_is_latin, own)) or not (own or is_latin):
            return written
        count += sum(one in LOOKALIKES for one in written)
        return "".join(LOOKALIKES.get(one, one) for one in written)

    return text.replaced(WORD, read), count


def _is_latin(letter: str) -> bool:
    return letter < "\u0250" or "\u1e00" <= letter <= "\u1eff"


def _space(match: re.Match[str]) -> str:
    return " " if match.start() else ""


def _may(text: Mapped) -> bool:
    """Whether there may be an address in it."""
    return "@" in text.text or "://" in text.text or "www." in text.text.lower()


def _set(text: Mapped) -> Mapped:
    """White space and punctuation in one form; spaces first, so that no run of them is long."""
    text = text.replaced(SPACE, " ")
    if not text.text.isascii():
        text = text.replaced(OPENING, '"').replaced(CLOSING, '"')
        text = text.replaced(BETWEEN_NUMBERS, "-")
    text = text.replaced(TWO_SINGLE, '"').replaced(DASH, " - ").replaced(DOTS, "...")
    text = text.replaced(SPACE, " ").replaced(RAISED, "").replaced(EDGES, "")
    return text.replaced(SPEAKER, _space)
