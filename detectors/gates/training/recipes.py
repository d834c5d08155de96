"""How each gate of Assay is made: the shape of its network, and how wrong it may be."""

from __future__ import annotations

from dataclasses import dataclass, field

from detectors.gates.training.fitting import Shape
from provenance.asset import Modality

__all__ = ["RECIPES", "Recipe"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a training of a gate goes by.

    Attributes:
        modality: kind of work it looks at.
        shape: of its network.
        most_wrong: share of works that may be told as a wrong kind, mean over sources.
        untold: kinds it learns so as not to take them for others, and never tells.
        files: of the gate in the package, which its features need: they go along.
    """

    modality: Modality
    shape: Shape = field(default_factory=Shape)
    most_wrong: float = 0.02
    untold: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


RECIPES = {
    "image-kind": Recipe(
        modality=Modality.IMAGE,
        shape=Shape(hidden=0, decay=2_000.0),
        most_wrong=0.045,
        untold=("render",),
        files=("backbone.onnx",),
    ),
    "sound-kind": Recipe(modality=Modality.AUDIO),
}
"""By the name of the gate."""
