"""What happens to signed pictures on their way: JPEG files changed, mixed up and stripped."""

from __future__ import annotations

import re
import struct

JPEG_APP1, JPEG_APP11, JPEG_SCAN = 0xE1, 0xEB, 0xDA


def segments(data: bytes) -> list[bytes]:
    """The segments of a JPEG after its SOI marker; the last holds the scan and all that follows."""
    found, at = [], 2
    while data[at + 1] != JPEG_SCAN:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        found.append(data[at:end])
        at = end
    return [*found, data[at:]]


def joined(parts: list[bytes]) -> bytes:
    """The inverse of `segments`."""
    return b"\xff\xd8" + b"".join(parts)


def is_manifest(segment: bytes) -> bool:
    """Whether a segment carries JUMBF."""
    return segment[1] == JPEG_APP11


def change_one_byte_of_scan(data: bytes) -> bytes:
    """One bit of the picture flipped, where it makes no marker of its byte or its neighbours."""
    *head, scan = segments(data)
    changed = bytearray(scan)
    at = next(
        at
        for at in range(len(scan) // 2, len(scan))
        if all(0 < byte < 0xFE for byte in scan[at - 1 : at + 2])
    )
    changed[at] ^= 0x01
    return joined([*head, bytes(changed)])


def paste_manifest(source: bytes, target: bytes) -> bytes:
    """`target` with the manifest of `source`, at the place it had there."""
    parts = segments(source)
    first = next(at for at, part in enumerate(parts) if is_manifest(part))
    manifest = [part for part in parts if is_manifest(part)]
    others = segments(target)
    return joined([*others[:first], *manifest, *others[first:]])


def strip_manifest(data: bytes) -> bytes:
    """`data` without its manifest, with the XMP link that pointed to it."""
    label = re.search(rb"urn:c2pa:[0-9a-f-]{36}", data)
    assert label is not None, "not signed"  # noqa: S101 - we signed it
    link = f"self#jumbf=/c2pa/{label[0].decode()}"
    xmp = (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dcterms="http://purl.org/dc/terms/" '
        f'dcterms:provenance="{link}"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )
    body = b"http://ns.adobe.com/xap/1.0/\0" + xmp.encode()
    packet = bytes((0xFF, JPEG_APP1)) + struct.pack(">H", len(body) + 2) + body
    first, *rest = (part for part in segments(data) if not is_manifest(part))
    return joined([first, packet, *rest])
