"""Vorbis comments and the picture block, shared by FLAC and Ogg.

Follows the Vorbis I specification section 5 (comment header), RFC 9639 section 8.8 (picture) and
the `METADATA_BLOCK_PICTURE` convention of Xiph.org, a picture block in base64.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from provenance.containers.walk import Walk

__all__ = ["read_comments", "read_picture"]


def read_comments(walk: Walk, data: bytes) -> None:
    """Keep the comments of a comment header, from the vendor's length on."""
    at = 4 + int.from_bytes(data[:4], "little")
    vendor = data[4:at]
    if vendor and len(vendor) == at - 4:
        walk.text("Vorbis", "vendor", vendor)
    count = int.from_bytes(data[at : at + 4], "little")
    at += 4
    for _ in range(count):
        walk.visit()
        size = int.from_bytes(data[at : at + 4], "little")
        comment = data[at + 4 : at + 4 + size]
        if len(data) < at + 4 or len(comment) != size:
            walk.fault(NotRunReason.UNREADABLE, "the Vorbis comments are cut short")
            return
        key, equals, value = comment.partition(b"=")
        name = key.decode("latin-1").upper()
        if name == "METADATA_BLOCK_PICTURE":
            _encoded_picture(walk, value)
        elif equals:
            walk.text("Vorbis", name, value)
        at += 4 + size


def _encoded_picture(walk: Walk, value: bytes) -> None:
    try:
        block = base64.b64decode(value, validate=True)
    except binascii.Error:
        walk.fault(NotRunReason.UNREADABLE, "a picture in the Vorbis comments is not base64")
    else:
        read_picture(walk, block)


def read_picture(walk: Walk, block: bytes) -> None:
    """Keep the picture of a picture block: kind, media type, description, size, bytes."""
    at = 8 + int.from_bytes(block[4:8], "big")
    at += 4 + int.from_bytes(block[at : at + 4], "big") + 16
    size = int.from_bytes(block[at : at + 4], "big")
    data = block[at + 4 : at + 4 + size]
    if len(data) == size:
        walk.picture(data)
    else:
        walk.fault(NotRunReason.UNREADABLE, "an embedded picture is cut short")
