"""Identifiers in paths. One that has another shape names nothing; one that is too long is wrong."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path

__all__ = [
    "DecisionId",
    "KeyId",
    "MessageId",
    "PolicyId",
    "ReportId",
    "ReviewId",
    "ScreeningId",
    "SignedId",
    "Token",
    "WebhookId",
]

LONGEST = 100

DecisionId = Annotated[str, Path(max_length=LONGEST, description="Identifier of a decision.")]
KeyId = Annotated[str, Path(max_length=LONGEST, description="Identifier of a key.")]
MessageId = Annotated[str, Path(max_length=LONGEST, description="Identifier of a message.")]
PolicyId = Annotated[str, Path(max_length=LONGEST, description="Identifier of a policy.")]
ReportId = Annotated[str, Path(max_length=LONGEST, description="Identifier of a report.")]
ReviewId = Annotated[str, Path(max_length=LONGEST, description="Identifier of a review.")]
ScreeningId = Annotated[str, Path(max_length=LONGEST, description="Identifier of a screening.")]
SignedId = Annotated[
    str, Path(max_length=LONGEST, description="Identifier of a report, a decision or an exhibit.")
]
Token = Annotated[str, Path(max_length=LONGEST, description="The last part of the link.")]
WebhookId = Annotated[str, Path(max_length=LONGEST, description="Identifier of a webhook.")]
