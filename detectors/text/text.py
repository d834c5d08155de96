"""What a model of texts is given: windows of about a hundred words of running prose.

Quotations, code and boilerplate are set aside (`detectors.text.prose`), what is left is folded to
its canonical form (`provenance.text`) and cut (`detectors.text.windows`). A row holds the pieces of
a window, its runs of characters and words, and how it is written; nothing of it hangs on case, on
typography, on look-alike letters or on invisible characters. What was folded is told beside it.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from detectors.models.preparation import MOST_NAMES, MOST_OF_NAME, Prepared, Window
from detectors.models.windowed import LIMITS
from detectors.text.grams import SLOTS, grams_of, names_of
from detectors.text.languages import Language, identifier, language_of
from detectors.text.pieces import LENGTH, UNKNOWN, pieces_of, tokenizer
from detectors.text.prose import Prose, prose
from detectors.text.style import style_names, style_of
from detectors.text.windows import LEAST_WORDS, Stretch, cut
from provenance.asset import Asset, Modality
from provenance.evidence import AbstainReason, Feature, NotRunReason
from provenance.text import Mapped, canonical

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.decode.text import Passage
    from provenance.text import Canonical

__all__ = ["GRAMS", "OTHER", "PIECES", "STYLE", "TextWindows", "row_of"]

PIECES = slice(0, LENGTH)
GRAMS = slice(LENGTH, LENGTH + SLOTS)
STYLE = slice(LENGTH + SLOTS, LENGTH + SLOTS + len(style_names()))
"""Where a row holds what."""

OTHER = "other"
"""The group of texts of no language that is judged; nothing of it is measured."""

ENOUGH_WORDS = 100
"""A shorter text is scored and not relied on."""

MOST_UNKNOWN = 0.05
"""Share of pieces outside the vocabulary beyond which a text is not in a language it covers."""


class TextWindows:
    """`text`: windows of a text, all of them or spread evenly.

    Args:
        most: windows at most.
    """

    name = "text"
    version = "1"
    modality: ClassVar = Modality.TEXT

    def __init__(self, most: int = 256) -> None:
        self._most = most
        tokenizer()  # what it reads of its own is read before the sandbox closes
        identifier()

    def prepare(self, asset: Asset) -> Prepared:
        """Shape (windows, numbers), float32; see `row_of`.

        Raises:
            Undecodable: there is no text in it, or nothing but what others wrote.
        """
        from detectors.decode.fault import Undecodable
        from detectors.decode.text import passages

        found, facts = passages(asset, LIMITS)
        read = [_Read(passage) for passage in found]
        words = sum(one.words for one in read)
        if words < LEAST_WORDS:
            detail = f"{words} words of running prose: under {LEAST_WORDS} nothing can be said"
            raise Undecodable(NotRunReason.NOT_APPLICABLE, detail)
        cut_ = [(one, stretch) for one in read for stretch in one.stretches]
        if len(cut_) > self._most:
            places = np.linspace(0, len(cut_) - 1, self._most).round().astype(int)
            cut_ = [cut_[place] for place in places]
        rows = [row_of(one.text[stretch.start : stretch.end]) for one, stretch in cut_]
        width = STYLE.stop
        features = np.stack(rows) if rows else np.zeros((0, width), np.float32)
        language = language_of(" ".join(one.text for one in read))
        return Prepared(
            tuple(one.window(stretch) for one, stretch in cut_),
            features,
            language or OTHER,
            facts,
            _abstain(language, features, words, is_verse=any(one.prose.is_verse for one in read)),
            tuple(_told(read)),
            _names([one.text[stretch.start : stretch.end] for one, stretch in cut_]),
        )


def row_of(window: str) -> NDArray[np.float32]:
    """What a model sees of a window of canonical text, float32, shape (`STYLE.stop`,)."""
    return np.concatenate([pieces_of(window, tokenizer()), grams_of(window), style_of(window)])


class _Read:
    """A passage with its prose, in canonical form, and its windows."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage
        self.prose: Prose = prose(passage.text)
        self.canonical: Canonical = canonical(Mapped.of(passage.text, self.prose.spans))
        self.stretches = cut(self.text)

    @property
    def text(self) -> str:
        return self.canonical.text

    @property
    def words(self) -> int:
        return sum(one.words for one in self.stretches)

    def window(self, stretch: Stretch) -> Window:
        start, end = self.canonical.span(stretch.start, stretch.end)
        first, last = self.passage.original(start), self.passage.original(end - 1)
        return Window("character", range=(float(first), float(last + 1)), part=self.passage.part)


def _abstain(
    language: Language | None, rows: NDArray[np.float32], words: int, *, is_verse: bool
) -> AbstainReason | None:
    pieces = rows[:, PIECES]
    unknown = float((pieces == UNKNOWN).sum()) / max(float((pieces > UNKNOWN).sum()), 1)
    if language is None or unknown > MOST_UNKNOWN:
        return AbstainReason.UNSUPPORTED_LANGUAGE
    if is_verse:
        return AbstainReason.REGISTER_UNMEASURED
    return AbstainReason.TOO_SHORT if words < ENOUGH_WORDS else None


def _names(windows: list[str]) -> dict[str, int]:
    """Runs of words with their buckets, those of most windows first."""
    counts: Counter[tuple[str, int]] = Counter()
    for one in windows:
        counts.update(names_of(one).items())
    known = (name for name, _ in counts.most_common() if len(name[0]) <= MOST_OF_NAME)
    return dict(islice(known, MOST_NAMES))


def _told(read: list[_Read]) -> list[Feature]:
    """What was set aside and what was folded, where there was any."""
    counts: Counter[str] = Counter()
    for one in read:
        counts["words"] += one.words
        for name in ("quotation", "code", "boilerplate"):
            counts[f"{name}_words"] += getattr(one.prose, name)
        counts.update(one.canonical.marks._asdict())
    return [Feature(name=name, value=value) for name, value in counts.items() if value]
