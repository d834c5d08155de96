"""Dates as people and archives write them: `2023-08-31`, `20230831120000`, RFC 3339.

A date without a time is the whole day, in UTC; so is a month or a year the whole of it. What is
between the two ends is not known, and is not made up.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re

__all__ = ["parse_moment"]

COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
MONTH = re.compile(r"(\d{4})-(\d\d)")
YEAR = re.compile(r"\d{4}")


def parse_moment(text: str) -> tuple[dt.datetime, dt.datetime]:
    """First and last second of what `text` names, in UTC; one and the same for a moment.

    Raises:
        ValueError: it is no date.
    """
    text = text.strip()
    if text.endswith("Z"):  # first, as nearly all dates of archives are written like this
        moment = dt.datetime.fromisoformat(text)
        return moment, moment
    if found := COMPACT.fullmatch(text):
        parts = [int(part) for part in found.groups() if part is not None]
        start = dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type,misc]
        return (start, start) if len(parts) > 3 else _day(start)
    if DAY.fullmatch(text):
        return _day(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC))
    if found := MONTH.fullmatch(text):
        start = dt.datetime(int(found[1]), int(found[2]), 1, tzinfo=dt.UTC)
        last = calendar.monthrange(start.year, start.month)[1]
        return start, _day(start.replace(day=last))[1]
    if YEAR.fullmatch(text):
        start = dt.datetime(int(text), 1, 1, tzinfo=dt.UTC)
        return start, _day(start.replace(month=12, day=31))[1]
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        return (moment.replace(tzinfo=dt.UTC),) * 2
    try:
        moment = moment.astimezone(dt.UTC)
    except OverflowError as fault:  # the first and last hours there are, of another zone
        raise ValueError(f"{text} is no date in UTC") from fault
    return moment, moment


def _day(start: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    return start, start.replace(hour=23, minute=59, second=59)
