"""An identity on one line says who, how, and how far that is believed."""

from __future__ import annotations

import pytest

from provenance.credentials import Account, Identity, IdentityStatus
from service.render.identities import identity_line
from service.render.wording import Words

ADA = Identity(
    method="x509",
    name="Ada",
    issuer="Example CA",
    status=IdentityStatus.TRUSTED,
    roles=("cawg.creator",),
)


def test_a_trusted_one_is_stated():
    assert identity_line(ADA, Words("en")) == (
        "Ada, by certificate, issued by Example CA: vouched for by your list for identities"
        " [cawg.creator]"
    )


def test_any_other_is_a_claim_in_every_language():
    for status in set(IdentityStatus) - {IdentityStatus.TRUSTED}:
        one = ADA.model_copy(update={"status": status})
        assert "not verified" in identity_line(one, Words("en"))
        assert "non vérifié" in identity_line(one, Words("fr"))


@pytest.mark.parametrize("status", [IdentityStatus.INVALID, IdentityStatus.MALFORMED])
def test_no_issuer_is_lent_to_one_that_does_not_hold(status):
    one = ADA.model_copy(update={"status": status})
    assert "Example CA" not in identity_line(one, Words("en"))


def test_what_a_stranger_wrote_cannot_leave_its_place():
    bad = 'Ada" \u202e\n\x1b[31m'
    one = Identity(
        method="ica",
        status=IdentityStatus.UNTRUSTED,
        issuer=bad,
        accounts=(Account(type="x", username=bad, provider=bad),),
        roles=(bad,),
    )
    line = identity_line(one, Words("en"))
    assert line.count('"') <= 3
    assert not set(line) & {"\n", "\x1b", "\u202e"}
