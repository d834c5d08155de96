"""Of all that is said against an identity, what weighs most is its status."""

from __future__ import annotations

import pytest

from provenance.c2pa.identity_status import Answers, answers_by_manifest, status_of
from provenance.credentials import IdentityStatus

SIGNED = "cawg.x509.signature.validated"
VOUCHED = "cawg.x509.credential.trusted"
STRANGER = "cawg.x509.credential.untrusted"
MISMATCH = "cawg.x509.signature.mismatch"
REVOKED = "cawg.x509.credential.revoked"
OUTSIDE = "cawg.x509.signature.outside_validity"


def status(*codes, method="x509", together=1, understood=True, loaded=True):
    bad = ("untrusted", "mismatch", "revoked", "outside_validity", "unavailable", "invalid")
    told = [("failure" if code.endswith(bad) else "success", code) for code in codes]
    answers = Answers.about(method, told, loaded=loaded)
    return status_of(method, answers, together, understood=understood)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((SIGNED, VOUCHED), IdentityStatus.TRUSTED),
        ((SIGNED, STRANGER), IdentityStatus.UNTRUSTED),
        ((SIGNED,), IdentityStatus.UNTRUSTED),
        ((VOUCHED,), IdentityStatus.MALFORMED),
        ((), IdentityStatus.MALFORMED),
        ((SIGNED, VOUCHED, MISMATCH), IdentityStatus.INVALID),
        ((SIGNED, REVOKED), IdentityStatus.REVOKED),
        ((REVOKED, MISMATCH), IdentityStatus.INVALID),
        ((SIGNED, OUTSIDE, STRANGER), IdentityStatus.EXPIRED),
        ((SIGNED, OUTSIDE, REVOKED), IdentityStatus.REVOKED),
        ((SIGNED, VOUCHED, "cawg.identity.pad.invalid"), IdentityStatus.MALFORMED),
        ((SIGNED, VOUCHED, "cawg.identity.something.invalid"), IdentityStatus.INVALID),
    ],
)
def test_of_a_certificate(codes, expected):
    assert status(*codes) is expected


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("cawg.ica.credential_valid",), IdentityStatus.TRUSTED),
        (("cawg.ica.did_unavailable",), IdentityStatus.NOT_CHECKABLE_OFFLINE),
        (("cawg.ica.did_unavailable", "cawg.identity.assertion.mismatch"), IdentityStatus.INVALID),
        (("cawg.ica.valid_until.invalid",), IdentityStatus.EXPIRED),
        ((SIGNED, VOUCHED), IdentityStatus.MALFORMED),
        ((), IdentityStatus.MALFORMED),
    ],
)
def test_of_an_aggregator(codes, expected):
    assert status(*codes, method="ica") is expected


def test_trust_needs_each_of_several_and_one_that_was_understood():
    assert status(SIGNED, VOUCHED, together=2) is IdentityStatus.MALFORMED
    assert status(SIGNED, SIGNED, VOUCHED, together=2) is IdentityStatus.UNTRUSTED
    assert status(SIGNED, VOUCHED, understood=False) is IdentityStatus.MALFORMED
    assert status(SIGNED, VOUCHED, loaded=False) is IdentityStatus.MALFORMED
    assert status(SIGNED, VOUCHED, method="other") is IdentityStatus.MALFORMED


@pytest.mark.parametrize(
    "second",
    [
        {},
        {"validation_results": 3},
        {"validation_results": {"activeManifest": []}},
        {"validation_results": {"activeManifest": {"failure": [None, {"code": SIGNED}]}}},
        {"validation_results": {"activeManifest": {"failure": [{"code": SIGNED, "url": "x"}]}}},
    ],
)
def test_answers_of_any_shape_are_about_nobody(second):
    assert answers_by_manifest(second) == {}
