"""The boxes of a manifest store, as far as the claims of its manifests and their signatures.

Follows ISO 19566-5 (JUMBF) and C2PA 2.4 section 11.1. A store is a superbox that holds a superbox
for each manifest; its description box gives it a label. Only lengths, types and labels are read;
what a manifest says is for the library (`provenance.c2pa.native`).

The bytes are anyone's: every length is held against the box around it, and the number of boxes is
limited. Nothing is read deeper than the three levels there are.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from provenance.limits import DEFAULT

__all__ = ["Box", "Malformed", "boxes", "claims", "signatures"]

SUPERBOX, DESCRIPTION, CBOR = b"jumb", b"jumd", b"cbor"
SIGNATURE = "c2pa.signature"
CLAIMS = {"c2pa.claim": 1, "c2pa.claim.v2": 2}
LABELLED = 0x02
LONGEST_LABEL = 1024
HEADER, LONG_HEADER, UUID = 8, 16, 16


class Malformed(ValueError):  # noqa: N818 - what the bytes are
    """The boxes do not fit into each other."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its type of four letters, and what it holds."""

    kind: bytes
    data: memoryview


def boxes(data: memoryview) -> Iterator[Box]:
    """The boxes that `data` is made of, one after the other.

    Raises:
        Malformed: a length is wrong, or there are more boxes than anyone needs.
    """
    at = 0
    for _ in range(DEFAULT.boxes):
        if at == len(data):
            return
        head = bytes(data[at : at + LONG_HEADER])
        size, start = int.from_bytes(head[:4]), HEADER
        if size == 1:
            size, start = int.from_bytes(head[8:]), LONG_HEADER
        elif size == 0:  # to the end of what is around it
            size = len(data) - at
        if size < start or at + size > len(data) or len(head) < start:
            raise Malformed(f"a box of {size} bytes at {at} of {len(data)}")
        yield Box(head[4:8], data[at + start : at + size])
        at += size
    raise Malformed("too many boxes")


def signatures(store: bytes) -> Iterator[tuple[str, bytes]]:
    """The label of each manifest in `store`, and its signature (COSE, in CBOR), in order.

    A manifest without a signature box, which C2PA does not allow, is left out.

    Raises:
        Malformed: the boxes do not fit into each other.
    """
    return ((label, data) for label, _, data in _contents(store, {SIGNATURE}))


def claims(store: bytes) -> Iterator[tuple[str, int, bytes]]:
    """The label of each manifest in `store`, the version of its claim, and the claim (CBOR).

    Raises:
        Malformed: the boxes do not fit into each other.
    """
    return ((label, CLAIMS[kind], data) for label, kind, data in _contents(store, CLAIMS.keys()))


def _contents(store: bytes, wanted: Container[str]) -> Iterator[tuple[str, str, bytes]]:
    """What the boxes called one of `wanted` hold, with the labels of manifest and box."""
    for outer in boxes(memoryview(store)):
        if outer.kind != SUPERBOX:
            continue
        for manifest in _content(outer):
            if manifest.kind != SUPERBOX:
                continue
            label = _label(manifest)
            for inner in _content(manifest):
                if inner.kind == SUPERBOX and (name := _label(inner)) in wanted:
                    yield from (
                        (label, name, bytes(one.data))
                        for one in _content(inner)
                        if one.kind == CBOR
                    )


def _content(superbox: Box) -> Iterator[Box]:
    """What stands behind the description of a superbox."""
    inside = boxes(superbox.data)
    _description(next(inside, None))
    yield from inside


def _label(superbox: Box) -> str:
    """The label in the description of a superbox, '' when it has none."""
    data = _description(next(boxes(superbox.data), None)).data
    if len(data) <= UUID or not data[UUID] & LABELLED:
        return ""
    written, end, _ = bytes(data[UUID + 1 : UUID + 2 + LONGEST_LABEL]).partition(b"\0")
    if not end:
        raise Malformed("a label without an end")
    try:
        return written.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Malformed("a label that is not UTF-8") from fault


def _description(box: Box | None) -> Box:
    if box is None or box.kind != DESCRIPTION:
        raise Malformed("a superbox without a description")
    return box
