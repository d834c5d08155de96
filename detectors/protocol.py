"""The plug point of this wing: anything that keeps `Detector` is a detector.

A detector measures; it never decides. It is found through the entry-point group `assay.detectors`
under its name, created without arguments on first use, and given assets in batches. It answers
one tuple for each asset, in input order, and does not raise for what is wrong with a file: it
abstains, or says why it could not run. The tuple is empty only from a detector that looks for
marks and found none: that says nothing, and there is nothing to measure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

from provenance.asset import Asset, Modality
from provenance.evidence import Detection, NotRun, Record, Watermark

__all__ = ["Card", "Detector"]


class Card(Record):
    """What a detector says of itself.

    Attributes:
        detector: its name (`music`, `image`, ...).
        modalities: kinds of work it takes.
        model: SHA-256 of its weights, `sha256:...`; the key of every figure about it.
        description: one plain sentence.
        licence: SPDX identifier of the weights.
        positive_only: whether an empty answer is one: it looked, and found nothing to tell.
    """

    detector: str
    modalities: tuple[Modality, ...]
    model: str
    description: str
    licence: str
    positive_only: bool = False


@runtime_checkable
class Detector(Protocol):
    """Measures what the content of a work gives away about its making."""

    @property
    def card(self) -> Card:
        """What it is."""
        ...

    def detect(
        self, assets: Iterable[Asset]
    ) -> Iterator[tuple[Detection | Watermark | NotRun, ...]]:
        """One tuple per asset, in input order, not empty unless `positive_only`; thread-safe."""
        ...
