"""`noai` and its kind in headers and pages, for everyone and for one agent."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.evidence import NotRun, NotRunReason
from provenance.rights.header_fields import Answer
from provenance.rights.readers.robots_directives import (
    RobotsDirectivesReader,
    from_headers,
    from_metas,
    read,
)
from tests.provenance.rights import asking
from tests.provenance.rights.archives import responses
from tools import make_vectors_statements

READER = RobotsDirectivesReader()
QUESTIONS = asking.vectors("robots-directives")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one["id"])
def test_the_open_vectors(question):
    found = asking.answers(READER, asking.asked(question))
    assert found == asking.in_order(question["expected"]), question["note"]


def test_the_vectors_are_what_the_tool_writes():
    text = (asking.VECTORS / "robots-directives.jsonl").read_text(encoding="utf-8")
    assert text.splitlines() == list(make_vectors_statements.lines("robots-directives"))


def header(value, agent=None, media_type="image/jpeg"):
    answer = Answer("https://host.example/a", agent, media_type)
    return from_headers((("X-Robots-Tag", value),), answer)


def test_a_record_says_where_it_stood():
    (found,) = header("noindex, NoAI")
    assert (found.protocol, found.standing, found.authority) == (
        "robots-directives",
        "C",
        "origin-controlled",
    )
    assert found.native_value == "noindex, NoAI"
    assert found.document.location == "https://host.example/a"


def test_noml_has_a_standing_of_its_own():
    assert [(one.protocol, one.standing) for one in header("noai, noml")] == [
        ("robots-directives", "C"),
        ("noml", "D"),
    ]


def test_a_page_of_nobody_permits_nothing_and_reserves():
    page = b'<!doctype html><html><head><meta name="robots" content="noai"></head><p>x</p></html>'
    (found,) = READER.read(Asset.from_bytes(page, name="x.html"))
    assert (found.intent, found.authority, found.scope) == ("reserved", "unknown", "page")


def test_many_agents_are_cut_with_a_record_of_it():
    value = ", ".join(f"bot{'x' * n}: noai" for n in range(60))
    *found, last = header(value)
    assert len(found) == 50
    assert (last.kind, last.reason) == ("not_run", NotRunReason.LIMIT)
    (one,) = header(value, "bot" + "x" * 59)
    assert one.intent == "reserved"


def test_a_header_over_its_limit_is_not_read():
    (found,) = header("noai," * 20_000)
    assert isinstance(found, NotRun)
    assert found.reason is NotRunReason.LIMIT


@pytest.mark.parametrize(
    "piece", ["a:", "noai,", " ", "x", ",", "no;", "a: noai,", "no-ai:", "a b: noai,", "\x00é"]
)
def test_the_longest_header_costs_little(piece):
    value = piece * (65_000 // len(piece))
    start = time.perf_counter()
    header(value)
    assert time.perf_counter() - start < 1


@given(st.text(alphabet="noaimgel:,;- *GPTBot5\t", max_size=60), st.sampled_from([None, "GPTBot"]))
def test_whatever_stands_there_only_reserves(value, agent):
    for one in header(value, agent):
        assert one.intent == "reserved"
        assert "no" in value.lower()
        assert one.agent is None or agent is None or one.agent.lower() == "gptbot"


def test_a_list_can_be_read_alone():
    assert [(one.name, one.agent) for one in read("a: noai, b: noimageai")] == [
        ("noai", "a"),
        ("noimageai", "b"),
    ]


def test_the_elements_of_a_page_can_be_given_alone():
    (found,) = from_metas(
        [("viewport", "x"), ("Robots", "NOAI")], Answer("u", media_type="text/html")
    )
    assert found.channel == "page"


# Acceptance: X-Robots-Tag as in the reference, and the pages of the synthetic archive


@pytest.mark.parametrize(
    ("name", "value", "reserved"),
    [
        ("X-Robots-Tag", "NoAI", True),
        ("x-robots-tag", "NOAI", True),
        ("X-Robots-Tag", "otherbot: noindex, noai", False),
        ("X-Robots-Tag", "gptbot: noai", True),
        ("X-Robots-Tag", "unavailable_after: 25 Jun 2010 15:00:00 PST, noai", True),
    ],
)
def test_headers_that_others_misread(name, value, reserved):
    answer = Answer("u", "GPTBot", "image/jpeg")
    found = from_headers((("content-type", "image/jpeg"), (name, value)), answer)
    assert [one.intent for one in found] == ["reserved"] * reserved


@pytest.mark.data
def test_the_synthetic_archive(data_pack):
    met = responses(data_pack / "optout/warc/scenarios_synthetic.warc.gz")
    (train, images) = READER.read(met("https://c.example/x"))
    assert dict(train.purposes) == {"train-genai": "reserved", "train-ai": "reserved"}
    assert images.warnings[0].startswith("images_only")
    assert not list(READER.read(met("https://c.example/i.jpg", agent="GPTBot")))
    assert [one.intent for one in READER.read(met("https://c.example/j.jpg"))] == ["reserved"]
