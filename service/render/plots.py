"""The plots of an audit's page, as the places and lengths its SVG is written from.

Each mark has a label with its figure, so that nothing depends on colour or on seeing it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from provenance.rights.finding import Looked, Verdict
from provenance.rights.records import Channel
from service.optout.audit.summary import AuditSummary
from service.render.wording import Words

__all__ = ["GROUPS", "Bars", "Columns", "channel_bars", "month_columns", "verdict_bars"]

GROUPS: Mapping[str, tuple[Verdict, ...]] = {
    "violation": (Verdict.VIOLATION,),
    "contested": (Verdict.VIOLATION_CONTESTED,),
    "open": (Verdict.CONDITIONAL, Verdict.POST_HOC),
    "clear": (
        *(Verdict.COMPLIANT, Verdict.LICENSED, Verdict.EXEMPT_CLAIMED),
        Verdict.NO_RESERVATION_FOUND,
    ),
    "undetermined": (Verdict.UNDETERMINED,),
}
"""Verdicts that are shown in one colour."""

MOST_MONTHS = 36
BAR, BAR_HEIGHT = 400, 28
WIDE, HIGH = 840, 200


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a bar or a column in one colour."""

    code: str
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class _Bar:
    code: str
    name: str
    label: str
    y: int
    width: float = 0
    parts: tuple[_Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars, one below the other."""

    bars: tuple[_Bar, ...]

    @property
    def height(self) -> int:
        """Of the drawing."""
        return BAR_HEIGHT * max(1, len(self.bars))


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    x: float
    width: float
    parts: tuple[_Part, ...]
    counts: tuple[str, ...]
    shown: bool


@dataclass(frozen=True, slots=True)
class Columns:
    """Columns side by side; each is stacked from the groups of verdicts."""

    title: str
    most: str
    columns: tuple[_Column, ...]


def verdict_bars(one: AuditSummary, words: Words) -> Bars:
    """How many uses came to each verdict."""
    most = max(one.verdicts.values(), default=1)
    judged = max(1, one.judged)
    return Bars(
        tuple(
            _Bar(
                _group(verdict),
                words.of("use_verdict", verdict),
                f"{words.number(count)} ({words.percent(count / judged)})",
                n * BAR_HEIGHT,
                _length(count, most, BAR),
            )
            for n, (verdict, count) in enumerate(one.verdicts.items())
        )
    )


def channel_bars(one: AuditSummary, words: Words) -> Bars:
    """In what share of the uses each channel was looked at."""
    bars = []
    judged = max(1, one.judged)
    for n, channel in enumerate(Channel):
        counts = one.channels.get(channel.value, {})
        parts, x = [], 140.0
        for how in Looked:
            width = _length(counts.get(how, 0), judged, 560)
            if width:
                parts.append(_Part(how.value, x=round(x, 1), width=width))
            x += width
        read = counts.get(Looked.READ, 0) + counts.get(Looked.ABSENT, 0)
        label = f"{words.percent(read / judged)} ({words.number(read)})"
        bars.append(_Bar(channel.value, channel.value, label, n * BAR_HEIGHT, parts=tuple(parts)))
    return Bars(tuple(bars))


def month_columns(one: AuditSummary, words: Words) -> Columns:
    """Columns by month; by year where there are too many months to tell apart."""
    months: dict[str, Mapping[Verdict, int]] = dict(one.months)
    undated = months.pop("undated", None)
    title = words.of("audit", "months_figure")
    if len(months) > MOST_MONTHS:
        title = words.of("audit", "years_figure")
        years: dict[str, dict[Verdict, int]] = {}
        for month, counts in months.items():
            year = years.setdefault(month[:4], {})
            for verdict, count in counts.items():
                year[verdict] = year.get(verdict, 0) + count
        months = dict(list(years.items())[-MOST_MONTHS:])
    if undated:
        months[words.of("audit", "undated")] = undated
    most = max((sum(counts.values()) for counts in months.values()), default=1)
    step = WIDE / max(1, len(months), 8)
    every = 1 + len(months) // 13
    columns = []
    for n, (month, counts) in enumerate(months.items()):
        grouped = {
            group: sum(counts.get(verdict, 0) for verdict in held) for group, held in GROUPS.items()
        }
        columns.append(
            _Column(
                month,
                round(60 + n * step + step * 0.1, 1),
                round(step * 0.8, 1),
                tuple(_stacked(grouped, most, words)),
                tuple(words.number(count) for count in grouped.values()),
                n % every == 0,
            )
        )
    return Columns(title, words.number(most), tuple(columns))


def _stacked(grouped: Mapping[str, int], most: int, words: Words) -> Iterable[_Part]:
    y = 220.0
    for group, count in grouped.items():
        height = _length(count, most, HIGH)
        if not height:
            continue
        y -= height
        label = f"{words.of('audit', f'group_{group}')} {words.number(count)}"
        yield _Part(group, y=round(y, 1), height=height, label=label)


def _group(verdict: Verdict) -> str:
    return next(group for group, held in GROUPS.items() if verdict in held)


def _length(count: int, most: int, room: float) -> float:
    return round(max(count / most * room, 1.0 if count else 0.0), 1)
