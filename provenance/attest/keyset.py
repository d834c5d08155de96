"""Published key sets (`assay/keys/1`): whose signatures count, for what, and when.

A signer publishes the set; a verifier chooses to trust it. A key is `active`, then `retired` when
another takes its place, or `revoked` when it is no longer its owner's alone. What was signed before
stays valid where that moment is proven by a time stamp or by an independent log, as in RFC 3161
appendix B. Where two sets know a key, the stricter word holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, ValidationError, model_validator

from provenance.attest.checks import Reason
from provenance.attest.encoding import Hex32, Moment, strict_json, where
from provenance.attest.keys import PublicKey
from provenance.errors import KeyFault
from provenance.evidence import Record
from provenance.limits import DEFAULT

__all__ = ["KeySet", "KeyStatus", "KeyUse", "PublishedKey"]

KEYS_SCHEMA: Literal["assay/keys/1"] = "assay/keys/1"


class KeyStatus(StrEnum):
    """Where a key is in its life."""

    ACTIVE = "active"
    RETIRED = "retired"
    REVOKED = "revoked"


class KeyUse(StrEnum):
    """What a key may sign."""

    RECEIPT = "receipt"
    LOG = "log"


ALL_USES = (KeyUse.RECEIPT, KeyUse.LOG)


class PublishedKey(Record):
    """One key of a set.

    Attributes:
        public: PEM, or base64 of the SPKI.
        not_before: it signed nothing earlier.
        not_after: it signs nothing later; None while no end is set.
        revoked_at: from this moment on, nothing it signed counts.
        use: what it may sign.
    """

    keyid: Hex32
    public: Annotated[str, Field(max_length=4096)]
    not_before: Moment
    not_after: Moment | None = None
    status: KeyStatus = KeyStatus.ACTIVE
    revoked_at: Moment | None = None
    use: Annotated[tuple[KeyUse, ...], Field(min_length=1, max_length=2)] = ALL_USES

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if PublicKey.parse(self.public).keyid != self.keyid:
            raise ValueError("keyid is not the SHA-256 of the key")
        if self.not_after is not None and self.not_after < self.not_before:
            raise ValueError("not_after lies before not_before")
        if self.status is KeyStatus.RETIRED and self.not_after is None:
            raise ValueError("a retired key needs not_after")
        if (self.status is KeyStatus.REVOKED) != (self.revoked_at is not None):
            raise ValueError("revoked_at belongs to a revoked key, and to no other")
        return self

    @property
    def key(self) -> PublicKey:
        """The key itself."""
        return PublicKey.parse(self.public)

    def objection(self, use: KeyUse, proven: datetime | None, now: datetime) -> Reason | None:
        """Why a signature by this key does not count, or None when it does.

        Args:
            use: what it signed.
            proven: a moment at which the signature is proven to have existed, or None.
            now: the time of the check.
        """
        at = now if proven is None else proven
        if use not in self.use:
            return Reason.SIGNER_OTHER_USE
        if self.revoked_at is not None and (proven is None or proven >= self.revoked_at):
            return Reason.SIGNER_REVOKED
        if at < self.not_before:
            return Reason.SIGNER_TOO_EARLY
        if self.status is KeyStatus.RETIRED and proven is None:
            return Reason.SIGNER_RETIRED
        if self.not_after is not None and at > self.not_after:
            return Reason.SIGNER_TOO_LATE
        return None

    def stricter(self, other: PublishedKey) -> PublishedKey:
        """What both entries of the same key allow."""
        ends = [one.not_after for one in (self, other) if one.not_after is not None]
        revocations = [one.revoked_at for one in (self, other) if one.revoked_at is not None]
        order = list(KeyStatus)
        return self.model_copy(
            update={
                "not_before": max(self.not_before, other.not_before),
                "not_after": min(ends, default=None),
                "status": max(self.status, other.status, key=order.index),
                "revoked_at": min(revocations, default=None),
                "use": tuple(one for one in self.use if one in other.use),
            }
        )


class KeySet(Record):
    """Keys that are published, or trusted, together. `schema_` is `schema` in JSON."""

    model_config = ConfigDict(
        validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    schema_: Literal["assay/keys/1"] = Field(default=KEYS_SCHEMA, alias="schema")
    keys: Annotated[tuple[PublishedKey, ...], Field(max_length=1000)] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({one.keyid for one in self.keys}) != len(self.keys):
            raise ValueError("a keyid stands there twice")
        return self

    @classmethod
    def read(cls, path: Path) -> Self:
        """The set in a file.

        Raises:
            KeyFault: there is none, or it is not a set of keys.
        """
        try:
            with path.open("rb") as file:
                raw = file.read(DEFAULT.key_set_bytes + 1)
        except OSError as fault:
            raise KeyFault(f"{path}: cannot be read ({fault.strerror})") from fault
        return cls.parse(raw, str(path))

    @classmethod
    def parse(cls, raw: bytes, name: str = "key set") -> Self:
        """The set in a JSON document.

        Raises:
            KeyFault: it is not a set of keys.
        """
        if len(raw) > DEFAULT.key_set_bytes:
            raise KeyFault(f"{name}: larger than {DEFAULT.key_set_bytes} bytes")
        try:
            strict_json(raw)
            return cls.model_validate_json(raw)
        except ValidationError as fault:
            said = fault.errors(include_url=False, include_input=False)[0]["msg"]
            raise KeyFault(
                f"{name}: not a set of keys ({where(fault)}: {said})",
                hint=f"It is JSON with schema {KEYS_SCHEMA!r}, as 'assay receipt keygen' writes.",
            ) from fault
        except ValueError as fault:
            raise KeyFault(f"{name}: not JSON ({fault})") from fault

    def find(self, keyid: str) -> PublishedKey | None:
        """The entry of a key."""
        return next((one for one in self.keys if one.keyid == keyid), None)

    def with_more(self, others: Iterable[KeySet]) -> KeySet:
        """This set and `others`; a key that several of them know keeps the strictest limits."""
        found = {one.keyid: one for one in self.keys}
        for other in others:
            for one in other.keys:
                known = found.get(one.keyid)
                found[one.keyid] = one if known is None else known.stricter(one)
        return KeySet.model_construct(schema_=KEYS_SCHEMA, keys=tuple(found.values()))

    def rotated(self, new: PublishedKey, at: datetime) -> KeySet:
        """With `new` in place of the active keys of the same use, which retire at `at`."""
        retired = {"status": KeyStatus.RETIRED, "not_after": at}
        return KeySet(
            keys=(
                *(
                    one.model_copy(update={**retired, "not_after": max(at, one.not_before)})
                    if one.status is KeyStatus.ACTIVE and one.use == new.use
                    else one
                    for one in self.keys
                ),
                new,
            )
        )

    def revoked(self, keyid: str, at: datetime) -> KeySet:
        """With a key revoked: nothing it signed from `at` on counts.

        Raises:
            KeyFault: it is not in the set.
        """
        if self.find(keyid) is None:
            raise KeyFault(f"no key {keyid} is in the set")
        update = {"status": KeyStatus.REVOKED, "revoked_at": at}
        return KeySet(
            keys=tuple(
                one.model_copy(update=update) if one.keyid == keyid else one for one in self.keys
            )
        )
