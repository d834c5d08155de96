"""The page of an audit: what a compliance officer looks at first, in figures and plots.

One self-contained file without script. Each plot is drawn as SVG from the same figures that stand
in a table or a label beside it, so that nothing depends on colour or on seeing it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Self

from provenance.evidence import ReservationState
from provenance.rights.finding import Looked, Verdict
from provenance.rights.records import Channel
from service.i18n import translate
from service.optout.audit.rows import NOT_TAKEN
from service.optout.audit.summary import AuditSummary, HostFigures
from service.render.html import environment
from service.render.wording import DASH, Words, one_line

__all__ = ["render_audit"]

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

STATES = (
    *(ReservationState.RESERVED, ReservationState.CONDITIONAL, ReservationState.ALLOWED),
    ReservationState.UNKNOWN,
)
SHOWN_HOSTS = 25
SHOWN_AGENTS = 20
MOST_MONTHS = 36
BAR, BAR_HEIGHT = 400, 28
WIDE, HIGH = 840, 200
SCORE = 1.96
"""Of the normal distribution, for 95 %."""


def render_audit(summary: AuditSummary, lang: str) -> str:
    """The page.

    Args:
        summary: the figures.
        lang: `en` or `fr`.
    """
    words = Words(lang)
    page = _Page.of(summary, words)
    template = environment().get_template("audit.html.j2")
    return template.render(words=words, text=_Texts(lang), page=page)


class _Texts:
    """The texts of the page, by code."""

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def __call__(self, code: str, **params: str | int | float) -> str:
        return translate("audit", code, self._lang, **params)


@dataclass(frozen=True, slots=True)
class _Named:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class _Count:
    name: str
    count: str
    share: str


@dataclass(frozen=True, slots=True)
class _Part:
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
class _Bars:
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
class _Columns:
    title: str
    most: str
    columns: tuple[_Column, ...]


@dataclass(frozen=True, slots=True)
class _Host:
    host: str
    rows: str
    counts: tuple[str, ...]
    observed: str


@dataclass(frozen=True, slots=True)
class _Protocol:
    name: str
    standing: str
    counts: tuple[str, ...]
    decided: str
    first_seen: str


@dataclass(frozen=True, slots=True)
class _Page:
    """Everything the template shows, as text and numbers."""

    name: str
    version: str
    unfinished: bool
    violated: bool
    lead: tuple[str, ...]
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    verdicts: _Bars
    because: tuple[_Count, ...]
    channels: _Bars
    looked: tuple[_Named, ...]
    months: _Columns
    groups: tuple[_Named, ...]
    states: tuple[str, ...]
    protocols: tuple[_Protocol, ...]
    contested: tuple[_Count, ...]
    violating: tuple[_Host, ...]
    top: tuple[_Host, ...]
    agents: tuple[_Count, ...]
    left_out: tuple[_Count, ...]
    reading: tuple[str, ...]
    limits: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, one: AuditSummary, words: Words) -> Self:
        """The page of some figures."""
        text = _Texts(words.lang)
        judged = max(1, one.judged)
        because = _counts(
            ((words.of("undetermined_because", k), v) for k, v in one.undetermined_because.items()),
            judged,
            words,
        )
        left = {**one.unreadable, **one.passed_over}
        return cls(
            name=one_line(one.input.name, 160),
            version=one.assay,
            unfinished=one.finished_at is None,
            violated=bool(one.verdicts.get(Verdict.VIOLATION)),
            lead=tuple(_lead(one, words, text)),
            facts=tuple(_facts(one, words, text)),
            verdicts=_verdicts(one, words),
            because=because,
            channels=_channels(one, words),
            looked=tuple(_Named(how.value, words.of("looked", how)) for how in Looked),
            months=_months(one, words, text),
            groups=tuple(_Named(group, text(f"group_{group}")) for group in GROUPS),
            states=tuple(words.of("reservation_state", state) for state in STATES),
            protocols=_protocols(one, words),
            contested=_counts(
                (
                    (words.known("document_contested", code), count)
                    for code, count in one.contested.items()
                ),
                judged,
                words,
            ),
            violating=_hosts(one.violating_hosts, words),
            top=_hosts(one.top_hosts, words),
            agents=_counts(
                (
                    (one_line(agent, 60), count)
                    for agent, count in list(one.agents_seen.items())[:SHOWN_AGENTS]
                ),
                judged,
                words,
            ),
            left_out=_counts(
                ((words.known("audit_left_out", code), count) for code, count in left.items()),
                max(1, one.rows),
                words,
            ),
            reading=tuple(text(f"reading_{n}") for n in (1, 2, 3, 4)),
            limits=tuple(text(f"limit_{n}") for n in (1, 2, 3, 4)),
        )


def _lead(one: AuditSummary, words: Words, text: _Texts) -> Iterable[str]:
    """The answer, before any figure."""
    judged = max(1, one.judged)
    violations = one.verdicts.get(Verdict.VIOLATION, 0)
    if violations:
        yield text(
            "lead_violation",
            count=words.number(violations),
            judged=words.number(one.judged),
            share=violations / judged,
        )
    else:
        yield text("lead_none")
    if one.sampled is not None and one.judged:
        low, high = _interval(violations, one.judged)
        yield text("lead_sample", low=low, high=high)
    if contested := one.verdicts.get(Verdict.VIOLATION_CONTESTED, 0):
        yield text("lead_review", count=words.number(contested))
    if open_ones := one.verdicts.get(Verdict.UNDETERMINED, 0):
        reasons = [
            f"{words.of('undetermined_because', why)} ({words.number(count)})"
            for why, count in one.undetermined_because.items()
        ]
        yield text(
            "lead_undetermined",
            count=words.number(open_ones),
            share=open_ones / judged,
            reasons=", ".join(reasons),
        )
    yield text(
        "lead_hosts", hosts=words.number(one.hosts), observed=words.number(one.observed_hosts)
    )


def _interval(count: int, of: int) -> tuple[float, float]:
    """Between which shares the whole lies, of which `count` in a sample of `of` were found.

    Wilson's score interval at 95 % (E. B. Wilson, 1927): good for small counts and for none.
    """
    share, squared = count / of, SCORE * SCORE / of
    middle = share + squared / 2
    spread = SCORE * sqrt(share * (1 - share) / of + squared / of / 4)
    low, high = ((middle + sign * spread) / (1 + squared) for sign in (-1, 1))
    return max(0.0, low), min(1.0, high)


def _facts(one: AuditSummary, words: Words, text: _Texts) -> Iterable[tuple[str, tuple[str, ...]]]:
    """What was audited, how and when."""
    kind, sha256 = one.input.kind, one.input.sha256
    kind_line = text("input_kind", kind=kind, sha256=sha256) if sha256 else kind
    yield text("input"), (one_line(one.input.name, 400), kind_line)
    sample = () if one.sampled is None else (text("sampled", share=one.sampled),)
    yield text("rows"), (words.number(one.rows), *sample)
    yield text("judged"), (words.number(one.judged),)
    if one.unreadable:
        yield text("unreadable"), (words.number(sum(one.unreadable.values())),)
    if one.noted:
        faults = (
            words.labelled(words.known("audit_left_out", code), words.number(count))
            for code, count in one.noted.items()
        )
        yield text("noted"), tuple(faults)
    if passed := sum(n for code, n in one.passed_over.items() if code != NOT_TAKEN):
        yield text("passed_over"), (words.number(passed),)
    yield text("asked"), (words.of("purpose", one.purpose),)
    yield text("agent"), (one_line(one.agent, 80) if one.agent else text("own_agent"),)
    yield text("at"), (one_line(one.at, 80) if one.at else text("own_date"),)
    if one.actor:
        yield text("actor"), (one_line(one.actor, 160),)
    yield text("history"), tuple(_histories(one, words, text))
    if one.claims:
        yield text("claims"), tuple(one_line(claim, 240) for claim in one.claims[:20])
    yield (
        text("tables"),
        (
            text(
                "tables_line",
                agents=one.agents.date.isoformat(),
                standing=one.standing.date.isoformat(),
            ),
        ),
    )
    yield text("digests"), tuple(_digests(one, text))
    yield text("period"), (words.moment(one.finished_at or one.started_at),)


def _digests(one: AuditSummary, text: _Texts) -> Iterable[str]:
    """What the figures can be held against."""
    if one.findings_sha256:
        yield f"findings.ndjson {one.findings_sha256}"
    yield text("digest_agents", sha256=one.agents.sha256)
    yield text("digest_standing", sha256=one.standing.sha256)


def _histories(one: AuditSummary, words: Words, text: _Texts) -> Iterable[str]:
    if not one.history:
        yield text("no_history")
    for source in one.history:
        yield text(
            "history_line",
            name=one_line(source.name, 200),
            observations=words.number(source.observations),
            hosts=words.number(source.hosts),
            first=source.first.date().isoformat() if source.first else DASH,
            last=source.last.date().isoformat() if source.last else DASH,
        )
        if source.unreadable:
            yield text("history_unreadable", count=words.number(source.unreadable))


def _counts(counts: Iterable[tuple[str, int]], whole: int, words: Words) -> tuple[_Count, ...]:
    return tuple(
        _Count(name, words.number(count), words.percent(count / whole)) for name, count in counts
    )


def _group(verdict: Verdict) -> str:
    return next(group for group, held in GROUPS.items() if verdict in held)


def _verdicts(one: AuditSummary, words: Words) -> _Bars:
    most = max(one.verdicts.values(), default=1)
    judged = max(1, one.judged)
    return _Bars(
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


def _length(count: int, most: int, room: float) -> float:
    return round(max(count / most * room, 1.0 if count else 0.0), 1)


def _channels(one: AuditSummary, words: Words) -> _Bars:
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
    return _Bars(tuple(bars))


def _months(one: AuditSummary, words: Words, text: _Texts) -> _Columns:
    """Columns by month; by year where there are too many months to tell apart."""
    months: dict[str, Mapping[Verdict, int]] = dict(one.months)
    undated = months.pop("undated", None)
    title = text("months_figure")
    if len(months) > MOST_MONTHS:
        title = text("years_figure")
        years: dict[str, dict[Verdict, int]] = {}
        for month, counts in months.items():
            year = years.setdefault(month[:4], {})
            for verdict, count in counts.items():
                year[verdict] = year.get(verdict, 0) + count
        months = dict(list(years.items())[-MOST_MONTHS:])
    if undated:
        months[text("undated")] = undated
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
                tuple(_stacked(grouped, most, words, text)),
                tuple(words.number(count) for count in grouped.values()),
                n % every == 0,
            )
        )
    return _Columns(title, words.number(most), tuple(columns))


def _stacked(grouped: Mapping[str, int], most: int, words: Words, text: _Texts) -> Iterable[_Part]:
    y = 220.0
    for group, count in grouped.items():
        height = _length(count, most, HIGH)
        if not height:
            continue
        y -= height
        label = f"{text(f'group_{group}')} {words.number(count)}"
        yield _Part(group, y=round(y, 1), height=height, label=label)


def _protocols(one: AuditSummary, words: Words) -> tuple[_Protocol, ...]:
    return tuple(
        _Protocol(
            row.protocol,
            row.standing,
            tuple(words.number(row.states.get(state, 0)) for state in STATES),
            words.number(row.decided),
            row.first_seen.date().isoformat() if row.first_seen else DASH,
        )
        for row in sorted(one.protocols, key=lambda row: (-row.decided, row.protocol))
    )


def _hosts(hosts: Sequence[HostFigures], words: Words) -> tuple[_Host, ...]:
    return tuple(
        _Host(
            one_line(row.host, 120),
            words.number(row.rows),
            tuple(
                words.number(sum(row.verdicts.get(verdict, 0) for verdict in held))
                for held in GROUPS.values()
            ),
            words.yes_no(row.observed),
        )
        for row in hosts[:SHOWN_HOSTS]
    )
