"""What came with the work, held against what the work says and gives away.

A supplier's statement that AI was used counts like any unsigned one (`origin` does that). Its
statement that none was used counts as nothing by itself: it is shown, and where the work's own
evidence says AI it makes `undeclared_ai`. Nothing a supplier says in its own favour takes a finding
away. A delivery that says both has declared AI, and contradicts itself.
"""

from __future__ import annotations

from enum import StrEnum

from provenance.evidence import Declaration, NotRunReason, Statement
from service.policy import Finding
from service.verdict.exhibits import Exhibits, declares_ai, denies_ai
from service.verdict.origin import Ruling
from service.verdict.reasons import Notes, Reason, ReasonCode, because
from service.verdict.records import AI_VERDICTS, Basis

__all__ = ["AiEvidence", "supplied_notes"]


class AiEvidence(StrEnum):
    """What of the work itself says that AI was used."""

    MANIFEST = "manifest"
    METADATA = "metadata"
    DETECTOR = "detector"


def supplied_notes(exhibits: Exhibits, ruling: Ruling) -> Notes:
    """What the supplier declares, and how it fits.

    Args:
        exhibits: all of them.
        ruling: on the work's own evidence alone.
    """
    shown = tuple(reason for record in exhibits.supplied if (reason := _shown(record)))
    return Notes.total((Notes(shown), _fit(exhibits, ruling), _unmatched(exhibits)))


def _shown(record: Declaration) -> Reason | None:
    if denies_ai(record):
        return because(ReasonCode.SUPPLIED_DENIAL, record, field=record.field)
    if declares_ai(record):
        said = record.statement
        return because(ReasonCode.SUPPLIED_AI, record, field=record.field, statement=said)
    if record.statement is Statement.MAY_CONTAIN_AI:
        return because(ReasonCode.SUPPLIED_MAY_CONTAIN_AI, record, field=record.field)
    return None


def _fit(exhibits: Exhibits, ruling: Ruling) -> Notes:
    denials = tuple(record for record in exhibits.supplied if denies_ai(record))
    accounts = tuple(record for record in exhibits.supplied if declares_ai(record))
    notes = Notes()
    if denials and accounts:
        reason = because(ReasonCode.SUPPLIED_CONTRADICTORY, *denials, *accounts)
        notes += Notes((reason,), review=True)
    if ruling.origin not in AI_VERDICTS:
        return notes
    if denials and not accounts:
        found = _found(exhibits, ruling)
        reasons = tuple(
            because(ReasonCode.UNDECLARED_AI_SUPPLIED, record, field=record.field, found=found)
            for record in denials
        )
        notes += Notes(reasons, frozenset({Finding.UNDECLARED_AI}), review=True)
    whole = Finding.FULLY_SYNTHETIC in ruling.notes.findings
    if whole and accounts and not any(map(_says_fully, accounts)):
        reason = because(ReasonCode.SUPPLIED_SAYS_LESS, *accounts, found=_found(exhibits, ruling))
        notes += Notes((reason,), review=True)
    return notes


def _says_fully(record: Declaration) -> bool:
    return record.statement is Statement.FULLY_AI


def _found(exhibits: Exhibits, ruling: Ruling) -> AiEvidence:
    if ruling.basis is Basis.DETECTED:
        return AiEvidence.DETECTOR
    speaks = exhibits.statement is not None and ruling.notes.reasons
    return AiEvidence.MANIFEST if speaks else AiEvidence.METADATA


def _unmatched(exhibits: Exhibits) -> Notes:
    """A document in which nobody can tell what is about the work was not read for it."""
    unmatched = [
        record
        for record in exhibits.not_run
        if record.is_supplied and record.reason is NotRunReason.NOT_APPLICABLE
    ]
    return Notes(tuple(because(ReasonCode.SUPPLIED_NOT_MATCHED, one) for one in unmatched))
