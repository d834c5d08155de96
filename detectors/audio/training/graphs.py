"""The parts of a model of music as one ONNX graph, written node by node.

The same weights give the same bytes. The graph takes rows of statistics, as `detectors.audio.music`
makes them, and gives the weighted sum of what its parts say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.audio.training.dense_network import FARTHEST
from detectors.audio.training.trees import ML_OPSET, trees_of

if TYPE_CHECKING:
    from detectors.audio.training.dense_network import DenseNetwork

__all__ = ["Graph"]

OPSET, IR_VERSION = 17, 8
FEATURES, LOGIT = "features", "logit"


class Graph:
    """A graph that grows.

    Args:
        width: how many numbers a row has.
    """

    def __init__(self, width: int) -> None:
        from onnx import TensorProto, helper

        self._width = width
        self._nodes: list[Any] = []
        self._held: list[Any] = []
        self._type = TensorProto.FLOAT
        self._helper = helper
        self._sum: str | None = None

    def trees(self, classifier: Any, share: float) -> None:
        """Add boosted trees; see `detectors.audio.training.trees`."""
        name = f"trees_{len(self._nodes)}"
        self._nodes.append(trees_of(classifier, FEATURES, name))
        self._counts(name, share)

    def dense(self, network: DenseNetwork, share: float) -> None:
        """Add the mean of dense networks on the statistics."""
        centred = self._add("Sub", FEATURES, self._hold(network.mean))
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

    def to_bytes(self) -> bytes:
        """ONNX; takes `features`, shape (n, numbers), and gives `logit`, shape (n, 1)."""
        helper = self._helper
        self._nodes.append(helper.make_node("Identity", [self._sum], [LOGIT]))
        graph = helper.make_graph(
            self._nodes,
            "music",
            [helper.make_tensor_value_info(FEATURES, self._type, [None, self._width])],
            [helper.make_tensor_value_info(LOGIT, self._type, [None, 1])],
            self._held,
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
        return bytes(model.SerializeToString())

    def _counts(self, logits: str, share: float) -> None:
        weighed = self._add("Mul", logits, self._hold(np.array(share, np.float32)))
        self._sum = weighed if self._sum is None else self._add("Add", self._sum, weighed)

    def _add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"{operator.lower()}_{len(self._nodes)}"
        self._nodes.append(self._helper.make_node(operator, inputs, [name], **attributes))
        return name

    def _hold(self, values: Any) -> str:
        from onnx import numpy_helper

        name = f"held_{len(self._held)}"
        self._held.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name
