"""A model as one ONNX graph, written node by node: the weighted sum of what its parts say.

The same weights give the same bytes. The graph takes rows of numbers and gives one logit a row.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from detectors.training.trees import ML_OPSET, trees_of

__all__ = ["FEATURES", "PartGraph"]

OPSET, IR_VERSION = 17, 8
FEATURES, LOGIT = "features", "logit"


class PartGraph:
    """A graph that grows.

    Args:
        name: of the model.
        width: how many numbers a row has.
    """

    def __init__(self, name: str, width: int) -> None:
        from onnx import TensorProto, helper

        self._name = name
        self._width = width
        self._nodes: list[Any] = []
        self._held: list[Any] = []
        self._type = TensorProto.FLOAT
        self._helper = helper
        self._sum: str | None = None
        self._told: list[Any] = []

    def trees(self, classifier: Any, share: float, given: str = FEATURES) -> str:
        """Add boosted trees on the tensor `given`; see `detectors.training.trees`."""
        name = f"trees_{len(self._nodes)}"
        self._nodes.append(trees_of(classifier, given, name))
        return self.counts(name, share)

    def counts(self, logits: str, share: float) -> str:
        """Add `share` times the logits of a part, shape (n, 1), to the sum; what it adds."""
        weighed = self.add("Mul", logits, self.hold(np.array(share, np.float32)))
        self._sum = weighed if self._sum is None else self.add("Add", self._sum, weighed)
        return weighed

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add an operator with one output, whose name is given."""
        return self.add_many(operator, 1, *inputs, **attributes)[0]

    def add_many(
        self, operator: str, outputs: int, *inputs: str, **attributes: Any
    ) -> tuple[str, ...]:
        """Add an operator with several outputs."""
        name = f"{operator.lower()}_{len(self._nodes)}"
        names = (name, *(f"{name}_{number}" for number in range(1, outputs)))
        self._nodes.append(self._helper.make_node(operator, inputs, names, **attributes))
        return names

    def hold(self, values: Any) -> str:
        """A constant."""
        from onnx import numpy_helper

        name = f"held_{len(self._held)}"
        self._held.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def tells(self, name: str, tensor: str, *shape: int | None) -> None:
        """Give a tensor besides, which explains and does not count.

        Args:
            name: it is asked for by.
            tensor: float32.
            shape: of it, None for the rows.
        """
        self._nodes.append(self._helper.make_node("Identity", [tensor], [name]))
        self._told.append(self._helper.make_tensor_value_info(name, self._type, shape))

    def to_bytes(self) -> bytes:
        """ONNX; `features`, shape (n, numbers), to `logit`, shape (n, 1), and what it tells."""
        helper = self._helper
        self._nodes.append(helper.make_node("Identity", [self._sum], [LOGIT]))
        graph = helper.make_graph(
            self._nodes,
            self._name,
            [helper.make_tensor_value_info(FEATURES, self._type, [None, self._width])],
            [helper.make_tensor_value_info(LOGIT, self._type, [None, 1]), *self._told],
            self._held,
        )
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION)
        return bytes(model.SerializeToString())
