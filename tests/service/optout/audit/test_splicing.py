"""A finding that was put together from parts is the finding that would have been made at once."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json

from hypothesis import given
from hypothesis import strategies as st

from provenance.rights.finding import Finding
from provenance.rights.history import Observation, Span
from provenance.rights.records import Channel
from provenance.rights.standing import table
from provenance.rights.surroundings import RightsFile
from service.optout.audit.judging import CSV_COLUMNS, Asked, Judge
from service.optout.audit.rows import Row
from service.optout.audit.tables import row_of
from service.optout.origin import judge_origin, span_of

HOSTS = {
    "a.example": b"User-agent: GPTBot\nDisallow: /private\n\nUser-agent: *\nDisallow: /*.pdf$\n",
    "b.example": 'User-agent: *\nContent-Usage: train-ai=n\u2028\x85 "quoted" \\ \n'.encode(),
}
DAYS = (dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2024, 3, 1, tzinfo=dt.UTC))


def seen(host, day, body):
    url = f"https://{host}/robots.txt"
    file = RightsFile(Channel.ROBOTS_TXT, url, body, 200, day)
    return Observation(Channel.ROBOTS_TXT, Span(day, day), lambda: file)


class Documents:
    """A history of two hosts, the second day of the first one without any rule."""

    def hosts(self):
        return HOSTS

    def observations(self, host):
        body = HOSTS.get(host)
        if body is None:
            return ()
        later = b"" if host == "a.example" else body + b"# the same, later"
        return [seen(host, day, said) for day, said in zip(DAYS, (body, later), strict=True)]


letters = st.characters()  # also unpaired surrogates, control characters and line ends
texts = st.text(letters, max_size=40)
urls = st.one_of(
    st.builds(
        "https://{}/{}{}".format,
        st.sampled_from(["a.example", "b.example", "c.example"]),
        st.sampled_from(["", "private/", "x.pdf", 'q?a="b"&c=\\']),
        texts,
    ),
    texts,
)
dates = st.sampled_from(["2024-01-01", "2024-02-01", "2024-03-01T12:00:00Z", "2025", None])
agents = st.sampled_from(["GPTBot", "CCBot", None]) | texts


def judge():
    return Judge(Documents(), Asked("train-genai"), table())


KEPT = judge()
"""One that keeps what it has decided, over all examples."""


@given(urls, dates, agents)
def test_what_was_decided_before_changes_no_byte(url, at, agent):
    row = row_of({"url": url, "at": at, "agent": agent})
    if isinstance(row, Row):
        first, second = KEPT.judge(row), judge().judge(row)
        assert (first.line, first.csv) == (second.line, second.csv)


class Unchanged(Documents):
    """A history of one document, the same on both days."""

    def observations(self, host):
        return [seen(host, day, HOSTS["b.example"]) for day in DAYS]


def test_a_statement_has_the_date_it_was_seen_on_whatever_was_judged_before():
    dates = ("2024-01-01", "2025-06-01")
    rows = [row_of({"url": "https://b.example/", "at": date}) for date in dates]
    alone = [Judge(Unchanged(), Asked("train-genai"), table()).judge(row).line for row in rows]
    backwards = Judge(Unchanged(), Asked("train-genai"), table())
    assert [backwards.judge(row).line for row in reversed(rows)] == alone[::-1]


@given(urls, dates, agents)
def test_a_line_is_one_finding_in_one_line(url, at, agent):
    row = row_of({"url": url, "at": at, "agent": agent})
    if not isinstance(row, Row):
        return
    line = KEPT.judge(row).line
    assert line.encode("utf-8").count(b"\n") == 1
    assert len(line.splitlines()) == 1
    found = json.loads(line)
    assert found["input"] == row.input
    finding = Finding.model_validate(found)
    assert found == json.loads(finding.to_json())
    assert span_of(finding.use) == row.at


@given(urls, dates, agents)
def test_it_says_what_the_command_for_one_site_says(url, at, agent):
    row = row_of({"url": url, "at": at, "agent": agent})
    if not isinstance(row, Row) or not row.input.startswith("https://a.example/"):
        return
    finding = Finding.model_validate_json(KEPT.judge(row).line)
    alone = judge_origin(row.input, finding.use, Documents(), table())
    assert finding.verdict is alone.verdict
    assert finding.rule_path == alone.rule_path
    assert finding.coverage == alone.coverage


@given(urls, dates, agents)
def test_a_line_of_the_table_has_every_column(url, at, agent):
    row = row_of({"url": url, "at": at, "agent": agent})
    if not isinstance(row, Row):
        return
    judged = KEPT.judge(row)
    (fields,) = csv.reader(io.StringIO(judged.csv, newline=""), strict=True)
    assert len(fields) == len(CSV_COLUMNS)
    assert fields[0] in (row.input, f"'{row.input}")
    assert not fields[0].startswith(("=", "+", "-", "@", "\t", "\r"))
    assert fields[6] == judged.answer.verdict


def test_the_purpose_is_that_of_the_rows_own_agent_unless_one_was_asked_about():
    def purposes(asked):
        judge = Judge(Documents(), asked, table())
        rows = [
            Row("a", "https://a.example/x", agent=agent) for agent in ("GPTBot", "OAI-SearchBot")
        ]
        return [json.loads(judge.judge(row).line)["use"]["purpose"] for row in rows]

    assert purposes(Asked("train-genai", by_agent="train-genai")) == ["train-genai", "ai-input"]
    assert purposes(Asked("train-genai")) == ["train-genai", "train-genai"]


class Closed:
    """A history of one host that was shut all the time."""

    def hosts(self):
        return ["a.example"]

    def observations(self, host):
        days = (dt.datetime(2021, 1, 1, tzinfo=dt.UTC), dt.datetime(2021, 12, 1, tzinfo=dt.UTC))
        return [seen(host, day, b"User-agent: *\nDisallow: /\n") for day in days]


def test_equal_answers_are_not_shared_across_the_day_the_directive_was_law():
    judge = Judge(Closed(), Asked("train-genai", "GPTBot"), table())
    found = []
    for day in (1, 10):
        start = dt.datetime(2021, 6, day, tzinfo=dt.UTC)
        row = Row("a", "https://a.example/x", at=Span.of(start, dt.timedelta(days=1)))
        found.append(json.loads(judge.judge(row).line)["verdict"])
    assert found == ["violation_contested", "violation"]
