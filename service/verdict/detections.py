"""What the detectors' measurements come to at the policy's operating point.

A detection counts when it did not abstain and its exceedance, taken at the upper bound, is within
`max_fpr`. A detection that does not count says nothing: it is never evidence of a human origin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.verdict.reasons import Notes, Reason, ReasonCode, because
from service.verdict.records import Decision, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provenance.evidence import Detection
    from service.policy import Policy

__all__ = ["counts", "decision_of", "decisive", "detection_notes", "outcome_of"]


def usable(detection: Detection) -> bool:
    """Whether there is a measured exceedance that is to be relied on."""
    return detection.exceedance is not None and detection.abstain is None


def counts(detection: Detection, policy: Policy) -> bool:
    """Whether such a score is rare enough among human works for this policy."""
    return (
        detection.exceedance is not None
        and detection.abstain is None
        and detection.exceedance.upper <= policy.max_fpr
    )


def decisive(detections: Sequence[Detection]) -> Detection | None:
    """The detection that decides: the smallest upper bound, abstentions only if all abstain."""
    return min(detections, key=_rank, default=None)


def _rank(detection: Detection) -> tuple[bool, float]:
    upper = 2.0 if detection.exceedance is None else detection.exceedance.upper
    return not usable(detection), upper


def decision_of(detections: Sequence[Detection], policy: Policy) -> Decision | None:
    """The decision object of the report, None when no detector ran on the work itself."""
    detection = decisive(detections)
    if detection is None:
        return None
    return Decision(
        detector=detection.detector,
        outcome=outcome_of(detection, policy),
        exceedance=None if detection.exceedance is None else detection.exceedance.upper,
        max_fpr=policy.max_fpr,
        likelihood=detection.likelihood,
    )


def outcome_of(detection: Detection, policy: Policy) -> Outcome:
    """What one measurement comes to."""
    if not usable(detection):
        return Outcome.ABSTAIN
    return Outcome.SYNTHETIC if counts(detection, policy) else Outcome.BELOW_THRESHOLD


def detection_notes(detections: Sequence[Detection], policy: Policy) -> Notes:
    """One reason per detection; which of them decided is for `origin` to say."""
    return Notes(tuple(_reason(detection, policy) for detection in detections))


def _reason(detection: Detection, policy: Policy) -> Reason:
    name = detection.detector
    if detection.abstain is not None:
        code = ReasonCode.DETECTION_ABSTAINED
        return because(code, detection, detector=name, abstain=detection.abstain)
    if detection.exceedance is None:
        return because(ReasonCode.DETECTION_UNCALIBRATED, detection, detector=name)
    rare = counts(detection, policy)
    return because(
        ReasonCode.DETECTION_SYNTHETIC if rare else ReasonCode.DETECTION_BELOW_THRESHOLD,
        detection,
        detector=name,
        exceedance=detection.exceedance.upper,
        max_fpr=policy.max_fpr,
    )
