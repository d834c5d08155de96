"""The figures of some rows: counted in a worker, sent as JSON, added up by the caller."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pydantic import BaseModel, ConfigDict, NonNegativeInt

from provenance.evidence import ReservationState
from provenance.media import modality
from provenance.rights.finding import Because, Looked, Verdict
from service.optout.audit.judging import Answer, Judged
from service.optout.audit.rows import Row

__all__ = ["Counts", "Figures", "HostCounts"]

MOST_AGENTS = 1000
OTHERS = "(others)"
UNDATED = "undated"


class HostCounts(BaseModel):
    """One host in some rows."""

    model_config = ConfigDict(extra="forbid")

    rows: NonNegativeInt = 0
    bytes: NonNegativeInt = 0
    sized: NonNegativeInt = 0
    observed: bool = False
    verdicts: dict[Verdict, NonNegativeInt] = {}


class Counts(BaseModel):
    """What is counted; values only ever grow when more rows are added.

    Attributes:
        rows: read.
        judged: with a finding.
        unreadable: rows that could not be understood, by reason.
        passed_over: rows that speak of no copy, by reason.
        noted: rows with a finding that suffers from something about the row, by reason.
        states: `protocol standing state` of rows.
        first_seen: oldest observation by protocol, as ISO 8601.
    """

    model_config = ConfigDict(extra="forbid")

    rows: NonNegativeInt = 0
    judged: NonNegativeInt = 0
    unreadable: dict[str, NonNegativeInt] = {}
    passed_over: dict[str, NonNegativeInt] = {}
    noted: dict[str, NonNegativeInt] = {}
    verdicts: dict[Verdict, NonNegativeInt] = {}
    because: dict[Because, NonNegativeInt] = {}
    contested: dict[str, NonNegativeInt] = {}
    channels: dict[str, dict[Looked, NonNegativeInt]] = {}
    states: dict[str, dict[ReservationState, NonNegativeInt]] = {}
    standings: dict[str, str] = {}
    decided: dict[str, NonNegativeInt] = {}
    first_seen: dict[str, str] = {}
    media: dict[str, NonNegativeInt] = {}
    months: dict[str, dict[Verdict, NonNegativeInt]] = {}
    agents: dict[str, NonNegativeInt] = {}

    def add(self, other: Counts) -> None:
        """Add the figures of other rows."""
        self.rows += other.rows
        self.judged += other.judged
        for name in (
            *("unreadable", "passed_over", "noted", "verdicts", "because", "contested"),
            *("decided", "media", "agents"),
        ):
            _add(getattr(self, name), getattr(other, name))
        for name in ("channels", "states", "months"):
            mine = getattr(self, name)
            for key, counts in getattr(other, name).items():
                _add(mine.setdefault(key, {}), counts)
        for protocol, standing in other.standings.items():
            self.standings[protocol] = min(standing, self.standings.get(protocol, standing))
        for protocol, seen in other.first_seen.items():
            self.first_seen[protocol] = min(seen, self.first_seen.get(protocol, seen))
        if len(self.agents) > MOST_AGENTS:
            kept = dict(sorted(self.agents.items(), key=lambda one: -one[1])[:MOST_AGENTS])
            kept[OTHERS] = sum(self.agents.values()) - sum(kept.values()) + kept.get(OTHERS, 0)
            self.agents = kept


def _add(mine: dict[Any, int], counts: dict[Any, int]) -> None:
    for key, count in counts.items():
        mine[key] = mine.get(key, 0) + count


class Figures:
    """Counts rows as they are judged: by answer first, so that most rows cost one addition."""

    def __init__(self) -> None:
        self.rows = 0
        self._unreadable: Counter[str] = Counter()
        self._passed_over: Counter[str] = Counter()
        self._noted: Counter[str] = Counter()
        self._answers: dict[int, list[Any]] = {}
        self._months: Counter[tuple[int, int | None]] = Counter()
        self._agents: Counter[str | None] = Counter()
        self._media: Counter[str] = Counter()
        self._hosts: dict[str, list[Any]] = {}

    def leave_out(self, reason: str, *, readable: bool) -> None:
        """Count a row without a finding."""
        (self._passed_over if readable else self._unreadable)[reason] += 1

    def add(self, judged: Judged, row: Row) -> None:
        """Count a row with one."""
        answer, span = judged.answer, judged.span
        held = self._answers.get(id(answer))
        if held is None:
            held = self._answers[id(answer)] = [0, answer]
        held[0] += 1
        month = span.start.year * 12 + span.start.month - 1 if span else None
        self._months[id(answer), month] += 1
        self._agents[judged.agent] += 1
        if row.media_type:
            self._media[modality(row.media_type)] += 1
        if row.note:
            self._noted[row.note] += 1
        if judged.host is not None:
            self._add_host(judged.host, judged.observed, answer, row.size)

    def _add_host(self, host: str, observed: bool, answer: Answer, size: int | None) -> None:  # noqa: FBT001 - a field
        counts = self._hosts.get(host)
        if counts is None:
            counts = self._hosts[host] = [0, 0, 0, observed, {}]
        counts[0] += 1
        if size is not None:
            counts[1] += size
            counts[2] += 1
        verdicts = counts[4]
        verdicts[answer.verdict] = verdicts.get(answer.verdict, 0) + 1

    def described(self) -> dict[str, Any]:
        """Everything, as JSON values: `counts` and `hosts`."""
        counts = Counts(
            rows=self.rows,
            judged=sum(count for count, _ in self._answers.values()),
            unreadable=dict(self._unreadable),
            passed_over=dict(self._passed_over),
            noted=dict(self._noted),
            media=dict(self._media),
            agents={agent: count for agent, count in self._agents.items() if agent},
        )
        for count, answer in self._answers.values():
            _count(counts, answer, count)
        for (key, month), count in self._months.items():
            name = UNDATED if month is None else f"{month // 12:04d}-{month % 12 + 1:02d}"
            verdict = self._answers[key][1].verdict
            _add(counts.months.setdefault(name, {}), {verdict: count})
        return {"counts": counts.model_dump(mode="json"), "hosts": self._hosts}


def _count(counts: Counts, answer: Answer, count: int) -> None:
    """Add `count` rows that were answered alike."""
    _add(counts.verdicts, {answer.verdict: count})
    if answer.because:
        _add(counts.because, {Because(answer.because): count})
    _add(counts.contested, dict.fromkeys(answer.contested, count))
    for channel, looked in answer.looked:
        _add(counts.channels.setdefault(channel, {}), {Looked(looked): count})
    for protocol, standing, state in answer.states:
        _add(counts.states.setdefault(protocol, {}), {ReservationState(state): count})
        counts.standings[protocol] = min(standing, counts.standings.get(protocol, standing))
    _add(counts.decided, dict.fromkeys(answer.decided, count))
    for protocol, seen in answer.first_seen:
        counts.first_seen[protocol] = min(seen, counts.first_seen.get(protocol, seen))
