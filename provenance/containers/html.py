"""HTML: the `<meta>` elements.

Follows the HTML standard sections 4.2.5 (the element) and 13.2.5 (which tags hide what is between
them). Only names and contents are kept, as text packets; comments, scripts and the like are
stepped over, and no document is built, so that a hostile page costs one pass.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

from provenance.containers.walk import over_limit
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from provenance.containers.walk import Walk

__all__ = ["find"]

INTERESTING = re.compile(
    r"<(?:(meta)(?=[\s/])|(!--)|(script|style|textarea|title|noscript)\b)", re.I
)
ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?""")
TAG_REST = re.compile(r"""(?:[^>"']|"[^"]*"|'[^']*')*+>""")
TAG_CHARACTERS = 16_384
"""Longest `<meta>` tag that is read."""


def find(walk: Walk) -> None:
    """Keep the content of every named `<meta>` element."""
    limit = walk.limits.metadata_bytes
    text = walk.read(0, limit).decode("utf-8", "replace")
    if walk.size > limit:
        walk.fault(NotRunReason.LIMIT, f"only the first {limit:,} bytes of the page were read")
    at = seen = 0
    while opener := INTERESTING.search(text, at):
        at = opener.end()
        if opener[1]:
            seen += 1
            if seen > walk.limits.metadata_packets:
                raise over_limit(f"more than {walk.limits.metadata_packets:,} meta elements")
            at = _meta(walk, text, at)
        else:
            end = "-->" if opener[2] else f"</{opener[3]}"
            behind = _find(text, end, at)
            if behind < 0:
                return
            at = behind


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
