"""What is signed of a decision and of an exhibit: in-toto statements about the work's bytes.

`urn:assay:decision:1` says what people decided of a report; `urn:assay:exhibit:1` says that these
bytes were handed in with an appeal, and when. Both are signed with the key of receipts, and are
checked as receipts are.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import Any

from provenance.attest.statement import Statement
from service.review.records import Decided, Opinion

__all__ = ["DECISION_PREDICATE", "EXHIBIT_PREDICATE", "decision_statement", "exhibit_statement"]

DECISION_PREDICATE = "urn:assay:decision:1"
EXHIBIT_PREDICATE = "urn:assay:exhibit:1"


def decision_statement(
    decision: Decided,
    sha256: str,
    *,
    screening: str,
    report: tuple[str, str],
    opinions: Sequence[Opinion],
    before: Decided | None,
) -> Statement:
    """What is signed of a decision.

    Args:
        decision: what was decided.
        sha256: of the work.
        screening: the screening that was reviewed.
        report: identifier of its report, and the report as it was written.
        opinions: those the decision rests on.
        before: what held until now, or None.
    """
    predicate: dict[str, Any] = {
        "decision": decision.id,
        "stage": decision.stage.value,
        "outcome": decision.outcome.value,
        "findings": [one.value for one in decision.findings],
        "decided_at": _moment(decision.at),
        "screening": screening,
        "report": {"id": report[0], "sha256": hashlib.sha256(report[1].encode()).hexdigest()},
        "opinions": [
            {
                "by": one.name,
                "outcome": one.outcome.value,
                "reason": one.reason,
                "given_at": _moment(one.at),
            }
            for one in opinions
        ],
        "replaces": None if before is None else before.id,
    }
    return Statement.about("", sha256, DECISION_PREDICATE, predicate)


def exhibit_statement(exhibit: str, sha256: str, kind: str, at: dt.datetime) -> Statement:
    """What is signed of an exhibit: that these bytes were here at that time."""
    predicate = {"exhibit": exhibit, "kind": kind, "received_at": _moment(at)}
    return Statement.about("", sha256, EXHIBIT_PREDICATE, predicate)


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")
