"""Seeds of web archives: records of every kind, packed in every way, and exports about them."""

from __future__ import annotations

import gzip

from tests.provenance.rights.warcs import answer, members, record, robots

__all__ = ["archives", "exports"]

PAGE = b'<html><head><meta name="robots" content="noai"></head><body>text</body></html>'
CHUNKED = b"4\r\n<htm\r\n2;x=y\r\nl>\r\n0\r\n\r\n"

LINE = "a)/robots.txt 20260301120000 https://a.example/robots.txt text/plain 200 X - - 9 0 a"


def archives() -> dict[str, bytes]:
    """Whole archives, by how they are packed."""
    packed = gzip.compress(PAGE, mtime=0)
    records = [
        record("https://a.example/", answer(PAGE, "X-Robots-Tag: noai")),
        record("https://a.example/z", answer(packed, "Content-Encoding: gzip")),
        record("https://a.example/c", answer(CHUNKED, "Transfer-Encoding: chunked")),
        robots("a.example", "User-agent: *\nDisallow: /\n", "WARC-Payload-Digest: sha1:A"),
        record("https://a.example/robots.txt", answer(b""), kind="revisit"),
        record("https://a.example/t", b"text", kind="conversion"),
        record("https://a.example/liar", answer(), claimed=10**9),
    ]
    return {
        "plain": b"".join(records),
        "members": members(records),
        "one": gzip.compress(b"".join(records), mtime=0),
    }


def exports() -> dict[str, bytes]:
    """CDX with a header line, without one, and CDXJ."""
    fields = '{"url": "https://a.example/robots.txt", "filename": "b/a", "offset": "12"}'
    return {
        "header": f" CDX N b a m s k r M S V g\n{LINE}\n".encode(),
        "columns": f"{LINE}\n".encode(),
        "json": f"a)/robots.txt 20260301 {fields}\n".encode(),
        "compressed": gzip.compress(f"{LINE}\n".encode(), mtime=0),
    }
