"""What an audit comes to: the record `assay/audit/1`, written as `coverage.json`.

It holds figures and where they come from, never the works themselves. Every document about an
audit is written from this record and from the findings beside it.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field, PlainSerializer

from provenance.credentials import Record
from provenance.evidence import Purpose, ReservationState
from provenance.rights.finding import Because, Looked, Verdict

__all__ = [
    "AUDIT_SCHEMA",
    "MOST_HOSTS",
    "MOST_VIOLATING",
    "AuditSummary",
    "Edition",
    "HistorySource",
    "HostFigures",
    "InputSource",
    "ProtocolFigures",
]

AUDIT_SCHEMA: Literal["assay/audit/1"] = "assay/audit/1"
MOST_HOSTS = 1000
MOST_VIOLATING = 100

Moment = Annotated[
    AwareDatetime,
    PlainSerializer(
        lambda moment: moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), return_type=str
    ),
]


class Edition(Record):
    """A dated table that took part: crawlers and control tokens, standing of protocols."""

    date: dt.date
    sha256: str


class InputSource(Record):
    """What was audited.

    Attributes:
        name: as given.
        kind: how it was read.
        sha256: of the file, None for a folder.
        bytes: its size, None for a folder.
    """

    name: str
    kind: Literal["urls", "csv", "parquet", "warc", "wet", "folder", "log"]
    sha256: str | None = None
    bytes: int | None = None


class HistorySource(Record):
    """Where dated observations came from.

    Attributes:
        name: as given.
        kind: how it was read.
        hosts: that were observed.
        observations: documents.
        unreadable: documents of which nothing could be read, so that nobody knows what they said.
        first: time of the oldest one.
        last: time of the newest one.
    """

    name: str
    kind: Literal["folder", "warc", "cdx"]
    hosts: int
    observations: int
    unreadable: int = 0
    first: Moment | None = None
    last: Moment | None = None


class HostFigures(Record):
    """One host.

    Attributes:
        host: lower case, with a port that is not the default.
        rows: that stand on it.
        bytes: their size in all, where the input tells sizes.
        observed: whether any of its documents was seen.
        verdicts: rows by verdict.
    """

    host: str
    rows: int
    bytes: int | None = None
    observed: bool
    verdicts: dict[Verdict, int]


class ProtocolFigures(Record):
    """One protocol, over all rows.

    Attributes:
        protocol: its name.
        standing: A to D, by the table of the audit.
        states: rows by what the protocol said about the purpose of their use.
        decided: rows whose violation rests on it.
        first_seen: oldest observation of it.
    """

    protocol: str
    standing: str
    states: dict[ReservationState, int]
    decided: int
    first_seen: Moment | None = None


class AuditSummary(Record):
    """The figures of one audit. The attribute `schema_` is `schema` in JSON.

    Attributes:
        assay: version of this software.
        started_at: when the audit began.
        finished_at: when its last row was judged; None while it is not complete.
        input: what was audited.
        history: where observations came from.
        agents: edition of the table of crawlers.
        standing: edition of the table of protocols.
        purpose: asked about, where rows do not say otherwise.
        agent: asked about, where rows do not say otherwise.
        at: asked about, where rows do not say otherwise; as given.
        actor: who used the works, as given.
        claims: licences and exceptions claimed, as given.
        rows: read.
        judged: with a finding.
        unreadable: that could not be understood, by reason.
        passed_over: rows that speak of no copy (redirects, people's browsers, what is not in the
            sample), by reason.
        noted: rows whose finding suffers from something about the row itself, by reason.
        verdicts: rows by verdict.
        undetermined_because: undetermined rows by reason.
        contested: rows by reason of dispute.
        channels: rows by channel and by what became of it.
        protocols: figures of each protocol that said anything.
        media: rows by modality, where it is known.
        months: rows by month of use (`YYYY-MM`) and verdict.
        agents_seen: rows by product token.
        hosts: number of hosts.
        observed_hosts: number of hosts of which any document was seen.
        top_hosts: the hosts with most rows, at most 1,000.
        violating_hosts: the hosts with most violations, then with most that can be disputed, at
            most 100.
        sampled: share of rows judged when a sample was asked for, else None.
        findings_sha256: of `findings.ndjson`.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    schema_: Literal["assay/audit/1"] = Field(default=AUDIT_SCHEMA, alias="schema")
    assay: str
    started_at: Moment
    finished_at: Moment | None
    input: InputSource
    history: tuple[HistorySource, ...]
    agents: Edition
    standing: Edition
    purpose: Purpose
    agent: str | None = None
    at: str | None = None
    actor: str | None = None
    claims: tuple[str, ...] = ()
    rows: int
    judged: int
    unreadable: dict[str, int] = Field(default_factory=dict)
    passed_over: dict[str, int] = Field(default_factory=dict)
    noted: dict[str, int] = Field(default_factory=dict)
    verdicts: dict[Verdict, int]
    undetermined_because: dict[Because, int] = Field(default_factory=dict)
    contested: dict[str, int] = Field(default_factory=dict)
    channels: dict[str, dict[Looked, int]]
    protocols: tuple[ProtocolFigures, ...] = ()
    media: dict[str, int] = Field(default_factory=dict)
    months: dict[str, dict[Verdict, int]] = Field(default_factory=dict)
    agents_seen: dict[str, int] = Field(default_factory=dict)
    hosts: int
    observed_hosts: int
    top_hosts: tuple[HostFigures, ...] = Field(default=(), max_length=MOST_HOSTS)
    violating_hosts: tuple[HostFigures, ...] = Field(default=(), max_length=MOST_VIOLATING)
    sampled: float | None = None
    findings_sha256: str | None = None

    def to_json(self) -> str:
        """Indented JSON, keys in the order of this record."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"
