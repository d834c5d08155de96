"""Whether an ONNX graph refers to files outside itself, without a library that would open them.

Follows the messages of onnx.proto (ONNX IR version 13) in the wire format of Protocol Buffers, as
far as tensors can stand: a tensor with `external_data`, or with `data_location` EXTERNAL, keeps its
numbers in another file.
"""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["refers_outside"]

# Message -> number of a field -> the message it holds.
HOLDS = {
    "model": {7: "graph", 20: "training", 25: "function"},
    "training": {1: "graph", 2: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "function": {7: "node", 11: "attribute"},
    "node": {5: "attribute"},
    "attribute": dict.fromkeys((5, 10), "tensor")
    | dict.fromkeys((6, 11), "graph")
    | dict.fromkeys((22, 23), "sparse"),
    "sparse": {1: "tensor", 2: "tensor"},
}
EXTERNAL_DATA, DATA_LOCATION = 13, 14
DEEPEST = 100


def refers_outside(data: bytes) -> bool:
    """Whether any tensor of the model keeps its numbers elsewhere.

    Raises:
        ValueError: it is not such a message, or nested deeper than any graph is.
    """
    waiting = [("model", memoryview(data), 0)]
    while waiting:
        message, held, depth = waiting.pop()
        if depth > DEEPEST:
            raise ValueError("nested too deep")
        for number, value in _fields(held):
            if message == "tensor":
                if number == EXTERNAL_DATA or (number == DATA_LOCATION and value == 1):
                    return True
            elif isinstance(value, memoryview) and (inner := HOLDS[message].get(number)):
                waiting.append((inner, value, depth + 1))
    return False


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of each field."""
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        number = (tag & 0xFFFFFFFF) >> 3
        match tag & 7:
            case 0:
                value, at = _varint(data, at)
                yield number, value
            case 2:
                size, at = _varint(data, at)
                yield number, data[at : at + size]
                at += size
            case 1 | 5 as fixed:
                at += 8 if fixed == 1 else 4
            case _:
                raise ValueError("a field of no known type")
    if at > len(data):
        raise ValueError("it ends within a field")


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for place, byte in enumerate(data[at : at + 10]):
        value |= (byte & 127) << 7 * place
        if byte < 128:
            return value, at + place + 1
    raise ValueError("a number without an end")
