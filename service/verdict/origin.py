"""The first question: who or what made the work? First match wins.

    (1) an intact manifest that contradicts itself           contradictory
    (2) an intact manifest, else a declaration, saying AI    ai_declared, ai_assisted_declared
    (3) an intact, trusted, complete human claim             human_attested
    (4) a detection rarer than the policy's max_fpr          ai_detected
    (5) otherwise                                            undetermined

There is no way from a detector to a human origin, and none from an unsigned statement to an
automatic action: whatever has the basis `declared` goes to a person. What was supplied with the
work declares as what stands in it does; but "partly" from a supplier does not make less of a
detection that says more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from provenance.evidence import (
    Credential,
    Declaration,
    Detection,
    Origin,
    Statement,
)
from service.policy import Finding, Policy
from service.verdict.detections import counts, decisive
from service.verdict.exhibits import (
    Exhibits,
    broken_ingredient,
    claims_human,
    declares_ai,
    trusted,
)
from service.verdict.reasons import Notes, ReasonCode, because
from service.verdict.records import Basis, VerdictOrigin

__all__ = ["Ruling", "attests_human", "rule"]

SHARE = 0.8
"""Under this share of synthetic windows a detected work is partly synthetic."""

FULLY = (VerdictOrigin.AI_DECLARED, Finding.FULLY_SYNTHETIC)
PARTLY = (VerdictOrigin.AI_ASSISTED_DECLARED, Finding.PARTLY_SYNTHETIC)


@dataclass(frozen=True, slots=True)
class Ruling:
    """An origin with its basis, and what led to it."""

    origin: VerdictOrigin
    basis: Basis
    notes: Notes


def rule(exhibits: Exhibits, policy: Policy) -> Ruling:
    """The origin of the work by the five rules above."""
    return (
        _contradictory(exhibits)
        or _manifest_ai(exhibits)
        or _declared_ai(exhibits)
        or _supplied_ai(exhibits, policy)
        or _human(exhibits, policy)
        or _detected(exhibits, policy)
        or Ruling(VerdictOrigin.UNDETERMINED, Basis.NONE, Notes())
    )


def _basis(credential: Credential) -> Basis:
    """Proven needs two things: a trusted signer of the file, and one of the statement itself."""
    proven = trusted(credential) and credential.ai_vouched
    return Basis.PROVEN if proven else Basis.DECLARED


def _said_how(credential: Credential) -> ReasonCode:
    if _basis(credential) is Basis.PROVEN:
        return ReasonCode.MANIFEST_AI_PROVEN
    hearsay = trusted(credential)
    return ReasonCode.MANIFEST_AI_HEARSAY if hearsay else ReasonCode.MANIFEST_AI_DECLARED


def _contradictory(exhibits: Exhibits) -> Ruling | None:
    credential = exhibits.statement
    if credential is None or credential.origin is not Origin.CONTRADICTORY:
        return None
    # Without a statement to go by, the lesser accusation holds.
    said = credential.ai_statement or Origin.PARTLY_AI
    _, finding = FULLY if said is Origin.FULLY_AI else PARTLY
    reason = because(ReasonCode.MANIFEST_CONTRADICTORY, credential, statement=said)
    notes = Notes((reason,), frozenset({finding}), review=True)
    return Ruling(VerdictOrigin.CONTRADICTORY, _basis(credential), notes)


def _manifest_ai(exhibits: Exhibits) -> Ruling | None:
    credential = exhibits.statement
    if credential is None or credential.origin not in {Origin.FULLY_AI, Origin.PARTLY_AI}:
        return None
    origin, finding = FULLY if credential.origin is Origin.FULLY_AI else PARTLY
    basis = _basis(credential)
    reason = because(_said_how(credential), credential, statement=credential.origin)
    notes = Notes((reason,), frozenset({finding}), review=basis is not Basis.PROVEN)
    return Ruling(origin, basis, notes)


def _declared_ai(exhibits: Exhibits) -> Ruling | None:
    if not any(map(declares_ai, exhibits.declarations)):
        return None
    return _declared((*exhibits.declarations, *exhibits.supplied))


def _declared(records: Iterable[Declaration]) -> Ruling:
    """By the most that is declared."""
    fully = any(declares_ai(record) and _says_fully(record) for record in records)
    origin, finding = FULLY if fully else PARTLY
    return Ruling(origin, Basis.DECLARED, Notes(findings=frozenset({finding}), review=True))


def _supplied_ai(exhibits: Exhibits, policy: Policy) -> Ruling | None:
    if not any(map(declares_ai, exhibits.supplied)):
        return None
    ruling = _declared(exhibits.supplied)
    measured = None if _human(exhibits, policy) else _detected(exhibits, policy)
    says_more = measured is not None and Finding.FULLY_SYNTHETIC in measured.notes.findings
    return measured if says_more and ruling.origin is PARTLY[0] else ruling


def _says_fully(declaration: Declaration) -> bool:
    return declaration.statement is Statement.FULLY_AI


def attests_human(credential: Credential, policy: Policy) -> bool:
    """Whether an intact manifest proves a human origin at the level the policy asks for."""
    return (
        claims_human(credential)
        and trusted(credential)
        and credential.human_level >= policy.human_level
        and broken_ingredient(credential.ingredients) is None
    )


def _human(exhibits: Exhibits, policy: Policy) -> Ruling | None:
    credential = exhibits.statement
    if credential is None or not attests_human(credential, policy):
        return None
    reason = because(
        ReasonCode.MANIFEST_HUMAN,
        credential,
        statement=credential.origin,
        human_level=credential.human_level,
    )
    accusing = [record for record in exhibits.detections if counts(record, policy)]
    if not accusing:
        return Ruling(VerdictOrigin.HUMAN_ATTESTED, Basis.PROVEN, Notes((reason,)))
    disagrees = because(ReasonCode.DETECTOR_DISAGREES, credential, *accusing)
    notes = Notes((reason, disagrees), frozenset({Finding.DETECTOR_DISAGREES}), review=True)
    return Ruling(VerdictOrigin.HUMAN_ATTESTED, Basis.PROVEN, notes)


def _detected(exhibits: Exhibits, policy: Policy) -> Ruling | None:
    detection = decisive(exhibits.detections)
    if detection is None or not counts(detection, policy):
        return None
    notes = Notes(findings=frozenset({_extent(detection)}), review=_needs_person(detection, policy))
    return Ruling(VerdictOrigin.AI_DETECTED, Basis.DETECTED, notes)


def _extent(detection: Detection) -> Finding:
    partly = detection.share is not None and detection.share < SHARE
    return Finding.PARTLY_SYNTHETIC if partly else Finding.FULLY_SYNTHETIC


def _needs_person(detection: Detection, policy: Policy) -> bool:
    return detection.exceedance is None or detection.exceedance.upper > policy.auto_fpr
