"""The link to a manifest: it says where one is or was, and nothing about origin."""

from __future__ import annotations

import pytest

from provenance.evidence import Statement, Strength
from provenance.metadata.provenance_link import ProvenanceLinkReader
from tests.provenance import making

READER = ProvenanceLinkReader()


@pytest.mark.parametrize(
    "packet",
    [
        making.xmp(attributes='dcterms:provenance="self#jumbf=/c2pa/x"'),
        making.xmp("<dcterms:provenance>self#jumbf=/c2pa/x</dcterms:provenance>"),
        making.xmp('<dcterms:provenance rdf:resource="self#jumbf=/c2pa/x"/>'),
    ],
    ids=["attribute", "element", "resource"],
)
def test_the_link_is_shown_and_states_nothing(declared, packet):
    found = declared(READER, making.jpeg(making.app1_xmp(packet)))
    assert [(d.field, d.value, d.statement, d.strength) for d in found] == [
        ("dcterms:provenance", "self#jumbf=/c2pa/x", Statement.NONE, Strength.WEAK)
    ]


def test_dublin_core_s_other_namespace_has_no_such_property(declared):
    packet = making.xmp(
        "<dc:provenance>attic</dc:provenance>",
        prefixes='xmlns:dc="http://purl.org/dc/elements/1.1/"',
    )
    assert declared(READER, making.jpeg(making.app1_xmp(packet))) == []
