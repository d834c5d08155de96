"""Dates as people and archives write them, to the ends of the calendar."""

from __future__ import annotations

import datetime as dt

import pytest

from provenance.rights.moments import parse_moment


def at(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2024", at(2024, 1, 1), at(2024, 12, 31, 23, 59, 59)),
        ("2024-02", at(2024, 2, 1), at(2024, 2, 29, 23, 59, 59)),
        ("2023-12", at(2023, 12, 1), at(2023, 12, 31, 23, 59, 59)),
        ("20240301", at(2024, 3, 1), at(2024, 3, 1, 23, 59, 59)),
        ("9999", at(9999, 1, 1), at(9999, 12, 31, 23, 59, 59)),
        ("9999-12", at(9999, 12, 1), at(9999, 12, 31, 23, 59, 59)),
        ("9999-12-31", at(9999, 12, 31), at(9999, 12, 31, 23, 59, 59)),
        ("2024-03-01T12:00:00+02:00", at(2024, 3, 1, 10), at(2024, 3, 1, 10)),
    ],
)
def test_what_is_not_said_is_the_whole_of_it(text, start, end):
    assert parse_moment(text) == (start, end)


@pytest.mark.parametrize(
    "text", ["", "spring", "2024-13", "0000", "0001-01-01T00:00:00+23:59", "2024-02-30"]
)
def test_what_is_no_date_is_said_to_be_none(text):
    with pytest.raises(ValueError):  # noqa: PT011 - of several, from the standard library
        parse_moment(text)
