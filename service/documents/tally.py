"""What the findings of an audit come to, beyond its summary: by protocol, by document, by time.

Everything here is bounded. What is listed one by one (evidence documents, findings) is the first of
each sort in the order of the file; how many there are in all is always counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from provenance.evidence import Reservation, ReservationState
from provenance.rights.decide import applicable
from provenance.rights.finding import Finding, Verdict
from provenance.rights.purposes import state_for

__all__ = [
    "HELD",
    "MOST_DOCUMENTS",
    "MOST_LISTED",
    "WITHIN",
    "EvidenceDocument",
    "ProtocolTally",
    "Tally",
    "reserving_in",
]

MOST_DOCUMENTS = 1000
MOST_LISTED = 100
MOST_NAMED = 20
MOST_LICENCES = 1000

HELD = (Verdict.VIOLATION, Verdict.VIOLATION_CONTESTED)
"""Uses in spite of a reservation."""

WITHIN = (Verdict.COMPLIANT, Verdict.LICENSED, Verdict.NO_RESERVATION_FOUND)
"""Uses that stayed within what was declared, or for which a licence is claimed."""

LICENCE, RESEARCH = "licence_claimed: ", "research_claimed: "


@dataclass(slots=True)
class ProtocolTally:
    """What one protocol said about the purpose of each use.

    Attributes:
        reserving: rows whose purpose it reserved, by the verdict they came to. Where that is
            `post_hoc` it did so only later.
        forms: rows whose purpose it reserved, by the form of the statement.
        first: oldest observation of a reservation of it.
        last: newest observation of one.
    """

    reserving: Counter[Verdict] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None

    @property
    def reserved(self) -> int:
        """Rows it reserved at the time of their use, or may have reserved then."""
        return self.reserving.total() - self.reserving[Verdict.POST_HOC]


@dataclass(slots=True)
class EvidenceDocument:
    """A document that holds a reservation some row came up against.

    Attributes:
        sha256: of its bytes.
        location: where it was.
        protocol: the statement keeps.
        native_value: the statement as it is written there.
        first: oldest observation.
        last: newest observation.
        valid_from: from when it says it holds.
        rows: by the verdict they came to.
    """

    sha256: str
    location: str
    protocol: str
    native_value: str
    first: datetime | None = None
    last: datetime | None = None
    valid_from: datetime | None = None
    rows: Counter[Verdict] = field(default_factory=Counter)


@dataclass(slots=True)
class Tally:
    """The findings of one audit.

    Attributes:
        wanted: names of works whose findings are kept.
        rows: read.
        protocols: by name.
        documents: by digest, place and protocol, the first `MOST_DOCUMENTS`.
        unlisted: rows that came up against a document that is not listed.
        listed: the first `MOST_LISTED` findings of each verdict.
        named: findings of the works wanted, at most `MOST_NAMED` each.
        within: rows about which something was reserved, and whose use stayed within that.
        first_use: oldest time of a use.
        last_use: newest time of one.
        undated: rows without a time of use.
        licences: rows by the licence claimed for them.
        research: rows by the reason the research exception is claimed.
    """

    wanted: frozenset[str] = frozenset()
    rows: int = 0
    protocols: dict[str, ProtocolTally] = field(default_factory=dict)
    documents: dict[tuple[str, str, str], EvidenceDocument] = field(default_factory=dict)
    unlisted: int = 0
    listed: dict[Verdict, list[Finding]] = field(default_factory=dict)
    named: dict[str, list[Finding]] = field(default_factory=dict)
    within: Counter[Verdict] = field(default_factory=Counter)
    first_use: datetime | None = None
    last_use: datetime | None = None
    undated: int = 0
    licences: Counter[str] = field(default_factory=Counter)
    research: Counter[str] = field(default_factory=Counter)

    @property
    def held(self) -> list[Finding]:
        """The findings that stand against who used the works, those listed."""
        return [finding for verdict in HELD for finding in self.listed.get(verdict, ())]

    def add(self, finding: Finding) -> None:
        """Count one finding."""
        self.rows += 1
        listed = self.listed.setdefault(finding.verdict, [])
        if len(listed) < MOST_LISTED:
            listed.append(finding)
        if finding.input in self.wanted:
            named = self.named.setdefault(finding.input, [])
            if len(named) < MOST_NAMED:
                named.append(finding)
        self._time(finding)
        self._claims(finding)
        if finding.reservations:
            self._reservations(finding)

    def _time(self, finding: Finding) -> None:
        at = finding.use.at
        if at is None:
            self.undated += 1
            return
        self.first_use = _older(self.first_use, at)
        self.last_use = _newer(self.last_use, at)

    def _claims(self, finding: Finding) -> None:
        for step in finding.rule_path:
            for prefix, claims in ((LICENCE, self.licences), (RESEARCH, self.research)):
                claim = step.removeprefix(prefix)
                if claim != step and (claim in claims or len(claims) < MOST_LICENCES):
                    claims[claim] += 1

    def _reservations(self, finding: Finding) -> None:
        reserving = list(reserving_in(finding))
        said = any(
            state is ReservationState.RESERVED
            for record in finding.reservations
            for state in record.purposes.values()
        )
        if said and finding.verdict in WITHIN:
            self.within[finding.verdict] += 1
        for protocol in dict.fromkeys(record.protocol for record in reserving):
            self.protocols.setdefault(protocol, ProtocolTally()).reserving[finding.verdict] += 1
        forms = dict.fromkeys((record.protocol, record.formal) for record in reserving)
        for protocol, form in forms:
            self.protocols[protocol].forms[form] += 1
        unlisted = False
        seen: set[int] = set()
        for record in reserving:
            tally = self.protocols[record.protocol]
            tally.first = _older(tally.first, record.observed_at)
            tally.last = _newer(tally.last, record.observed_at)
            if (document := self._document(record)) is None:
                unlisted = True
            elif id(document) not in seen:
                seen.add(id(document))
                document.rows[finding.verdict] += 1
        self.unlisted += unlisted

    def _document(self, record: Reservation) -> EvidenceDocument | None:
        if record.document is None:
            return None
        key = (record.document.sha256, record.document.location, record.protocol)
        if (known := self.documents.get(key)) is None:
            if len(self.documents) >= MOST_DOCUMENTS:
                return None
            known = self.documents[key] = EvidenceDocument(
                record.document.sha256,
                record.document.location,
                record.protocol,
                record.native_value,
                valid_from=record.valid_from,
            )
        known.first = _older(known.first, record.observed_at)
        known.last = _newer(known.last, record.observed_at)
        return known


def reserving_in(finding: Finding) -> Iterable[Reservation]:
    """The reservations of a finding that cover its use, whether or not they decided."""
    for record in applicable(finding.reservations, finding.use):
        if state_for(record.purposes, finding.use.purpose) is ReservationState.RESERVED:
            yield record


def _older(known: datetime | None, other: datetime | None) -> datetime | None:
    return other if known is None or (other is not None and other < known) else known


def _newer(known: datetime | None, other: datetime | None) -> datetime | None:
    return other if known is None or (other is not None and other > known) else known
