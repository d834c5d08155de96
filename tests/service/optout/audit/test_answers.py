"""Rows from archives: which records are copies of works, and what came with each copy."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.evidence import NotRun
from provenance.media import modality
from provenance.rights.header_fields import Answer
from provenance.rights.precedence import SUPERSEDED, settled
from provenance.rights.readers import aipref, content_signals, robots_directives, tdmrep
from provenance.rights.records import Channel
from provenance.rights.warc_marks import page_speaks
from service.optout.audit.answers import archive_rows
from service.optout.audit.rows import Other, Row
from tests.provenance.rights.warcs import PAGE, answer, record, robots, written

URL = "https://a.example/x"
BOTH = {Channel.HEADERS, Channel.PAGE}


@pytest.fixture
def rows(tmp_path):
    """The rows of an archive of these records."""

    def rows(*found, agent=None):
        path = written(tmp_path, found)
        with path.open("rb") as file:
            return [row for _, row in archive_rows(file.fileno(), 0, agent, head=65_536)]

    return rows


def said(row):
    """Protocol, channel and intent of what came with a copy."""
    return [(one.protocol, one.channel, one.intent) for one in row.records]


def test_an_answer_is_a_copy_made_when_the_record_says(rows):
    (row,) = rows(record(URL, answer()))
    assert (row.input, row.url, row.media_type, row.size) == (URL, URL, "text/html", len(PAGE))
    assert row.at.start == row.at.end == dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    assert (row.records, row.looked) == ((), BOTH)


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (robots("a.example", "User-agent: *\nDisallow: /\n"), "rules_themselves"),
        (record("https://a.example/l", answer(kind="application/rsl+xml")), "rules_themselves"),
        (record(URL, answer(status="404 Not Found")), "no_copy"),
        (record(URL, answer(status="301 Moved Permanently")), "no_copy"),
        (record("ftp://a.example/x", answer()), "no_copy"),
    ],
)
def test_what_is_no_copy_of_a_work_is_counted_apart(rows, found, reason):
    assert rows(found) == [Other(reason, readable=True)]


def test_other_records_are_none_at_all(rows):
    requests = record(URL, b"GET /x HTTP/1.1\r\n\r\n", kind="request")
    assert rows(requests, record(URL, b"a: b", kind="metadata")) == []


def test_damage_is_a_row_that_nobody_can_read(rows):
    assert rows(record(URL, b"no answer")) == [Other("damaged")]


def test_text_made_of_pages_has_an_address_and_a_date_and_nothing_was_looked_at(rows):
    (row,) = rows(record(URL, b"text", kind="conversion"))
    assert isinstance(row, Row)
    assert (row.url, row.size, row.looked, row.media_type) == (URL, 4, frozenset(), None)


def test_a_picture_has_no_page_to_look_at(rows):
    (row,) = rows(record(URL, answer(b"\xff\xd8", "X-Robots-Tag: noai", kind="image/jpeg")))
    assert (row.looked, said(row)) == (
        {Channel.HEADERS},
        [("robots-directives", "headers", "reserved")],
    )


@pytest.mark.parametrize(
    ("field", "protocol"),
    [
        ("TDM-Reservation: 1", "tdmrep"),
        ("x-robots-tag: NOAI", "robots-directives"),
        ("Content-Usage: train-ai=n", "aipref"),
        ("Content-Signal: ai-train=no", "content-signals"),
    ],
)
def test_every_header_field_is_read(rows, field, protocol):
    (row,) = rows(record(URL, answer(PAGE, field)))
    assert said(row) == [(protocol, "headers", "reserved")]


@pytest.mark.parametrize(
    ("element", "protocol"),
    [
        ('<meta name="robots" content="noai">', "robots-directives"),
        ('<META NAME=tdm-reservation CONTENT=1>', "tdmrep"),
        ('<meta name="content-usage" content="train-ai=n">', "aipref"),
        ('<meta http-equiv="Content-Signal" content="ai-train=no">', "content-signals"),
    ],
)  # fmt: skip
def test_every_element_is_read_however_the_page_begins(rows, element, protocol):
    for before in (b"<!doctype html><html><head>", b"", b"plain words ", b"<!-- x -->"):
        (row,) = rows(record(URL, answer(before + element.encode())))
        assert [one[:2] for one in said(row)] == [(protocol, "page")], before


def test_a_page_that_cannot_be_decoded_was_not_looked_at(rows):
    (row,) = rows(record(URL, answer(b"\x00", "Content-Encoding: rot13")))
    assert row.looked == {Channel.HEADERS}
    assert isinstance(row.records[0], NotRun)


TOKENS = st.sampled_from(
    [
        *('<meta name="robots" content="', "<META content='", '" name=robots>', '">', "'>", ">"),
        *("noai", "NoImageAI", "n&#111;ai", "no-ai", "noml", "index", "noindex", " ", ",", "<"),
        *('<meta name="tdm-reservation" content="1', "<!--", "-->", "<script>", "</script>"),
        *('<meta http-equiv="content-usage" content="train-ai=n', "\n", "a", '"', "'", "=", "/"),
        *('<meta name="content-signal" content="ai-train=no', "<p>", "</head>", "gptbot: "),
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.lists(TOKENS, max_size=12).map("".join))
def test_a_page_that_is_passed_over_says_nothing(page):
    """What the marks do not see, no reader of pages finds."""
    body = page.encode()
    if page_speaks(body):
        return
    asset = Asset(URL, len(body), "text/html", modality("text/html"), body)
    metas = [(one.key, one.text) for one in asset.container.packets if one.place == "meta"]
    for reader in (aipref, content_signals, robots_directives, tdmrep):
        assert reader.from_metas(metas, Answer(URL)) == ()


def test_stretches_of_an_archive_are_the_archive(tmp_path):
    """Reading that begins where a row stands gives that row and the rest."""
    path = written(tmp_path, [record(f"https://a.example/{number}", answer()) for number in "abcd"])
    with path.open("rb") as file:
        whole = list(archive_rows(file.fileno(), 0, None, head=100))
        for number, (offset, _) in enumerate(whole):
            rest = list(archive_rows(file.fileno(), offset, None, head=100))
            assert rest == whole[number:]


# The pack


@pytest.fixture
def scenarios(data_pack):
    """The rows of the scenarios, by URL, for an agent."""

    def scenarios(agent=None):
        path = data_pack / "optout/warc/scenarios_synthetic.warc.gz"
        with path.open("rb") as file:
            found = [row for _, row in archive_rows(file.fileno(), 0, agent, head=65_536)]
        return {row.url.removeprefix("https://"): row for row in found if isinstance(row, Row)}

    return scenarios


@pytest.mark.data
def test_check_17_the_page_supersedes_the_header(scenarios):
    header, page = settled(scenarios()["b.example/p2"].records)
    assert (header.intent, page.intent) == ("reserved", "allowed")
    assert {SUPERSEDED, "intra_protocol_conflict"} <= set(header.warnings)


@pytest.mark.data
def test_check_22_a_directive_for_another_crawler_is_not_about_this_one(scenarios):
    assert scenarios("GPTBot")["c.example/i.jpg"].records == ()
    assert said(scenarios("otherbot")["c.example/i.jpg"]) == [
        ("robots-directives", "headers", "reserved")
    ]
    assert said(scenarios("GPTBot")["c.example/j.jpg"]) == [
        ("robots-directives", "headers", "reserved")
    ]


@pytest.mark.data
def test_check_23_directives_of_a_page_whatever_their_case(scenarios):
    first, _ = scenarios()["c.example/x"].records
    assert first.purposes == {"train-ai": "reserved", "train-genai": "reserved"}


@pytest.mark.data
def test_a_capture_of_a_real_crawl_is_one_row(data_pack):
    with (data_pack / "optout/warc/whirlwind.warc.gz").open("rb") as file:
        ((_, row),) = archive_rows(file.fileno(), 0, None, head=65_536)
    assert row.url == "https://an.wikipedia.org/wiki/Escopete"
    assert (row.records, row.looked) == ((), BOTH)


@pytest.mark.data
def test_an_answer_that_was_kept_before_was_a_copy_all_the_same(data_pack):
    """Its page was not looked at this time, its header fields were."""
    with (data_pack / "optout/warc/warcio_example.warc.gz").open("rb") as file:
        rows = [row for _, row in archive_rows(file.fileno(), 0, None, head=64 * 1024)]
    assert [row.url for row in rows] == ["http://example.com/"] * 2
    assert [Channel.PAGE in row.looked for row in rows] == [True, False]
    assert all(Channel.HEADERS in row.looked for row in rows)
