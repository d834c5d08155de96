"""HTML: the `<meta>` elements.

Follows the HTML standard sections 4.2.5 (the element) and 13.2.5 (which tags hide what is between
them). Only names and contents are kept, as text packets; comments, scripts and the like are
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
    r"<(?:(meta)(?=[\s/])|(!--)|(script|style|textarea|title|noscript)\b|(/head|body)\b)", re.I
)
ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""")
TAG_REST = re.compile(r"""(?:[^>"']|"[^"]*"|'[^']*')*+>""")
HEAD = MIB
TAG_CHARACTERS = 16_384
"""Longest `<meta>` tag that is read."""


def find(walk: Walk) -> None:
    """Keep the content of every named `<meta>` element."""
    whole = _elements(walk, walk.read(0, HEAD).decode("utf-8", "replace"))
    if walk.size > HEAD and not whole:
        walk.fault(NotRunReason.LIMIT, f"only the first {HEAD:,} bytes of the page were read")


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
                raise over_limit(f"more than {walk.limits.metadata_packets:,} meta elements")
            at = _meta(walk, text, at)
        else:
            end = "-->" if opener[2] else f"</{opener[3]}"
            at = _find(text, end, at)
            if at < 0:
                break
    return head_ends


def _find(text: str, end: str, at: int) -> int:
    if end == "-->":
        return text.find(end, at)
    closing = re.compile(re.escape(end), re.I).search(text, at)
    return closing.end() if closing else -1


def _meta(walk: Walk, text: str, at: int) -> int:
    """Read the attributes of the tag whose name ends at `at`."""
    tag = TAG_REST.match(text, at, at + TAG_CHARACTERS)
    if tag is None:
        return at
    attributes: dict[str, str] = {}
    for found in ATTRIBUTE.finditer(text, at, tag.end()):
        attributes.setdefault(found[1].lower(), found[2] or found[3] or found[4] or "")
    name = attributes.get("name") or attributes.get("property") or attributes.get("itemprop")
    if name and "content" in attributes:
        walk.text("meta", unescape(name), unescape(attributes["content"]))
    return tag.end()
