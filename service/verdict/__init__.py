"""Evidence becomes a verdict: `decide` and the records it answers with.

Nothing here imports a reader, a detector or the web: records in, record out.
"""

from service.verdict.decide import decide
from service.verdict.reasons import Reason, ReasonCode
from service.verdict.records import (
    AI_VERDICTS,
    Basis,
    Decision,
    Outcome,
    PolicyRef,
    Rights,
    Verdict,
    VerdictOrigin,
)

__all__ = [
    "AI_VERDICTS",
    "Basis",
    "Decision",
    "Outcome",
    "PolicyRef",
    "Reason",
    "ReasonCode",
    "Rights",
    "Verdict",
    "VerdictOrigin",
    "decide",
]
