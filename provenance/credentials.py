"""What a C2PA manifest says and who signed it, as frozen records: the parts of a `Credential`.

Terms are those of C2PA 2.4 and of the CAWG identity assertion 1.2. Everything here is what stands
in a manifest or what its certificates say; how far it is believed is in `Signer.level`,
`Identity.status` and `Claim.dated`, never in the text itself.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

__all__ = [
    "TRUSTED_LEVELS",
    "Account",
    "Claim",
    "ClaimAction",
    "Codes",
    "Dated",
    "Identity",
    "IdentityStatus",
    "Ingredient",
    "Integrity",
    "Record",
    "Signer",
    "SignerLevel",
]


class Record(BaseModel):
    """Base of every stored or exchanged record: frozen, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Integrity(StrEnum):
    """Whether a manifest and the bytes it speaks of are as they were signed."""

    INTACT = "intact"
    BROKEN = "broken"
    ABSENT = "absent"
    UNREADABLE = "unreadable"


class SignerLevel(StrEnum):
    """How far the signer of a manifest can be trusted."""

    OFFICIAL_TRUSTED = "official_trusted"
    LEGACY_TRUSTED = "legacy_trusted"
    PRIVATE_TRUSTED = "private_trusted"
    UNTRUSTED = "untrusted"
    EXPIRED_UNTIMED = "expired_untimed"
    REVOKED = "revoked"
    INVALID_PROFILE = "invalid_profile"


TRUSTED_LEVELS = frozenset(
    {SignerLevel.OFFICIAL_TRUSTED, SignerLevel.LEGACY_TRUSTED, SignerLevel.PRIVATE_TRUSTED}
)


class Codes(Record):
    """Validation status codes of C2PA 2.4 section 15, sorted, as the library reported them."""

    success: tuple[str, ...] = ()
    informational: tuple[str, ...] = ()
    failure: tuple[str, ...] = ()


class Signer(Record):
    """Who signed a manifest.

    Attributes:
        level: what the trust lists say; only the three `*_trusted` levels vouch for the names.
        name: common name in the certificate, a mere claim unless `level` is trusted.
        issuer: organisation in the certificate, a mere claim unless `level` is trusted.
        list: trust list that vouches for it (`official`, `interim`, `private`); None when none
            does, or when it is not known which.
        signed_at: time of a validated RFC 3161 time stamp, or None; never an unsigned date.
        assurance_level: C2PA assurance level its certificate states, None when it states none; it
            counts only when `level` is `official_trusted`.
        chain: the certificates it was signed with, the signer's own first: SHA-256 of each, in
            hexadecimal, a key of `Credential.certificates`; empty when they were not read.
    """

    level: SignerLevel
    name: str | None = None
    issuer: str | None = None
    list: str | None = None
    signed_at: AwareDatetime | None = None
    assurance_level: int | None = None
    chain: tuple[str, ...] = ()


class Dated(Record):
    """When a manifest was signed, and how surely.

    Attributes:
        at: the time.
        by: `trusted_time_stamp` (RFC 3161, its authority on a trust list) or
            `untrusted_time_stamp` (by an authority nobody vouches for, or not checked again).
    """

    at: AwareDatetime
    by: Literal["trusted_time_stamp", "untrusted_time_stamp"]


class ClaimAction(Record):
    """One thing a manifest says was done to the work (C2PA 2.4 section 18.15).

    Attributes:
        action: `c2pa.created`, `c2pa.edited`, ...
        digital_source_type: bare name, None when it states none.
        software_agent: what it says did it.
        when: as stated; nobody vouches for the time but the signer.
        created: whether the signer vouches for it (a created assertion) or passes it on (a
            gathered one); None when the engine does not tell.
    """

    action: str
    digital_source_type: str | None = None
    software_agent: str | None = None
    when: AwareDatetime | None = None
    created: bool | None = None


class IdentityStatus(StrEnum):
    """How far an identity assertion could be checked.

    `untrusted` is whole and correctly signed, by somebody no list vouches for;
    `not_checkable_offline` needs a document from the network, which is not fetched: it says
    nothing against the identity.
    """

    TRUSTED = "trusted"
    UNTRUSTED = "untrusted"
    EXPIRED = "expired"
    REVOKED = "revoked"
    INVALID = "invalid"
    MALFORMED = "malformed"
    NOT_CHECKABLE_OFFLINE = "not_checkable_offline"


class Account(Record):
    """One identity that an aggregator says it has verified (CAWG 1.2 section 8.1.2).

    Attributes:
        type: `cawg.social_media`, `cawg.document_verification`, `cawg.web_site`, ...
        provider: who verified it, by name.
        name: of the person or organisation.
        username: at the provider.
        uri: of the profile.
        verified_at: when the provider verified it, as the aggregator says.
    """

    type: str
    provider: str | None = None
    name: str | None = None
    username: str | None = None
    uri: str | None = None
    verified_at: AwareDatetime | None = None


class Identity(Record):
    """A CAWG identity assertion: who stands behind a work, besides the signer of the claim.

    It never makes the signer of the claim trusted, and a fault of it never breaks the claim.

    Attributes:
        method: `x509` (a certificate of the actor), `ica` (identity claims aggregation) or `other`.
        status: how far it could be checked.
        name: subject of the certificate, a mere claim unless `status` is trusted.
        issuer: of the certificate or, for `ica`, the DID of the aggregator.
        accounts: what the aggregator verified.
        roles: the actor's, as stated (`cawg.creator`, ...).
        references: labels of the assertions it speaks of.
        signed_at: time of a validated time stamp, where the engine tells it.
        codes: `cawg.*` status codes about it, sorted.
    """

    method: Literal["x509", "ica", "other"]
    status: IdentityStatus
    name: str | None = None
    issuer: str | None = None
    accounts: tuple[Account, ...] = ()
    roles: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    signed_at: AwareDatetime | None = None
    codes: tuple[str, ...] = ()


class Claim(Record):
    """What one manifest says.

    Attributes:
        version: of the claim, 1 or 2; only claims of version 2 draw a line between assertions the
            signer made and those it passed on.
        actions: in order, as many as a report can show.
        actions_cut: whether there are more.
        created: labels of the assertions the signer vouches for, None when the engine does not
            tell.
        gathered: labels of those it passes on, None when the engine does not tell.
        dated: when it was signed, and how surely.
        signals: what C2PA's own asset rubric makes of it, by its names.
        soft_bindings: algorithms of marks or fingerprints that bind the work to this manifest: a
            durable credential may exist where one is.
        identities: who stands behind it.
        redactions: assertions that were taken out of an ingredient.
    """

    version: int | None = None
    actions: tuple[ClaimAction, ...] = ()
    actions_cut: bool = False
    created: tuple[str, ...] | None = None
    gathered: tuple[str, ...] | None = None
    dated: Dated | None = None
    signals: tuple[str, ...] = ()
    soft_bindings: tuple[str, ...] = ()
    identities: tuple[Identity, ...] = ()
    redactions: tuple[str, ...] = ()


class Ingredient(Record):
    """One work that went into another, with its own manifest if it had one.

    Attributes:
        relationship: `parentOf`, `componentOf` or `inputTo`.
        integrity: of this ingredient's own manifest; `absent` when it had none.
        signer: of this ingredient's own manifest.
        digital_source_types: bare names its own manifest states.
        failure: its own failure codes, those recorded when it was added and those found now.
        altered: whether some were found now only: it was changed after it was added.
        claim: what its own manifest says, None when it has none.
        ingredients: its own ingredients.
    """

    relationship: str
    title: str | None = None
    manifest: str | None = None
    integrity: Integrity
    signer: Signer | None = None
    generator: str | None = None
    digital_source_types: tuple[str, ...] = ()
    failure: tuple[str, ...] = ()
    altered: bool = False
    claim: Claim | None = None
    ingredients: tuple[Ingredient, ...] = ()
