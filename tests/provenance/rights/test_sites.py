"""One document of a host: what became of it, and what it leads to."""

from __future__ import annotations

import datetime as dt

import pytest

from provenance.rights import rsl_links
from provenance.rights.finding import Looked, every_channel
from provenance.rights.records import Channel
from provenance.rights.sites import site_of
from provenance.rights.surroundings import RightsFile

SEEN = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
NAMES = b"LICENSE: https://a.example/l.xml\nUser-agent: *\nAllow: /\n"


def robots(body, status=200):
    return RightsFile(Channel.ROBOTS_TXT, "https://a.example/robots.txt", body, status, SEEN)


@pytest.mark.parametrize(
    ("status", "looked", "failed"),
    [(200, Looked.READ, False), (404, Looked.ABSENT, False), (None, Looked.NOT_LOOKED, True)],
)
def test_what_became_of_a_document(status, looked, failed):
    site = site_of(robots(NAMES if status == 200 else b"", status))
    assert (site.looked, site.failed) == (looked, failed)


def test_that_a_licence_is_named_is_found_out_once_and_stays(monkeypatch):
    named = site_of(robots(NAMES))
    monkeypatch.setattr(rsl_links, "named_in_robots", None)
    assert named.names_licence
    assert named.again(SEEN + dt.timedelta(days=1)).names_licence


@pytest.mark.parametrize("body", [b"User-agent: *\nDisallow: /license\n", b"# License: x\n", b""])
def test_a_licence_that_is_not_named(body):
    assert not site_of(robots(body)).names_licence


def test_a_coverage_names_every_channel_in_order():
    coverage = every_channel({"robots.txt": Looked.ABSENT})
    assert list(coverage) == [channel.value for channel in Channel]
    assert coverage.pop("robots.txt") is Looked.ABSENT
    assert set(coverage.values()) == {Looked.NOT_LOOKED}
