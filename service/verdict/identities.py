"""Who stands behind the work besides the signer of its manifest: what its identities come to.

An identity says who, never how: none sets an origin or raises the level of a human claim. Only
those in an intact manifest of the work itself are told, since a broken one speaks of other bytes.
A name is stated only when the user's own list vouches for it, and one that does not hold is not
even quoted.
"""

from __future__ import annotations

from typing import assert_never

from provenance.credentials import Account, Identity, IdentityStatus
from provenance.evidence import Credential
from service.verdict.exhibits import Exhibits
from service.verdict.reasons import Notes, ReasonCode, because

__all__ = ["account_name", "identity_name", "identity_notes"]

NAMELESS = "?"
MOST_ACCOUNTS = 3


def identity_notes(exhibits: Exhibits) -> Notes:
    """What the identities of the work say, and whether a person should look at one."""
    credential = exhibits.statement
    if credential is None or credential.claim is None:
        return Notes()
    return Notes.total(_note(credential, one) for one in credential.claim.identities)


def identity_name(identity: Identity) -> str:
    """Who it names: the subject of a certificate, or accounts that an aggregator has verified."""
    accounts = [account_name(one) for one in identity.accounts[:MOST_ACCOUNTS]]
    return identity.name or ", ".join(accounts) or identity.issuer or NAMELESS


def account_name(account: Account) -> str:
    """One verified account: what it is called, and where."""
    name = account.name or account.username or account.uri or NAMELESS
    return f"{name} ({account.provider})" if account.provider else name


def _note(credential: Credential, identity: Identity) -> Notes:
    status = identity.status
    match status:
        case IdentityStatus.TRUSTED:
            code = ReasonCode.IDENTITY_TRUSTED
            return Notes((because(code, credential, name=identity_name(identity)),))
        case IdentityStatus.UNTRUSTED | IdentityStatus.EXPIRED | IdentityStatus.REVOKED:
            reason = because(
                ReasonCode.IDENTITY_UNTRUSTED,
                credential,
                claimed_name=identity_name(identity),
                status=status,
            )
            return Notes((reason,), review=status is IdentityStatus.REVOKED)
        case IdentityStatus.NOT_CHECKABLE_OFFLINE:
            code = ReasonCode.IDENTITY_NOT_CHECKABLE
            return Notes((because(code, credential, claimed_name=identity_name(identity)),))
        case IdentityStatus.INVALID | IdentityStatus.MALFORMED:
            reason = because(
                ReasonCode.IDENTITY_INVALID,
                credential,
                status=status,
                codes=", ".join(_faults(identity)) or NAMELESS,
            )
            return Notes((reason,), review=True)
        case _:
            assert_never(status)


def _faults(identity: Identity) -> list[str]:
    """Its codes but those that speak for it."""
    good = ("validated", "trusted", "well-formed", "credential_valid")
    bad = ("untrusted",)
    return [code for code in identity.codes if not code.endswith(good) or code.endswith(bad)]
