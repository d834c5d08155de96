"""A soft binding is told as what it is: a way back to a manifest, which nobody took."""

from __future__ import annotations

from provenance.credentials import Claim, Ingredient, Integrity
from provenance.evidence import Carrier, Credential
from service.policy import DEFAULT
from service.verdict import decide

TRUSTMARK = Claim(soft_bindings=("com.adobe.trustmark.P",))


def told(integrity=Integrity.INTACT, **fields):
    credential = Credential(source="c2pa", carrier=Carrier.EMBEDDED, integrity=integrity, **fields)
    verdict = decide((credential,), DEFAULT)
    return [one.params for one in verdict.reasons if one.code == "durable_credential"], verdict


def ingredient(integrity):
    return Ingredient(relationship="parentOf", integrity=integrity, claim=TRUSTMARK)


def test_a_binding_says_that_a_credential_may_exist_elsewhere_and_finds_nothing():
    params, verdict = told(claim=TRUSTMARK)
    assert params == [{"algorithms": "com.adobe.trustmark.P"}]
    assert not verdict.findings
    assert not verdict.review


def test_bindings_of_intact_ingredients_count_and_of_broken_ones_do_not():
    assert told(ingredients=(ingredient(Integrity.INTACT),))[0]
    assert not told(ingredients=(ingredient(Integrity.BROKEN),))[0]


def test_a_broken_manifest_binds_nothing():
    assert not told(Integrity.BROKEN, claim=TRUSTMARK)[0]
