"""XMP: every serialisation gives the same property, and no packet costs more than it should."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from provenance.metadata.xmp import XmpError, properties
from tests.provenance import making

VALUE = making.DST + "trainedAlgorithmicMedia"
NAME = "Iptc4xmpExt:DigitalSourceType"

SERIALISATIONS = {
    "attribute": making.xmp(attributes=f'{NAME}="{VALUE}"'),
    "element": making.xmp(f"<{NAME}> {VALUE}\n</{NAME}>"),
    "rdf:resource": making.xmp(f'<{NAME} rdf:resource="{VALUE}"/>'),
    "rdf:value": making.xmp(
        f'<{NAME} rdf:parseType="Resource"><rdf:value>{VALUE}</rdf:value></{NAME}>'
    ),
    "qualified": making.xmp(
        f'<{NAME}><rdf:Description rdf:value="{VALUE}"/></{NAME}>',
    ),
    "array": making.xmp(f"<{NAME}><rdf:Bag><rdf:li>{VALUE}</rdf:li></rdf:Bag></{NAME}>"),
    "array of resources": making.xmp(
        f'<{NAME}><rdf:Bag><rdf:li rdf:resource="{VALUE}"/></rdf:Bag></{NAME}>'
    ),
    "other prefix": making.xmp(
        f"<zz:DigitalSourceType>{VALUE}</zz:DigitalSourceType>",
        prefixes=f'xmlns:zz="{making.IPTC}"',
    ),
    "UTF-16": making.DST_XMP.decode()
    .partition("?>")[2]
    .partition("<?xpacket end")[0]
    .encode("utf-16"),
    "padding": making.DST_XMP + b" " * 500 + b"\x00",
    "a flaw behind": making.DST_XMP.replace(b"</x:xmpmeta>", b"<broken></x:xmpmeta>"),
}


@pytest.mark.parametrize("packet", SERIALISATIONS.values(), ids=SERIALISATIONS)
def test_every_serialisation_is_read(packet):
    found = [one.values for one in properties(packet) if one.name == "DigitalSourceType"]
    assert found == [(VALUE,)]


def test_the_same_name_in_another_namespace_is_another_property():
    packet = making.xmp(
        "<zz:DigitalSourceType>x</zz:DigitalSourceType>", prefixes='xmlns:zz="http://example.org/"'
    )
    assert [one.namespace for one in properties(packet)] == ["http://example.org/"]


def test_what_is_said_of_an_ingredient_is_not_said_of_the_work():
    packet = making.xmp(
        "<xmp:Ingredients><rdf:Bag><rdf:li rdf:parseType='Resource'>"
        f"<{NAME}>{VALUE}</{NAME}></rdf:li></rdf:Bag></xmp:Ingredients>"
    )
    assert properties(packet) == ()


@pytest.mark.parametrize("data", [b"", b"no markup", b"<", b"\x00" * 100, b"<!DOCTYPE a><a/>"])
def test_what_is_no_xmp_is_an_error(data):
    with pytest.raises(XmpError):
        properties(data)


def test_entities_are_refused():
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha"}">' for n in range(12))
    packet = f"<!DOCTYPE a [{entities}]>".encode() + b"<a>&e11;</a>"
    started = time.process_time()
    with pytest.raises(XmpError):
        properties(packet)
    assert time.process_time() - started < 1
    with pytest.raises(XmpError):
        properties(packet.decode().encode("utf-16"))


@pytest.mark.parametrize("piece", [b"<a>", b"<rdf:li>", b"<a b='"])
def test_deep_and_broken_markup_ends_quickly(piece):
    packet = b'<rdf:RDF xmlns:rdf="' + making.RDF.encode() + b'">' + piece * 200_000
    started = time.process_time()
    with suppress(XmpError):
        properties(packet)
    assert time.process_time() - started < 2
