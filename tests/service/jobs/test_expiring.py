"""What is due is deleted a little at a time; bytes nobody entered, after a day."""

from __future__ import annotations

import datetime as dt
import os

import pytest

from service.jobs import expiring
from service.jobs.expiring import Expiry, Terms
from service.storage.blobs import FolderBlobs
from service.storage.keeping import Keeping

DAY = 24 * 3600


class Noting:
    """Says what was asked of it, and deletes nothing."""

    def __init__(self):
        self.asked = {}

    def __getattr__(self, name):
        def ask(*given, **named):
            self.asked.setdefault(name, []).append((*given, *named.values()))
            return 0

        return ask


@pytest.fixture
def blobs(tmp_path):
    return FolderBlobs(tmp_path / "blobs")


def put(blobs, name, age_seconds):
    path = blobs._folder / name
    path.write_bytes(b"x")
    blobs.put("org_a", name, path)
    place = blobs._path("org_a", name)
    then = place.stat().st_mtime - age_seconds
    os.utime(place, (then, then))


def test_terms_are_counted_from_now(blobs):
    noting = Noting()
    Expiry(noting, blobs, Terms(works=3, reports=7, accesses=365)).sweep()
    now = dt.datetime.now(dt.UTC)
    days = {
        "release_works": 3,
        "forget_screenings": 7,
        "forget_deliveries": 7,
        "forget_accesses": 365,
        "forget_idempotency": 2,
    }
    for what, many in days.items():
        ((*_,),) = (noting.asked[what],)
        (moment,) = (one for one in noting.asked[what][0] if isinstance(one, dt.datetime))
        assert abs(now - moment - dt.timedelta(days=many)) < dt.timedelta(minutes=1), what


def test_without_terms_only_what_says_so_itself_is_due(blobs):
    noting = Noting()
    Expiry(noting, blobs, Terms()).sweep()
    assert noting.asked["release_works"] == [(expiring.BATCH, None)]
    assert "forget_screenings" not in noting.asked
    assert "forget_deliveries" not in noting.asked


def test_bytes_that_came_a_moment_ago_may_still_be_entered(blobs):
    noting = Noting()
    put(blobs, "a" * 64, 23 * 3600)
    put(blobs, "b" * 64, DAY + 60)
    Expiry(noting, blobs, Terms()).sweep()
    ((found,),) = noting.asked["strays"]
    assert [one.name for one in found] == ["b" * 64]


def test_the_store_is_walked_a_slice_at_a_time_and_again_after_a_day(blobs, monkeypatch):
    monkeypatch.setattr(expiring, "SLICE", 2)
    clock, noting = [0.0], Noting()
    for letter in "abc":
        put(blobs, letter * 64, 2 * DAY)
    expiry = Expiry(noting, blobs, Terms(), clock=lambda: clock[0])
    expiry.sweep()
    expiry.sweep()
    seen = [one.name[0] for (found,) in noting.asked["strays"] for one in found]
    assert sorted(seen) == ["a", "b", "c"]
    clock[0] = DAY - 1.0
    expiry.sweep()
    assert len(noting.asked["strays"]) == 2
    clock[0] = DAY + 1.0
    expiry.sweep()
    assert len(noting.asked["strays"]) == 3


def test_bytes_that_a_killed_process_left_are_deleted(blobs, tmp_path):
    """They were put where works are kept, and no screening was written."""
    from service.storage.accounts import Accounts
    from service.storage.engine import migrate, open_database

    engine = open_database(f"sqlite:///{tmp_path / 'a.sqlite'}")
    migrate(engine)
    Accounts(engine).found("label")
    put(blobs, "a" * 64, 2 * DAY)
    Expiry(Keeping(engine, blobs), blobs, Terms()).sweep()
    assert list(blobs.listed()) == []
    engine.dispose()


def test_what_cannot_be_deleted_now_holds_back_nothing_else(blobs, caplog):
    class Broken(Noting):
        def release_works(self, *_, **__):
            raise OSError("the store is away")

    broken = Broken()
    Expiry(broken, blobs, Terms()).sweep()
    assert "forget_accesses" in broken.asked
    assert "the store is away" in caplog.text
