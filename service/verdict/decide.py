"""The decision: evidence and a policy in, a verdict out. A pure function of the two.

Where the work was compared with an original, what became of its marks is a third argument; where a
use was asked about, what it comes to is a fourth.

It asks for no time, reads no environment and opens nothing; the sentences are part of the
program. The three questions are answered by `origin`, `integrity` and `rights`, apart from each
other; here their notes are put together in a fixed order.
"""

from __future__ import annotations

from provenance.evidence import Evidence, NotRun, NotRunReason
from provenance.rights.finding import Finding as UseFinding
from service.policy import Finding, Policy
from service.survival import Survival
from service.verdict.detections import decision_of, detection_notes
from service.verdict.exhibits import Exhibits
from service.verdict.identities import identity_notes
from service.verdict.integrity import integrity_notes, integrity_of, signer_notes
from service.verdict.origin import rule
from service.verdict.reasons import Notes, ReasonCode, because
from service.verdict.records import PolicyRef, Verdict, VerdictOrigin
from service.verdict.rights import rights_by_purpose, rights_notes
from service.verdict.statements import (
    binding_notes,
    claim_notes,
    declaration_notes,
    denial_notes,
    not_checkable_notes,
    other_notes,
    part_notes,
)
from service.verdict.stripping import stripping_notes
from service.verdict.supplies import supplied_notes
from service.verdict.uses import use_notes

__all__ = ["SHOWN_FAULTS", "decide"]

SHOWN_FAULTS = frozenset(
    {
        NotRunReason.UNREADABLE,
        NotRunReason.LIMIT,
        NotRunReason.TIMEOUT,
        NotRunReason.FETCH_FAILED,
        NotRunReason.ENCRYPTED,
    }
)


def decide(
    evidence: tuple[Evidence, ...],
    policy: Policy,
    survived: tuple[Survival, ...] = (),
    use: UseFinding | None = None,
) -> Verdict:
    """The verdict on numbered `evidence` under `policy`.

    Args:
        evidence: records with their ids set, in report order; reasons point at these ids.
        policy: operating points and purpose.
        survived: what became of the marks of an original, where one was given.
        use: what a use that was asked about comes to.
    """
    exhibits = Exhibits.sort(evidence)
    ruling = rule(exhibits, policy)
    own = rule(exhibits.own, policy) if exhibits.supplied else ruling
    about_origin = Notes.total(
        (
            ruling.notes,
            claim_notes(exhibits, policy),
            binding_notes(exhibits),
            signer_notes(exhibits),
            identity_notes(exhibits),
            declaration_notes(exhibits),
            detection_notes(exhibits.detections, policy),
            denial_notes(exhibits, own),
            part_notes(exhibits, policy),
        )
    )
    about_integrity = integrity_notes(exhibits)
    notes = Notes.total(
        (
            about_origin,
            about_integrity,
            stripping_notes(exhibits, survived),
            supplied_notes(exhibits, own),
            _nothing_found(exhibits, ruling.origin, about_origin + about_integrity),
            other_notes(exhibits),
            not_checkable_notes(exhibits),
            rights_notes(exhibits, policy),
            use_notes(use),
            _faults(exhibits.not_run),
        )
    )
    by_purpose = rights_by_purpose(exhibits, policy)
    findings = tuple(finding for finding in Finding if finding in notes.findings)
    return Verdict(
        origin=ruling.origin,
        basis=ruling.basis,
        integrity=integrity_of(exhibits),
        rights=by_purpose[policy.purpose],
        rights_by_purpose=by_purpose,
        decision=decision_of(exhibits.detections, policy),
        findings=findings,
        review=notes.review or not set(findings).isdisjoint(policy.review_on),
        reasons=notes.merged(),
        policy=PolicyRef(name=policy.name, digest=policy.digest),
    )


def _nothing_found(exhibits: Exhibits, origin: VerdictOrigin, found: Notes) -> Notes:
    """Silence is said aloud, and that it proves nothing."""
    said = [
        reason for reason in found.reasons if reason.code is not ReasonCode.MANIFEST_NOT_CHECKED
    ]
    if origin is not VerdictOrigin.UNDETERMINED or said:
        return Notes()
    looked = [] if exhibits.credential is None else [exhibits.credential]
    return Notes((because(ReasonCode.NO_EVIDENCE, *looked),))


def _faults(not_run: tuple[NotRun, ...]) -> Notes:
    return Notes(
        tuple(
            because(
                ReasonCode.CHECK_NOT_RUN,
                record,
                check=record.check,
                source=record.source,
                reason=record.reason,
            )
            for record in not_run
            if record.reason in SHOWN_FAULTS
        )
    )
