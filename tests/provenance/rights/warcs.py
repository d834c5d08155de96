"""Web archives written by hand, so that they can also be written wrongly."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

DAY = "2026-03-01T12:00:00Z"
PAGE = b"<!doctype html><html><head><title>t</title></head><body>text</body></html>"


def answer(
    body: bytes = PAGE,
    *headers: str,
    status: str = "200 OK",
    kind: str | None = "text/html; charset=utf-8",
) -> bytes:
    """An HTTP answer."""
    lines = [f"HTTP/1.1 {status}", *([f"Content-Type: {kind}"] if kind else []), *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def record(
    url: str,
    block: bytes,
    *fields: str,
    kind: str = "response",
    date: str | None = DAY,
    claimed: int | None = None,
) -> bytes:
    """One record; `claimed` is a length it does not have."""
    lines = [
        "WARC/1.1",
        f"WARC-Type: {kind}",
        f"WARC-Target-URI: {url}",
        *([f"WARC-Date: {date}"] if date else []),
        *fields,
        f"Content-Length: {len(block) if claimed is None else claimed}",
        *("", ""),
    ]
    return "\r\n".join(lines).encode() + block + b"\r\n\r\n"


def robots(host: str, body: str, *fields: str, date: str = DAY, status: str = "200 OK") -> bytes:
    """The robots.txt of a host."""
    found = answer(body.encode(), kind="text/plain", status=status)
    return record(f"https://{host}/robots.txt", found, *fields, date=date)


def members(records: Iterable[bytes]) -> bytes:
    """Records compressed one by one, as the standard wants them."""
    return b"".join(gzip.compress(one, mtime=0) for one in records)


def written(folder: Path, records: Iterable[bytes], name: str = "a.warc.gz") -> Path:
    """An archive as a file."""
    path = folder / name
    path.write_bytes(members(records) if name.endswith(".gz") else b"".join(records))
    return path
