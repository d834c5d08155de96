"""The parts of a model of music as one ONNX graph, written node by node.

The same weights give the same bytes. The graph takes rows of statistics and a spectrogram, as
`detectors.audio.music` makes them, and gives the weighted sum of what its parts say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.audio.pictures import SHAPE
from detectors.audio.training.dense_network import FARTHEST
from detectors.audio.training.spectrogram_network import EPSILON
from detectors.audio.training.trees import ML_OPSET, trees_of

if TYPE_CHECKING:
    from detectors.audio.training.dense_network import DenseNetwork
    from detectors.audio.training.spectrogram_network import SpectrogramNetwork

__all__ = ["Graph"]

OPSET, IR_VERSION = 17, 8
END = np.iinfo(np.int64).max


class Graph:
    """A graph that grows.

    Args:
        statistics: how many numbers of a row stand before its spectrogram.
    """

    def __init__(self, statistics: int) -> None:
        from onnx import TensorProto, helper

        self._width = statistics + SHAPE[0] * SHAPE[1]
        self._nodes: list[Any] = []
        self._held: list[Any] = []
        self._type = TensorProto.FLOAT
        self._helper = helper
        self._statistics = self._slice(0, statistics)
        flat = self._slice(statistics, END)
        self._picture = self._add("Reshape", flat, self._hold(np.array([-1, *SHAPE], np.int64)))
        self._sum: str | None = None

    def trees(self, classifier: Any, share: float) -> None:
        """Add boosted trees; see `detectors.audio.training.trees`."""
        name = f"trees_{len(self._nodes)}"
        self._nodes.append(trees_of(classifier, self._statistics, name))
        self._counts(name, share)

    def dense(self, network: DenseNetwork, share: float) -> None:
        """Add the mean of dense networks on the statistics."""
        centred = self._add("Sub", self._statistics, self._hold(network.mean))
        x = self._add("Div", centred, self._hold(network.scale))
        least, most = (self._hold(np.array(one, np.float32)) for one in (-FARTHEST, FARTHEST))
        x = self._add("Clip", x, least, most)
        for member in network.members:
            found = x
            for place, (weights, bias) in enumerate(member.layers):
                found = self._add("Gemm", found, self._hold(weights), self._hold(bias))
                if place < len(member.layers) - 1:
                    found = self._add("Relu", found)
            self._counts(found, share / len(network.members))

    def convolution(self, network: SpectrogramNetwork, share: float) -> None:
        """Add a convolutional network on the spectrogram."""
        mean = self._add("ReduceMean", self._picture, axes=[2])
        x = self._add("Sub", self._picture, mean)
        x = self._add("Unsqueeze", x, self._hold(np.array([1], np.int64)))
        for one in network.layers:
            pads = [one.weights.shape[2] // 2] * 4
            weights, bias = self._hold(one.weights), self._hold(one.bias)
            x = self._add("Conv", x, weights, bias, pads=pads, strides=[one.step] * 2)
            x = self._add("Relu", x)
        mean = self._add("ReduceMean", x, axes=[2, 3], keepdims=0)
        square = self._add("ReduceMean", self._add("Mul", x, x), axes=[2, 3], keepdims=0)
        spread = self._add("Relu", self._add("Sub", square, self._add("Mul", mean, mean)))
        spread = self._add("Add", spread, self._hold(np.array(EPSILON, np.float32)))
        summed = self._add("Concat", mean, self._add("Sqrt", spread), axis=1)
        weights = self._hold(network.weights[:, None])
        bias = self._hold(np.array([network.bias], np.float32))
        self._counts(self._add("Gemm", summed, weights, bias), share)

    def to_bytes(self) -> bytes:
        """ONNX; takes `features`, shape (n, numbers), and gives `logit`, shape (n, 1)."""
        helper = self._helper
        self._nodes.append(helper.make_node("Identity", [self._sum], ["logit"]))
        graph = helper.make_graph(
            self._nodes,
            "music",
            [helper.make_tensor_value_info("features", self._type, [None, self._width])],
            [helper.make_tensor_value_info("logit", self._type, [None, 1])],
            self._held,
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
        return bytes(model.SerializeToString())

    def _counts(self, logits: str, share: float) -> None:
        weighed = self._add("Mul", logits, self._hold(np.array(share, np.float32)))
        self._sum = weighed if self._sum is None else self._add("Add", self._sum, weighed)

    def _slice(self, start: int, end: int) -> str:
        places = (self._hold(np.array([one], np.int64)) for one in (start, end, 1))
        return self._add("Slice", "features", *places)

    def _add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"{operator.lower()}_{len(self._nodes)}"
        self._nodes.append(self._helper.make_node(operator, inputs, [name], **attributes))
        return name

    def _hold(self, values: Any) -> str:
        from onnx import numpy_helper

        name = f"held_{len(self._held)}"
        self._held.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name
