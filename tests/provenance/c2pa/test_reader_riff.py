"""RIFF files whose length stands elsewhere: whole ones, which the library cannot parse.

Only what is certain to be unsigned is called so; what is signed, linked or damaged is unreadable.
"""

from __future__ import annotations

import pytest

from provenance.asset import Asset
from provenance.c2pa.reader import C2paReader
from provenance.c2pa.trust import TrustStore
from provenance.evidence import Carrier, Integrity
from tests.provenance import making

LINK = making.xmp("<dcterms:provenance>https://example.org/a.c2pa</dcterms:provenance>")


@pytest.fixture(scope="module")
def reader():
    made = C2paReader()
    made.use_trust(TrustStore.shipped())
    return made


@pytest.fixture(scope="module")
def signed(authority):
    actions = [
        {
            "action": "c2pa.created",
            "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
        }
    ]
    return authority.sign(making.wav(), "audio/wav", "a work", actions)


def carrier(reader, data):
    record = next(iter(reader.read(Asset.from_bytes(data, name="a.wav"))))
    return record.carrier, record.integrity


OPEN = {
    "RF64": b"RF64\xff\xff\xff\xff",
    "BW64": b"BW64\xff\xff\xff\xff",
    "never written": b"RIFF\xff\xff\xff\xff",
}


@pytest.mark.parametrize("head", OPEN.values(), ids=OPEN.keys())
@pytest.mark.parametrize(
    "more", [b"", making.info(ISFT="Lavf"), making.chunk(b"_PMX", making.DST_XMP)]
)
def test_a_whole_file_without_a_manifest_has_none(reader, head, more):
    assert carrier(reader, head + making.wav(more)[8:]) == (Carrier.NONE, Integrity.ABSENT)


@pytest.mark.parametrize("head", OPEN.values(), ids=OPEN.keys())
def test_one_with_a_manifest_is_never_called_unsigned(reader, signed, head):
    assert carrier(reader, signed) == (Carrier.EMBEDDED, Integrity.INTACT)
    assert carrier(reader, head + signed[8:])[1] in (Integrity.UNREADABLE, Integrity.BROKEN)


@pytest.mark.parametrize(
    "data",
    [
        OPEN["RF64"] + making.wav(making.chunk(b"_PMX", LINK))[8:],
        OPEN["RF64"] + making.wav(making.chunk(b"_PMX", b"<!DOCTYPE a>"))[8:],
        OPEN["RF64"] + making.wav(making.info(ISFT="Lavf"))[8:-3],
        b"RIFF\xff\xff\x00\x00" + making.wav()[8:],
    ],
    ids=["linked", "XMP that cannot be read", "cut short", "a plain wrong length"],
)
def test_what_is_not_certain_is_unreadable(reader, data):
    assert carrier(reader, data) == (Carrier.UNREADABLE, Integrity.UNREADABLE)
