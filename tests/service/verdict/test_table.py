"""Every combination of manifest and declaration, against rules written a second time.

The expected answer is a separate reading of the contract: it is written over plain words and
shares nothing with the code under test but the names of the answers.
"""

from __future__ import annotations

from itertools import product

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

TRUSTED = ("official_trusted", "legacy_trusted", "private_trusted")
DENIALS = ("capture", "human_creation")


def manifests():
    """Every credential that can occur, with the words that describe it."""
    for carrier, integrity in (
        ("none", "absent"),
        ("remote_only", "absent"),
        ("unreadable", "unreadable"),
    ):
        yield (carrier, integrity, None, "no_statement", None, 0, False)
    for integrity, level, origin in product(("intact", "broken"), SignerLevel, Origin):
        if origin == "contradictory":
            variants = [("fully_ai", 0), ("partly_ai", 0)]
        elif origin in ("fully_ai", "partly_ai"):
            variants = [(origin.value, 0)]
        elif origin in DENIALS:
            variants = [(None, human_level) for human_level in range(5)]
        else:
            variants = [(None, 0)]
        for ai_statement, human_level in variants:
            for vouched in (True, False) if ai_statement else (False,):
                yield (
                    "embedded",
                    integrity,
                    level.value,
                    origin.value,
                    ai_statement,
                    human_level,
                    vouched,
                )


def declarations():
    yield None
    yield from product([one.value for one in Strength], [one.value for one in Statement])


def expected(manifest, declaration):
    """(origin, basis, integrity, findings, review) by the words of the contract."""
    carrier, integrity, level, says, ai, human_level, vouched = manifest
    strength, tag = declaration or (None, None)
    speaks = carrier == "embedded" and integrity == "intact"
    # Proven takes two: a trusted signer of the file, and one of the statement itself.
    signed = "proven" if level in TRUSTED and vouched else "declared"
    findings = {"provenance_broken"} if integrity == "broken" else set()

    if speaks and says == "contradictory":
        origin, basis = "contradictory", signed
        findings |= {"undeclared_ai", ai.replace("_ai", "_synthetic")}
    elif speaks and says == "fully_ai":
        origin, basis = "ai_declared", signed
        findings |= {"fully_synthetic"}
    elif speaks and says == "partly_ai":
        origin, basis = "ai_assisted_declared", signed
        findings |= {"partly_synthetic"}
    elif strength in ("strong", "medium") and tag == "fully_ai":
        origin, basis = "ai_declared", "declared"
        findings |= {"fully_synthetic"}
    elif strength in ("strong", "medium") and tag == "partly_ai":
        origin, basis = "ai_assisted_declared", "declared"
        findings |= {"partly_synthetic"}
    elif speaks and says in DENIALS and level in TRUSTED and human_level >= 2:
        origin, basis = "human_attested", "proven"
    else:
        origin, basis = "undetermined", "none"

    accused = origin not in ("undetermined", "human_attested")
    if accused and (tag in DENIALS or (speaks and says in DENIALS)):
        findings |= {"undeclared_ai"}
    review = (
        basis == "declared"
        or origin == "contradictory"
        or carrier == "unreadable"
        or (strength == "weak" and tag in ("fully_ai", "partly_ai", "may_contain_ai"))
    )
    return origin, basis, integrity, findings, review


def built(manifest, declaration):
    carrier, integrity, level, says, ai, human_level, vouched = manifest
    credential = Credential(
        source="c2pa",
        carrier=Carrier(carrier),
        integrity=Integrity(integrity),
        signer=None if level is None else Signer(level=SignerLevel(level), issuer="Someone"),
        origin=Origin(says),
        ai_statement=ai,
        ai_vouched=vouched,
        ai_denied=says == "contradictory",
        human_level=human_level,
    )
    if declaration is None:
        return (credential,)
    strength, statement = declaration
    return (
        credential,
        Declaration(
            id=1, source="xmp", field="f", value="v", statement=statement, strength=strength
        ),
    )


def test_every_combination_of_manifest_and_declaration():
    wrong, seen = [], 0
    for manifest, declaration in product(manifests(), declarations()):
        verdict = decide(built(manifest, declaration), DEFAULT)
        got = (
            verdict.origin.value,
            verdict.basis.value,
            verdict.integrity.value,
            {finding.value for finding in verdict.findings},
            verdict.review,
        )
        seen += 1
        if got != expected(manifest, declaration):
            wrong.append((manifest, declaration, got, expected(manifest, declaration)))
    assert not wrong, f"{len(wrong)} of {seen} differ, first: {wrong[0]}"
    assert seen == (3 + 2 * 7 * (4 + 2 + 2 + 5 + 5 + 1 + 1 + 1)) * (1 + 3 * 6)
