"""ONIX for Books messages: what their products say of text and data mining.

Follows ONIX for Books 3.0 and 3.1 with code lists issue 75: `EpubUsageConstraint` (type from list
145, status from list 146) and `PriceConstraint` (list 230). Code 11 is text and data mining, the
training of generative models included; 03 means prohibited as far as the law allows. Codes 13 and
14 carve private uses by a reseller out of that and are told, not counted. Both spellings of the
tags are read. A message is read product by product, so that a large one costs little memory.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provenance.evidence import NotRunReason, ReservationState
from provenance.limits import DEFAULT, MIB
from provenance.rights.identifiers import canonical_isbn, canonical_iscc
from provenance.rights.moments import parse_moment
from provenance.rights.records import Formal
from provenance.rights.xml import local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "DELETED",
    "MESSAGE_BYTES",
    "Constraint",
    "MessageError",
    "Product",
    "child_text",
    "identifiers_in",
    "is_message",
    "name_of",
    "product_elements",
    "products",
]

STATES = {
    "01": ReservationState.ALLOWED,
    "02": ReservationState.CONDITIONAL,
    "03": ReservationState.RESERVED,
}
TEXT_AND_DATA_MINING, VALID_FROM, VALID_TO = "11", "98", "99"
CARVE_OUTS = {"13": "a reseller's private assistant", "14": "a private reading experience"}
SHORT = {
    "onixmessage": "ONIXMessage",
    "product": "Product",
    "a001": "RecordReference",
    "a002": "NotificationType",
    "productidentifier": "ProductIdentifier",
    "b221": "ProductIDType",
    "b244": "IDValue",
    "workidentifier": "WorkIdentifier",
    "b201": "WorkIDType",
    "epubusageconstraint": "EpubUsageConstraint",
    "x318": "EpubUsageType",
    "x319": "EpubUsageStatus",
    "epubusagelimit": "EpubUsageLimit",
    "x320": "Quantity",
    "x321": "EpubUsageUnit",
    "priceconstraint": "PriceConstraint",
    "x529": "PriceConstraintType",
    "x530": "PriceConstraintStatus",
    "priceconstraintlimit": "PriceConstraintLimit",
    "x531": "PriceConstraintUnit",
    "epublicenseexpression": "EpubLicenseExpression",
    "x508": "EpubLicenseExpressionType",
    "x510": "EpubLicenseExpressionLink",
    "descriptivedetail": "DescriptiveDetail",
    "relatedwork": "RelatedWork",
    "contributor": "Contributor",
    "b035": "ContributorRole",
    "b249": "UnnamedPersons",
    "alternativename": "AlternativeName",
    "b036": "PersonName",
    "b047": "CorporateName",
    "website": "Website",
    "b367": "WebsiteRole",
    "b295": "WebsiteLink",
}
"""Short tags by the reference names (schemas of ONIX 3.1)."""

MESSAGE_BYTES = 64 * MIB
PRODUCT_ELEMENTS = 20_000
MOST_PRODUCTS = 100_000
MOST_CONSTRAINTS = 100
DELETED = "05"
LICENCE_TYPE = "EpubLicenseExpressionType"


@dataclass(frozen=True, slots=True)
class Constraint:
    """One statement on text and data mining.

    Attributes:
        state: it puts the use in.
        whole: whether it is about the whole product, for every buyer.
        text: as XML.
        start: from when it holds.
        end: until when.
        warnings: as in a reservation.
        formal: whether it keeps the code lists.
    """

    state: ReservationState
    whole: bool
    text: str
    start: dt.datetime | None
    end: dt.datetime | None
    warnings: tuple[str, ...]
    formal: Formal


@dataclass(frozen=True, slots=True)
class Product:
    """One product of a message.

    Attributes:
        reference: of its record.
        identifiers: scheme and canonical value.
        constraints: on text and data mining.
    """

    reference: str
    identifiers: frozenset[tuple[str, str]]
    constraints: tuple[Constraint, ...]


class MessageError(ValueError):
    """A message that is not read to its end.

    Attributes:
        reason: `limit` or `unreadable`.
    """

    def __init__(self, reason: NotRunReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def is_message(head: bytes) -> bool:
    """Whether what begins so is an ONIX message."""
    low = head.replace(b"\x00", b"").lower()
    return low.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<") and b"<onixmessage" in low


def products(body: bytes) -> Iterator[Product]:
    """The products of a message, each forgotten before the next.

    Raises:
        MessageError: where it stops being read.
    """
    return map(_product, product_elements(body))


def product_elements(body: bytes) -> Iterator[_Element]:
    """The elements of the products, each emptied before the next.

    Raises:
        MessageError: where it stops being read.
    """
    from lxml import etree

    if len(body) > MESSAGE_BYTES:
        detail = f"a message of more than {MESSAGE_BYTES:,} bytes is over the limit"
        raise MessageError(NotRunReason.LIMIT, detail)
    events = etree.iterparse(
        io.BytesIO(body),
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        yield from _walked(events)
    except (etree.LxmlError, ValueError) as fault:
        if isinstance(fault, MessageError):
            raise
        detail = "the message is not well-formed; what follows was not read"
        raise MessageError(NotRunReason.UNREADABLE, detail) from fault


def _walked(events: Iterator[tuple[str, _Element]]) -> Iterator[_Element]:
    depth = elements = count = 0
    for event, element in events:
        if event == "start":
            depth += 1
            elements += 1
            if depth == 1:
                _refuse_subset(element)
            if depth > DEFAULT.nesting or elements > PRODUCT_ELEMENTS:
                raise MessageError(NotRunReason.LIMIT, "a product is too deep or too long")
            continue
        depth -= 1
        if depth != 1:
            continue
        if name_of(element) == "Product":
            count += 1
            if count > MOST_PRODUCTS:
                raise MessageError(NotRunReason.LIMIT, f"more than {MOST_PRODUCTS:,} products")
            yield element
        elements = 0
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]  # type: ignore[union-attr]  # the root is its parent


def _refuse_subset(root: _Element) -> None:
    """A reference to ONIX's own DTD is left unread; one that brings declarations is refused."""
    subset: Any = root.getroottree().docinfo.internalDTD
    if subset is not None and subset.entities():
        raise MessageError(NotRunReason.UNREADABLE, "the message declares entities")


def name_of(element: _Element) -> str:
    """Reference name of an element, whichever tags the message uses."""
    name = local_name(element)
    return SHORT.get(name, name) if name != "ONIXmessage" else "ONIXMessage"


def child_text(element: _Element, name: str) -> str:
    """Text of the first child of that name, or ''."""
    for one in element.iterchildren("*"):
        if name_of(one) == name:
            return (one.text or "").strip()
    return ""


def _product(element: _Element) -> Product:
    if child_text(element, "NotificationType") == DELETED:
        return Product(child_text(element, "RecordReference"), frozenset(), ())
    constraints: list[Constraint] = []
    notes = tuple(_notes(element))
    for one in element.iter("*"):
        name = name_of(one)
        if name in ("EpubUsageConstraint", "PriceConstraint"):
            constraint = _constraint(one, name.removesuffix("Constraint"), notes)
            if constraint is not None:
                constraints.append(constraint)
    return Product(
        child_text(element, "RecordReference")[:200],
        identifiers_in(element),
        tuple(dict.fromkeys(constraints))[:MOST_CONSTRAINTS],
    )


def identifiers_in(product: _Element) -> frozenset[tuple[str, str]]:
    """Scheme and canonical value of what a product, and the works it is of, are called."""
    return frozenset(_identifiers(product))


def _identifiers(product: _Element) -> Iterator[tuple[str, str]]:
    for one in product.iterchildren("*"):
        if name_of(one) == "ProductIdentifier":
            yield from _identifier(child_text(one, "ProductIDType"), child_text(one, "IDValue"))
    for one in product.iter("*"):
        parent = one.getparent()
        if (
            name_of(one) == "WorkIdentifier"
            and parent is not None
            and name_of(parent) == "RelatedWork"
        ):
            yield from _identifier(child_text(one, "WorkIDType"), child_text(one, "IDValue"))


def _identifier(kind: str, value: str) -> Iterator[tuple[str, str]]:
    """Lists 5 and 16: 02 ISBN-10, 03 GTIN-13, 15 ISBN-13, 06 DOI, 39 ISCC."""
    if kind in ("02", "03", "15") and (isbn := canonical_isbn(value)):
        yield "isbn", isbn
    elif kind == "06" and value.startswith("10."):
        yield "doi", value.casefold()[:210]
    elif kind == "39" and (iscc := canonical_iscc(value)):
        yield "iscc", iscc


def _notes(product: _Element) -> Iterator[str]:
    """What else the product says that a reader of its constraints should know."""
    for one in product.iter("*"):
        name = name_of(one)
        if name == "EpubUsageConstraint":
            use = CARVE_OUTS.get(child_text(one, "EpubUsageType"))
            if use and child_text(one, "EpubUsageStatus") in ("01", "02"):
                yield f"carve_out: permitted for {use}"
        elif name == "EpubLicenseExpression" and child_text(one, LICENCE_TYPE) in ("20", "21"):
            yield f"licence: {child_text(one, 'EpubLicenseExpressionLink')[:300]}"


def _constraint(element: _Element, kind: str, notes: tuple[str, ...]) -> Constraint | None:
    from lxml import etree

    type_tag = "EpubUsageType" if kind == "EpubUsage" else "PriceConstraintType"
    status_tag = "EpubUsageStatus" if kind == "EpubUsage" else "PriceConstraintStatus"
    if child_text(element, type_tag) != TEXT_AND_DATA_MINING:
        return None
    status = child_text(element, status_tag)
    state, warnings, formal = _state(status), list(notes), Formal.VALID
    if status not in STATES:
        warnings.append(f"unknown_token: list 146 has no status {status[:20]!r}")
        formal = Formal.MALFORMED
    parent = element.getparent()
    whole = parent is not None and name_of(parent) == "DescriptiveDetail"
    if not whole:
        place = name_of(parent) if parent is not None else "nothing"
        warnings.append(f"partial: it stands in {place}, not in the product's description")
        if state is ReservationState.ALLOWED:  # for a part, or at a price
            state = ReservationState.CONDITIONAL
    start, end, limited = _limits(element)
    if status == "02" and not limited:
        warnings.append("no_limit: permitted up to a limit that is not given")
        formal = Formal.NONCONFORMING
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    return Constraint(
        state, whole, text[: DEFAULT.value_bytes], start, end, tuple(warnings), formal
    )


def _state(status: str) -> ReservationState:
    return STATES.get(status, ReservationState.UNKNOWN)


def _limits(element: _Element) -> tuple[dt.datetime | None, dt.datetime | None, bool]:
    """From and until when it holds (list 147 codes 98 and 99), and whether it has other limits."""
    start = end = None
    limited = False
    for one in element.iterchildren("*"):
        if name_of(one) not in ("EpubUsageLimit", "PriceConstraintLimit"):
            continue
        unit = child_text(one, "EpubUsageUnit") or child_text(one, "PriceConstraintUnit")
        quantity = child_text(one, "Quantity")
        if unit == VALID_FROM:
            start = _day(quantity, first=True)
        elif unit == VALID_TO:
            end = _day(quantity, first=False)
        else:
            limited = True
    return start, end, limited


def _day(quantity: str, *, first: bool) -> dt.datetime | None:
    try:
        start, end = parse_moment(quantity[:20])
    except (ValueError, OverflowError):
        return None
    return start if first else end
