"""The folder of an audit as papers read it: `coverage.json` whole, `findings.ndjson` line by line.

A paper must speak of the audit it names. So the findings are hashed while they are read, and a
folder whose findings are not those of its summary is refused, as is an audit that was not finished.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from provenance.errors import InputError, LimitExceeded, NotFound
from provenance.limits import MIB
from provenance.rights.finding import Finding
from service.documents.tally import Tally
from service.optout.audit.summary import AuditSummary

__all__ = ["COVERAGE", "FINDINGS", "Audit", "read_audit"]

COVERAGE = "coverage.json"
FINDINGS = "findings.ndjson"
MOST_COVERAGE = 64 * MIB
MOST_LINE = 16 * MIB


@dataclass(frozen=True, slots=True)
class Audit:
    """One finished audit.

    Attributes:
        summary: its figures.
        tally: what its findings come to, protocol by protocol.
        coverage_sha256: of `coverage.json`.
        findings_sha256: of `findings.ndjson`.
        finished_at: of the summary, which is known here.
    """

    summary: AuditSummary
    tally: Tally
    coverage_sha256: str
    findings_sha256: str
    finished_at: datetime


def read_audit(folder: Path, wanted: Collection[str] = ()) -> Audit:
    """The audit in a folder.

    Args:
        folder: the `--out` of `assay optout audit`.
        wanted: names of works whose findings are kept whole.

    Raises:
        NotFound: there is no such folder, or it holds no audit.
        InputError: the audit was not finished, or its files do not belong together.
    """
    data = _bytes(folder / COVERAGE)
    try:
        summary = AuditSummary.model_validate_json(data)
    except ValidationError as fault:
        first = fault.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the document"
        raise InputError(f"{folder / COVERAGE}: {place}: {first['msg']}") from fault
    if summary.finished_at is None:
        raise InputError(
            f"{folder}: this audit was not finished",
            hint="Run the same 'assay optout audit' command again with --resume: it goes on where "
            "it stopped.",
        )
    tally, digest = _read_findings(folder / FINDINGS, frozenset(wanted))
    if summary.findings_sha256 not in (None, digest):
        raise InputError(
            f"{folder / FINDINGS}: these are not the findings {COVERAGE} speaks of "
            f"(SHA-256 {digest}, and {summary.findings_sha256} there)"
        )
    if tally.rows != summary.judged:
        raise InputError(
            f"{folder / FINDINGS}: {tally.rows} findings, and {COVERAGE} says {summary.judged}"
        )
    sha256 = hashlib.sha256(data).hexdigest()
    return Audit(summary, tally, sha256, digest, summary.finished_at)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_COVERAGE + 1)
    except OSError as fault:
        raise NotFound(
            f"{path}: {fault.strerror}",
            hint="AUDIT is the folder 'assay optout audit ... --out DIR' has written.",
        ) from fault
    if len(data) > MOST_COVERAGE:
        raise LimitExceeded(f"{path}: over {MOST_COVERAGE // MIB} MiB, which no summary is")
    return data


def _read_findings(path: Path, wanted: frozenset[str]) -> tuple[Tally, str]:
    tally, digest, number = Tally(wanted=wanted), hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while line := file.readline(MOST_LINE):
                number += 1
                digest.update(line)
                if len(line) == MOST_LINE:
                    raise LimitExceeded(f"{path}: line {number} is over {MOST_LINE // MIB} MiB")
                if line.isspace():
                    continue
                tally.add(Finding.model_validate_json(line))
    except OSError as fault:
        raise NotFound(f"{path}: {fault.strerror}") from fault
    except ValidationError as fault:
        raise InputError(
            f"{path}: line {number} is no finding ({fault.errors()[0]['msg']})"
        ) from fault
    return tally, digest.hexdigest()
