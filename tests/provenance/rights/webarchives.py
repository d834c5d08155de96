"""Small web archives, made here: each record in a member of its own, as crawlers write them."""

from __future__ import annotations

import gzip


def record(url, body=b"", *, at="2024-03-01T12:00:00Z", status=200, headers=(), kind="text/plain"):
    """One response as the bytes of a WARC record."""
    lines = [f"HTTP/1.1 {status} X", f"Content-Type: {kind}"]
    lines += [f"{name}: {value}" for name, value in headers]
    block = "\r\n".join([*lines, "", ""]).encode() + body
    return raw("response", url, block, at, "application/http; msgtype=response")


def raw(kind, url, block, at, media_type="text/plain"):
    """Any record."""
    head = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {url}",
        f"WARC-Date: {at}",
        "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>",
        f"Content-Type: {media_type}",
        f"Content-Length: {len(block)}",
        "",
        "",
    ]
    return "\r\n".join(head).encode() + block + b"\r\n\r\n"


def archive(path, *records, compressed=True):
    """Write an archive; gives the offset and the length of each record."""
    places = []
    with path.open("wb") as file:
        for one in records:
            data = gzip.compress(one) if compressed else one
            places.append((file.tell(), len(data)))
            file.write(data)
    return places
