"""The second question: is what the work says about itself intact, and who vouches for it?

A broken manifest sets nothing, in whatever way it is broken. What it holds is shown, with the way
it does not hold, so that a person can see what was pasted, changed, or only badly made. An
unverified name in a certificate is quoted as a claim, never stated.
"""

from __future__ import annotations

from enum import StrEnum

from provenance.evidence import Carrier, Codes, Credential, Integrity, Signer, SignerLevel
from service.policy import Finding
from service.verdict.exhibits import (
    Exhibits,
    broken_ingredient,
    claims_human,
    holds_ai,
    intact,
    is_provenance_link,
)
from service.verdict.reasons import Notes, ReasonCode, because

__all__ = ["Breakage", "breakage", "integrity_notes", "integrity_of", "signer_notes"]

VOUCHED = {
    SignerLevel.OFFICIAL_TRUSTED: ReasonCode.SIGNER_OFFICIAL,
    SignerLevel.LEGACY_TRUSTED: ReasonCode.SIGNER_LEGACY,
    SignerLevel.PRIVATE_TRUSTED: ReasonCode.SIGNER_PRIVATE,
}
CLAIMED = {
    SignerLevel.UNTRUSTED: ReasonCode.SIGNER_UNTRUSTED,
    SignerLevel.EXPIRED_UNTIMED: ReasonCode.SIGNER_EXPIRED_UNTIMED,
    SignerLevel.REVOKED: ReasonCode.SIGNER_REVOKED,
    SignerLevel.INVALID_PROFILE: ReasonCode.SIGNER_INVALID_PROFILE,
}
NAMELESS = "?"
WHO_AND_WHEN = ("signingCredential.", "timeStamp.", "cawg.")
"""Status codes that are about the signer or the date and break nothing."""

WOULD_HAVE_SAID = frozenset({"c2pa", "provenance"})
"""Sources of a `not_run` that explain a missing credential: the reader, or the whole check."""


def integrity_of(exhibits: Exhibits) -> Integrity:
    """The integrity of the work: that of its own embedded manifest."""
    credential = exhibits.credential
    if credential is None:
        return Integrity.ABSENT
    match credential.carrier:
        case Carrier.EMBEDDED:
            return credential.integrity
        case Carrier.UNREADABLE:
            return Integrity.UNREADABLE
        case _:
            return Integrity.ABSENT


def integrity_notes(exhibits: Exhibits) -> Notes:
    """What is to be said about the manifest itself, whatever it states."""
    credential = exhibits.credential
    if credential is None:
        missing = [
            record
            for record in exhibits.not_run
            if record.source in WOULD_HAVE_SAID
            and record.check == "provenance"
            and record.part is None
        ]
        return Notes((because(ReasonCode.MANIFEST_NOT_CHECKED, *missing),))
    return _carrier_notes(credential) + _dangling_link(exhibits) + _disagreement(exhibits)


def _carrier_notes(credential: Credential) -> Notes:
    match credential.carrier:
        case Carrier.NONE:
            return Notes()
        case Carrier.REMOTE_ONLY:
            url = credential.remote_url or NAMELESS
            return Notes((because(ReasonCode.MANIFEST_REMOTE, credential, url=url),))
        case Carrier.UNREADABLE:
            return _unreadable(credential)
        case Carrier.EMBEDDED:
            return _embedded(credential)


def _embedded(credential: Credential) -> Notes:
    match credential.integrity:
        case Integrity.INTACT:
            return _ingredients(credential)
        case Integrity.BROKEN:
            return _broken(credential)
        case _:
            return _unreadable(credential)


def _unreadable(credential: Credential) -> Notes:
    problem = credential.problem or NAMELESS
    reason = because(ReasonCode.MANIFEST_UNREADABLE, credential, problem=problem)
    return Notes((reason,), review=True)


class Breakage(StrEnum):
    """In what way a manifest does not hold.

    The first three can be tampering; after the last two the bytes may be those that were signed.
    """

    SIGNATURE = "signature"
    STATEMENT_ALTERED = "statement_altered"
    BYTES_DIFFER = "bytes_differ"
    LAYOUT = "layout"
    MALFORMED = "malformed"


def breakage(codes: Codes) -> Breakage:
    """The way that matters most, from the status codes of a broken manifest."""
    failure = codes.failure
    if "claimSignature.mismatch" in failure or "claimSignature.validated" not in codes.success:
        return Breakage.SIGNATURE
    if "assertion.hashedURI.mismatch" in failure:
        return Breakage.STATEMENT_ALTERED
    differing = [code for code in failure if code.endswith("Hash.mismatch")]
    if any(code.replace("mismatch", "match") in codes.success for code in differing):
        return Breakage.LAYOUT
    return Breakage.BYTES_DIFFER if differing else Breakage.MALFORMED


def _broken(credential: Credential) -> Notes:
    told = [code for code in credential.codes.failure if not code.startswith(WHO_AND_WHEN)]
    codes = ", ".join(told) or NAMELESS
    how = breakage(credential.codes)
    reasons = [because(ReasonCode.MANIFEST_BROKEN, credential, codes=codes, how=how)]
    if holds_ai(credential):
        reasons.append(because(ReasonCode.FOREIGN_AI_STATEMENT, credential, how=how))
    if claims_human(credential):
        reasons.append(because(ReasonCode.FOREIGN_HUMAN_CLAIM, credential, how=how))
    return Notes(tuple(reasons), frozenset({Finding.PROVENANCE_BROKEN}))


def _ingredients(credential: Credential) -> Notes:
    ingredient = broken_ingredient(credential.ingredients)
    if ingredient is None:
        return Notes()
    title = ingredient.title or ingredient.manifest or NAMELESS
    code = ReasonCode.INGREDIENT_ALTERED if ingredient.altered else ReasonCode.INGREDIENT_BROKEN
    return Notes((because(code, credential, title=title),), review=ingredient.altered)


def _dangling_link(exhibits: Exhibits) -> Notes:
    credential = exhibits.credential
    links = [record for record in exhibits.declarations if is_provenance_link(record)]
    if credential is None or credential.carrier is not Carrier.NONE or not links:
        return Notes()
    reason = because(ReasonCode.PROVENANCE_LINK_DANGLING, credential, *links)
    return Notes((reason,), frozenset({Finding.PROVENANCE_STRIPPED}))


def _disagreement(exhibits: Exhibits) -> Notes:
    """A second opinion that differs is for a person; the first one still decides."""
    first = exhibits.credential
    differing = [
        other
        for other in exhibits.other_credentials
        if first and (other.integrity, other.origin) != (first.integrity, first.origin)
    ]
    if first is None or not differing:
        return Notes()
    reason = because(ReasonCode.CREDENTIALS_DISAGREE, first, *differing)
    return Notes((reason,), review=True)


def signer_notes(exhibits: Exhibits) -> Notes:
    """Who signed the intact manifest, and how far that name can be believed."""
    credential = exhibits.credential
    if credential is None or not intact(credential) or credential.signer is None:
        return Notes()
    signer = credential.signer
    if signer.level in VOUCHED:
        return Notes((because(VOUCHED[signer.level], credential, name=_name(signer)),))
    return Notes((because(CLAIMED[signer.level], credential, claimed_name=_name(signer)),))


def _name(signer: Signer) -> str:
    return signer.issuer or signer.name or NAMELESS
