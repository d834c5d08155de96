"""The verdict as it stands in a report (`assay/report/1`, section `verdict`)."""

from __future__ import annotations

from enum import StrEnum

from pydantic import ConfigDict, Field

from provenance.evidence import Integrity, Purpose, Record
from service.policy import Finding
from service.verdict.reasons import Reason

__all__ = [
    "AI_VERDICTS",
    "Basis",
    "Decision",
    "Outcome",
    "PolicyRef",
    "Rights",
    "Verdict",
    "VerdictOrigin",
]


class VerdictOrigin(StrEnum):
    """Who or what made the work, as far as the evidence goes."""

    HUMAN_ATTESTED = "human_attested"
    AI_DECLARED = "ai_declared"
    AI_ASSISTED_DECLARED = "ai_assisted_declared"
    AI_DETECTED = "ai_detected"
    UNDETERMINED = "undetermined"
    CONTRADICTORY = "contradictory"


AI_VERDICTS = frozenset(VerdictOrigin) - {VerdictOrigin.HUMAN_ATTESTED, VerdictOrigin.UNDETERMINED}


class Basis(StrEnum):
    """What the origin rests on; proven is intact and trusted."""

    PROVEN = "proven"
    DECLARED = "declared"
    DETECTED = "detected"
    NONE = "none"


class Rights(StrEnum):
    """What the owner said about a purpose."""

    RESERVED = "reserved"
    PERMITTED = "permitted"
    CONDITIONAL = "conditional"
    CONFLICTING = "conflicting"
    UNDECLARED = "undeclared"
    UNCHECKED = "unchecked"


class Outcome(StrEnum):
    """What a detection comes to at the operating point of the policy."""

    SYNTHETIC = "synthetic"
    ABSTAIN = "abstain"
    BELOW_THRESHOLD = "below_threshold"


class Decision(Record):
    """The detection that counts, held against the policy.

    Attributes:
        detector: its name.
        outcome: synthetic exactly when it did not abstain and `exceedance` is within `max_fpr`.
        exceedance: the upper bound, 0 to 1, or None when there is none.
        max_fpr: of the policy.
        likelihood: calibrated probability of synthesis at equal priors, or None.
    """

    model_config = ConfigDict(allow_inf_nan=False)

    detector: str
    outcome: Outcome
    exceedance: float | None = Field(ge=0, le=1)
    max_fpr: float = Field(gt=0, le=1)
    likelihood: float | None = Field(ge=0, le=1)


class PolicyRef(Record):
    """Which policy decided."""

    name: str
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")


class Verdict(Record):
    """The answers to the three questions, and why. `findings` are in the order of `Finding`."""

    origin: VerdictOrigin
    basis: Basis
    integrity: Integrity
    rights: Rights
    rights_by_purpose: dict[Purpose, Rights]
    decision: Decision | None
    findings: tuple[Finding, ...]
    review: bool
    reasons: tuple[Reason, ...]
    policy: PolicyRef

    @property
    def is_settled(self) -> bool:
        """Whether what the work proves of itself leaves nothing for a detector to say."""
        told = {*AI_VERDICTS, VerdictOrigin.HUMAN_ATTESTED}
        return self.basis is Basis.PROVEN and self.origin in told
