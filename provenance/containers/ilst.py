"""The item list of MP4, M4A and MOV: names, values and covers.

Follows the QuickTime File Format (metadata atoms `keys` and `ilst`, well-known data types) and
the iTunes convention for the same list: four-character names, `covr`, and free-form items `----`
made of `mean`, `name` and `data`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.containers.walk import unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from provenance.containers.bmff import Box
    from provenance.containers.walk import Walk

    Boxes = Callable[[Walk, int, int], Iterator[Box]]

__all__ = ["read_items", "read_keys"]

UTF8, UTF16, JPEG, PNG = 1, 2, 13, 14


def read_keys(walk: Walk, box: Box | None) -> list[str]:
    """The names of a `keys` box in order; items refer to them by number, from 1."""
    if box is None:
        return []
    names: list[str] = []
    at = box.at + 8
    for _ in range(int.from_bytes(walk.take(box.at + 4, 4), "big")):
        walk.visit()
        size = int.from_bytes(walk.take(at, 4), "big")
        if size < 8 or at + size > box.end:
            raise unreadable("the metadata keys are cut short")
        if walk.fits(size, "a metadata key"):
            names.append(walk.take(at + 8, size - 8).decode("utf-8", "replace"))
        at += size
    return names


def read_items(walk: Walk, box: Box, keys: list[str], boxes: Boxes) -> None:
    """Keep the texts and covers of an `ilst` box."""
    for item in boxes(walk, box.at, box.end):
        if item.kind == b"----":
            _free_form(walk, item, boxes)
            continue
        number = int.from_bytes(item.kind, "big")
        known = 0 < number <= len(keys)
        place, key = ("mdta", keys[number - 1]) if known else ("ilst", item.kind.decode("latin-1"))
        for data in boxes(walk, item.at, item.end):
            if data.kind == b"data":
                _value(walk, place, key, data)


def _free_form(walk: Walk, item: Box, boxes: Boxes) -> None:
    names = {b"mean": "", b"name": ""}
    for child in boxes(walk, item.at, item.end):
        if child.kind in names and walk.fits(child.end - child.at, "a metadata key"):
            name = walk.read(child.at + 4, child.end - child.at - 4)
            names[child.kind] = name.decode("utf-8", "replace")
        elif child.kind == b"data":
            _value(walk, "ilst", f"----:{names[b'mean']}:{names[b'name']}", child)


def _value(walk: Walk, place: str, key: str, data: Box) -> None:
    """One value: type, locale, bytes. What is no text and no picture is left out."""
    kind = int.from_bytes(walk.take(data.at, 4), "big")
    at, size = data.at + 8, data.end - data.at - 8
    if key == "covr" or kind in (JPEG, PNG):
        walk.picture_at(at, size)
        return
    # Type 0 leaves the kind to the reader; only the label is known to be written so.
    text = kind in (UTF8, UTF16) or (kind == 0 and key.endswith("AIGC"))
    if text and walk.fits(size, f"a metadata item ({key})"):
        raw = walk.take(at, size)
        walk.text(place, key, raw.decode("utf-16-be", "replace") if kind == UTF16 else raw)
