"""The body of an archived answer as its reader was to see it: transfer and content codings undone.

Follows RFC 9112 section 7.1 (chunks) and RFC 9110 section 8.4.1 (gzip, deflate) with Brotli
(RFC 7932) and Zstandard (RFC 8878). Archives often keep the header field and drop the coding, so a
body that does not look coded is left as it is. What comes out is never longer than asked for.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import TYPE_CHECKING

from provenance.limits import KIB

if TYPE_CHECKING:
    from fastwarc.stream_io import WarcReader

__all__ = ["opened"]

CHUNKED = re.compile(rb"\ntransfer-encoding[ \t]*:[^\n]*chunked")
CODINGS = re.compile(rb"\ncontent-encoding[ \t]*:[ \t]*([^\r\n]*)")
CHUNK = re.compile(rb"(?:\r?\n)?([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")
GZIP = b"\x1f\x8b"
ZSTANDARD = b"\x28\xb5\x2f\xfd"
MOST_CODINGS = 3


def opened(body: bytes, low: bytes, limit: int) -> tuple[bytes, bool]:
    """The body without its codings.

    Args:
        body: its beginning, as archived.
        low: the header fields, in lower case.
        limit: bytes at most of what is given back.

    Returns:
        The body, and whether it is coded in a way that is not known, and so empty.
    """
    if CHUNKED.search(low):
        body = _joined(body)
    found = CODINGS.search(low)
    names = [name.strip() for name in found[1].split(b",")] if found else []
    for name in reversed(names[:MOST_CODINGS]):
        plain = _decoded(name, body, limit)
        if plain is None:
            return b"", True
        body = plain
    return body[:limit], len(names) > MOST_CODINGS


def _joined(body: bytes) -> bytes:
    """The chunks one after the other; the body as it is when it does not begin with one."""
    pieces: list[bytes] = []
    at = 0
    while found := CHUNK.match(body, at):
        size = int(found[1], 16)
        if size == 0:
            break
        pieces.append(body[found.end() : found.end() + size])
        at = found.end() + size
    return b"".join(pieces) if pieces else body


def _decoded(name: bytes, body: bytes, limit: int) -> bytes | None:
    """As much as can be decoded; None where nothing can."""
    if name in (b"", b"identity") or not body:
        return body
    if name in (b"gzip", b"x-gzip"):
        return _inflated(body, limit, 31) if body.startswith(GZIP) else body
    if name == b"deflate":
        plain = _inflated(body, limit, 15) or _inflated(body, limit, -15)
        return plain or (body if _is_markup(body) else None)
    if name == b"br":
        if _is_markup(body):
            return body
        from fastwarc.stream_io import BrotliReader

        return _read(BrotliReader(io.BytesIO(body)), limit)
    if name == b"zstd":
        if not body.startswith(ZSTANDARD):
            return body
        from fastwarc.stream_io import ZstdReader

        return _read(ZstdReader(io.BytesIO(body)), limit)
    return None


def _inflated(body: bytes, limit: int, bits: int) -> bytes | None:
    """What can be inflated in small steps, so that damage costs what comes after it only."""
    inflater = zlib.decompressobj(bits)
    plain = b""
    rest = body
    try:
        while rest and len(plain) < limit and not inflater.eof:
            plain += inflater.decompress(rest[: 4 * KIB], limit - len(plain))
            rest = inflater.unconsumed_tail + rest[4 * KIB :]
    except zlib.error:
        pass
    return plain or None


def _read(reader: WarcReader, limit: int) -> bytes | None:
    plain = b""
    try:
        while len(plain) < limit and (more := reader.read(min(limit - len(plain), 4 * KIB))):
            plain += more
    except (OSError, ValueError, EOFError):
        pass
    return plain or None


def _is_markup(body: bytes) -> bool:
    return body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"User-agent", b"#", b"{"))
