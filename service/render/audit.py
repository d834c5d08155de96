"""The page of an audit: what a compliance officer looks at first, in figures and plots.

One self-contained file without script. Its plots (`service.render.plots`) are drawn as SVG from the
same figures that stand in a table or a label beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Self

from provenance.evidence import ReservationState
from provenance.rights.finding import Looked, Verdict
from service.i18n import translate
from service.optout.audit.rows import NOT_TAKEN
from service.optout.audit.summary import AuditSummary, HostFigures
from service.render.html import environment
from service.render.plots import GROUPS, Bars, Columns, channel_bars, month_columns, verdict_bars
from service.render.wording import DASH, Words, one_line

__all__ = ["render_audit"]

STATES = (
    *(ReservationState.RESERVED, ReservationState.CONDITIONAL, ReservationState.ALLOWED),
    ReservationState.UNKNOWN,
)
SHOWN_HOSTS = 25
SHOWN_AGENTS = 20
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
    verdicts: Bars
    because: tuple[_Count, ...]
    channels: Bars
    looked: tuple[_Named, ...]
    months: Columns
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
            verdicts=verdict_bars(one, words),
            because=because,
            channels=channel_bars(one, words),
            looked=tuple(_Named(how.value, words.of("looked", how)) for how in Looked),
            months=month_columns(one, words),
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
