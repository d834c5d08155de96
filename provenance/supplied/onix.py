"""ONIX for Books: persons without a name that are machines, and pages that vouch for their absence.

Follows ONIX 3.1 with code lists issue 75: list 19 (`UnnamedPersons`) 05 to 08 synthesised voices
and 09 AI; list 73 (`WebsiteRole`) 55 and 56, where a third party or the publisher says that there
is no AI content. What a product reserves, `provenance.rights.readers.onix` reads.

The work is the product with the ISBN or RecordReference that was given, else with an identifier
that the work itself carries, else the only one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.evidence import NotRunReason, Statement
from provenance.rights.identifiers import canonical_isbn
from provenance.rights.onix import (
    DELETED,
    MessageError,
    child_text,
    identifiers_in,
    name_of,
    product_elements,
)
from provenance.supplied.records import Said, Unclear, named

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["said_by_onix"]

VOICES = frozenset({"05", "06", "07", "08"})
MACHINE = "09"
ABSENT = frozenset({"55", "56"})
CREATOR = "A"
"""How the roles of creators begin (list 17)."""

MOST_NOTED = 1000


@dataclass(frozen=True, slots=True)
class Product:
    """One product, and what it says.

    Attributes:
        reference: of its record.
        identifiers: scheme and canonical value.
        said: of AI.
    """

    reference: str
    identifiers: frozenset[tuple[str, str]]
    said: tuple[Said, ...]

    def is_called(self, resource: str) -> bool:
        """Whether its record, or its ISBN, is that."""
        return resource == self.reference or ("isbn", canonical_isbn(resource)) in self.identifiers


def said_by_onix(
    body: bytes, resource: str | None, known: frozenset[tuple[str, str]] = frozenset()
) -> Iterator[Said]:
    """What a message says of one of its products.

    Args:
        body: the message.
        resource: its ISBN, or its record; None where there is only one.
        known: identifiers of the work, scheme and canonical value.

    Raises:
        Unclear: it is not read to its end, or nobody can tell which product is meant.
    """
    mine: list[Product] = []
    first: Product | None = None
    listed: list[str] = []
    try:
        for one in map(_product, product_elements(body)):
            first = first or one
            if len(listed) < MOST_NOTED:
                listed.append(one.reference or "one without a reference")
            if one.is_called(resource) if resource is not None else one.identifiers & known:
                mine.append(one)
    except MessageError as fault:  # what comes later may take back what came before
        raise Unclear(fault.reason, str(fault)) from fault
    if not mine and resource is None and len(listed) == 1 and first is not None:
        mine = [first]
    if not mine:
        meant = f" called {resource[:80]!r}" if resource is not None else ""
        detail = (
            f"the message has {0 if meant else len(listed):,} products{meant}: say which is meant, "
            f"by its ISBN or RecordReference: {named(listed)}"
        )
        raise Unclear(NotRunReason.NOT_APPLICABLE, detail)
    for one in mine:
        yield from one.said


def _product(element: _Element) -> Product:
    reference = child_text(element, "RecordReference")[:200]
    if child_text(element, "NotificationType") == DELETED:
        return Product(reference, frozenset(), ())
    said = (*_people(element), *_websites(element))
    return Product(reference, identifiers_in(element), said)


def _people(product: _Element) -> Iterator[Said]:
    """A machine made all of it where every creator is one."""
    people = [
        (one, child_text(one, "ContributorRole")[:20], child_text(one, "UnnamedPersons")[:20])
        for one in product.iter("*")
        if name_of(one) == "Contributor"
    ]
    creators = {kind for _, role, kind in people if role.startswith(CREATOR)}
    for one, role, kind in people:
        value = f"{kind} ({role})" if role else kind
        if kind == MACHINE:
            alone = creators == {MACHINE} and role.startswith(CREATOR)
            statement = Statement.FULLY_AI if alone else Statement.PARTLY_AI
            yield Said("Contributor/UnnamedPersons", value, statement, generator=_brand(one))
        elif kind in VOICES:  # of a real actor (08), the name is a person's
            yield Said("Contributor/UnnamedPersons", value, Statement.PARTLY_AI)


def _brand(contributor: _Element) -> str | None:
    for one in contributor.iterchildren("*"):
        if name_of(one) == "AlternativeName":
            return child_text(one, "PersonName") or child_text(one, "CorporateName") or None
    return None


def _websites(product: _Element) -> Iterator[Said]:
    for one in product.iter("*"):
        role = child_text(one, "WebsiteRole") if name_of(one) == "Website" else ""
        if role in ABSENT:
            value = f"{role} {child_text(one, 'WebsiteLink')}"
            yield Said("Website/WebsiteRole", value, Statement.NONE, denies=True)
