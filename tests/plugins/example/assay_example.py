"""One plug-in of each kind, as small as they come: copy what you need.

Made up, all of it: an `X-Maker:` line that says what made a text, a `No-Training: yes` line that
reserves it, and a "detector" that counts vowels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from detectors.protocol import Card
from provenance.asset import Asset, Modality
from provenance.evidence import (
    Declaration,
    Detection,
    NotRun,
    NotRunReason,
    Reservation,
    ReservationState,
    Statement,
    Strength,
)

MOST = 1 << 20  # read no more of a text than this


def line_after(asset: Asset, field: str) -> str | None:
    """What stands after `field:` in the first line that begins so."""
    for line in asset.read_at(0, MOST).decode("utf-8", "replace").splitlines():
        name, colon, value = line.partition(":")
        if colon and name.strip().lower() == field:
            return value.strip()
    return None


class XMaker:
    """Reads who or what made a text, as the text says itself."""

    source = "x-maker"
    media = frozenset({"text/plain"})
    version = "1.0"

    def read(self, asset: Asset) -> Iterator[Declaration]:
        maker = line_after(asset, "x-maker")
        if maker is not None:
            yield Declaration(
                source=self.source,
                part=asset.part,
                field="X-Maker",
                value=maker[:4096],
                statement=Statement.FULLY_AI if maker == "machine" else Statement.NONE,
                strength=Strength.MEDIUM,
            )


class NoTraining:
    """Reads whether a text reserves itself against the training of generators."""

    source = "no-training"
    media = frozenset({"text/plain"})
    version = "1.0"

    def read(self, asset: Asset) -> Iterator[Reservation]:
        if line_after(asset, "no-training") == "yes":
            yield Reservation(
                source=self.source,
                part=asset.part,
                protocol="no-training",
                channel="embedded",
                scope="work",
                purposes={"train-genai": ReservationState.RESERVED},
                native_value="No-Training: yes",
                formal="none",
                intent="clear",
                standing="unknown",
                authority="unknown",
            )


class Vowels:
    """Measures the share of vowels. Nobody measured what that means, so nothing follows from it."""

    card = Card(
        detector="vowels",
        modalities=(Modality.TEXT,),
        model="sha256:" + "0" * 64,  # of the weights; this one has none
        description="The share of vowels among the letters; an example, not calibrated.",
        licence="Apache-2.0",
    )

    def detect(self, assets: Iterable[Asset]) -> Iterator[tuple[Detection | NotRun, ...]]:
        for asset in assets:
            text = asset.read_at(0, MOST).decode("utf-8", "replace").lower()
            letters = [letter for letter in text if letter.isalpha()]
            if letters:
                share = sum(letter in "aeiouy" for letter in letters) / len(letters)
                # No `likelihood` and no `exceedance`: without them a score decides nothing.
                yield (
                    Detection(
                        source="vowels", detector="vowels", model=self.card.model, score=share
                    ),
                )
            else:
                yield (NotRun(source="vowels", check="detect", reason=NotRunReason.NO_TEXT),)
