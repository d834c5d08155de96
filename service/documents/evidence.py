"""Findings, the documents they rest on, and what happened when, as tables of a paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from provenance.evidence import Reservation
from provenance.rights.finding import Finding, Verdict
from service.documents.draft import Draft, foreign
from service.documents.records import Block, Table
from service.documents.tally import HELD, EvidenceDocument, Tally, reserving_in
from service.render.wording import DASH, one_line

__all__ = ["WEAK", "document_table", "evidence_rows", "strength", "timeline"]

TOLD = (*HELD, Verdict.POST_HOC)
"""What a timeline tells of: uses in spite of a reservation, and reservations that came later."""

MOST_SHOWN = 100
MOST_EVENTS = 100
MOST_WRITTEN = 120
"""Characters shown of a declaration."""

WEAK = ("similar_match", "metadata_match", "weak_match", "site_level", "carried_forward")
"""Disputes that leave open whether this work, or this moment, is meant at all."""


def evidence_rows(draft: Draft, findings: Sequence[Finding], total: int) -> list[Block]:
    """One row for each finding: the work, the use, what became of it, on what it rests."""
    of = draft.of
    columns = [
        draft.column("work", of.findings("/input")),
        draft.column("used_at", of.findings("/use/at"), of.findings("/use/agent")),
        draft.column("verdict", of.findings("/verdict"), of.findings("/contested")),
        draft.column("declaration", of.findings("/reservations/*/native_value")),
        draft.column(
            "document",
            of.findings("/reservations/*/document/sha256"),
            of.findings("/reservations/*/observed_at"),
        ),
    ]
    rows = [_row(draft, finding) for finding in findings[:MOST_SHOWN]]
    return [draft.table("findings", columns, rows, total)]


def _row(draft: Draft, finding: Finding) -> list[str]:
    records = list(reserving_in(finding))[:3]
    used = draft.day(finding.use.at)
    if finding.use.agent:
        used = f"{used}\n{foreign(finding.use.agent)}"
    verdict = draft.word("use_verdict", finding.verdict.value)
    disputes = [draft.word("document_contested", code) for code in finding.contested]
    return [
        foreign(finding.input),
        used,
        "\n".join([verdict, *disputes]),
        "\n".join(_declared(draft, record) for record in records) or DASH,
        "\n".join(_seen(draft, record) for record in records) or DASH,
    ]


def _declared(draft: Draft, record: Reservation) -> str:
    written = one_line(record.native_value, MOST_WRITTEN)
    return draft.words.labelled(foreign(record.protocol), written)


def _seen(draft: Draft, record: Reservation) -> str:
    digest = record.document.sha256 if record.document else DASH
    return f"{foreign(digest)}\n{draft.day(record.observed_at)}"


def strength(finding: Finding) -> str:
    """How much a finding indicates: `plain`, `disputed` or `weak`; the codes of a section."""
    if finding.verdict is Verdict.VIOLATION:
        return "plain"
    codes = {one.partition(":")[0] for one in finding.contested}
    codes |= {
        warning.partition(":")[0] for record in reserving_in(finding) for warning in record.warnings
    }
    return "weak" if codes & set(WEAK) else "disputed"


def document_table(draft: Draft, code: str, documents: Iterable[EvidenceDocument]) -> Table:
    """The documents reservations stand in, with their digests."""
    of = draft.of
    kept = list(documents)
    digest = of.findings("/reservations/*/document/sha256")
    columns = [
        draft.column("document_sha256", digest),
        draft.column("location", of.findings("/reservations/*/document/location")),
        draft.column("protocol", of.findings("/reservations/*/protocol")),
        draft.column("seen", of.findings("/reservations/*/observed_at")),
        draft.column("rows", of.findings("/verdict")),
    ]
    rows = []
    for one in kept[:MOST_SHOWN]:
        seen = draft.day(one.first)
        if one.last != one.first:
            seen = f"{seen}\n{draft.day(one.last)}"
        rows.append(
            [
                foreign(one.sha256),
                foreign(one.location),
                foreign(one.protocol),
                seen,
                draft.number(one.rows.total()),
            ]
        )
    return draft.table(code, columns, rows, len(kept))


def timeline(draft: Draft) -> Table:
    """What was seen and what was used, in order of time."""
    of = draft.of
    events = sorted(_events(draft, draft.audit.tally))
    columns = [
        draft.column("when", of.findings("/reservations/*/observed_at"), of.audit("/months")),
        draft.column("what", of.findings("/reservations/*/document"), of.audit("/months")),
    ]
    rows = [[shown, what] for _, _, shown, what in events[:MOST_EVENTS]]
    return draft.table("timeline", columns, rows, len(events))


def _events(draft: Draft, tally: Tally) -> Iterator[tuple[datetime, int, str, str]]:
    of = draft.of
    for one in tally.documents.values():
        if not any(one.rows[verdict] for verdict in TOLD):
            continue
        params = {"protocol": foreign(one.protocol), "location": foreign(one.location)}
        seen = of.findings("/reservations/*/observed_at")
        if one.valid_from is not None:
            said = draft.say("event_says_since", seen, **params).text
            yield one.valid_from, 0, draft.day(one.valid_from), said
        if one.first is not None:
            said = draft.say("event_first_seen", seen, **params).text
            yield one.first, 1, draft.day(one.first), said
    for month, verdicts in draft.audit.summary.months.items():
        count = sum(verdicts.get(verdict, 0) for verdict in HELD)
        begins = _month(month)
        if count and begins:
            used = draft.say("event_uses", of.audit("/months"), rows=draft.number(count)).text
            yield begins, 2, month, used
    finished = draft.audit.finished_at
    audited = draft.say("event_audit", of.audit("/finished_at")).text
    yield finished, 3, draft.day(finished), audited


def _month(month: str) -> datetime | None:
    try:
        return datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    except ValueError:
        return None
