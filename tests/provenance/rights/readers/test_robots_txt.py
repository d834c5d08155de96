"""What a robots.txt reserves, permits and leaves open, for an agent and when nobody asks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.evidence import NotRun, NotRunReason, Reservation, ReservationState
from provenance.rights.agents import table
from provenance.rights.decide import Known, applicable, decide, is_contested, permits
from provenance.rights.finding import Use, Verdict
from provenance.rights.readers.robots_txt import MOST_KEPT, RobotsTxtReader, parse
from provenance.rights.records import Channel
from provenance.rights.standing import table as standing
from provenance.rights.surroundings import RightsFile, Surroundings
from tests.provenance.rights.robots_vectors import body_of, questions

DECLARED = [one for one in questions() if "expected" in one]
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
USE = Use(agent="GPTBot", purpose="train-genai", at=NOON)


def host_file(body, status=200):
    url = "https://host.example/robots.txt"
    return RightsFile(Channel.ROBOTS_TXT, url, body, status, NOON)


def said(body, path="/a", agent=None):
    return parse(host_file(body)).about(path, agent=agent, media_type=None)


def read(body, agent=None, status=200, path="/a"):
    around = Surroundings(
        f"https://host.example{path}", files=(host_file(body, status),), agent=agent
    )
    asset = replace(Asset("x", 4, "image/jpeg", "image", b"\xff\xd8\xff\xd9"), around=around)
    return list(RobotsTxtReader().read(asset))


@pytest.mark.parametrize("vector", DECLARED, ids=lambda one: one["id"])
def test_a_vector_is_declared(vector):
    records = said(body_of(vector), vector["path"], vector["agent"])
    assert [
        {
            "agent": one.agent,
            "scope": one.scope,
            "purposes": {name: str(state) for name, state in one.purposes.items()},
            "formal": one.formal,
            "warnings": [text.partition(":")[0] for text in one.warnings],
        }
        for one in records
    ] == vector["expected"]


def test_a_record_shows_the_group_the_line_and_its_place():
    body = b"User-agent: CCBot\nUser-agent: GPTBot\nAllow: /b\n disallow: / # all\n"
    (record,) = said(body, "/a", "gptbot")
    assert isinstance(record, Reservation)
    assert record.native_value == "User-agent: CCBot\nUser-agent: GPTBot\ndisallow: / # all"
    assert record.document is not None
    assert record.document.span is not None
    assert body[slice(*record.document.span)].strip() == b"disallow: / # all"
    assert record.document.location == "https://host.example/robots.txt"
    assert (record.channel, record.authority) == ("robots.txt", "origin-controlled")
    assert (record.standing, record.observed_at) == ("A", NOON)


def test_equal_answers_are_one_tuple():
    site = parse(host_file(b"User-agent: *\nDisallow: /a\nDisallow: /ab\n"))
    for agent in (None, "GPTBot", "Googlebot"):
        ask = [site.about(path, agent=agent, media_type=None) for path in ("/a", "/a/b", "/ab")]
        assert ask[0] is ask[1]
        assert ask[0] is not ask[2]


@pytest.mark.parametrize(
    ("status", "found"),
    [(404, 0), (410, 0), (403, 0), (503, 1), (500, 1), (301, 1), (None, 1)],
)
def test_a_host_that_has_none_reserves_nothing_and_one_that_is_silent_is_not_known(status, found):
    records = read(b"User-agent: *\nDisallow: /\n", "GPTBot", status)
    assert len(records) == found
    for record in records:
        assert isinstance(record, NotRun)
        assert record.reason is NotRunReason.FETCH_FAILED


def test_the_reader_asks_for_the_address_and_the_agent_of_the_work():
    body = b"User-agent: GPTBot\nDisallow: /*.jpg?big\n"
    (record,) = read(body, "GPTBot", path="/a.jpg?big=1")
    assert isinstance(record, Reservation)
    assert record.intent == ReservationState.RESERVED
    assert not read(body, "GPTBot", path="/a.jpg")
    assert not read(body, "CCBot", path="/a.jpg?big=1")
    assert list(RobotsTxtReader().read(Asset("x", 1, "text/plain", "text", b"x"))) == []
    assert str(table().date) in RobotsTxtReader().version


def test_who_is_named_is_let_in_by_a_rule_or_by_a_group_that_shuts_out_nothing():
    for body in (
        b"User-agent: GPTBot\nAllow: /\n",
        b"User-agent: GPTBot\nDisallow:\n",
        b"User-agent: GPTBot\nDisallow: /b\nAllow: /a\n",
    ):
        (record,) = read(body, "GPTBot", path="/a.jpg")
        assert record.intent == ReservationState.ALLOWED
    assert not read(b"User-agent: GPTBot\nDisallow: /b\n", "GPTBot", path="/a.jpg")
    assert not read(b"User-agent: *\nAllow: /\n", "GPTBot", path="/a.jpg")


@pytest.mark.parametrize("line", ["Noindex: /", "Crawl-delay: 10", "Content-Usage: search=y", ""])
def test_a_group_without_a_rule_lets_nobody_in(line):
    assert not said(f"User-agent: GPTBot\n{line}\n".encode(), agent="GPTBot")


# What follows from it


def verdict(records, use=USE):
    return decide("x", use, Known(before=records, after=records), standing()).verdict


def test_an_agent_that_was_shut_out_and_used_it_all_the_same():
    assert verdict(said(b"User-agent: GPTBot\nDisallow: /\n", agent="GPTBot")) is Verdict.VIOLATION
    assert verdict(said(b"User-agent: *\nDisallow: /\n", agent="GPTBot")) is Verdict.VIOLATION


def test_what_names_other_agents_is_evidence_that_can_be_disputed():
    nobody = USE.model_copy(update={"agent": None})
    records = said(b"User-agent: CCBot\nDisallow: /\n")
    assert verdict(records, nobody) is Verdict.VIOLATION_CONTESTED
    assert {is_contested(one, nobody, standing()) for one in records} == {"agent_scoped"}


def test_a_control_token_holds_for_what_its_crawler_brought_home():
    body = b"User-agent: Googlebot\nAllow: /\n\nUser-agent: Google-Extended\nDisallow: /\n"
    google = USE.model_copy(update={"agent": "Googlebot"})
    searching = google.model_copy(update={"purpose": "search"})
    records = said(body, agent="Googlebot")
    assert len(applicable(records, google)) == 2
    assert verdict(records, google) is Verdict.VIOLATION
    assert verdict(records, searching) is Verdict.COMPLIANT


def test_being_shut_out_itself_is_enough_for_a_crawler():
    body = b"User-agent: *\nDisallow: /\n"
    assert [one.agent for one in said(body, agent="Googlebot")] == ["Googlebot"]


def test_a_misspelt_group_reserves_and_does_not_permit():
    (record,) = said(b"useragent: GPTBot\nAllow: /\n", agent="GPTBot")
    assert record.formal == "nonconforming"
    assert not permits(record)
    (record,) = said(b"useragent: GPTBot\nDisallow: /\n", agent="GPTBot")
    assert verdict((record,)) is Verdict.VIOLATION_CONTESTED


@pytest.mark.parametrize(
    ("text", "agents"),
    [
        ("User-agent:\u00a0GPTBot\nDisallow:\u00a0/\n", ("GPTBot", None)),
        ("\u200bUser-agent: GPTBot\nDisallow: /\n", ("GPTBot", None)),
        ("User-agent: *\u00a0\nDisallow: /\n", ("GPTBot", "CCBot", None)),
        ("User-agent: *\nAllow: /\n\ufeffUser-agent: GPTBot\nDisallow:\u2003/\n", ("GPTBot",)),
        ("User-agent: Google-Extended\u200b\nDisallow: \u200e/\n", ("Googlebot", None)),
    ],
)
def test_characters_nobody_sees_hide_no_reservation(text, agents):
    for agent in agents:
        found = said(text.encode(), agent=agent)
        assert [one.intent for one in found] == ["reserved"]
        assert found[0].formal == "nonconforming"
        assert found[0].warnings[-1].startswith("encoding")
        start, end = found[0].document.span
        assert text.encode()[start:end].endswith(b"/")


def test_characters_nobody_sees_permit_nothing():
    text = "User-agent:\u00a0GPTBot\nAllow: /\n\nUser-agent: *\nDisallow: /b\n"
    assert said(text.encode(), agent="GPTBot") == ()
    assert [one.formal for one in said(text.encode(), "/b", "GPTBot")] == ["valid"]


def test_a_file_that_is_no_utf8_permits_nothing():
    allowing = "User-agent: GPTBot\nAllow: /\n".encode("utf-16")
    assert said(allowing, agent="GPTBot") == ()
    shutting = "User-agent: GPTBot\nDisallow: /\n".encode("utf-16")
    assert verdict(said(shutting, agent="GPTBot")) is Verdict.VIOLATION_CONTESTED


def test_what_is_kept_for_later_questions_is_bounded():
    lines = b"".join(b"Disallow: /%d$\n" % n for n in range(1500))
    agents = b"".join(b"User-agent: %s\n" % one.token.encode() for one in table().agents)
    site = parse(host_file(agents + lines))
    for n in range(1500):
        assert len(site.about(f"/{n}", agent=None, media_type=None)) > 100
    assert site._kept <= MOST_KEPT


TOKENS = ("*", "GPTBot", "CCBot", "AI2Bot", "Googlebot", "Google-Extended", "GPTBot, CCBot", "x/1")
files = st.lists(
    st.one_of(
        st.sampled_from(TOKENS).map("User-agent: {}".format),
        st.sampled_from(("", "/", "/a", "/a/*b", "/*$", "/%c3")).map("Disallow: {}".format),
        st.sampled_from(("", "/", "/a/b")).map("allow {}".format),
        st.text(max_size=8),
    ),
    max_size=12,
).map("\n".join)


@settings(max_examples=300, deadline=None)
@given(
    files,
    st.sampled_from(("utf-8", "utf-16", "utf-8-sig")),
    st.sampled_from((None, "GPTBot", "AI2Bot", "Googlebot", "x", "\u00e9")),
    st.sampled_from(("/", "/a", "/a/b", "/\u00c3", "/%C3x", "")),
)
@example("User-agent: GPTBot\nDisallow: /", "utf-8", "GPTBot", "/")
def test_a_record_says_what_the_matcher_decides(text, encoding, agent, path):
    body = text.encode(encoding, "replace")
    site = parse(host_file(body))
    records = site.about(path, agent=agent, media_type=None)
    assert records is site.about(path, agent=agent, media_type="text/html")
    mine = [one for one in records if agent and one.agent and one.agent.lower() == agent.lower()]
    reserved = [one for one in mine if one.intent == ReservationState.RESERVED]
    valid = [one for one in reserved if not {"unnameable_agent", "utf16"} & codes(one)]
    if agent and agent != "\u00e9" and encoding != "utf-16" and path:
        from provenance.rights.patterns import escaped
        from provenance.rights.robots import RobotsTxt

        allowed = RobotsTxt.parse(body).allowed(agent, escaped(path.encode()))
        assert bool(valid) is not allowed
    for one in records:
        assert one.formal != "malformed" or one.intent == ReservationState.RESERVED
        assert one.document.span is None or body[slice(*one.document.span)]


def codes(record):
    return {text.partition(":")[0] for text in record.warnings}
