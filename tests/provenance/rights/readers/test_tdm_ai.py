"""TDM·AI: declarations found by the content of a work, and hostile files of them."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.evidence import NotRun, NotRunReason, Reservation
from provenance.rights import iscc
from provenance.rights.readers.tdm_ai import TdmAiReader
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile, Surroundings

POEM = (
    "The lighthouse keeper counted ships by night and wrote their names in a book that nobody "
    "read. When the fog came he rang the bell, and when it went he wrote how long it had been. "
) * 12
PICTURE = "KACYPXW445FTYNJ3CYSXHAFJMA2HUWULUNRFE3BLHRSCXYH2M5AEGQY"


def beside(asset: Asset, *bodies: str | bytes, status: int | None = 200) -> Asset:
    files = tuple(
        RightsFile(
            Channel.REGISTRY,
            f"register/{n}",
            body.encode() if isinstance(body, str) else body,
            status,
        )
        for n, body in enumerate(bodies)
    )
    return replace(asset, around=Surroundings(None, (), files))


def work(text: str = POEM) -> Asset:
    return Asset.from_bytes(text.encode(), name="poem.txt")


def read(asset: Asset) -> list[Reservation | NotRun]:
    return list(TdmAiReader().read(asset))


def declared(code: str, **more: str) -> str:
    return json.dumps({"iscc": f"ISCC:{code}", "all": "false"} | more)


@pytest.fixture
def library():
    return pytest.importorskip("iscc_lib", reason="extra iscc")


def test_a_work_is_known_by_its_bytes(library):
    code = library.gen_iscc_code_v0(
        [
            library.gen_data_code_v0(POEM.encode()).iscc,
            library.gen_instance_code_v0(POEM.encode()).iscc,
        ]
    ).iscc.removeprefix("ISCC:")
    (record,) = read(beside(work(), declared(code)))
    assert record.scope == "asset"
    assert record.warnings == ("matched_by: the Instance-Code of its bytes",)
    assert record.authority == "unknown"


def test_a_text_with_small_changes_is_the_same_work(library):
    code = library.gen_text_code_v0(POEM).iscc.removeprefix("ISCC:")
    changed = POEM.replace("lighthouse keeper", "keeper of the lighthouse", 1)
    (record,) = read(beside(work(changed), declared(code)))
    assert record.scope == "work"
    assert record.warnings[-1].startswith("matched_by: similar content")


def test_another_text_is_not(library):
    code = library.gen_text_code_v0("A cookery book has nothing to say of ships. " * 30).iscc
    assert read(beside(work(), declared(code.removeprefix("ISCC:")))) == []


def test_a_picture_is_compared_only_when_its_code_is_known(library):
    asset = Asset.from_bytes(b"\x89PNG\r\n\x1a\n", name="p.png")
    content_only = library.iscc_decompose(PICTURE)[1]
    (record,) = read(beside(asset, declared(content_only)))
    assert record.reason is NotRunReason.UNSUPPORTED_MEDIA
    known = json.dumps({"iscc": f"ISCC:{PICTURE}"})
    (record,) = read(beside(asset, declared(content_only), known))
    assert record.scope == "work"
    assert "matched_by: similar content, 0.0% of the bits of its ISCC differ" in record.warnings


def test_without_the_library_it_is_said_what_was_not_compared(monkeypatch):
    monkeypatch.setattr(iscc, "is_installed", lambda: False)
    (record,) = read(beside(work(), declared(PICTURE)))
    assert record.reason is NotRunReason.NOT_INSTALLED


def test_a_file_of_declarations_is_shown_whole():
    body = f"[{declared(PICTURE)}, {declared(PICTURE)}]"
    records = read(Asset.from_bytes(body.encode(), name="declarations.json"))
    assert [record.scope for record in records] == ["work", "work"]


def test_dates_make_an_interval():
    later = declared(PICTURE, all="true", intent="supersede", timestamp="2026-02-01T00:00:00Z")
    first = declared(PICTURE, timestamp="2026-01-01T00:00:00Z")
    known = json.dumps({"identifiers": {"ISCC": PICTURE}})
    old, new = read(beside(work(), known, f"[{later}, {first}]"))
    assert old.valid_from.isoformat() == "2026-01-01T00:00:00+00:00"
    assert old.valid_to == new.valid_from
    assert new.valid_to is None


def test_a_register_that_did_not_answer():
    (record,) = read(beside(work(), b"", status=503))
    assert record.reason is NotRunReason.FETCH_FAILED


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"all":' * 50_000,
        b'{"iscc": "ISCC:%s", "all": %s}' % (b"A" * 50, b"9" * 10_000),
        b'{"iscc": ["%s"], "all": {"all": "false"}}' % PICTURE.encode(),
        b'{"iscc": "ISCC:AAAAAAAAAAAAAAAAAAAA", "all": "false", "intent": []}',
        b'[{"all": "false"}, 3, null, [], {"iscc": 5, "search": NaN}]',
    ],
)
def test_hostile_json_costs_little(body):
    started = time.process_time()
    for record in read(beside(work(), body)):
        assert isinstance(record, NotRun)
    assert time.process_time() - started < 5


def test_a_very_large_register_is_refused():
    (record,) = read(beside(work(), b'[{"all": "false"}' + b" " * (1 << 20) + b"]"))
    assert record.reason is NotRunReason.LIMIT


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["iscc", "all", "TDMAI", "tdmOptOut", "intent", "usageReservation", "TDM"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_json_is_read_without_a_permission_out_of_nothing(told):
    body = json.dumps(told)
    for record in read(Asset.from_bytes(b" " + body.encode(), name="a.json")):
        assert isinstance(record, Reservation | NotRun)
        if isinstance(record, Reservation) and record.intent == "allowed":
            assert "true" in body
