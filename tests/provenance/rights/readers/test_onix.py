"""ONIX messages: large ones, hostile ones, and works known by their metadata."""

from __future__ import annotations

import time
import tracemalloc
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.evidence import NotRun, NotRunReason, Reservation
from provenance.rights.readers.onix import OnixReader
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile, Surroundings
from tests.provenance import making
from tools.make_vectors_registers import ISBN, message, product, usage

PROHIBITED = product(usage("11", "03"))


def read(asset: Asset) -> list[Reservation | NotRun]:
    return list(OnixReader().read(asset))


def beside(asset: Asset, body: str | bytes) -> Asset:
    data = body.encode() if isinstance(body, str) else body
    file = RightsFile(Channel.REGISTRY, "feed.xml", data)
    return replace(asset, around=Surroundings(None, (), (file,)))


def as_asset(body: str | bytes) -> Asset:
    data = body.encode() if isinstance(body, str) else body
    return Asset.from_bytes(b'<?xml version="1.0"?>' + data, name="feed.xml")


def test_a_message_is_shown_product_by_product():
    (record,) = read(as_asset(message(PROHIBITED)))
    assert record.scope == "work"
    assert record.intent == "reserved"
    assert (record.standing, record.authority) == ("C", "unknown")
    assert f"product: isbn {ISBN}" in record.warnings


def test_a_book_is_known_by_the_identifier_in_its_package_document():
    identifier = f'<dc:identifier xmlns:dc="http://purl.org/dc/elements/1.1/">urn:isbn:{ISBN}</dc:identifier>'
    book = Asset.from_bytes(making.epub(identifier), name="book.epub")
    other = product(usage("11", "01"), isbn="9780306406157")
    (record,) = read(beside(book, message(other, PROHIBITED)))
    assert record.intent == "reserved"


def test_a_work_is_known_by_its_iscc():
    code = "KACYPXW445FTYNJ3CYSXHAFJMA2HUWULUNRFE3BLHRSCXYH2M5AEGQY"
    related = (
        "<RelatedMaterial><RelatedWork><WorkRelationCode>01</WorkRelationCode><WorkIdentifier>"
        f"<WorkIDType>39</WorkIDType><IDValue>{code}</IDValue></WorkIdentifier></RelatedWork>"
        "</RelatedMaterial>"
    )
    feed = message(product(usage("11", "03"), more=related), product(isbn="9780306406157"))
    sidecar = RightsFile(Channel.REGISTRY, "side.json", b'{"iscc": "ISCC:%s"}' % code.encode())
    asset = beside(Asset.from_bytes(b"x", name="x"), feed)
    around = replace(asset.around, files=(*asset.around.files, sidecar))
    (record,) = read(replace(asset, around=around))
    assert record.intent == "reserved"


def test_from_and_until_when():
    limits = "".join(
        f"<EpubUsageLimit><Quantity>{day}</Quantity><EpubUsageUnit>{unit}</EpubUsageUnit></EpubUsageLimit>"
        for unit, day in (("98", "20260101"), ("99", "20261231"))
    )
    (record,) = read(as_asset(message(product(usage("11", "03", limits)))))
    assert record.valid_from.isoformat() == "2026-01-01T00:00:00+00:00"
    assert record.valid_to.date().isoformat() == "2026-12-31"


def test_onixs_own_document_type_is_left_unread():
    doctype = '<!DOCTYPE ONIXMessage SYSTEM "http://www.editeur.org/onix/3.0/reference/x.dtd">'
    (record,) = read(as_asset(doctype + message(PROHIBITED)))
    assert record.intent == "reserved"


def test_other_xml_is_no_message():
    assert read(as_asset("<html>ONIXMessage</html>")) == []


LAUGHS = '<!DOCTYPE ONIXMessage [<!ENTITY a "haha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12)
)


@pytest.mark.parametrize(
    "body",
    [
        LAUGHS + "]>" + message(product(usage("11", "&m;"))),
        LAUGHS + "]>" + message(PROHIBITED).replace('release="3.1"', 'release="&m;"'),
        message("<a>" * 5000),
        message(product("<a/>" * 100_000)),
        message(PROHIBITED)[:-200],
    ],
    ids=["laughs", "laughing attribute", "deep", "long product", "cut"],
)
def test_a_bomb_is_a_check_that_did_not_run(body):
    started = time.process_time()
    (record,) = read(as_asset(body))
    assert isinstance(record, NotRun)
    assert record.reason in (NotRunReason.UNREADABLE, NotRunReason.LIMIT)
    assert time.process_time() - started < 5


def test_a_message_over_the_limit_is_not_read():
    body = message("<!-- " + " " * (64 << 20) + " -->").encode()
    (record,) = read(as_asset(body))
    assert record.reason is NotRunReason.LIMIT


def test_a_long_message_is_read_in_little_memory():
    other = product(usage("02", "03"), isbn="9780306406157")
    body = message(*[other] * 20_000, PROHIBITED).encode()
    asset = beside(Asset.from_bytes(b"x", name=f"{ISBN}.pdf"), body)
    tracemalloc.start()
    (record,) = read(asset)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert record.intent == "reserved"
    assert peak < len(body) / 2


@given(st.text(max_size=60), st.binary(max_size=60))
def test_nothing_breaks_the_reader(text, noise):
    escaped = "".join(one for one in text if one.isalnum())
    for body in (
        message(product(usage("11", escaped))),
        b"<ONIXMessage>" + noise + b"</ONIXMessage>",
        message(product(usage("11", "03"), isbn=escaped)).encode() + noise,
    ):
        for record in read(as_asset(body)):
            assert isinstance(record, Reservation | NotRun)
