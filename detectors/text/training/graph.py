"""The parts of a model of texts as one ONNX graph: encoder, runs of characters and words, style.

The encoder's matrices are held in seven bits, each column with its scale, and what goes into them
is brought to eight bits for each batch: integer products of these never overflow on any processor,
so that every machine computes the same. Embeddings are held in eight bits, each row with its scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.text.grams import BUCKETS, SLOTS
from detectors.text.pieces import LENGTH, PAD
from detectors.text.spoke import RUN_LOGITS, STYLE_LOGIT, USUAL_STYLE
from detectors.text.text import GRAMS, PIECES, STYLE
from detectors.text.training.encoder import LEAST_SPREAD
from detectors.training.graph import FEATURES, PartGraph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.text.training.encoder import Encoder

    Reals = NDArray[np.float32]

__all__ = ["TextGraph"]

MATRIX_MOST, ROW_MOST = 63, 127
UNSEEN = -1e4


class TextGraph(PartGraph):
    """A graph that grows; it takes rows as `detectors.text.text.row_of` makes them."""

    def __init__(self) -> None:
        super().__init__("text", int(STYLE.stop))

    def style(self, classifier: Any, share: float, usual: Reals) -> None:
        """Add boosted trees on the numbers of style.

        Args:
            classifier: fitted.
            share: what it counts.
            usual: the numbers as people's windows mostly have them, to compare with.
        """
        found = self.trees(classifier, share, self._columns(STYLE))
        self.tells(STYLE_LOGIT, found, None, 1)
        held = self.hold(np.asarray(usual, np.float32)[None])
        self.tells(USUAL_STYLE, held, 1, len(usual))

    def grams(self, weights: Reals, bias: float, share: float) -> None:
        """Add a linear model on runs.

        Args:
            weights: of each bucket, shape (BUCKETS,).
            bias: of the model.
            share: what it counts.
        """
        table = np.append(weights, 0).astype(np.float16)
        places = self.add("Cast", self._columns(GRAMS), to=7)
        found = self.add("Cast", self.add("Gather", self.hold(table), places), to=1)
        total = self.add("ReduceSum", found, self._axes(1), keepdims=1)
        is_there = self.add("Less", places, self.hold(np.array(BUCKETS, np.int64)))
        count = self.add("ReduceSum", self.add("Cast", is_there, to=1), self._axes(1), keepdims=1)
        root = self.add("Sqrt", count)
        each = self.add("Mul", self.add("Div", found, root), self.hold(np.array(share, np.float32)))
        self.tells(RUN_LOGITS, each, None, SLOTS)
        logits = self.add("Div", total, root)
        self.counts(self.add("Add", logits, self.hold(np.array(bias, np.float32))), share)

    def encoder(self, encoder: Encoder, share: float) -> None:
        """Add an encoder."""
        held, heads = encoder.tensors, encoder.heads
        width = held["word"].shape[1]
        ids, there = self._pieces()
        x = self.add("Add", self._embedded(held["word"], ids), self._places(held["place"], ids))
        x = self._normal(x, held, "begin", encoder.epsilon)
        shut = self._shut(there)
        apart = self.hold(np.array([0, 0, 3, heads, width // heads], np.int64))
        together = self.hold(np.array([0, 0, width], np.int64))
        for layer in range(encoder.layers):
            parts = self.add("Reshape", self._linear(x, held, f"{layer}.qkv"), apart)
            query, key, value = self.add_many("Split", 3, parts, axis=2)
            seen = self._attended(query, key, value, shut, width // heads)
            seen = self._linear(self.add("Reshape", seen, together), held, f"{layer}.out")
            x = self._normal(self.add("Add", x, seen), held, f"{layer}.first", encoder.epsilon)
            inner = self._gelu(self._linear(x, held, f"{layer}.up"))
            inner = self._linear(inner, held, f"{layer}.down")
            x = self._normal(self.add("Add", x, inner), held, f"{layer}.second", encoder.epsilon)
        both = self._mean_and_spread(x, there)
        logits = self.add("MatMul", both, self.hold(held["head"]))
        self.counts(self.add("Add", logits, self.hold(held["head.shift"])), share)

    def _pieces(self) -> tuple[str, str]:
        """Pieces up to the longest window of the batch, and which of them are there."""
        ids = self.add("Cast", self._columns(PIECES), to=7)
        there = self.add("Not", self.add("Equal", ids, self.hold(np.array(PAD, np.int64))))
        lengths = self.add("ReduceSum", self.add("Cast", there, to=7), self._axes(1), keepdims=0)
        longest = self.add("ReduceMax", lengths, keepdims=1)
        zero, one = self._axes(0), self._axes(1)
        ids = self.add("Slice", ids, zero, longest, one)
        return ids, self.add("Slice", there, zero, longest, one)

    def _embedded(self, table: Reals, ids: str) -> str:
        scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-8) / ROW_MOST
        rows = np.round(table / scale).astype(np.int8)
        found = self.add("Cast", self.add("Gather", self.hold(rows), ids), to=1)
        own = self.add("Gather", self.hold(scale.astype(np.float32)), ids)
        return self.add("Mul", found, own)

    def _places(self, table: Reals, ids: str) -> str:
        length = self.add("Slice", self.add("Shape", ids), self._axes(1), self._axes(2))
        return self.add("Slice", self.hold(table[:LENGTH]), self._axes(0), length, self._axes(0))

    def _shut(self, there: str) -> str:
        """What is added to attention, so that nothing beyond the end of a window is seen."""
        open_, shut = (self.hold(np.array(one, np.float32)) for one in (0, UNSEEN))
        added = self.add("Where", there, open_, shut)
        return self.add("Unsqueeze", added, self.hold(np.array([1, 2], np.int64)))

    def _attended(self, query: str, key: str, value: str, shut: str, width: int) -> str:
        """Heads side by side, shape (n, pieces, heads, width of one)."""
        two = self._axes(2)
        query, key, value = (self.add("Squeeze", one, two) for one in (query, key, value))
        query = self.add("Transpose", query, perm=[0, 2, 1, 3])
        key = self.add("Transpose", key, perm=[0, 2, 3, 1])
        value = self.add("Transpose", value, perm=[0, 2, 1, 3])
        scores = self.add("MatMul", query, key)
        scores = self.add("Mul", scores, self.hold(np.array(width**-0.5, np.float32)))
        seen = self.add("Softmax", self.add("Add", scores, shut), axis=-1)
        return self.add("Transpose", self.add("MatMul", seen, value), perm=[0, 2, 1, 3])

    def _linear(self, x: str, held: dict[str, Reals], name: str) -> str:
        matrix = held[name]
        scale = np.maximum(np.abs(matrix).max(axis=0), 1e-8) / MATRIX_MOST
        whole = np.round(matrix / scale).astype(np.int8)
        eight, own, zero = self.add_many("DynamicQuantizeLinear", 3, x)
        product = self.add("MatMulInteger", eight, self.hold(whole), zero)
        both = self.add("Mul", own, self.hold(scale.astype(np.float32)))
        found = self.add("Mul", self.add("Cast", product, to=1), both)
        return self.add("Add", found, self.hold(held[f"{name}.shift"]))

    def _normal(self, x: str, held: dict[str, Reals], name: str, epsilon: float) -> str:
        scale, shift = self.hold(held[f"{name}.scale"]), self.hold(held[f"{name}.shift"])
        return self.add("LayerNormalization", x, scale, shift, axis=-1, epsilon=epsilon)

    def _gelu(self, x: str) -> str:
        root, one, half = (self.hold(np.array(n, np.float32)) for n in (2**0.5, 1, 0.5))
        inner = self.add("Add", self.add("Erf", self.add("Div", x, root)), one)
        return self.add("Mul", self.add("Mul", x, inner), half)

    def _mean_and_spread(self, x: str, there: str) -> str:
        weight = self.add("Unsqueeze", self.add("Cast", there, to=1), self._axes(2))
        total = self.add("ReduceSum", weight, self._axes(1), keepdims=1)
        one = self._axes(1)
        mean = self.add("Mul", x, weight)
        mean = self.add("Div", self.add("ReduceSum", mean, one, keepdims=1), total)
        apart = self.add("Sub", x, mean)
        square = self.add("Mul", self.add("Mul", apart, apart), weight)
        spread = self.add("Div", self.add("ReduceSum", square, one, keepdims=1), total)
        spread = self.add("Add", spread, self.hold(np.array(LEAST_SPREAD, np.float32)))
        both = self.add("Concat", mean, self.add("Sqrt", spread), axis=-1)
        return self.add("Squeeze", both, one)

    def _columns(self, part: slice) -> str:
        return self.add(
            "Slice", FEATURES, self._axes(part.start), self._axes(part.stop), self._axes(1)
        )

    def _axes(self, *numbers: int) -> str:
        return self.hold(np.array(numbers, np.int64))
