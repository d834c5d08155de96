"""robots.txt: what it allows, against open vectors, Google's own cases, its matcher and real files.

`jwm.robotstxt` is Google's C++ matcher as a library; it is the oracle of the random tests here.
"""

from __future__ import annotations

import base64
import csv
import gzip
import json
from functools import partial

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from provenance.rights.robots import Flaw, RobotsTxt, robots_path
from tests.fuzz.contract import calls_of
from tests.provenance.rights.robots_vectors import VECTORS, body_of, questions
from tools.make_vectors_robots import written

CRAWLS = [one for one in questions() if "allowed" in one]
MODES = ("google", "rfc9309")


def test_the_vectors_are_what_the_tool_writes():
    assert VECTORS.read_text(encoding="utf-8").splitlines() == list(written())


@pytest.mark.parametrize("vector", CRAWLS, ids=lambda one: one["id"])
def test_a_vector_is_decided_by_its_line(vector):
    for mode in [vector["mode"]] if "mode" in vector else MODES:
        robots = RobotsTxt.parse(body_of(vector), mode=mode)
        rule = robots.rule(vector["agent"], vector["url"])
        assert robots.allowed(vector["agent"], vector["url"]) is vector["allowed"]
        assert (rule.line if rule else 0) == vector["line"]
        assert rule is None or rule.allow is vector["allowed"]


# Real material


def cases(pack):
    text = (pack / "optout/robots_google_spec/robots_test_cc_cases.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


def differing(pack, mode):
    found = cases(pack)
    assert len(found) == 142
    return [
        one
        for one in found
        if RobotsTxt.parse(one["robots"].encode("latin-1"), mode=mode).allowed(
            one["ua"], one["url"]
        )
        is not one["expected"]
    ]


@pytest.mark.data
def test_googles_own_cases_hold_in_its_mode(data_pack):
    assert differing(data_pack, "google") == []


@pytest.mark.data
def test_in_the_standards_mode_an_index_file_is_no_directory_and_nothing_else_differs(data_pack):
    (case,) = differing(data_pack, "rfc9309")
    assert case["test"] == "GoogleOnly_IndexHTMLisDirectory"


@pytest.mark.data
def test_three_thousand_real_files_are_read_as_googles_matcher_reads_them(data_pack):
    files = asked = 0
    with gzip.open(data_pack / "optout/robots_corpus.jsonl.gz") as lines:
        for line in lines:
            one = json.loads(line)
            robots = RobotsTxt.parse(base64.b64decode(one["body_base64"]))
            files += 1
            for path, answers in one["answers"].items():
                for token, answer in answers.items():
                    asked += 1
                    assert robots.allowed(token, path) is (answer == "A"), (one["path"], path)
                    assert robots.allowed(token, f"https://host.example{path}") is (answer == "A")
    assert (files, asked) == (3315, 120512)


@pytest.mark.data
def test_the_history_of_publishers_is_read_as_it_was(data_pack):
    asked = 0
    with (data_pack / "optout/publishers_timeline.csv").open(newline="") as rows:
        for row in csv.DictReader(rows):
            name = row.pop("file").rpartition("/")[2]
            robots = RobotsTxt.parse((data_pack / "optout/robots_history" / name).read_bytes())
            for token in row.keys() - {"host", "ts"}:
                asked += 1
                assert robots.allowed(token, "/") is (row[token] == "A"), (name, token)
    assert asked == 1140


# Against Google's matcher

KEYS = ("User-agent", "user-agent", "USERAGENT", "user agent", "Allow", "Disallow", "disalow")
KEYS += ("dissallow", "disallowed", "allowx", "Sitemap", "Crawl-delay", "License", "", " Disallow")
NAMES = ("GPTBot", "gptbot", "GPTBot/1.0", "CCBot", "*", "* a", "*a", "*\x0b", "008", "a_b")
NAMES += ("Applebot", "Applebot-Extended", "GPTBot, CCBot", "GPTBot CCBot", "G\u00e9", "a\0b")
PIECES = ("/", "a", "b", "*", "**", "$", "%aa", "%aA", "%2f", "%zz", "%", "\u00e9", "?", "=", ";")
PIECES += (".php", "/index.html", "/index.htm", "index.htmx", "#", "//", "\0", " ")
SEPARATORS = (":", ": ", " : ", " ", "\t", "  ", ":\t", "", "::", "\x0b", "\x0c:")
ENDINGS = ("\n", "\r\n", "\r", "\n\r", "\r\r\n", "", " # a\n", "\x85\n", "\x1c", "\x0b\n")

texts = st.lists(st.sampled_from(PIECES), max_size=7).map("".join)
plain_line = st.one_of(
    st.sampled_from(NAMES).map("User-agent: {}\n".format),
    texts.map("Disallow: /{}\n".format),
    texts.map("Allow: /{}\n".format),
)
odd_line = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(KEYS),
    st.sampled_from(SEPARATORS),
    st.one_of(st.sampled_from(NAMES), texts, texts.map("/{}".format)),
    st.sampled_from(ENDINGS),
)
long_line = st.builds(
    "Disallow: /{}{}\n".format,
    st.integers(16_640, 16_660).map(lambda n: "x" * n),
    st.sampled_from(("", "$", "*", "a")),
)
marks = st.sampled_from((b"",) * 6 + (b"\xef\xbb\xbf", b"\xef\xbb", b"\xef", b"\xff\xfe"))
bodies = st.builds(
    bytes.__add__,
    marks,
    st.lists(st.one_of(plain_line, plain_line, odd_line, long_line), max_size=12).map(
        lambda lines: "".join(lines).encode("utf-8")
    ),
)
agents = st.sampled_from((*NAMES, "", "Google", "foo", "\u212aBot"))
paths = st.one_of(
    texts.map("/{}".format),
    st.integers(16_640, 16_662).map(lambda n: "/" + "x" * n),
)
hosts = st.sampled_from(("", "http://host.example", "https://a:8080", "x"))
urls = st.one_of(
    st.builds("{}{}".format, hosts, paths),
    st.sampled_from(("", "a", "?a", ";a", "http://x", "http://x?a", "http://x#/a", "x://y/a")),
    st.sampled_from(("#/a", "http:/a", "a#b/c", "://a/b", "http://x;p", "x:///", "http://x/://y")),
    texts,
)


@settings(max_examples=1500, deadline=None)
@given(bodies, agents, urls)
@example(b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n", "GPTBot", "/a")
@example(b"User-agent: *\nUser-agent: a_b\nAllow: /b/index.html\nDisallow: /\n", "a_b", "/b/")
def test_every_answer_and_its_line_are_those_of_googles_matcher(body, agent, url):
    from jwm.robotstxt.googlebot import RobotsMatcher

    if url.startswith("//"):  # to us always a path, to the library a host
        url = f"http://host.example{url}"
    matcher = RobotsMatcher()
    expected = matcher.OneAgentAllowedByRobots(body, agent, url)
    robots = RobotsTxt.parse(body)
    rule = robots.rule(agent, url)
    assert robots.allowed(agent, url) is expected
    assert rule is None or (rule.allow, rule.line) == (expected, matcher.matching_line())


@settings(max_examples=300, deadline=None)
@given(bodies, agents)
def test_a_line_is_where_it_is_said_to_be(body, agent):
    robots = RobotsTxt.parse(body)
    lines = b"".join(body.splitlines(keepends=True)).splitlines()
    for group in robots.groups:
        assert body[slice(*group.span)]
        for rule in group.rules:
            start, end = rule.span
            assert body[start:end].rstrip(b"\r\n") == body[start:end]
            assert body[start:end].strip() in (lines[rule.line - 1].strip(), body[start:].strip())
    for one in (*robots.others, *robots.stray):
        assert one.group is None or one.group < len(robots.groups)
        assert body[slice(*one.span)]
    assert set(robots.groups_for(agent)) <= set(robots.groups)


# What else stands in it

MANAGED = b"""# As a signal: none
License: https://host.example/all.xml
User-agent: *
Content-Signal: search=yes, ai-train=no
Content-Usage: /a train-ai=n # why
Allow: /

User-agent: GPTBot
Disallow: /
License: https://host.example/gpt.xml
Sitemap: https://host.example/sitemap.xml
"""


def test_other_records_keep_the_group_they_stand_in_and_their_place():
    robots = RobotsTxt.parse(MANAGED)
    (signal,) = robots.directives("content-signal")
    assert (signal.key, signal.value) == ("Content-Signal", "search=yes, ai-train=no")
    assert (signal.line, signal.group) == (4, 0)
    assert MANAGED[slice(*signal.span)] == b"Content-Signal: search=yes, ai-train=no"
    (usage,) = robots.directives("CONTENT-USAGE")
    assert usage.value == "/a train-ai=n"
    assert [(one.value[-7:], one.group) for one in robots.directives("License")] == [
        ("all.xml", None),
        ("gpt.xml", 1),
    ]
    assert robots.sitemaps == ("https://host.example/sitemap.xml",)
    assert [one.key for one in robots.others] == [
        "License",
        "Content-Signal",
        "Content-Usage",
        "License",
    ]
    assert [group.tokens for group in robots.groups] == [("*",), ("gptbot",)]
    assert robots.allowed("CCBot", "/a")
    assert not robots.allowed("GPTBot", "/a")


def test_a_rule_is_shown_as_it_stands():
    body = b"User-agent: a\r\nDISALLOW : /caf\xc3\xa9%2f # closed\r\n"
    rule = RobotsTxt.parse(body).rule("a", "/caf%C3%A9%2Fx")
    assert rule is not None
    assert (rule.pattern, rule.written) == ("/caf%C3%A9%2F", "/caf\u00e9%2f")
    assert body[slice(*rule.span)] == b"DISALLOW : /caf\xc3\xa9%2f # closed"


@pytest.mark.parametrize(
    ("body", "flaws"),
    [
        (b"User-agent: a\nDisallow: /\n", set()),
        (b"\xef\xbb\xbfUser-agent: a\nDisallow: /\n", {Flaw.BOM}),
        ("User-agent: a\nDisallow: /\n".encode("utf-16"), {Flaw.UTF16, Flaw.NUL}),
        ("User-agent: a\nDisallow: /\n".encode("utf-16-be"), {Flaw.UTF16, Flaw.NUL}),
        (b"User-agent: a\nDisallow: /\0\n", {Flaw.NUL}),
        (b"User-agent: a\ndisalow: /\n", {Flaw.TYPO}),
        (b"User-agent: a\nDisallow /\n", {Flaw.TYPO}),
        (b"Disallow: /\nUser-agent: a\n", {Flaw.STRAY_RULE}),
        (b"User-agent: a\nDisallow: /" + b"x" * 17_000, {Flaw.LONG_LINE}),
        (b"User-agent: a\n" + b"#" * 512_000, {Flaw.TRUNCATED}),
    ],
)
def test_what_is_wrong_with_a_file_is_told(body, flaws):
    assert RobotsTxt.parse(body).flaws == flaws


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_what_a_file_in_the_wrong_encoding_means_can_be_asked(encoding):
    robots = RobotsTxt.parse("User-agent: GPTBot\nDisallow: /\n".encode(encoding))
    assert robots.allowed("GPTBot", "/")
    assert not robots.plain.allowed("GPTBot", "/")
    assert robots.plain.allowed("CCBot", "/")


def test_a_group_can_mean_whom_it_cannot_name():
    robots = RobotsTxt.parse(b"User-agent: AI2Bot\nUser-agent: GPTBot/1.0, CCBot\nDisallow: /\n")
    assert [len(robots.groups_meant(name)) for name in ("AI2Bot", "CCBot", "GPTBot", "x", "")] == [
        1,
        1,
        0,  # it is named
        0,
        0,
    ]


def test_a_rule_that_the_limit_cuts_is_none():
    body = b"User-agent: a\n" + b"#" * (512_000 - 26) + b"\nDisallow: /private\nDisallow: /b\n"
    assert RobotsTxt.parse(body).allowed("a", "/b")
    assert RobotsTxt.parse(body).allowed("a", "/x")
    assert not RobotsTxt.parse(body[:14] + body[100:]).allowed("a", "/b")


def test_a_long_line_is_whole_in_the_standards_mode():
    body = b"User-agent: a\nDisallow: /" + b"x" * 16_700 + b"\n"
    path = "/" + "x" * 16_660
    assert not RobotsTxt.parse(body).allowed("a", path)
    assert RobotsTxt.parse(body, mode="rfc9309").allowed("a", path)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://host.example/a?b#c", "/a?b"),
        ("https://host.example", "/"),
        ("https://host.example?b", "/?b"),
        ("//a/b", "//a/b"),
        ("/a#b", "/a"),
        ("", "/"),
        ("/a\0b", "/a"),
    ],
)
def test_the_path_of_a_url(url, path):
    assert robots_path(url) == path


# Cost


def test_hostile_patterns_cost_no_more_than_their_length():
    stars = b"/" + b"*a" * 1000
    many = b"".join(b"Disallow: %s%d$\n" % (stars, n) for n in range(200))
    body = b"User-agent: a\n" + many
    robots = RobotsTxt.parse(body)
    path = "/" + "a" * 3000
    robots.allowed("a", path)
    assert robots.allowed("a", path)
    assert calls_of(partial(robots.allowed, "a", path)) < len(body)


def test_nested_beginnings_are_asked_once_each():
    body = b"User-agent: a\n" + b"".join(b"Disallow: /%s\n" % (b"a" * n) for n in range(700))
    robots = RobotsTxt.parse(body)
    assert not robots.allowed("a", "/" + "a" * 5000)
    assert calls_of(partial(robots.allowed, "a", "/" + "a" * 300 + "b")) < 1000


def test_agents_are_not_kept_without_end():
    robots = RobotsTxt.parse(b"User-agent: *\nDisallow: /\n")
    for n in range(10_000):
        assert not robots.allowed(f"agent{n}", "/")
    assert len(robots._for_agent) <= 4096
    assert len(robots._arranged) == 1
