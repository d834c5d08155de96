"""One look at a work: what was seen with it, and what nobody could read."""

from __future__ import annotations

import datetime as dt

import pytest

from provenance.evidence import NotRunReason
from provenance.rights.decide import When, decide
from provenance.rights.finding import Because, Looked, Use, Verdict
from provenance.rights.looking import coverage_of, known_of
from provenance.rights.readers import robots_txt, rsl
from provenance.rights.records import Channel, not_looked
from provenance.rights.standing import table
from provenance.rights.surroundings import RightsFile, Surroundings
from tests.provenance.rights import asking

ASKED = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
CLOSED = b"User-agent: GPTBot\nDisallow: /\n"


def judged(records, not_run=(), around=None):
    use = Use(agent="GPTBot", purpose="train-genai", at=ASKED)
    known = known_of(list(records), list(not_run), around, use)
    return decide("x", use, known, table()), known


@pytest.mark.parametrize(
    ("later", "when", "verdict"),
    [
        (dt.timedelta(seconds=3), When.AT, Verdict.VIOLATION),
        (dt.timedelta(hours=2), When.BEFORE, Verdict.UNDETERMINED),
    ],
)
def test_a_host_that_is_asked_for_the_use_answers_after_it(later, when, verdict):
    """Guards against `undetermined` for every page that is judged as it is now."""
    file = RightsFile(
        Channel.ROBOTS_TXT, "https://a.example/robots.txt", CLOSED, 200, ASKED + later
    )
    around = Surroundings("https://a.example/a", (), (file,), "GPTBot", ASKED + later)
    said = robots_txt.parse(file).about("/a", agent="GPTBot", media_type=None)
    finding, known = judged(said, around=around)
    assert known.times[Channel.ROBOTS_TXT] is when
    assert finding.verdict is verdict


@pytest.mark.parametrize("reason", [NotRunReason.TIMEOUT, NotRunReason.UNREADABLE])
def test_a_work_that_could_not_be_read_to_the_end_is_not_silent(reason):
    """Guards against `no_reservation_found` for a file that reading was given up on."""
    finding, _ = judged((), [not_looked("sandbox", reason, "too slow")])
    assert finding.undetermined_because is Because.COVERAGE


def test_a_licence_that_is_named_and_was_not_got_is_not_silence():
    """Guards against `no_reservation_found` where robots.txt leads to terms nobody read."""
    robots = b"License: https://a.example/l.xml\n\nUser-agent: *\nAllow: /\n"
    asset = asking.met(robots=robots)
    missing = list(rsl.RslReader().read(asset))
    finding, _ = judged((), missing, asset.around)
    assert finding.undetermined_because is Because.COVERAGE
    assert coverage_of(asset.around, missing)[Channel.RSL] is Looked.NOT_LOOKED
    assert coverage_of(asset.around)[Channel.RSL] is Looked.ABSENT
