"""What the named cases are made of. Not a test."""

from __future__ import annotations

from provenance.evidence import (
    Carrier,
    Credential,
    Declaration,
    Integrity,
    Origin,
    Signer,
    SignerLevel,
    Statement,
    Strength,
)
from service.policy import DEFAULT
from service.verdict import decide

NONE = Credential(source="c2pa", carrier=Carrier.NONE, integrity=Integrity.ABSENT)


def manifest(origin=Origin.NO_STATEMENT, level=SignerLevel.OFFICIAL_TRUSTED, **more):
    """An intact embedded manifest, signed in the name of Example Studio."""
    return Credential(
        **{
            "source": "c2pa",
            "carrier": Carrier.EMBEDDED,
            "integrity": Integrity.INTACT,
            "signer": Signer(level=level, name="cam-7", issuer="Example Studio"),
            "origin": origin,
            "ai_vouched": True,
            "ai_denied": origin is Origin.CONTRADICTORY,
            **more,
        }
    )


def tag(statement=Statement.FULLY_AI, strength=Strength.STRONG, **more):
    given = {"field": "TXXX:AIGC", "value": "{}", **more}
    return Declaration(source="tags", statement=statement, strength=strength, **given)


def judge(*evidence, policy=DEFAULT):
    return decide(
        tuple(record.model_copy(update={"id": n}) for n, record in enumerate(evidence)), policy
    )


def reason(verdict, code):
    """The one reason of this code."""
    (found,) = [one for one in verdict.reasons if one.code == code]
    return found


def codes(verdict):
    return {one.code for one in verdict.reasons}
