"""Judges a report again, by another policy or other trust lists, without the work itself.

A verdict is a function of the evidence and the policy, and the evidence is in the report. So
another policy needs no file, unless it asks for a check that was not run. Other trust lists change
the credential, as far as the report determines it (`provenance.c2pa.rechecking`), and the authority
of what its signer reserves or permits.

The answer is the report that a new examination would give, or every reason why it takes the file.
Nothing is guessed, and nothing is written: the report stays what it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from provenance.c2pa.rechecking import Recheck
from provenance.c2pa.signed import Unknown, signers_of
from provenance.c2pa.text import is_text
from provenance.c2pa.trust import IDENTITY_LIST, TrustStore
from provenance.evidence import (
    TRUSTED_LEVELS,
    Carrier,
    Credential,
    Declaration,
    Detection,
    Evidence,
    Match,
    NotRun,
    NotRunReason,
    Reservation,
    Watermark,
)
from service.policy import CHECKS, Check, Policy
from service.report import Engine, Report, TrustListInfo, in_report_order
from service.verdict import Verdict, decide

__all__ = ["LACKING", "Lacking", "NeedsFile", "Rejudged", "Rejudging"]


SIGNED = ("signed-trusted", "signed-untrusted")
"""Authorities of a reservation that hang on trust; see `provenance.rights.readers`."""


class NeedsFile(StrEnum):
    """Why a report cannot be judged again without the work, besides what is `Unknown` of it."""

    CHECK_NOT_RUN = "check_not_run"
    DETECTORS_NOT_RUN = "detectors_not_run"
    IDENTITY = "identity"
    COMPARISON = "comparison"
    NOT_EXAMINED = "not_examined"


Lacking = NeedsFile | Unknown
LACKING: tuple[Lacking, ...] = (*NeedsFile, *Unknown)
"""Every reason, in the order in which they are told."""


class Undetermined(Exception):  # noqa: N818 - an answer
    """The report does not say."""

    def __init__(self, reason: Lacking) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rejudged:
    """What became of a report.

    Attributes:
        report: as it would be now; None when that takes the file.
        needs_file: why it does; empty when it does not.
    """

    report: Report | None
    needs_file: tuple[Lacking, ...] = ()


class Rejudging:
    """Judges reports by one policy and, if given, one set of trust lists. Made once for all.

    Args:
        policy: what counts and what runs.
        trust: trust lists; those of each report when None.
        at: now, for signatures without a trusted time stamp; needed with `trust`.
        known: stores whose lists may be those of the reports.
    """

    def __init__(
        self,
        policy: Policy,
        *,
        trust: TrustStore | None = None,
        at: datetime | None = None,
        known: tuple[TrustStore, ...] = (),
    ) -> None:
        if trust is not None and at is None:
            raise ValueError("other trust lists are judged by at a time")
        self.policy = policy
        self._trust = trust
        self._recheck = None if trust is None or at is None else Recheck(trust, at, known)
        self._today = None if at is None else at.date()

    def rejudge(self, report: Report) -> Rejudged:
        """The report as the policy and the lists would have it."""
        reasons: list[Lacking] = []
        evidence: tuple[Evidence, ...] = report.evidence
        try:
            evidence = self._with_lists(report)
        except Undetermined as answer:
            reasons.append(answer.reason)
        narrowed = _only(evidence, self.policy)
        reasons += _not_run(narrowed, self.policy)
        numbered = in_report_order(self._settled(narrowed))
        if report.against is not None and numbered != report.evidence:
            reasons.append(NeedsFile.COMPARISON)  # what was compared goes by these numbers
        if reasons:
            return Rejudged(None, tuple(reason for reason in LACKING if reason in reasons))
        survived = () if report.against is None else report.against.survived
        verdict = decide(numbered, self.policy, survived)
        if self._wants_detectors(numbered, verdict):
            return Rejudged(None, (NeedsFile.DETECTORS_NOT_RUN,))
        return Rejudged(
            report.model_copy(
                update={"evidence": numbered, "verdict": verdict, "engine": self._engine(report)}
            )
        )

    def _engine(self, report: Report) -> Engine:
        if self._trust is None:
            return report.engine
        lists = {
            one.name: TrustListInfo(
                date=one.date,
                sha256=one.sha256,
                stale=self._today is not None and one.is_stale(self._today),
            )
            for one in self._trust.lists()
        }
        return report.engine.model_copy(update={"trust_lists": dict(sorted(lists.items()))})

    def _with_lists(self, report: Report) -> tuple[Evidence, ...]:
        """The evidence with every credential as the lists have it: of the work, and of its parts.

        Raises:
            Undetermined: the report does not say.
        """
        recheck = self._recheck
        if recheck is None:
            return report.evidence
        lists = {name: one.sha256 for name, one in report.engine.trust_lists.items()}
        text = is_text(report.asset.media_type)
        judged = tuple(
            _rechecked(recheck, one, lists, text=None if one.part else text)
            if isinstance(one, Credential)
            else one
            for one in report.evidence
        )
        by_part: dict[str | None, Credential] = {}
        for one in judged:
            if isinstance(one, Credential):
                by_part.setdefault(one.part, one)
        return tuple(_with_authority(one, by_part) for one in judged)

    def _settled(self, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        """Without detections where the detectors would not have run."""
        found = [one for one in evidence if isinstance(one, Detection | Watermark)]
        rest = tuple(one for one in evidence if not isinstance(one, Detection | Watermark))
        if not found or self.policy.detect == "always":
            return evidence
        if not decide(in_report_order(rest), self.policy).is_settled:
            return evidence
        names = sorted({one.source for one in found})
        return rest + tuple(
            _record(name, "detect", NotRunReason.SETTLED, "provenance settles the origin")
            for name in names
        )

    def _wants_detectors(self, evidence: tuple[Evidence, ...], verdict: Verdict) -> bool:
        """Whether detectors that did not run, since the origin was settled, would run now."""
        unused = any(
            isinstance(one, NotRun) and one.reason is NotRunReason.SETTLED for one in evidence
        )
        return unused and (self.policy.detect == "always" or not verdict.is_settled)


def _rechecked(
    recheck: Recheck, before: Credential, lists: dict[str, str], *, text: bool | None
) -> Credential:
    """A credential as the lists of `recheck` have it; one that nobody signed stays.

    Args:
        recheck: by the new lists.
        before: as it was read.
        lists: digests of those it was read with, by name.
        text: whether it is that of a text; None for a part, of which that is not recorded.

    Raises:
        Undetermined: it takes the file.
    """
    if before.carrier is not Carrier.EMBEDDED:
        return before
    signed = tuple(signers_of(before))
    claims = (before.claim, *(one.claim for one in signed))
    named = any(one is not None and one.identities for one in claims)
    if named and recheck.differs(lists, IDENTITY_LIST, "tsa"):
        raise Undetermined(NeedsFile.IDENTITY)
    if not signed:
        return before
    kinds = (False, True) if text is None else (text,)
    answers = [recheck.credential(before, lists, text=one) for one in kinds]
    # The two engines tell other names of a signer; a chain that fits either will do.
    fitting = [one for one in answers if one is not Unknown.DAMAGED_CHAIN]
    after = fitting[0] if fitting else Unknown.DAMAGED_CHAIN
    if recheck.is_same(lists) and (after is Unknown.NO_CHAIN or before in answers):
        return before  # by the very lists: an old report, a second opinion, or as it was read
    if any(one != after for one in fitting):
        raise Undetermined(Unknown.UNCLEAR_PATH)
    if isinstance(after, Unknown):
        raise Undetermined(after)
    return after


def _with_authority(record: Evidence, credentials: dict[str | None, Credential]) -> Evidence:
    """A reservation in a manifest has the authority of its signer."""
    if not isinstance(record, Reservation) or record.authority not in SIGNED:
        return record
    credential = credentials.get(record.part)
    if credential is None or credential.signer is None:
        return record
    trusted = credential.signer.level in TRUSTED_LEVELS
    return record.model_copy(update={"authority": SIGNED[not trusted]})


def _check_of(record: Evidence) -> Check:
    match record:
        case Credential() | Declaration():
            return "provenance"
        case Reservation():
            return "rights"
        case Detection() | Watermark():
            return "detect"
        case Match():
            return "match"
        case NotRun():
            return record.check


def _only(evidence: Iterable[Evidence], policy: Policy) -> tuple[Evidence, ...]:
    """The evidence of the checks that the policy runs; of the others, that they are not run."""
    kept = tuple(one for one in evidence if _check_of(one) in policy.run)
    return kept + tuple(
        _record(check, check, NotRunReason.DISABLED, "the policy does not run it")
        for check in CHECKS
        if check not in policy.run
    )


def _not_run(evidence: Iterable[Evidence], policy: Policy) -> list[NeedsFile]:
    missing = any(
        isinstance(one, NotRun) and one.reason is NotRunReason.DISABLED and one.check in policy.run
        for one in evidence
    )
    return [NeedsFile.CHECK_NOT_RUN] if missing else []


def _record(source: str, check: Check, reason: NotRunReason, detail: str) -> NotRun:
    return NotRun(source=source, check=check, reason=reason, detail=detail)
