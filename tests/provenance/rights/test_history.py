"""What a host declared around a use: every way a use can lie to the observations."""

from __future__ import annotations

import datetime as dt

import pytest

from provenance.rights import history
from provenance.rights.decide import When, decide
from provenance.rights.finding import Looked, Use, Verdict
from provenance.rights.history import Observation, Span, Timeline
from provenance.rights.records import Channel
from provenance.rights.standing import table
from provenance.rights.surroundings import RightsFile

CLOSED = b"User-agent: GPTBot\nDisallow: /\n"
OPEN = b"User-agent: *\nDisallow: /admin/\n"
DAY = dt.timedelta(days=1)


def moment(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def seen(when, body, *, status=200, length=DAY):
    file = RightsFile(Channel.ROBOTS_TXT, "https://a.example/robots.txt", body, status)
    return Observation(Channel.ROBOTS_TXT, Span.of(moment(when), length), lambda: file)


def whole_day(text):
    return Span.of(moment(text), DAY)


def at_moment(text):
    return Span.of(moment(text))


def judged(observations, use, agent="GPTBot", path="/x"):
    known = Timeline(observations).at(use).known(path, agent=agent)
    asked = Use(agent=agent, purpose="train-genai", at=use.start if use else None)
    return decide("https://a.example/x", asked, known, table()), known


REVERSING = [
    seen("2024-01-10", OPEN),
    seen("2024-02-10", CLOSED),
    seen("2024-03-10", CLOSED),
    seen("2024-04-10", OPEN),
]


@pytest.mark.parametrize(
    ("day", "when", "verdict"),
    [
        ("2023-12-01", When.BEFORE, Verdict.UNDETERMINED),
        ("2024-01-10", When.AT, Verdict.NO_RESERVATION_FOUND),
        ("2024-01-25", When.BETWEEN, Verdict.UNDETERMINED),
        ("2024-02-10", When.AT, Verdict.VIOLATION),
        ("2024-02-25", When.BETWEEN, Verdict.VIOLATION),
        ("2024-03-10", When.AT, Verdict.VIOLATION),
        ("2024-03-25", When.BETWEEN, Verdict.UNDETERMINED),
        ("2024-04-10", When.AT, Verdict.NO_RESERVATION_FOUND),
        ("2024-04-25", When.CARRIED, Verdict.NO_RESERVATION_FOUND),
        ("2024-09-01", When.STALE, Verdict.UNDETERMINED),
    ],
)
def test_a_use_is_judged_by_what_was_in_force_on_its_day(day, when, verdict):
    finding, known = judged(REVERSING, whole_day(day))
    assert known.times == {Channel.ROBOTS_TXT: when}
    assert finding.verdict is verdict


def test_between_differing_observations_both_are_named():
    finding, _ = judged(REVERSING, whole_day("2024-01-25"))
    assert finding.bounds == (moment("2024-01-10"), moment("2024-02-10T23:59:59"))


def test_what_is_reserved_since_is_post_hoc():
    finding, _ = judged(REVERSING[:2], whole_day("2024-01-10"))
    assert finding.verdict is Verdict.POST_HOC


def test_what_was_reserved_and_released_since_is_not():
    finding, _ = judged(REVERSING, whole_day("2024-01-10"))
    assert finding.verdict is Verdict.NO_RESERVATION_FOUND


def test_a_reservation_carried_forward_is_contested():
    finding, _ = judged(REVERSING[:3], whole_day("2024-03-20"))
    assert finding.verdict is Verdict.VIOLATION_CONTESTED
    assert finding.contested == ("carried_forward",)


def test_a_crawler_may_keep_its_copy_for_a_day():
    changed = [
        seen("2024-01-10T08:00:00", OPEN, length=dt.timedelta()),
        seen("2024-01-10T20:00:00", CLOSED, length=dt.timedelta()),
        seen("2024-01-20T20:00:00", CLOSED, length=dt.timedelta()),
    ]
    finding, _ = judged(changed, at_moment("2024-01-10T22:00:00"))
    assert finding.verdict is Verdict.UNDETERMINED
    finding, _ = judged(changed, at_moment("2024-01-12T22:00:00"))
    assert finding.verdict is Verdict.VIOLATION


def test_a_use_without_a_date_is_undetermined_and_shows_what_is_known():
    finding, known = judged(REVERSING[:3], None)
    assert known.times == {Channel.ROBOTS_TXT: When.UNKNOWN}
    assert finding.verdict is Verdict.UNDETERMINED
    assert len(finding.reservations) == 1


@pytest.mark.parametrize(
    ("status", "looked", "verdict"),
    [
        (404, Looked.ABSENT, Verdict.NO_RESERVATION_FOUND),
        (503, Looked.NOT_LOOKED, Verdict.UNDETERMINED),
        (None, Looked.NOT_LOOKED, Verdict.UNDETERMINED),
    ],
)
def test_a_missing_file_reserves_nothing_and_a_silent_host_is_not_known(status, looked, verdict):
    found = [seen("2024-01-10", b"", status=status)]
    finding, known = judged(found, whole_day("2024-01-10"))
    assert known.coverage == {Channel.ROBOTS_TXT: looked}
    assert finding.verdict is verdict


def test_equal_answers_are_one_object_so_that_a_million_urls_cost_little():
    standpoint = Timeline(REVERSING).at(whole_day("2024-02-10"))
    known = standpoint.known("/a", agent="GPTBot")
    assert standpoint.known("/b?c=d", agent="GPTBot") is known
    assert standpoint.known("/a", agent="CCBot") is not known


def test_equal_documents_are_parsed_once(monkeypatch):
    parsed = []
    site_of = history.site_of

    def counted(file):
        parsed.append(file)
        return site_of(file)

    monkeypatch.setattr(history, "site_of", counted)
    days = [seen(f"2024-01-{day:02}", CLOSED) for day in range(1, 29)]
    timeline = Timeline(days)
    for day in range(1, 29):
        timeline.at(whole_day(f"2024-01-{day:02}"))
    assert len(parsed) == 1


def test_nothing_observed_is_nothing_known():
    finding, known = judged([], whole_day("2024-01-10"))
    assert known.coverage == {}
    assert finding.verdict is Verdict.UNDETERMINED
    assert finding.undetermined_because == "coverage"


@pytest.mark.parametrize(
    ("observations", "verdict"),
    [
        ([seen("2022-12-31", OPEN), seen("2023-12-31", CLOSED)], Verdict.UNDETERMINED),
        ([seen("2023-12-20", CLOSED)], Verdict.UNDETERMINED),
        ([seen("2022-12-31", CLOSED), seen("2023-06-01", CLOSED)], Verdict.UNDETERMINED),
        (
            [seen("2022-12-31", CLOSED), seen("2023-06-01", CLOSED), seen("2024-02-01", CLOSED)],
            Verdict.VIOLATION,
        ),
    ],
)
def test_a_use_some_time_in_a_year_is_not_judged_by_one_day_of_it(observations, verdict):
    """Guards against an accusation about January by what was first seen in December."""
    year = Span(moment("2023-01-01"), moment("2023-12-31T23:59:59"))
    assert judged(observations, year)[0].verdict is verdict


def test_a_use_on_the_day_of_a_change_may_have_kept_yesterday_s_copy():
    """Guards against an accusation where the rules were open the day before (RFC 9309, 2.4)."""
    changed = [seen("2024-02-29", OPEN), seen("2024-03-01", CLOSED), seen("2024-03-02", CLOSED)]
    assert judged(changed, whole_day("2024-03-01"))[0].verdict is Verdict.UNDETERMINED
    assert judged(changed, whole_day("2024-03-02"))[0].verdict is Verdict.VIOLATION


@pytest.mark.parametrize(
    ("channel", "url", "body"),
    [
        (Channel.TDMREP_JSON, "https://a.example/.well-known/tdmrep.json", b"<html>404</html>"),
        (Channel.AI_TXT, "https://a.example/ai.txt", b"# A site about cats\n\n- [Docs](/docs)\n"),
    ],
)
def test_a_page_in_the_place_of_a_declaration_leaves_nothing_open(channel, url, body):
    """Guards against `undetermined` for every host that answers 200 to any address."""
    other = RightsFile(channel, url, body)
    day = whole_day("2024-01-10")
    found = [seen("2024-01-10", OPEN), Observation(channel, day, lambda: other)]
    assert judged(found, day)[0].verdict is Verdict.NO_RESERVATION_FOUND


def test_a_use_that_lasts_may_have_met_anything_seen_within_it():
    opened = [
        seen("2024-03-01", CLOSED),
        seen("2024-03-10", OPEN),
        seen("2024-03-31", CLOSED),
    ]
    month = Span(moment("2024-03-01"), moment("2024-03-31T23:59:59"))
    finding, _ = judged(opened, month)
    assert finding.verdict is Verdict.UNDETERMINED
    finding, _ = judged([opened[0], seen("2024-03-10", CLOSED), opened[2]], month)
    assert finding.verdict is Verdict.VIOLATION


def test_a_licence_that_is_named_and_that_nobody_kept_may_reserve():
    named = b"License: https://a.example/rsl.xml\n" + OPEN
    finding, _ = judged([seen("2024-03-01", named)], whole_day("2024-03-01"))
    assert finding.undetermined_because == "coverage"


def test_lines_that_no_specification_has_are_heard_as_they_are_elsewhere():
    lines = b"User-agent: *\nProhibits: ai-training\nAllow: /\n"
    finding, _ = judged([seen("2024-03-01", lines)], whole_day("2024-03-01"))
    assert finding.verdict is Verdict.VIOLATION_CONTESTED
