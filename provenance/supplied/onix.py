"""ONIX for Books: persons without a name that are machines, and pages that vouch for their absence.

Follows ONIX 3.1 with code lists issue 75: list 19 (`UnnamedPersons`) 05 to 08 synthesised voices
and 09 AI; list 73 (`WebsiteRole`) 55 and 56, where a third party or the publisher says that there
is no AI content. What a product reserves, `provenance.rights.readers.onix` reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from provenance.evidence import NotRunReason, Statement
from provenance.rights.identifiers import canonical_isbn
from provenance.rights.xml import local_name
from provenance.supplied.records import Said, Unclear

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["is_onix", "said_by_onix"]

SHORT = {
    "product": "Product",
    "a001": "RecordReference",
    "b244": "IDValue",
    "contributor": "Contributor",
    "b035": "ContributorRole",
    "b249": "UnnamedPersons",
    "website": "Website",
    "b367": "WebsiteRole",
    "b295": "WebsiteLink",
}
"""Short tags by the reference names."""

VOICES = frozenset({"05", "06", "07", "08"})
MACHINE = "09"
ABSENT = frozenset({"55", "56"})


def is_onix(root: _Element) -> bool:
    """Whether it is a message of ONIX."""
    return local_name(root).casefold() == "onixmessage"


def said_by_onix(root: _Element, resource: str | None) -> Iterator[Said]:
    """What a message says of one of its products.

    Args:
        root: of the message.
        resource: its ISBN, another identifier or its record; None where there is only one.

    Raises:
        Unclear: nobody can tell which product is meant.
    """
    product = _chosen(root, resource)
    people = [one for one in product.iter("*") if _name(one) == "Contributor"]
    kinds = [_child(one, "UnnamedPersons") for one in people]
    for one, kind in zip(people, kinds, strict=True):
        role = _child(one, "ContributorRole")
        value = f"{kind} ({role})" if role else kind
        if kind == MACHINE:
            alone = set(kinds) == {MACHINE}
            statement = Statement.FULLY_AI if alone else Statement.PARTLY_AI
            yield Said("Contributor/UnnamedPersons", value, statement)
        elif kind in VOICES:
            yield Said("Contributor/UnnamedPersons", value, Statement.PARTLY_AI)
    for one in product.iter("*"):
        if _name(one) == "Website" and _child(one, "WebsiteRole") in ABSENT:
            value = f"{_child(one, 'WebsiteRole')} {_child(one, 'WebsiteLink')}"
            yield Said("Website/WebsiteRole", value, Statement.NONE, denies=True)


def _chosen(root: _Element, resource: str | None) -> _Element:
    known = [one for one in root.iter("*") if _name(one) == "Product"]
    if resource is not None:
        wanted = {resource, canonical_isbn(resource) or resource}
        known = [one for one in known if wanted & _identifiers(one)]
    if len(known) != 1:
        meant = f" called {resource[:80]!r}" if resource is not None else ""
        detail = f"the message has {len(known)} products{meant}: say which is meant, by its ISBN"
        raise Unclear(NotRunReason.NOT_APPLICABLE, detail)
    return known[0]


def _identifiers(product: _Element) -> set[str]:
    found = set()
    for one in product.iter("*"):
        if _name(one) in ("IDValue", "RecordReference"):
            text = (one.text or "").strip()[:300]
            found |= {text, canonical_isbn(text) or text}
    return found


def _name(element: _Element) -> str:
    name = local_name(element)
    return SHORT.get(name, name)


def _child(element: _Element, name: str) -> str:
    for one in element.iterchildren("*"):
        if _name(one) == name:
            return (one.text or "").strip()[:300]
    return ""
