"""What a training set of texts is made of: passages, read out of the files of its manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from detectors.evaluation.manifest import Label

__all__ = ["Extractor", "Passage"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A text as it was published: markup is gone, typography is not.

    Attributes:
        text: one document, or one chapter; paragraphs are parted by an empty line.
        label: who wrote it.
        source: newspaper, site, project or system: what is held out as a whole.
        kind: register.
        language: BCP 47.
        work: book, article or author whose passages are alike and are never split.
        family: of the generator; None for human texts.
        version: of the generator, where known.
        prompt: what machine and human passages on the same matter share; None where nothing.
    """

    text: str
    label: Label
    source: str
    kind: str
    language: str
    work: str
    family: str | None = None
    version: str | None = None
    prompt: str | None = None


Extractor = Callable[[str, bytes], Iterator[Passage]]
"""Path inside its place and bytes of a file, to the passages it holds."""
