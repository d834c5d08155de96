"""`Content-Usage` in header fields and robots.txt, for each agent and path."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.evidence import NotRunReason
from provenance.rights.header_fields import Answer
from provenance.rights.readers.aipref import AiPrefReader, from_headers, parse
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile
from tests.provenance.rights import asking
from tests.provenance.rights.archives import responses
from tools import make_vectors_statements

READER = AiPrefReader()
QUESTIONS = asking.vectors("aipref")


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda one: one["id"])
def test_the_open_vectors(question):
    found = asking.answers(READER, asking.asked(question))
    assert found == asking.in_order(question["expected"]), question["note"]


def test_the_vectors_are_what_the_tool_writes():
    text = (asking.VECTORS / "aipref.jsonl").read_text(encoding="utf-8")
    assert text.splitlines() == list(make_vectors_statements.lines("aipref"))


def site(robots: str | bytes, status: int | None = 200):
    body = robots.encode() if isinstance(robots, str) else robots
    return parse(RightsFile(Channel.ROBOTS_TXT, "https://host.example/robots.txt", body, status))


def intents(robots, path="/x", agent="A"):
    return [one.intent for one in site(robots).about(path, agent=agent)]


GROUP = "User-agent: *\nAllow: /\n"


def test_a_rule_is_shown_where_it_stands():
    robots = GROUP + "Content-Usage: /a train-ai=n # no\n"
    (found,) = site(robots).about("/a/b", agent=None)
    start, end = found.document.span
    assert robots.encode()[start:end] == b"Content-Usage: /a train-ai=n # no"
    assert (found.scope, found.native_value) == ("path:/a", "Content-Usage: /a train-ai=n")
    assert (found.standing, found.authority) == ("B", "origin-controlled")


def test_equal_answers_are_one_and_the_same_tuple():
    declared = site(GROUP + "Content-Usage: /a train-ai=n\nContent-Usage: train-ai=y\n")
    assert declared.about("/a/1", agent="A") is declared.about("/a/2", agent="a")
    assert declared.about("/b", agent="A") is declared.about("/c", agent="A")
    assert declared.about("/b", agent="A") is not declared.about("/a/1", agent="A")


@pytest.mark.parametrize("status", [None, 404, 503])
def test_a_file_that_is_not_there_says_nothing(status):
    assert site(GROUP + "Content-Usage: train-ai=n\n", status).about("/a", agent=None) == ()


def test_files_that_are_not_utf8():
    text = GROUP + "Content-Usage: train-ai=n, search=y\n"
    (found,) = site(b"\xef\xbb\xbf" + text.encode()).about("/", agent="A")
    assert (found.formal, found.warnings) == ("valid", ("bom",))
    (found,) = site(text.encode("utf-16")).about("/", agent="A")
    assert (found.formal, found.intent, found.warnings) == ("malformed", "reserved", ("utf16",))
    assert found.purposes["search"] == "unknown"


def test_what_lies_beyond_the_limit_is_not_read_and_that_is_told():
    padding = "# " + "x" * 1000 + "\n"
    long = GROUP + "Content-Usage: train-ai=n\n" + padding * 600
    (found,) = site(long + "Content-Usage: train-ai=y\n").about("/", agent="A")
    assert found.warnings == ("truncated",)


def test_a_path_that_begins_with_a_star_is_understood_and_permits_nothing():
    wild = GROUP + "Content-Usage: *.pdf train-ai={}\n"
    (found,) = site(wild.format("n")).about("/a.pdf", agent="A")
    assert (found.formal, found.intent, found.scope) == ("malformed", "reserved", "path:*.pdf")
    assert intents(wild.format("n"), "/a.html") == []
    assert intents(wild.format("y"), "/a.pdf") == ["unknown"]


def test_the_directive_of_the_first_draft_is_understood():
    """attach-00 had one directive a group and no path; so has a real site of 2025."""
    assert intents("User-Agent: *\nAllow: /\nContent-Usage: ai=y\n") == ["allowed"]


def test_many_agents_are_told_up_to_a_limit():
    groups = "".join(f"User-agent: bot{'x' * n}\nContent-Usage: train-ai=n\n" for n in range(300))
    found = site(groups).about("/", agent=None)
    assert len(found) == 200
    assert {warning.partition(":")[0] for one in found for warning in one.warnings} == {
        "agent_scoped"
    }


# Header fields


def test_a_header_over_its_limit_is_not_read():
    headers = (("Content-Usage", "train-ai=n, " * 10_000),)
    (found,) = from_headers(headers, Answer("u"))
    assert found.reason is NotRunReason.LIMIT


def test_other_headers_of_any_size_do_not_matter():
    headers = (("Set-Cookie", "x" * 1_000_000), ("Content-Usage", "train-ai=n"))
    (found,) = from_headers(headers, Answer("u"))
    assert found.intent == "reserved"


@pytest.mark.parametrize(
    "piece", ["a=y,", "a=(y ", "a;b=1", "train-ai=n ", '"\\', "-", "a=:", "\x00", "é", "(", "%"]
)
def test_the_longest_header_costs_little(piece):
    headers = (("Content-Usage", piece * (65_000 // len(piece))),)
    start = time.perf_counter()
    from_headers(headers, Answer("u"))
    assert time.perf_counter() - start < 1


# robots.txt made to cost


@pytest.mark.parametrize(
    "line",
    [
        "Content-Usage: /" + "*a" * 1000 + " train-ai=n",
        "Content-Usage: /a{n}/*b train-ai=n",
        "Content-Usage: /{n} train-ai=n",
        "User-agent: x{n}\nContent-Usage: train-ai=n;p={n}",
        "User-agent: {n}x\nContent-Usage: train-ai=n",
        "Content-Usage: " + "train-ai=n " * 500,
    ],
)
def test_a_file_made_to_cost_costs_little(line):
    rows = (500 * 1024) // len(line)
    declared = site(
        "User-agent: *\n" + "".join(f"{line.replace('{n}', str(n))}\n" for n in range(rows))
    )
    declared.about("/warm", agent=None)
    start = time.perf_counter()
    for n in range(10):
        declared.about("/" + "a" * 1000 + str(n), agent="A")
    assert time.perf_counter() - start < 2


def test_rules_that_repeat_each_other_are_told_once():
    robots = GROUP + "Content-Usage: train-ai=n\n" * 3
    assert intents(robots) == ["reserved"]
    many = GROUP + "".join(f"Content-Usage: train-ai=n;p={n}\n" for n in range(60))
    found = site(many).about("/", agent="A")
    assert [one.kind for one in found] == ["not_run", *["reservation"] * 50]


def test_too_many_wildcards_are_told():
    lines = "".join(f"Content-Usage: /*{n}$ train-ai=n\n" for n in range(1500))
    found = site("User-agent: *\n" + lines).about("/a", agent="A")
    assert [one.kind for one in found] == ["not_run"]


@given(
    st.lists(
        st.sampled_from(
            [
                *("User-agent: *", "User-agent: A", "Disallow: /a", "Allow: /a/b", "Sitemap: x"),
                *("Content-Usage: train-ai=n", "Content-Usage: /a train-ai=y", "Content-Usage: x"),
                *(
                    "Content-Usage: /a/b train-ai=n",
                    "Content-Usage: TRAIN-AI=y",
                    "Content-Signal: x",
                ),
            ]
        ),
        max_size=12,
    )
)
def test_a_permission_is_always_written_out(lines):
    robots = "\n".join(lines)
    for path in ("/", "/a/b/c"):
        for agent in (None, "A", "B"):
            for one in site(robots).about(path, agent=agent):
                if one.formal == "valid" and one.intent == "allowed":
                    assert "train-ai=y" in one.native_value


# Acceptance: the draft's example and the fields of the synthetic archive

NO = {"train-genai": "reserved", "train-ai": "reserved"}
YES = {"train-genai": "allowed", "train-ai": "allowed"}


@pytest.mark.data
@pytest.mark.parametrize(
    ("url", "agent", "purposes"),
    [
        ("https://a.example/test", "AnyBot", [NO]),
        ("https://a.example/ai-ok/test", "AnyBot", [YES]),
        ("https://a.example/never/test", "AnyBot", []),
        ("https://a.example/never/test", "ExampleBot", [YES]),
        ("https://d.example/page", None, [NO | {"search": "allowed"}]),
        (
            "https://d.example/page2",
            None,
            [{"train-genai": "unknown", "train-ai": "unknown", "search": "reserved"}],
        ),
    ],
)
def test_the_synthetic_archive(data_pack, url, agent, purposes):
    met = responses(data_pack / "optout/warc/scenarios_synthetic.warc.gz")
    assert [dict(one.purposes) for one in READER.read(met(url, agent))] == purposes
