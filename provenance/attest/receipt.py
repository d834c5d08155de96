"""The receipt (`assay/receipt/1`): everything that proves a statement, in one file.

It holds the signed envelope, its place in a log, a time stamp over the signature, and the public
keys it was signed with. The keys are there so that it can be read without anything else; whether
they are anybody's is not for the receipt to say, and `verifying` asks for keys of its own.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from provenance.attest import timestamp
from provenance.attest.checks import NotValid
from provenance.attest.dsse import Envelope, seal
from provenance.attest.encoding import Base64, Hex32, from_base64
from provenance.attest.keys import PublicKey, Signer
from provenance.attest.log import Log, LogEntry
from provenance.attest.statement import PAYLOAD_TYPE, Statement
from provenance.attest.timestamp import TimeStampAuthority
from provenance.errors import ReceiptError
from provenance.evidence import Record
from provenance.limits import DEFAULT, MIB

__all__ = ["RECEIPT_SCHEMA", "EnclosedKey", "Issuer", "Receipt"]

RECEIPT_SCHEMA: Literal["assay/receipt/1"] = "assay/receipt/1"
LARGEST_PAYLOAD = (DEFAULT.receipt_bytes - MIB) // 4 * 3
"""In base64, and with what proves it, the receipt stays one that is read again."""


class EnclosedKey(Record):
    """A public key that came with the receipt.

    Attributes:
        public: base64 of the SPKI.
    """

    keyid: Hex32
    public: Annotated[Base64, Field(max_length=4096)]

    @model_validator(mode="after")
    def _named_by_its_digest(self) -> Self:
        if self.key.keyid != self.keyid:
            raise ValueError("keyid is not the SHA-256 of the key")
        return self

    @property
    def key(self) -> PublicKey:
        """The key itself."""
        return PublicKey.parse(self.public)


class Receipt(Record):
    """A signed statement and what proves it. `schema_` is `schema` in JSON.

    Attributes:
        log: its place in a log, or None.
        timestamp: base64 of an RFC 3161 reply for the bytes of the signature, or None.
        keys: the keys that signed the envelope and the tree head.
    """

    model_config = ConfigDict(
        validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    schema_: Literal["assay/receipt/1"] = Field(default=RECEIPT_SCHEMA, alias="schema")
    envelope: Envelope
    log: LogEntry | None = None
    timestamp: Base64 | None = None
    keys: Annotated[tuple[EnclosedKey, ...], Field(max_length=8)] = ()

    @property
    def signature(self) -> bytes:
        """What a time stamp is asked for: the bytes of the envelope's signature."""
        return self.envelope.signature.value

    def key(self, keyid: str) -> PublicKey | None:
        """The enclosed key of that name."""
        return next((one.key for one in self.keys if one.keyid == keyid), None)

    def stamped(self, reply: bytes) -> Receipt:
        """This receipt with a time stamp.

        Args:
            reply: the DER of a `TimeStampResp`; whether its authority is trusted is for those who
                verify.

        Raises:
            ReceiptError: it is not a time stamp of this receipt's signature.
        """
        try:
            timestamp.verify(reply, self.signature, ())
        except NotValid as fault:
            raise ReceiptError(
                f"this is not a time stamp for the receipt ({fault.reason.value})",
                hint="It must be the authority's whole reply (.tsr) to the request made for this "
                "receipt.",
            ) from fault
        return self.model_copy(update={"timestamp": base64.b64encode(reply).decode()})

    def reply(self) -> bytes | None:
        """The time-stamping authority's reply."""
        return None if self.timestamp is None else from_base64(self.timestamp)

    def to_json(self) -> str:
        """The file, with a newline at its end."""
        return self.model_dump_json(indent=2) + "\n"


@dataclass(frozen=True, slots=True)
class Issuer:
    """Makes receipts.

    Attributes:
        signer: signs the statements.
        log: where each is entered, or None.
        authority: stamps each, or None.
    """

    signer: Signer
    log: Log | None = None
    authority: TimeStampAuthority | None = None

    def issue(self, statement: Statement) -> Receipt:
        """Signs `statement`, then enters and stamps the signature.

        Raises:
            ReceiptError: the statement has no canonical form, the log cannot be added to, or the
                authority gave no proper answer.
        """
        payload = statement.canonical()
        if len(payload) > LARGEST_PAYLOAD:
            raise ReceiptError(f"the statement is larger than {LARGEST_PAYLOAD} bytes")
        envelope = seal(payload, PAYLOAD_TYPE, self.signer)
        entry = None if self.log is None else self.log.enter(envelope)
        publics = {self.signer.keyid: self.signer.public}
        if self.log is not None:
            publics[self.log.signer.keyid] = self.log.signer.public
        receipt = Receipt(
            envelope=envelope,
            log=entry,
            keys=tuple(
                EnclosedKey(keyid=keyid, public=public.base64())
                for keyid, public in publics.items()
            ),
        )
        if self.authority is None:
            return receipt
        return receipt.stamped(timestamp.obtain(self.authority, receipt.signature))
