"""A small network in numpy: standardised features, layers with ReLU between, softmax at the end.

Its tensors are `mean, scale, weight.0, bias.0, weight.1, bias.1, ..., temperature`, all float32.
A gate runs in the sandboxed worker, and most need no runtime of networks there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

__all__ = ["FARTHEST", "Layer", "Network", "softmax"]

FARTHEST = 8.0
"""Standard deviations from the mean beyond which a feature counts no more."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer: weight of shape (inputs, outputs), bias of shape (outputs,)."""

    weight: Floats
    bias: Floats


@dataclass(frozen=True, slots=True)
class Network:
    """The network of a gate.

    Attributes:
        mean, scale: of each feature, shape (d,); scale is over zero.
        layers: one after the other.
        temperature: by which logits are divided.
    """

    mean: Floats
    scale: Floats
    layers: tuple[Layer, ...]
    temperature: float

    @classmethod
    def of(cls, tensors: dict[str, Floats], kinds: int) -> Self:
        """The network of these tensors.

        Raises:
            ValueError: they do not make one that gives so many kinds.
        """
        if any(one.dtype != np.float32 or not np.isfinite(one).all() for one in tensors.values()):
            raise ValueError("a tensor is not of finite float32 numbers")
        count = sum(name.startswith("weight.") for name in tensors)
        names = {"mean", "scale", "temperature"}
        names |= {f"{what}.{at}" for at in range(count) for what in ("weight", "bias")}
        if set(tensors) != names or not count:
            raise ValueError(f"the tensors are not {', '.join(sorted(names))}")
        layers = tuple(Layer(tensors[f"weight.{at}"], tensors[f"bias.{at}"]) for at in range(count))
        width = tensors["mean"].size
        for layer in layers:
            outputs = layer.bias.size
            if layer.weight.shape != (width, outputs) or layer.bias.shape != (outputs,):
                raise ValueError("the layers do not fit each other")
            width = outputs
        wide = tensors["mean"].shape
        if len(wide) != 1 or tensors["scale"].shape != wide or width != kinds:
            raise ValueError("the layers do not fit the features or the kinds")
        temperature = float(tensors["temperature"].reshape(-1)[0])
        if tensors["temperature"].size != 1 or temperature <= 0 or (tensors["scale"] <= 0).any():
            raise ValueError("the temperature or a scale is not over zero")
        return cls(tensors["mean"], tensors["scale"], layers, temperature)

    @property
    def width(self) -> int:
        """How many features it takes."""
        return int(self.mean.size)

    def tensors(self) -> dict[str, Floats]:
        """What `of` takes."""
        found = {"mean": self.mean, "scale": self.scale}
        for at, layer in enumerate(self.layers):
            found |= {f"weight.{at}": layer.weight, f"bias.{at}": layer.bias}
        return found | {"temperature": np.array([self.temperature], np.float32)}

    def standardised(self, features: Floats) -> Floats:
        """Features as deviations from their means, none of them very far."""
        far = (features - self.mean) / self.scale
        return np.asarray(np.clip(far, -FARTHEST, FARTHEST), np.float32)

    def logits(self, features: Floats) -> Floats:
        """Of each row, shape (n, kinds), before the temperature.

        Args:
            features: finite, shape (n, d).
        """
        rows = self.standardised(features)
        for layer in self.layers[:-1]:
            rows = np.maximum(rows @ layer.weight + layer.bias, 0)
        last = self.layers[-1]
        return np.asarray(rows @ last.weight + last.bias, np.float32)

    def probabilities(self, features: Floats) -> Floats:
        """Of each kind for each row, shape (n, kinds)."""
        return softmax(self.logits(features) / np.float32(self.temperature))


def softmax(logits: Floats) -> Floats:
    """Shares that sum to one in each row."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
