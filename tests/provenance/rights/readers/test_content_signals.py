"""Content signals: of the agent's group, of the site, and in header fields."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.evidence import NotRunReason, ReservationState
from provenance.rights.content_signals import read_signals
from provenance.rights.header_fields import Answer
from provenance.rights.readers.content_signals import ContentSignalsReader, from_headers, parse
from provenance.rights.records import Channel, Formal
from provenance.rights.surroundings import RightsFile
from tests.provenance.rights import asking
from tests.provenance.rights.archives import responses
from tools import make_vectors_statements

READER = ContentSignalsReader()
QUESTIONS = asking.vectors("content-signals")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one["id"])
def test_the_open_vectors(question):
    found = asking.answers(READER, asking.asked(question))
    assert found == asking.in_order(question["expected"]), question["note"]


def test_the_vectors_are_what_the_tool_writes():
    text = (asking.VECTORS / "content-signals.jsonl").read_text(encoding="utf-8")
    assert text.splitlines() == list(make_vectors_statements.lines("content-signals"))


def site(robots: str | bytes):
    body = robots.encode() if isinstance(robots, str) else robots
    return parse(RightsFile(Channel.ROBOTS_TXT, "https://host.example/robots.txt", body))


def test_a_signal_is_shown_where_it_stands_with_its_use():
    robots = "User-agent: *\nContent-Signal: ai-train=no, use=reference\nAllow: /\n"
    (found,) = site(robots).about("/x", agent=None)
    start, end = found.document.span
    assert robots.encode()[start:end] == b"Content-Signal: ai-train=no, use=reference"
    assert found.native_value.endswith("use=reference")
    assert (found.standing, found.scope) == ("C", "origin")


def test_every_path_has_the_same_answer():
    declared = site("User-agent: *\nContent-Signal: ai-train=no\n")
    assert declared.about("/a", agent="A") is declared.about("/b", agent="a")


def test_a_permission_in_the_agents_own_group_is_not_undone_by_the_site():
    robots = (
        "User-agent: *\nContent-Signal: ai-train=no, ai-input=no\nAllow: /\n\n"
        "User-agent: GPTBot\nContent-Signal: ai-train=yes\nAllow: /\n"
    )
    own, whole = site(robots).about("/", agent="GPTBot")
    assert dict(own.purposes) == {"train-ai": "allowed"}
    assert dict(whole.purposes) == {"ai-input": "reserved"}
    assert asking.codes(whole) == ["site_level"]


def test_what_a_site_allows_others_is_no_permission():
    robots = "User-agent: *\nContent-Signal: ai-train=yes\nAllow: /\n\nUser-agent: A\nDisallow: /\n"
    assert site(robots).about("/", agent="A") == ()


def test_a_file_in_another_encoding_permits_nothing():
    robots = "User-agent: *\nContent-Signal: ai-train=no, search=yes\n".encode("utf-16")
    (found,) = site(robots).about("/", agent="A")
    assert (found.formal, dict(found.purposes)) == (
        "malformed",
        {"train-ai": "reserved", "search": "unknown"},
    )


def test_the_word_in_another_case_is_the_word():
    (reading,) = read_signals("AI-Train=No, Search=YES")
    assert reading.formal is Formal.VALID


@pytest.mark.parametrize("text", ["", "use=full", "x=no", "no", "yes, no", "=no", "ai-train="])
def test_nothing_known_is_said(text):
    assert read_signals(text) == ()


@given(st.text(alphabet="aitrnpuseoych-_=:,; \"'01", max_size=60))
def test_nothing_permits_but_yes(text):
    for one in read_signals(text):
        if ReservationState.ALLOWED in one.purposes.values():
            assert one.formal is Formal.VALID
            assert "=yes" in text


@pytest.mark.parametrize("piece", ["ai-train=no,", "a-", "a", "a=", "ai-train=", " ", "\x00é"])
def test_long_lines_and_fields_cost_little(piece):
    start = time.perf_counter()
    read_signals(piece * (500_000 // len(piece)))
    from_headers((("content-signal", piece * (65_000 // len(piece))),), Answer("u"))
    assert time.perf_counter() - start < 1.5


def test_many_lines_far_from_their_group_cost_little():
    lines = "".join(f"\nContent-Signal: ai-train=no, x{n}=no\n" for n in range(8000))
    start = time.perf_counter()
    declared = site("User-agent: A\nDisallow: /x\n" + lines)
    found = declared.about("/", agent="B")
    assert time.perf_counter() - start < 2
    assert found[0].warnings[-1].startswith("site_level")


def test_a_line_that_a_rule_follows_is_for_its_group_alone():
    robots = "User-agent: A\nDisallow: /x\n\nContent-Signal: ai-train=no\n\nAllow: /\n"
    assert site(robots).about("/", agent="B") == ()


def test_a_header_over_its_limit_is_not_read():
    (found,) = from_headers((("Content-Signal", "ai-train=no," * 10_000),), Answer("u"))
    assert found.reason is NotRunReason.LIMIT


@pytest.mark.data
def test_the_synthetic_archive(data_pack):
    met = responses(data_pack / "optout/warc/scenarios_synthetic.warc.gz")
    (group,) = READER.read(met("https://b.example/p1", "CCBot"))
    assert dict(group.purposes) == {"train-ai": "reserved", "search": "allowed"}
    assert "use=reference" in group.native_value
    assert (group.agent, group.warnings) == (None, ())
    (whole,) = READER.read(met("https://b.example/p1", "GPTBot"))
    assert dict(whole.purposes) == {"train-ai": "reserved"}
    assert asking.codes(whole) == ["site_level"]
