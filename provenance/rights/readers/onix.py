"""ONIX for Books that was handed over, or is the work itself: is text and data mining reserved?

What a message says, `provenance.rights.onix` reads. A product is the work when one of its
identifiers is. Without an identifier of the work nobody can tell, unless the message is about one
product only. Who sent a message is not proven, so it can reserve and not permit.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.evidence import Document, NotRun, NotRunReason, Reservation
from provenance.rights.identifiers import identifiers_of
from provenance.rights.onix import MESSAGE_BYTES, MessageError, Product, is_message, products
from provenance.rights.records import Authority, Channel, not_looked, reservation
from provenance.rights.surroundings import RightsFile

if TYPE_CHECKING:
    from provenance.asset import Asset
    from provenance.evidence import Purpose

__all__ = ["OnixReader"]

SOURCE = "onix"
PROTOCOL = "onix"
MINING: tuple[Purpose, ...] = ("tdm", "train-ai", "train-genai")
XML_TYPES = frozenset({"application/xml", "text/xml", "text/plain", "application/octet-stream"})
HEAD_BYTES = 4096
MOST_RECORDS = 100


@dataclass(frozen=True, slots=True)
class Message:
    """A message, with its digest made once for all its products."""

    url: str
    body: bytes
    observed_at: dt.datetime | None
    document: Document

    @classmethod
    def of(cls, file: RightsFile) -> Message:
        """The message of a file."""
        digest = hashlib.sha256(file.body).hexdigest()
        return cls(
            file.url, file.body, file.observed_at, Document(sha256=digest, location=file.url[:2048])
        )


class OnixReader:
    """The reader of ONIX messages."""

    source = SOURCE
    media = frozenset({"*"})
    version = "1"

    def read(self, asset: Asset) -> Iterator[Reservation | NotRun]:
        """What messages say of `asset`, which can be one itself."""
        if asset.media_type in XML_TYPES and is_message(asset.read_at(0, HEAD_BYTES)):
            body = asset.read_at(0, MESSAGE_BYTES + 1)
            yield from _all(Message.of(RightsFile(Channel.REGISTRY, asset.name, body)))
        for file in asset.around.file(Channel.REGISTRY) if asset.around else ():
            if file.is_there and is_message(file.body[:HEAD_BYTES]):
                yield from _about(asset, Message.of(file))


def _all(message: Message) -> Iterator[Reservation | NotRun]:
    """Every product of a message that says something of mining."""
    shown = 0
    try:
        for product in products(message.body):
            for record in _records(product, message, ()):
                shown += 1
                if shown > MOST_RECORDS:
                    detail = f"only the first {MOST_RECORDS} statements are shown"
                    yield not_looked(SOURCE, NotRunReason.LIMIT, detail)
                    return
                yield record
    except MessageError as fault:
        yield not_looked(SOURCE, fault.reason, f"{message.url}: {fault}")


def _about(asset: Asset, message: Message) -> Iterator[Reservation | NotRun]:
    """The products of a message that are the work."""
    known = identifiers_of(asset)
    speaking: list[Product] = []
    count = 0
    try:
        for product in products(message.body):
            count += 1
            if product.identifiers & known:
                yield from _records(product, message, ("matched_by: an identifier of the product",))
            elif product.constraints and len(speaking) < 2:
                speaking.append(product)
    except MessageError as fault:
        yield not_looked(SOURCE, fault.reason, f"{message.url}: {fault}")
    if known or not speaking:
        return
    if count == 1:
        note = "unmatched: the message is about one product, which is taken for the work"
        yield from _records(speaking[0], message, (note,))
    else:
        detail = f"{message.url} lists {count:,} products; no identifier says which one the work is"
        yield not_looked(SOURCE, NotRunReason.NOT_APPLICABLE, detail)


def _records(product: Product, message: Message, notes: tuple[str, ...]) -> Iterator[Reservation]:
    named = ", ".join(f"{scheme} {value}" for scheme, value in sorted(product.identifiers)[:4])
    about = f"product: {named or product.reference or 'without an identifier'}"[:300]
    for one in product.constraints:
        record = reservation(
            source=SOURCE,
            protocol=PROTOCOL,
            channel=Channel.REGISTRY,
            scope="work",
            purposes=dict.fromkeys(MINING, one.state),
            native_value=one.text,
            location=message.url,
            body=b"",
            formal=one.formal,
            authority=Authority.UNKNOWN,
            observed_at=message.observed_at,
            valid_from=one.start,
            warnings=(*one.warnings, about, *notes),
        )
        yield record.model_copy(update={"document": message.document, "valid_to": one.end})
