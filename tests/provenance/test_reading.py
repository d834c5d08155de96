"""All readers look at a file in one worker; what one of them cannot bear costs its answer only."""

from __future__ import annotations

import hashlib
import os
import threading

import pytest

from provenance import plugins, reading
from provenance.asset import Asset
from provenance.c2pa.trust import TrustStore
from provenance.errors import EngineError
from provenance.evidence import Carrier, Credential, NotRun, NotRunReason
from provenance.reading import Read, Wanted, read_asset
from provenance.sandbox import Sandbox, Task
from tests.provenance.hostile_readers import READERS, RIGHTS_READERS

WITH_HOSTILE = Task(
    "tests.provenance.hostile_readers:with_hostile_readers",
    {"trust": TrustStore.shipped().to_json()},
)


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(WITH_HOSTILE) as sandbox:
        yield sandbox


@pytest.fixture
def read(sandbox, tmp_path, monkeypatch):
    real = tuple(one for one in plugins.readers() if one.source == "c2pa")
    monkeypatch.setattr(reading, "readers", lambda: (*real, *READERS))
    monkeypatch.setattr(reading, "rights_readers", lambda: RIGHTS_READERS)

    def read(content: bytes, wanted: Wanted = Wanted(), name: str = "a.txt") -> Read:  # noqa: B008
        path = tmp_path / "work"
        path.write_bytes(content)
        fd = os.open(path, os.O_RDONLY)
        try:
            return read_asset(sandbox, Asset.from_fd(fd, name=name), wanted)
        finally:
            os.close(fd)

    return read


def of(found: Read, source: str) -> list:
    return [record for record in found.evidence if record.source == source]


def test_every_reader_that_reads_this_kind_of_file_is_heard_in_order(read):
    found = read(b"a quiet text")
    assert [record.source for record in found.evidence] == [
        *("c2pa", "calm", "crashing", "greedy", "lying", "raising", "raising", "crashing-rights"),
    ]
    assert found.sha256 == hashlib.sha256(b"a quiet text").hexdigest()


def test_a_reader_that_raises_keeps_what_it_gave_and_says_that_it_failed(read):
    given, failed = of(read(b"a quiet text"), "raising")
    assert given.kind == "declaration"
    assert isinstance(failed, NotRun)
    assert failed.reason is NotRunReason.UNREADABLE
    assert "KeyError" in failed.detail


@pytest.mark.parametrize(
    ("content", "lost", "reason"),
    [
        (b"crash", {"crashing", "crashing-rights"}, NotRunReason.UNREADABLE),
        (b"greed", {"greedy"}, NotRunReason.LIMIT),
        (b"lies", {"lying"}, NotRunReason.UNREADABLE),
    ],
)
def test_a_reader_that_loses_its_worker_costs_its_own_records_only(read, content, lost, reason):
    usual = read(b"a quiet text")
    found = read(content)
    for source in {record.source for record in usual.evidence} - lost:
        assert of(found, source) == of(usual, source)
    for source in lost:
        (record,) = of(found, source)
        assert isinstance(record, NotRun)
        assert record.reason is reason
    assert found.sha256 == hashlib.sha256(content).hexdigest()


def test_the_faults_of_the_container_survive_the_loss_of_a_worker(read):
    cut = b"\x89PNG\r\n\x1a\n" + b"\0\0\xff\xffiTXt crash"
    found = of(read(cut, name="cut.png"), "container")
    assert [record.reason for record in found] == [NotRunReason.UNREADABLE]


def test_a_manifest_reader_that_loses_its_worker_never_means_that_there_is_no_manifest(tmp_path):
    """Who can crash the reader could hide a manifest from it."""
    path = tmp_path / "work"
    path.write_bytes(b"crash")
    task = Task("tests.provenance.hostile_readers:without_manifests", WITH_HOSTILE.arguments)
    with Sandbox(task) as sandbox, path.open("rb") as file:
        found = read_asset(sandbox, Asset.from_fd(file.fileno(), name="a"), Wanted(rights=False))
    credential, not_run = of(found, "c2pa")
    assert (credential.carrier, credential.integrity) == (Carrier.UNREADABLE, "unreadable")
    assert not_run.reason is NotRunReason.UNREADABLE


@pytest.mark.parametrize(
    ("wanted", "sources"),
    [
        (Wanted(provenance=False), {"crashing-rights"}),
        (Wanted(only="calm"), {"calm"}),
        (Wanted(provenance=False, only="calm"), set()),
    ],
)
def test_only_the_wanted_readers_run(read, wanted, sources):
    assert {record.source for record in read(b"text", wanted).evidence} == sources


def test_an_asset_in_memory_is_handed_over_as_it_is(sandbox):
    found = read_asset(sandbox, Asset.from_bytes(b"a text", name="x"), Wanted(only="calm"))
    assert found.sha256 == hashlib.sha256(b"a text").hexdigest()
    assert [record.source for record in found.evidence] == ["calm"]


def test_a_closed_sandbox_does_not_hash_to_the_end(tmp_path):
    path = tmp_path / "long"
    path.write_bytes(b"")
    os.truncate(path, 1 << 40)  # a terabyte of nothing
    with Sandbox(WITH_HOSTILE) as sandbox, path.open("rb") as file:
        asset = Asset.from_fd(file.fileno(), name="long")
        timer = threading.Timer(1, sandbox.abort)
        timer.start()
        with pytest.raises(EngineError):
            read_asset(sandbox, asset, Wanted(only="calm"))
        timer.join()


def test_a_worker_that_answers_nonsense_is_not_believed(tmp_path):
    path = tmp_path / "work"
    path.write_bytes(b"text")
    nonsense = Task("tests.provenance.misbehaving:Misbehaving")
    with Sandbox(nonsense) as sandbox, path.open("rb") as file:
        found = read_asset(sandbox, Asset.from_fd(file.fileno(), name="a"), Wanted())
    credential = found.evidence[0]
    assert isinstance(credential, Credential)
    assert credential.carrier is Carrier.UNREADABLE
    assert {record.reason for record in found.evidence if isinstance(record, NotRun)} == {
        NotRunReason.UNREADABLE
    }
    assert found.sha256 == hashlib.sha256(b"text").hexdigest()
