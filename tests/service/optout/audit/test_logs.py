"""Rows from access logs: which requests gave a known crawler a copy of something."""

from __future__ import annotations

import datetime as dt
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.rights.decide import decide
from provenance.rights.finding import Use, Verdict
from provenance.rights.history import Observation, Span, Timeline
from provenance.rights.records import Channel
from provenance.rights.standing import table
from provenance.rights.surroundings import RightsFile, path_of
from service.optout.audit.logs import log_rows
from service.optout.audit.rows import Other, Row

GPTBOT = (
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; "
    "+https://openai.com/gptbot)"
)
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0"
TIME = "[10/Oct/2025:13:55:36 -0700]"
AT = dt.datetime(2025, 10, 10, 20, 55, 36, tzinfo=dt.UTC)
COMBINED = f'192.0.2.1 - - {TIME} "GET /a?b=c HTTP/1.1" 200 123 "-" "{GPTBOT}"'


def rows(*lines, host="h.example", agent=None):
    return list(log_rows("\n".join(lines).encode(), host, agent))


def line(request="GET /a HTTP/1.1", status=200, agent=GPTBOT, before="192.0.2.1 - -"):
    return f'{before} {TIME} "{request}" {status} 123 "-" "{agent}"'


def test_a_request_is_a_copy_made_by_the_crawler_it_names():
    (row,) = rows(COMBINED)
    assert (row.url, row.agent, row.size) == ("https://h.example/a?b=c", "GPTBot", 123)
    assert row.at == Span.of(AT)


def test_check_7_a_whole_user_agent_is_held_to_the_rules_of_its_token():
    (row,) = rows(COMBINED)
    body = b"User-agent: GPTBot\nDisallow: /\n"
    file = RightsFile(Channel.ROBOTS_TXT, "https://h.example/robots.txt", body, 200, AT)
    timeline = Timeline([Observation(Channel.ROBOTS_TXT, Span.of(AT), lambda: file)])
    known = timeline.at(row.at).known(path_of(row.url), agent=row.agent)
    use = Use(purpose="train-genai", agent=row.agent, at=row.at.start)
    assert decide(row.url, use, known, table()).verdict is Verdict.VIOLATION


@pytest.mark.parametrize(
    "written",
    [
        f"www.x.example:443 {COMBINED}",
        f"www.x.example {COMBINED}",
        f"{COMBINED} www.x.example",
        f'{COMBINED} "192.0.2.9" rt=0.1 "www.x.example"',
        json.dumps(
            {
                "time_iso8601": AT.isoformat(),
                "host": "www.x.example",
                "request": "GET /a?b=c HTTP/1.1",
                "status": 200,
                "body_bytes_sent": 123,
                "http_user_agent": GPTBOT,
            }
        ),
        json.dumps(
            {
                "ts": AT.timestamp(),
                "request": {
                    "host": "www.x.example",
                    "uri": "/a?b=c",
                    "method": "GET",
                    "headers": {"User-Agent": [GPTBOT]},
                },
                "status": 200,
                "size": 123,
            }
        ),
    ],
    ids=["vhost_port", "vhost", "vhost_behind", "fields_behind", "nginx_json", "caddy"],
)
def test_the_host_a_line_names_wins(written):
    (row,) = rows(written)
    assert (row.url, row.agent, row.size) == ("https://www.x.example/a?b=c", "GPTBot", 123)
    assert row.at == Span.of(AT)


def test_a_user_with_a_space_is_no_host():
    (row,) = rows(line(before="2001:db8::1 - frank doe"))
    assert row.url == "https://h.example/a"


def test_a_line_without_a_host_cannot_be_read():
    assert rows(COMBINED, host=None) == [Other("no_host")]


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        (line(agent=BROWSER), "no_known_crawler"),
        (f'192.0.2.1 - - {TIME} "GET /a HTTP/1.0" 200 123', "no_known_crawler"),
        (line(status=404), "no_copy"),
        (line(status=301), "no_copy"),
        (line(status=304), "no_copy"),
        (line("HEAD /a HTTP/1.1"), "no_copy"),
        (line("GET /robots.txt HTTP/1.1"), "rules_themselves"),
    ],
)
def test_what_gave_no_crawler_a_copy_is_counted_apart(written, reason):
    assert rows(written) == [Other(reason, readable=True)]


def test_a_part_of_a_file_is_a_copy():
    assert isinstance(rows(line(status=206))[0], Row)


def test_only_the_crawler_that_is_asked_about():
    ccbot = line(agent="CCBot/2.0 (https://commoncrawl.org/faq/)")
    first, second = rows(COMBINED, ccbot, agent="ccbot")
    assert first == Other("another_crawler", readable=True)
    assert second.agent == "CCBot"


def test_a_line_that_is_none_is_counted():
    assert rows("hello", "{", "[]") == [Other("not_a_log_line")] * 3


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_are_a_crash(noise):
    data = COMBINED.encode()
    for at in (0, 20, 60, len(data)):
        for row in log_rows(data[:at] + noise + data[at:], None, None):
            assert isinstance(row, Row | Other)


@pytest.mark.parametrize(
    "worst",
    [
        "[" * 60_000,
        "a " * 30_000,
        f'a b c {TIME} "' + '\\"' * 25_000,
        COMBINED + " a." * 20_000,
        "{" + '"a":{' * 10_000,
    ],
)
def test_no_line_is_slow(worst):
    start = time.process_time()
    assert len(rows(*[worst] * 20)) == 20
    assert time.process_time() - start < 2
