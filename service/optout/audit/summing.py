"""The figures of a finished audit as one record, and its findings as a Parquet file."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

from provenance.rights.agents import table as agents
from provenance.rights.finding import Because, Verdict
from provenance.rights.standing import table as standing
from service.optout.audit.inputs import AuditInput
from service.optout.audit.judging import CSV_COLUMNS
from service.optout.audit.pack import HistoryPack
from service.optout.audit.rows import clean
from service.optout.audit.running import Options, identity_of
from service.optout.audit.state import FINDINGS, PARQUET, TABLE, State
from service.optout.audit.summary import (
    MOST_VIOLATING,
    AuditSummary,
    Edition,
    InputSource,
    ProtocolFigures,
)

__all__ = ["summary_of", "write_parquet"]

TEXT_COLUMNS = ("input", "host", "agent")
"""Columns a formula could stand in."""


def summary_of(
    given: AuditInput, pack: HistoryPack, options: Options, state: State, share: float | None
) -> AuditSummary:
    """The record of an audit as far as it has come."""
    progress, asked = state.progress, options.asked
    counts = progress.counts
    hosts, observed = state.hosts()
    finished = progress.finished_at
    claims = [f"licence: {one.reference} ({one.pattern})" for one in options.licences[:1000]]
    if asked.research:
        claims.append(f"research: {asked.research}")
    return AuditSummary(
        assay=str(identity_of(given, pack, options)["assay"]),
        started_at=dt.datetime.fromisoformat(progress.started_at),
        finished_at=dt.datetime.fromisoformat(finished) if finished else None,
        input=InputSource(
            name=clean(given.name) or given.kind,
            kind=given.kind,
            sha256=given.sha256,
            bytes=given.size,
        ),
        history=pack.sources,
        agents=Edition(date=agents().date, sha256=agents().sha256),
        standing=Edition(date=standing().date, sha256=standing().sha256),
        purpose=asked.purpose,
        agent=asked.agent,
        at=options.at,
        actor=asked.actor,
        claims=tuple(claims),
        rows=counts.rows,
        judged=counts.judged,
        unreadable=_sorted(counts.unreadable),
        passed_over=_sorted(counts.passed_over),
        noted=_sorted(counts.noted),
        verdicts={one: counts.verdicts[one] for one in Verdict if one in counts.verdicts},
        undetermined_because={one: counts.because[one] for one in Because if one in counts.because},
        contested=_sorted(counts.contested),
        channels=counts.channels,
        protocols=tuple(
            ProtocolFigures(
                protocol=protocol,
                standing=counts.standings.get(protocol, "D"),
                states=states,
                decided=counts.decided.get(protocol, 0),
                first_seen=_moment(counts.first_seen.get(protocol)),
            )
            for protocol, states in sorted(counts.states.items())
        ),
        media=_sorted(counts.media),
        months=dict(sorted(counts.months.items())),
        agents_seen=_sorted(counts.agents),
        hosts=hosts,
        observed_hosts=observed,
        top_hosts=state.top_hosts(),
        violating_hosts=state.top_hosts(
            (Verdict.VIOLATION, Verdict.VIOLATION_CONTESTED), MOST_VIOLATING
        ),
        sampled=share,
        findings_sha256=_digest(state.out / FINDINGS, progress.written[0]),
    )


def write_parquet(state: State) -> None:
    """The table of findings as Parquet, made of its CSV block by block."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv as pc_csv
    import pyarrow.parquet as pq

    kinds = {name: pa.string() for name in CSV_COLUMNS}
    moment = pa.timestamp("s", tz="UTC")
    reader = pc_csv.open_csv(
        state.out / TABLE,
        read_options=pc_csv.ReadOptions(block_size=4 << 20, use_threads=False),
        parse_options=pc_csv.ParseOptions(newlines_in_values=True),
        convert_options=pc_csv.ConvertOptions(
            column_types=kinds, strings_can_be_null=True, quoted_strings_can_be_null=False
        ),
    )
    schema = pa.schema(
        [(name, moment if name in ("at", "at_end") else pa.string()) for name in CSV_COLUMNS]
    )
    part = state.out / f"{PARQUET}.part"
    with pq.ParquetWriter(part, schema, compression="zstd") as writer:
        for batch in reader:
            columns = []
            for name in CSV_COLUMNS:
                column = batch.column(name)
                if name in TEXT_COLUMNS:
                    column = pc.replace_substring_regex(column, "^'", "")
                elif name in ("at", "at_end"):
                    column = pc.strptime(column, format="%Y-%m-%dT%H:%M:%SZ", unit="s")
                    column = column.cast(moment)
                columns.append(column)
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
    part.replace(state.out / PARQUET)


def _digest(path: Path, size: int) -> str:
    """The SHA-256 of the findings that count."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while size > 0 and (data := file.read(min(size, 1 << 20))):
            digest.update(data)
            size -= len(data)
    return digest.hexdigest()


def _moment(written: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(written) if written else None


def _sorted(counts: dict[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
