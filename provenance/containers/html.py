"""HTML: the `<meta>` elements, and the licences a page links to or carries.

Follows the HTML standard sections 4.2.4 and 4.2.5 (the elements) and 13.2.5 (which tags hide what
is between them), and RSL 1.0 section 4.6 (`<link rel="license">` and inline licences). Only names
and contents are kept, as text packets; comments, scripts and the like are
stepped over, and no document is built, so that a hostile page costs one pass. What a page says of
itself stands in its head, so only the first mebibyte is read; a fault says so when the head does
not end there.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from provenance.containers.walk import over_limit
from provenance.evidence import NotRunReason
from provenance.limits import MIB

if TYPE_CHECKING:
    from provenance.containers.walk import Walk

__all__ = ["find"]

INTERESTING = re.compile(
    r"<(?:(meta|link)(?=[\s/])|(!--)|(script|style|textarea|title|noscript)\b|(/head|body)\b)", re.I
)
ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""")
TAG_REST = re.compile(r"""(?:[^>"']|"[^"]*"|'[^']*')*+>""")
HEAD = MIB
TAG_CHARACTERS = 16_384
"""Longest tag that is read."""

RSL = "application/rsl+xml"


def find(walk: Walk) -> None:
    """Keep the content of every named `<meta>` element."""
    whole = _elements(walk, _decoded(walk.read(0, HEAD)))
    if walk.size > HEAD and not whole:
        walk.fault(NotRunReason.LIMIT, f"only the first {HEAD:,} bytes of the page were read")


def _decoded(data: bytes) -> str:
    """The text; a byte-order mark comes before everything else (section 13.2.3.1), else UTF-8."""
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return data.decode("utf-16" if utf16 else "utf-8", "replace")


def _elements(walk: Walk, text: str) -> bool:
    """Visit the elements of `text`; whether the head of the page ends in it."""
    at = seen = 0
    head_ends = False
    while opener := INTERESTING.search(text, at):
        at = opener.end()
        if opener[4]:
            head_ends = True
        elif opener[1]:
            seen += 1
            if seen > walk.limits.metadata_packets:
                limit = walk.limits.metadata_packets
                raise over_limit(f"more than {limit:,} meta and link elements")
            read = _meta if opener[1].lower() == "meta" else _link
            at = read(walk, text, at)
        else:
            end = "-->" if opener[2] else f"</{opener[3]}"
            start, at = at, _find(text, end, at)
            if at < 0:
                break
            if opener[3] and opener[3].lower() == "script":
                _script(walk, text, start, at)
    return head_ends


def _find(text: str, end: str, at: int) -> int:
    if end == "-->":
        return text.find(end, at)
    closing = re.compile(re.escape(end), re.I).search(text, at)
    return closing.end() if closing else -1


def _meta(walk: Walk, text: str, at: int) -> int:
    """Read the attributes of the tag whose name ends at `at`."""
    attributes, end = _attributes(text, at)
    names = ("name", "property", "itemprop", "http-equiv")
    name = next((attributes[one] for one in names if attributes.get(one)), None)
    if name and "content" in attributes:
        walk.text("meta", unescape(name), unescape(attributes["content"]))
    return end


def _link(walk: Walk, text: str, at: int) -> int:
    """Keep where a link to an RSL licence leads."""
    attributes, end = _attributes(text, at)
    licence = "license" in unescape(attributes.get("rel", "")).lower().split()
    if licence and _media_type(attributes) == RSL and "href" in attributes:
        walk.text("link", RSL, unescape(attributes["href"]))
    return end


def _script(walk: Walk, text: str, at: int, end: int) -> None:
    """Keep a licence that stands in the page, between `at` and the end tag before `end`."""
    attributes, start = _attributes(text, at)
    if _media_type(attributes) == RSL:
        walk.text("script", RSL, text[start : text.rfind("<", start, end)].strip())


def _attributes(text: str, at: int) -> tuple[dict[str, str], int]:
    """The attributes of the tag whose name ends at `at`, and where it ends."""
    tag = TAG_REST.match(text, at, at + TAG_CHARACTERS)
    attributes: dict[str, str] = {}
    if tag is None:
        return attributes, at
    for found in ATTRIBUTE.finditer(text, at, tag.end()):
        attributes.setdefault(found[1].lower(), found[2] or found[3] or found[4] or "")
    return attributes, tag.end()


def _media_type(attributes: dict[str, str]) -> str:
    return attributes.get("type", "").partition(";")[0].strip().lower()
