"""Checking a receipt, offline, in the order of its parts.

Trust comes in as arguments: the keys and the roots of time-stamping authorities that the verifier
chose. The keys enclosed in a receipt only show that it agrees with itself. Nothing a receipt holds
can raise: what is wrong with it is the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.x509 import Certificate
from pydantic import ValidationError

from provenance.attest import timestamp
from provenance.attest.checks import Check, CheckName, NotValid, Outcome, Reason, Verification
from provenance.attest.dsse import Envelope
from provenance.attest.encoding import canonical, strict_json, where
from provenance.attest.keys import PublicKey
from provenance.attest.keyset import KeySet, KeyUse
from provenance.attest.log import LogEntry, TreeHead, entry_leaf
from provenance.attest.merkle import includes
from provenance.attest.receipt import Receipt
from provenance.attest.statement import PAYLOAD_TYPE, Statement
from provenance.errors import ReceiptError
from provenance.limits import DEFAULT

__all__ = ["Verifier"]

Agrees = Callable[[Statement], bool]


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks receipts against what its owner trusts.

    Attributes:
        keys: whose signatures count.
        roots: certificates of time-stamping authorities, or above them.
        predicates: the predicate types that are expected, each with a test whether the predicate
            speaks of the statement's subject; None to accept any.
        now: the time of the check.
    """

    keys: KeySet = field(default_factory=KeySet)
    roots: Sequence[Certificate] = ()
    predicates: Mapping[str, Agrees] | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def verify(self, raw: bytes, *, asset_sha256: str | None = None) -> Verification:
        """Checks the bytes of a receipt file.

        Args:
            raw: the file.
            asset_sha256: hexadecimal digest of the asset it should be about, if that is at hand.
        """
        try:
            receipt = self._form(raw)
        except NotValid as fault:
            return Verification(checks=_only_form(fault))
        return _OneReceipt(self, receipt, asset_sha256).verification()

    def _form(self, raw: bytes) -> Receipt:
        if len(raw) > DEFAULT.receipt_bytes:
            raise NotValid(Reason.FORM_TOO_LARGE, limit=DEFAULT.receipt_bytes)
        try:
            strict_json(raw, DEFAULT.receipt_items)
        except ValueError as fault:
            raise NotValid(Reason.FORM_NOT_JSON) from fault
        try:
            return Receipt.model_validate_json(raw)
        except ValidationError as fault:
            raise NotValid(Reason.FORM_NOT_A_RECEIPT, where=where(fault)) from fault


def _only_form(fault: NotValid) -> tuple[Check, ...]:
    failed = Check.of(CheckName.FORM, Outcome.FAILED, fault.reason, **fault.params)
    return (
        failed,
        *(
            Check.of(name, Outcome.NOT_MADE, Reason.NOT_REACHED)
            for name in CheckName
            if name is not CheckName.FORM
        ),
    )


class _OneReceipt:
    """The checks of one receipt; each records how it ended."""

    def __init__(self, verifier: Verifier, receipt: Receipt, asset_sha256: str | None) -> None:
        self._trust = verifier
        self._receipt = receipt
        self._asset = asset_sha256
        self._checks: dict[CheckName, Check] = {}
        self._statement: Statement | None = None
        self._seen: list[datetime] = []
        """Moments at which somebody trusted had seen the signature."""

    def verification(self) -> Verification:
        """All checks, in their order."""
        self._passed(CheckName.FORM, Reason.FORM_OK)
        signed = self._check(CheckName.SIGNATURE, self._signature)
        self._check(CheckName.STATEMENT, self._statement_holds)
        self._check(CheckName.TIMESTAMP, self._timestamp)
        self._log()
        # A moment is proven for this signature only if it is one.
        proven = min(self._seen, default=None) if signed else None
        self._check(CheckName.SIGNER, lambda: self._signer(proven))
        self._check(CheckName.ASSET, self._about_the_asset)
        return Verification(
            checks=tuple(self._checks[name] for name in CheckName),
            claimed=self._statement,
            signed_before=proven,
        )

    def _check(self, name: CheckName, make: Callable[[], None]) -> bool:
        try:
            make()
        except NotValid as fault:
            self._ended(name, Outcome.FAILED, fault.reason, **fault.params)
        return self._checks[name].outcome is Outcome.PASSED

    def _ended(
        self, name: CheckName, outcome: Outcome, reason: Reason, **params: str | int
    ) -> None:
        self._checks[name] = Check.of(name, outcome, reason, **params)

    def _passed(self, name: CheckName, reason: Reason, **params: str | int) -> None:
        self._ended(name, Outcome.PASSED, reason, **params)

    def _not_made(self, name: CheckName, reason: Reason, **params: str | int) -> None:
        self._ended(name, Outcome.NOT_MADE, reason, **params)

    def _key(self, keyid: str) -> PublicKey | None:
        trusted = self._trust.keys.find(keyid)
        return trusted.key if trusted else self._receipt.key(keyid)

    def _verifies(self, envelope: Envelope, key: PublicKey) -> bool:
        return key.verifies(envelope.signature.value, envelope.pae())

    def _signature(self) -> None:
        envelope = self._receipt.envelope
        keyid = envelope.signature.keyid
        key = self._key(keyid)
        if key is None:
            raise NotValid(Reason.SIGNATURE_KEY_MISSING, keyid=keyid)
        if not self._verifies(envelope, key):
            raise NotValid(Reason.SIGNATURE_WRONG, keyid=keyid)
        self._passed(CheckName.SIGNATURE, Reason.SIGNATURE_OK, keyid=keyid)

    def _statement_holds(self) -> None:
        envelope = self._receipt.envelope
        if envelope.payload_type != PAYLOAD_TYPE:
            raise NotValid(Reason.STATEMENT_OTHER_TYPE, type=envelope.payload_type)
        try:
            document = strict_json(envelope.body)
            if canonical(document) != envelope.body:
                raise NotValid(Reason.STATEMENT_NOT_CANONICAL)
            statement = Statement.model_validate(document)
        except ValidationError as fault:
            raise NotValid(Reason.STATEMENT_MALFORMED, where=where(fault)) from fault
        except (ValueError, ReceiptError) as fault:
            raise NotValid(Reason.STATEMENT_NOT_CANONICAL) from fault
        self._statement = statement
        expected = self._trust.predicates
        if expected is not None:
            agrees = expected.get(statement.predicate_type)
            if agrees is None:
                raise NotValid(Reason.STATEMENT_OTHER_TYPE, type=statement.predicate_type)
            if not agrees(statement):
                raise NotValid(Reason.STATEMENT_OTHER_SUBJECT)
        self._passed(CheckName.STATEMENT, Reason.STATEMENT_OK, type=statement.predicate_type)

    def _timestamp(self) -> None:
        reply = self._receipt.reply()
        if reply is None:
            self._not_made(CheckName.TIMESTAMP, Reason.TIMESTAMP_ABSENT)
            return
        found = timestamp.verify(reply, self._receipt.signature, self._trust.roots)
        if not found.trusted:
            self._not_made(CheckName.TIMESTAMP, Reason.TIMESTAMP_NO_ROOTS, time=_at(found.before))
            return
        self._seen.append(found.before)
        self._passed(CheckName.TIMESTAMP, Reason.TIMESTAMP_OK, time=_at(found.before))

    def _log(self) -> None:
        entry = self._receipt.log
        if entry is None:
            self._not_made(CheckName.LOG, Reason.LOG_ABSENT)
            self._not_made(CheckName.TREE_HEAD, Reason.TREE_HEAD_ABSENT)
            return
        try:
            head = TreeHead.of(entry.tree_head)
        except (ValueError, ReceiptError):
            self._not_made(CheckName.LOG, Reason.NOT_REACHED)
            self._ended(CheckName.TREE_HEAD, Outcome.FAILED, Reason.TREE_HEAD_MALFORMED)
            return
        included = self._check(CheckName.LOG, lambda: self._included(entry, head))
        self._check(
            CheckName.TREE_HEAD, lambda: self._tree_head(entry.tree_head, head, dates=included)
        )

    def _included(self, entry: LogEntry, head: TreeHead) -> None:
        leaf = entry_leaf(bytes.fromhex(entry.salt), self._receipt.envelope)
        root = bytes.fromhex(head.root)
        if not includes(root, head.size, entry.leaf_index, leaf, entry.path):
            raise NotValid(Reason.LOG_NOT_INCLUDED, index=entry.leaf_index, size=head.size)
        self._passed(CheckName.LOG, Reason.LOG_OK, index=entry.leaf_index, size=head.size)

    def _tree_head(self, envelope: Envelope, head: TreeHead, *, dates: bool) -> None:
        keyid = envelope.signature.keyid
        key = self._key(keyid)
        if key is None or not self._verifies(envelope, key):
            raise NotValid(Reason.TREE_HEAD_SIGNATURE_WRONG, keyid=keyid)
        trusted = self._trust.keys.find(keyid)
        if trusted is None:
            self._not_made(CheckName.TREE_HEAD, Reason.TREE_HEAD_KEY_UNKNOWN, keyid=keyid)
            return
        if keyid == self._receipt.envelope.signature.keyid:
            # Whoever holds the key could have written any time: it shows an order and no date.
            self._passed(CheckName.TREE_HEAD, Reason.TREE_HEAD_SAME_KEY, origin=head.origin)
            return
        # A log's key is taken at its word for the time, but never after it was revoked: a thief
        # can write any time into a tree head.
        if trusted.revoked_at is not None or trusted.objection(KeyUse.LOG, head.time, self._now):
            raise NotValid(Reason.TREE_HEAD_KEY_INVALID, keyid=keyid)
        if dates:
            self._seen.append(head.time)
        self._passed(
            CheckName.TREE_HEAD, Reason.TREE_HEAD_OK, time=_at(head.time), origin=head.origin
        )

    @property
    def _now(self) -> datetime:
        return self._trust.now

    def _signer(self, proven: datetime | None) -> None:
        keyid = self._receipt.envelope.signature.keyid
        if not self._trust.keys.keys:
            self._not_made(CheckName.SIGNER, Reason.SIGNER_NO_KEYS)
            return
        trusted = self._trust.keys.find(keyid)
        if trusted is None:
            raise NotValid(Reason.SIGNER_NOT_LISTED, keyid=keyid)
        if objection := trusted.objection(KeyUse.RECEIPT, proven, self._now):
            raise NotValid(objection, keyid=keyid)
        if proven is None:
            self._passed(CheckName.SIGNER, Reason.SIGNER_TRUSTED, keyid=keyid)
        else:
            self._passed(
                CheckName.SIGNER, Reason.SIGNER_TRUSTED_DATED, keyid=keyid, time=_at(proven)
            )

    def _about_the_asset(self) -> None:
        if self._asset is None or self._statement is None:
            reason = Reason.ASSET_NOT_GIVEN if self._asset is None else Reason.NOT_REACHED
            self._not_made(CheckName.ASSET, reason)
        elif self._statement.has_subject(self._asset):
            self._passed(CheckName.ASSET, Reason.ASSET_OK, sha256=self._asset)
        else:
            raise NotValid(Reason.ASSET_DIFFERS, sha256=self._asset)


def _at(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
