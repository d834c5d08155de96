"""An archive read by several workers at once comes to what one reading of it comes to."""

from __future__ import annotations

import gzip
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.optout.audit import chain as chains
from service.optout.audit import inputs
from service.optout.audit.chain import Chain
from service.optout.audit.inputs import END, Stretch
from tests.provenance.rights.warcs import answer, members, record
from tests.service.optout.audit.stopping import audited

WHOLE = 200
"""Where an archive of these tests ends."""


@dataclass
class Read:
    """What a worker of these tests reads: places only."""

    first: int | None
    next: int | None
    seen: tuple[int, ...]


@dataclass
class Archive:
    """Records at some places; decoys only look like one, and no worker can bear the killers."""

    places: tuple[int, ...]
    decoys: frozenset[int]
    killers: frozenset[int]
    asked: int = 0

    def ask(self, stretch: Stretch) -> Read | None:
        """As a worker does."""
        self.asked += 1
        start, until, count = (stretch.job[name] for name in ("start", "until", "count"))
        if stretch.job["seek"]:
            like = [at for at in {*self.places, *self.decoys} if at >= start]
            start = min(like, default=None)
        if start is None or not count:
            return Read(start, None, ())
        mine = [at for at in self.places if at >= start]  # from a decoy, the next real one
        if start in self.decoys:
            mine = [start, *mine]
        seen: list[int] = []
        for at in mine:
            if at > start and (at >= until or len(seen) >= count):
                return Read(start, at, tuple(seen))
            if at in self.killers:
                return None
            seen.append(at)
        return Read(start, None, tuple(seen))


def stretches(length, count):
    """Cuts by bytes, the first of which begins with a record."""
    return [
        Stretch(
            {"start": at, "until": min(at + length, WHOLE), "seek": at > 0, "count": count}, None, 0
        )
        for at in range(0, WHOLE, length)
    ]


places = st.frozensets(st.integers(1, WHOLE - 1), max_size=20)


@given(places, places, places, st.integers(5, WHOLE), st.integers(1, 9))
@settings(max_examples=300, deadline=None)
def test_each_record_counts_once_and_a_killer_costs_itself(real, fake, bad, length, count):
    archive = Archive((0, *sorted(real)), fake - real, bad & real)
    kept: list[int] = []
    lost: list[int] = []
    chain = Chain(0, archive.ask, lambda found, _: kept.extend(found.seen), lost.append)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chains, "ARCHIVE_RECORDS", count)
        for stretch in stretches(length, count):
            chain.take(stretch, archive.ask(stretch))
    followed = [at for at in archive.places if at in archive.killers]
    if not archive.decoys:
        assert kept == [at for at in archive.places if at not in archive.killers]
        assert len(lost) == len(followed)
    assert kept == sorted(kept)
    assert {at for at in archive.places if at not in archive.killers} <= set(kept)
    if not archive.killers:
        assert kept == list(archive.places), "a decoy is none of the records"


def test_what_was_read_beforehand_is_not_read_again():
    archive = Archive(tuple(range(0, WHOLE, 10)), frozenset(), frozenset())
    kept: list[int] = []
    chain = Chain(0, archive.ask, lambda found, _: kept.extend(found.seen), pytest.fail)
    for stretch in stretches(35, 100):
        chain.take(stretch, archive.ask(stretch))
    assert kept == list(archive.places)
    assert archive.asked == len(stretches(35, 100))


def test_behind_the_last_place_that_can_be_found_the_archive_is_given_up():
    archive = Archive((0, 10), frozenset(), frozenset({10}))
    lost: list[int] = []
    chain = Chain(0, archive.ask, lambda found, after: None, lost.append)
    (stretch,) = stretches(WHOLE, 5)
    chain.take(stretch, archive.ask(stretch))
    assert lost == [END]


def test_an_archive_inside_an_archive_is_not_taken_for_its_records(history, tmp_path, monkeypatch):
    """A cut may fall into a body that holds members of its own, stored and not compressed."""
    inner = members(record(f"https://b.example/{n}", answer()) for n in range(40))
    outer = [record(f"https://a.example/{n}", answer(b"text")) for n in range(6)]
    outer.insert(3, record("https://a.example/inner", answer(inner, kind="application/gzip")))
    source = tmp_path / "crawl.warc.gz"
    source.write_bytes(b"".join(gzip.compress(one, 0) for one in outer))

    def run(out):
        audited(source, history, tmp_path / out)
        return (tmp_path / out / "findings.ndjson").read_bytes()

    whole = run("whole")
    assert whole.count(b"\n") == 7
    assert b"b.example" not in whole
    for length in (300, 1000, 4000):
        monkeypatch.setattr(inputs, "ARCHIVE_BYTES", length)
        assert run(f"cut-{length}") == whole
