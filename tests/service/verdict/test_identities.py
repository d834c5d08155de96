"""Named cases of identities: who stands behind a work says nothing of how it was made."""

from __future__ import annotations

import pytest

from provenance.credentials import Account, Claim, Identity, IdentityStatus
from provenance.evidence import Integrity, Origin
from service.i18n import sentence
from service.verdict import ReasonCode, VerdictOrigin
from tests.service.verdict.cases import codes, judge, manifest, reason

IDENTITIES = {
    ReasonCode.IDENTITY_TRUSTED,
    ReasonCode.IDENTITY_UNTRUSTED,
    ReasonCode.IDENTITY_NOT_CHECKABLE,
    ReasonCode.IDENTITY_INVALID,
}


def identity(status, **more):
    return Identity(**{"method": "x509", "name": "Ada", "status": status, **more})


def with_identities(*identities, **more):
    return manifest(claim=Claim(identities=identities), **more)


@pytest.mark.parametrize(
    ("status", "code", "review"),
    [
        (IdentityStatus.TRUSTED, ReasonCode.IDENTITY_TRUSTED, False),
        (IdentityStatus.UNTRUSTED, ReasonCode.IDENTITY_UNTRUSTED, False),
        (IdentityStatus.EXPIRED, ReasonCode.IDENTITY_UNTRUSTED, False),
        (IdentityStatus.REVOKED, ReasonCode.IDENTITY_UNTRUSTED, True),
        (IdentityStatus.NOT_CHECKABLE_OFFLINE, ReasonCode.IDENTITY_NOT_CHECKABLE, False),
        (IdentityStatus.INVALID, ReasonCode.IDENTITY_INVALID, True),
        (IdentityStatus.MALFORMED, ReasonCode.IDENTITY_INVALID, True),
    ],
)
def test_each_status_is_told_and_changes_nothing_but_the_review(status, code, review):
    without = judge(manifest())
    verdict = judge(with_identities(identity(status)))
    assert codes(verdict) - codes(without) == {code}
    assert verdict.review is review
    same = {"reasons", "review"}
    assert verdict.model_dump(exclude=same) == without.model_dump(exclude=same)


def test_a_trusted_identity_attests_no_human():
    claim = {"origin": Origin.HUMAN_CREATION, "human_level": 1}
    verdict = judge(with_identities(identity(IdentityStatus.TRUSTED), **claim))
    assert verdict.origin is VerdictOrigin.UNDETERMINED


def test_a_name_is_stated_only_where_a_list_vouches_for_it():
    for status in IdentityStatus:
        verdict = judge(with_identities(identity(status, name="Famous Person")))
        (said,) = [one.text for one in verdict.reasons if one.code in IDENTITIES]
        stated = "Famous Person" in said
        claimed = "not verified" in said
        assert (stated, claimed) == {
            IdentityStatus.TRUSTED: (True, False),
            IdentityStatus.INVALID: (False, False),
            IdentityStatus.MALFORMED: (False, False),
        }.get(status, (True, True))


@pytest.mark.parametrize("integrity", [Integrity.BROKEN, Integrity.UNREADABLE])
def test_the_identity_in_a_manifest_of_other_bytes_is_not_told(integrity):
    verdict = judge(
        with_identities(identity(IdentityStatus.TRUSTED), integrity=integrity),
    )
    assert not codes(verdict) & IDENTITIES


def test_an_identity_in_a_part_is_not_of_the_work():
    part = with_identities(identity(IdentityStatus.INVALID), part="picture/0")
    verdict = judge(manifest(), part)
    assert not codes(verdict) & IDENTITIES


def test_accounts_are_named_with_who_verified_them():
    ada = Account(type="cawg.social_media", username="ada", provider="Example Net")
    aggregated = identity(IdentityStatus.UNTRUSTED, method="ica", name=None, accounts=(ada,) * 9)
    told = reason(judge(with_identities(aggregated)), ReasonCode.IDENTITY_UNTRUSTED)
    assert told.params["claimed_name"] == ", ".join(["ada (Example Net)"] * 3)


def test_the_codes_that_speak_against_it_are_shown_and_no_others():
    spoilt = identity(
        IdentityStatus.INVALID,
        codes=(
            "cawg.identity.well-formed",
            "cawg.x509.credential.trusted",
            "cawg.x509.credential.untrusted",
            "cawg.x509.signature.mismatch",
            "cawg.x509.signature.validated",
        ),
    )
    told = reason(judge(with_identities(spoilt)), ReasonCode.IDENTITY_INVALID)
    assert told.params["codes"] == "cawg.x509.credential.untrusted, cawg.x509.signature.mismatch"
    assert "ne tient pas" in sentence(told, "fr")
