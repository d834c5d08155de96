"""What an attestation says: the chosen answers of a signed report, and whether they still hold.

It is shown to everyone who has the link, so nothing of the work is in it: no name, digest, size,
kind or evidence. Whoever has the work can tell whether it is the one, by the commitment: a digest
of a salt and the digest of the work. The salt stands behind the link only, so that who does not
have the link has nothing to hold a guess against.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from provenance.attest.checks import CheckName, Outcome, Verification
from provenance.attest.keyset import KeySet, KeyStatus
from provenance.attest.log import TreeHead
from provenance.attest.receipt import Receipt
from provenance.attest.verifying import Verifier
from provenance.errors import ReceiptError
from service.policy import Finding
from service.receipts import PREDICATES
from service.report import Report
from service.review.records import Decided, standing
from service.storage.attestations import Attested, Shown
from service.verdict import VerdictOrigin

__all__ = ["RESTS_ON", "Objection", "Statement", "commitment", "objections", "stated"]

SIGNED = (CheckName.FORM, CheckName.SIGNATURE, CheckName.STATEMENT, CheckName.ASSET)
LOGGED = (CheckName.LOG, CheckName.TREE_HEAD)

RESTS_ON: Mapping[Shown, frozenset[Finding]] = {
    Shown.ORIGIN: frozenset(
        {
            Finding.FULLY_SYNTHETIC,
            Finding.PARTLY_SYNTHETIC,
            Finding.UNDECLARED_AI,
            Finding.DETECTOR_DISAGREES,
        }
    ),
    Shown.INTEGRITY: frozenset({Finding.PROVENANCE_BROKEN, Finding.PROVENANCE_STRIPPED}),
    Shown.RIGHTS: frozenset({Finding.OPTOUT_RESERVED, Finding.OPTOUT_VIOLATION}),
}
"""Findings without which an answer is another; what is not shown must not be told by a change."""


class Objection(StrEnum):
    """Why an attestation does not hold any more."""

    SIGNATURE = "signature"
    KEY_REVOKED = "key_revoked"
    LOG = "log"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Statement:
    """What the page of an attestation tells.

    Attributes:
        by: name of the organisation.
        report: the report; only what `shows` names may be shown of it.
        shows: the answers that the organisation chose.
        key: name of the key that signed.
        signed_at: when, by the clock of the service.
        log: name of the log.
        entry: number in it.
        objections: why it does not hold any more; none while it does.
        salt: hexadecimal; None without a commitment.
        commitment: hexadecimal; the same.
    """

    by: str
    report: Report
    shows: tuple[Shown, ...]
    key: str
    signed_at: dt.datetime
    log: str
    entry: int
    objections: tuple[Objection, ...]
    salt: str | None
    commitment: str | None

    @property
    def attests_human(self) -> bool:
        """Whether it may be read as a human origin: it is shown, proven, and holds."""
        attested = self.report.verdict.origin is VerdictOrigin.HUMAN_ATTESTED
        return attested and Shown.ORIGIN in self.shows and not self.objections


def stated(attested: Attested, receipt: Receipt, keys: KeySet, now: dt.datetime) -> Statement:
    """What an attestation tells at this moment.

    Args:
        attested: what the link leads to.
        receipt: of its report.
        keys: that the service publishes.
        now: the time of the check.

    Raises:
        ReceiptError: the report is not in a log.
    """
    if receipt.log is None:
        raise ReceiptError("the report is not in the log")
    one, report = attested.attestation, Report.model_validate_json(attested.stored.document)
    found = Verifier(keys, predicates=PREDICATES, now=now).verify(
        receipt.to_json().encode(), asset_sha256=attested.stored.sha256
    )
    later = report
    if attested.later.id != attested.stored.id:
        later = Report.model_validate_json(attested.later.document)
    rests_on = {finding for shown in one.shows for finding in RESTS_ON[shown]}
    changed = _answers(report, one.shows) != _answers(later, one.shows) or bool(
        rests_on & _reversed(report, attested.decided)
    )
    keyid = receipt.envelope.signature.keyid
    head = TreeHead.of(receipt.log.tree_head)
    return Statement(
        by=attested.by,
        report=report,
        shows=one.shows,
        key=keyid,
        signed_at=head.time,
        log=head.origin,
        entry=receipt.log.leaf_index,
        objections=objections(found, keys, keyid, changed=changed),
        salt=one.salt,
        commitment=one.salt and commitment(one.salt, attested.stored.sha256),
    )


def objections(
    found: Verification, keys: KeySet, keyid: str, *, changed: bool
) -> tuple[Objection, ...]:
    """Why an attestation does not hold.

    A revoked key ends it even where a log shows that it had signed before: who reads a page cannot
    weigh that, and who has the receipt can.

    Args:
        found: what checking the receipt came to.
        keys: that the service publishes.
        keyid: of the key that signed.
        changed: whether a later report on the same work has other answers, or people reversed
            what they rest on.
    """
    key = keys.find(keyid)
    revoked = key is not None and key.status is KeyStatus.REVOKED
    passed = {one.name for one in found.checks if one.outcome is Outcome.PASSED}
    signed = passed.issuperset(SIGNED) and (revoked or CheckName.SIGNER in passed)
    holds = {
        Objection.SIGNATURE: signed,
        Objection.KEY_REVOKED: not revoked,
        Objection.LOG: passed.issuperset(LOGGED),
        Objection.CHANGED: not changed,
    }
    return tuple(one for one, so in holds.items() if not so)


def commitment(salt: str, sha256: str) -> str:
    """SHA-256 of a salt and the SHA-256 of a work, both written as hexadecimal."""
    return hashlib.sha256((salt + sha256).encode("ascii")).hexdigest()


def _reversed(report: Report, decided: Decided | None) -> set[Finding]:
    """Findings of a report that people have reversed."""
    return set(report.verdict.findings) - set(standing(report.verdict.findings, decided))


def _answers(report: Report, shows: Iterable[Shown]) -> list[tuple[str, ...]]:
    verdict = report.verdict
    answers: dict[Shown, tuple[str, ...]] = {
        Shown.ORIGIN: (verdict.origin, verdict.basis),
        Shown.INTEGRITY: (verdict.integrity,),
        Shown.RIGHTS: (verdict.rights,),
    }
    return [answers[one] for one in shows]
