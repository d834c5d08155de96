"""Marks that a manifest declares: told as not looked for, by name, and never more than that."""

from __future__ import annotations

import pytest

from detectors.marks.declared import MOST, UNNAMED, declared_marks
from provenance.evidence import (
    Carrier,
    Claim,
    ClaimAction,
    Credential,
    Integrity,
    NotRunReason,
    Origin,
    Signer,
    SignerLevel,
)


def manifest(*, actions=(), bindings=(), issuer="Example Studio", **more):
    level = more.pop("level", SignerLevel.OFFICIAL_TRUSTED)
    return Credential(
        **{
            "source": "c2pa",
            "carrier": Carrier.EMBEDDED,
            "integrity": Integrity.INTACT,
            "signer": Signer(level=level, issuer=issuer),
            "claim": Claim(
                actions=tuple(ClaimAction(action=one) for one in actions), soft_bindings=bindings
            ),
            **more,
        }
    )


def google(**more):
    return manifest(issuer="Google LLC", **{"origin": Origin.FULLY_AI, "ai_vouched": True, **more})


def names(*evidence):
    return [one.source.removeprefix("marks:") for one in declared_marks(evidence)]


def test_a_soft_binding_is_named_with_who_can_check_it():
    (record,) = declared_marks([manifest(bindings=("com.digimarc.validate.1",))])
    assert (record.source, record.check) == ("marks:com.digimarc.validate.1", "detect")
    assert record.reason is NotRunReason.NOT_INSTALLED
    assert "Digimarc can check" in record.detail


def test_an_unknown_algorithm_is_named_too():
    (record,) = declared_marks([manifest(bindings=("org.example.mark",))])
    assert record.detail == "the manifest names org.example.mark, which only its maker can check"


@pytest.mark.parametrize(
    "action", ["c2pa.watermarked", "c2pa.watermarked.bound", "c2pa.watermarked.unbound"]
)
def test_a_mark_without_a_name_is_told_as_such(action):
    assert names(manifest(actions=(action,))) == [UNNAMED]


def test_the_action_of_a_named_mark_is_not_another_mark():
    found = names(manifest(actions=("c2pa.watermarked",), bindings=("com.adobe.trustmark.P",)))
    assert found == ["com.adobe.trustmark.P"]


def test_what_google_generates_carries_synthid():
    assert names(google()) == ["synthid"]
    assert names(google(actions=("c2pa.watermarked",))) == ["synthid"]


@pytest.mark.parametrize(
    "credential",
    [
        google(level=SignerLevel.UNTRUSTED),
        google(origin=Origin.CAPTURE),
        google(ai_vouched=False),
        google(signer=None),
        google(integrity=Integrity.BROKEN),
        google(part="picture/0"),
        manifest(origin=Origin.FULLY_AI, ai_vouched=True),
        manifest(bindings=("com.digimarc.validate.1",), integrity=Integrity.BROKEN),
        manifest(actions=("c2pa.created",)),
        Credential(source="c2pa", carrier=Carrier.NONE, integrity=Integrity.ABSENT),
    ],
)
def test_nothing_follows_from_less(credential):
    assert declared_marks([credential]) == ()


def test_a_mark_named_twice_is_told_once_and_a_flood_is_cut():
    one = manifest(bindings=("com.digimarc.validate.1",) * 3)
    assert len(declared_marks([one, one])) == 1
    assert len(declared_marks([manifest(bindings=tuple(map(str, range(500))))])) == MOST
