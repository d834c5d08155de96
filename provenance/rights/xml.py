"""XML about rights, parsed without entities, document types and network.

What strangers write is bounded in size, depth and number of elements before anything is made of
it. A document that is not well-formed is read as far as it goes and says so: who wrote it meant
something all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT, MIB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

__all__ = ["DTD", "XML_BYTES", "Markup", "RefusedXmlError", "local_name", "namespace_of", "read"]

XML_BYTES = MIB
DEPTH = 64
DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class RefusedXmlError(ValueError):
    """XML that is not read.

    Attributes:
        reason: `limit` or `unreadable`.
    """

    def __init__(self, reason: NotRunReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Markup:
    """A document.

    Attributes:
        root: its root element.
        well_formed: whether it is XML to the end.
    """

    root: _Element
    well_formed: bool

    def elements(self) -> Iterator[_Element]:
        """All elements in order; comments and instructions left out."""
        return self.root.iter("*")


def read(data: bytes, what: str, *, most: int = XML_BYTES) -> Markup:
    """Parse a document.

    Args:
        data: its bytes.
        what: it is, for the message of a refusal.
        most: bytes it may have.

    Raises:
        RefusedXmlError: when it is too large, too deep, has a document type or is no XML at all.
    """
    if len(data) > most:
        detail = f"{what} of {len(data):,} bytes is over the limit of {most:,}"
        raise RefusedXmlError(NotRunReason.LIMIT, detail)
    if DTD.search(data.replace(b"\x00", b"")):  # also in UTF-16
        raise RefusedXmlError(NotRunReason.UNREADABLE, f"{what} has a document type")
    for recover in (False, True):
        root = _root(data.strip(b"\x00 \t\r\n"), recover=recover)
        if root is not None:
            _check(root, what)
            return Markup(root, not recover)
    raise RefusedXmlError(NotRunReason.UNREADABLE, f"{what} is not XML")


def _root(data: bytes, *, recover: bool) -> _Element | None:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=recover,
    )
    try:
        return etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError):
        return None


def _check(root: _Element, what: str) -> None:
    if root.getroottree().docinfo.internalDTD is not None:  # in an encoding DTD cannot see
        raise RefusedXmlError(NotRunReason.UNREADABLE, f"{what} has a document type")
    most = DEFAULT.boxes
    if next(islice(root.iter("*"), most, None), None) is not None:
        raise RefusedXmlError(NotRunReason.LIMIT, f"{what} has more than {most:,} elements")
    if _deeper_than(root, DEPTH):
        raise RefusedXmlError(NotRunReason.LIMIT, f"{what} is nested more than {DEPTH} deep")


def _deeper_than(root: _Element, most: int) -> bool:
    level = [root]
    for _ in range(most):
        level = [child for element in level for child in element.iterchildren("*")]
        if not level:
            return False
    return True


def local_name(element: _Element) -> str:
    """Name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace_of(element: _Element) -> str:
    """Namespace of its name, or ''."""
    tag = str(element.tag)
    return tag[1:].partition("}")[0] if tag.startswith("{") else ""
