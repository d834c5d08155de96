"""Whatever stands in a line, it becomes rows or a counted reason, and never an error."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from provenance.rights.surroundings import path_of
from service.optout.audit.judging import _path
from service.optout.audit.logs import log_rows, looks_like_log
from service.optout.audit.rows import Other, Row
from service.optout.audit.tables import columns_of, csv_rows, url_rows

FIELDS = ("status", "time", "host", "request", "http_user_agent", "bytes", "ts", "method", "url")
values = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())


@settings(max_examples=300)
@given(st.binary(max_size=2000))
def test_any_bytes(data):
    for rows in (
        url_rows(data),
        csv_rows(data, {"url": 0, "at": 1, "agent": 2, "size": 3}, ",", header=False),
        log_rows(data, "a.example", None),
    ):
        for one in rows:
            assert isinstance(one, Row | Other)


@settings(max_examples=300)
@given(st.dictionaries(st.sampled_from(FIELDS), values))
def test_any_json_line(fields):
    fields = {"http_user_agent": "GPTBot/1.0", **fields}
    for one in log_rows(json.dumps(fields).encode(), "a.example", None):
        assert isinstance(one, Row | Other)


@given(st.text(max_size=50), st.text(max_size=50))
def test_the_path_is_that_of_the_standard_library(host, target):
    url = f"https://{host}/{target}"
    if not any(ord(sign) <= 32 or sign in "\\@[]#?/" for sign in host + target):
        assert _path(url) == path_of(url)


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://a.example", "/"),
        ("https://a.example?q=1", "/?q=1"),
        ("https://a.example/x?q#part", "/x?q"),
        ("HTTP://a.example/X", "/X"),
    ],
)
def test_path_and_query_of_an_address(url, path):
    assert _path(url) == path_of(url) == path


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["URL", "TEXT"], {"url": 0}),
        (["id", "Timestamp", "url", "User_Agent"], {"url": 2, "at": 1, "agent": 3}),
        (["\ufeffurl", "date"], {"url": 0, "at": 1}),
        (["title"], {}),
    ],
)
def test_columns_are_known_by_their_usual_names(names, columns):
    assert columns_of(names) == columns


def moment(text):
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("line", "url", "at"),
    [
        (
            '192.0.2.1 - - [10/Oct/2024:13:55:36 -0700] "GET /a?b HTTP/1.1" 200 5 "-" "GPTBot/1.2"',
            "https://given.example/a?b",
            "2024-10-10T20:55:36+00:00",
        ),
        (
            'x.example:80 192.0.2.1 - - [10/Oct/2024:13:55:36 +0000] "GET /a HTTP/1.1" 200 5 "-" '
            '"GPTBot"',
            "http://x.example/a",
            "2024-10-10T13:55:36+00:00",
        ),
        (
            '192.0.2.1 - - [10/Oct/2024:13:55:36 +0000] "GET http://y.example/a HTTP/1.1" 200 5 '
            '"-" "a \\" b GPTBot/1.0"',
            "http://y.example/a",
            "2024-10-10T13:55:36+00:00",
        ),
        (
            json.dumps(
                {
                    "ts": 1728568536.25,
                    "status": "200",
                    "uri": "/a",
                    "ua": "GPTBot/1.2",
                    "host": "z.e",
                }
            ),
            "https://z.e/a",
            "2024-10-10T13:55:36+00:00",
        ),
    ],
)
def test_the_formats_of_logs(line, url, at):
    assert looks_like_log(line) or "ts" in line
    (row,) = log_rows(line.encode(), "given.example", None)
    assert isinstance(row, Row)
    assert (row.url, row.agent) == (url, "GPTBot")
    assert row.at is not None
    assert row.at.start == row.at.end == moment(at)


def test_a_log_line_of_another_crawler_is_passed_over():
    line = b'192.0.2.1 - - [10/Oct/2024:13:55:36 +0000] "GET /a HTTP/1.1" 200 5 "-" "CCBot/2.0"'
    (row,) = log_rows(line, "a.example", "GPTBot")
    assert row == Other("another_crawler", readable=True)
