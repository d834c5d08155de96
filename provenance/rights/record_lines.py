"""Files of `key: value` lines, as robots.txt started them: lines with their places.

RFC 9309 section 2.2: a line ends with CR, LF or both, `#` starts a comment, keys are compared
without case. A byte-order mark is stepped over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from provenance.limits import KIB

__all__ = ["BODY_BYTES", "keyed_lines"]

BODY_BYTES = 500 * KIB
END = re.compile(r"\r\n|\r|\n")


def keyed_lines(body: bytes) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Key in lower case, value and byte range of each line that is not empty.

    A line without a colon is all key. What is after the first 500 KiB is left out.
    """
    text = body[:BODY_BYTES].decode("latin-1")  # one character a byte
    at = 3 if text.startswith("\xef\xbb\xbf") else 0
    while at < len(text):
        stop = END.search(text, at)
        end, following = stop.span() if stop else (len(text), len(text))
        written = text[at:end].partition("#")[0].strip()
        if written:
            key, _, value = written.partition(":")
            yield key.strip().casefold(), _utf8(value.strip()), (at, end)
        at = following


def _utf8(value: str) -> str:
    return value.encode("latin-1").decode("utf-8", "replace")
