"""The notary: signs every report once, and enters what is signed in the log of the service.

A report is written together with a note that it is not in the log yet, in one transaction. The
notary signs and enters it right after that, in another, which takes the note away: a process that
is killed in between leaves the note, and whoever looks next does the work. So no report is left
out, and none is entered twice. It works where the keys are, in processes that answer requests;
those that open the works of strangers hold no key.

Decisions and exhibits were signed when they were made; their signatures are entered in the same
way, and from then on their receipts hold the place.

What a receipt holds is kept as it was made: the signature, and its place in the log with the tree
head of that moment. The same report has the same receipt for as long as it is kept.
"""

from __future__ import annotations

import base64
import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from provenance.attest.dsse import Envelope, Signature, seal
from provenance.attest.keyset import KeySet, KeyUse
from provenance.attest.log import Log, LogEntry, TreeHead
from provenance.attest.merkle import Tree
from provenance.attest.receipt import LARGEST_PAYLOAD, EnclosedKey, Receipt
from provenance.attest.statement import PAYLOAD_TYPE
from provenance.errors import InputError, LogFault, ReceiptError
from service.receipt_keys import published, signer
from service.receipts import read_report
from service.storage.log import Act, LogBook, Unlogged
from service.storage.screenings import StoredReport

__all__ = ["Notary"]

AT_ONCE = 50
"""Reports entered in one transaction, during which nobody else writes on SQLite."""

log = logging.getLogger(__name__)


class Notary:
    """Signs reports and keeps the log. Thread-safe; any number of processes may have one.

    Args:
        book: the log in the database.
        keys: folder of the keys that sign receipts and tree heads.
    """

    def __init__(self, book: LogBook, keys: Path) -> None:
        self._book, self._keys = book, keys
        self._tree = Tree()
        self._lock = threading.Lock()

    def enter_waiting(self) -> int:
        """Enter what is not in the log yet, and say how many; the oldest reports come first.

        Raises:
            KeyFault: there is no key to sign with.
            LogFault: the log is damaged.
        """
        return self._enter(self._book.waiting(AT_ONCE), self._book.waiting_acts(AT_ONCE))

    def receipt(self, organisation: str, stored: StoredReport) -> Receipt:
        """The receipt of a report of this organisation, which is entered if it was not yet.

        Raises:
            ReceiptError: what is stored is no report, or too large to be signed.
            KeyFault: a key is missing.
            LogFault: the log is damaged.
        """
        signature, entry = self._entered(organisation, stored)
        payload = base64.b64encode(_payload(stored.document)).decode()
        envelope = Envelope(payload=payload, payload_type=PAYLOAD_TYPE, signatures=(signature,))
        keyids = dict.fromkeys((signature.keyid, entry.tree_head.signature.keyid))
        return Receipt(envelope=envelope, log=entry, keys=_enclosed(self.key_set(), keyids))

    def entry(self, organisation: str, stored: StoredReport) -> LogEntry:
        """Where a report is in the log as it is now, which `receipt` says of when it was entered.

        Raises:
            As `receipt`.
        """
        return self._as_of_now(self._entered(organisation, stored)[1])

    def act(self, organisation: str, act: str) -> Receipt | None:
        """The receipt of a decision or an exhibit, which is entered if it was not yet.

        Args:
            organisation: whose.
            act: its identifier.

        Returns:
            None when the organisation has none such.

        Raises:
            ReceiptError: what is kept is no receipt.
            KeyFault: a key is missing.
            LogFault: the log is damaged.
        """
        found = self._book.act(organisation, act)
        if found is not None and found.unlogged:
            self._enter((), (found,))
            found = self._book.act(organisation, act)
        return None if found is None else _receipt(found)

    def act_entry(self, organisation: str, act: str) -> LogEntry | None:
        """Where a decision or an exhibit is in the log as it is now; None without such.

        Raises:
            As `act`.
        """
        receipt = self.act(organisation, act)
        if receipt is None or receipt.log is None:
            return None
        return self._as_of_now(receipt.log)

    def checkpoint(self) -> Envelope:
        """The tree head that was signed last; the first one when there is none yet.

        Raises:
            KeyFault: there is no key to sign it with.
            LogFault: the log is damaged.
        """
        with self._lock:
            head = self._read()
        if head is not None:
            return head
        self._enter((), also_head=True)
        with self._lock:
            head = self._read()
        if head is None:
            raise LogFault("the log keeps no tree head")
        return head

    def consistency(self, first: int, second: int) -> tuple[bytes, ...] | None:
        """Proof that the log of `second` entries begins with that of `first`; None without such.

        Raises:
            LogFault: the log is damaged.
        """
        with self._lock:
            self._read()
            if not 0 < first <= second <= len(self._tree):
                return None
            return self._tree.consistency(first, second)

    def key_set(self) -> KeySet:
        """The keys that receipts are checked with."""
        return published(self._keys)

    def _as_of_now(self, entry: LogEntry) -> LogEntry:
        with self._lock:
            head = self._read()
            if head is None:
                raise LogFault("the log has entries and no tree head")
            proof = self._tree.inclusion(entry.leaf_index, TreeHead.of(head).size)
        proven = tuple(one.hex() for one in proof)
        return entry.model_copy(update={"inclusion_proof": proven, "tree_head": head})

    def _entered(self, organisation: str, stored: StoredReport) -> tuple[Signature, LogEntry]:
        found = self._book.entry(organisation, stored.id)
        if found is None:
            _payload(stored.document)  # what cannot be signed is told to whoever asks for it
            self._enter((Unlogged(stored.id, stored.document),))
            found = self._book.entry(organisation, stored.id)
        if found is None:
            raise LogFault("the report was deleted meanwhile")
        return found

    def _enter(
        self, reports: Sequence[Unlogged], acts: Sequence[Act] = (), *, also_head: bool = False
    ) -> int:
        sealed, signed = self._sealed(reports), self._signed(acts)
        if not sealed and not signed and not also_head:
            return 0
        heads = signer(self._keys, KeyUse.LOG)
        with self._lock:
            tree, self._tree = self._tree, Tree()  # begun anew unless all of it comes to pass
            with self._book.writing() as store:
                written = Log(store, heads, tree=tree)
                kept = store.head()
                if kept is not None and _head(kept).size != len(written):
                    raise LogFault("the log is not what its last tree head was signed for")
                if kept is None:
                    written.head()
                before = len(written)
                for report, envelope in sealed:
                    if not store.has(report):
                        store.note(report, envelope.signature, written.enter(envelope))
                for act, receipt in signed:
                    if store.waits(act):
                        placed = self._placed(receipt, written.enter(receipt.envelope))
                        store.keep(act, placed.to_json())
            self._tree = tree
            return len(written) - before

    def _sealed(self, reports: Sequence[Unlogged]) -> list[tuple[str, Envelope]]:
        if not reports:
            return []
        key = signer(self._keys)
        sealed = []
        for one in reports:
            try:
                sealed.append((one.report, seal(_payload(one.document), PAYLOAD_TYPE, key)))
            except ReceiptError as fault:
                log.error("report %s cannot be signed: %s", one.report, type(fault).__name__)  # noqa: TRY400
                self._book.give_up(one.report)
        return sealed

    def _signed(self, acts: Sequence[Act]) -> list[tuple[str, Receipt]]:
        signed = []
        for one in acts:
            try:
                receipt = _receipt(one)
            except ReceiptError:
                log.error("%s has no receipt that could be entered in the log", one.id)  # noqa: TRY400
                self._book.settle(one.id)
                continue
            if receipt.log is None:
                signed.append((one.id, receipt))
            else:  # by another version, before the tables went back and forth
                self._book.settle(one.id)
        return signed

    def _placed(self, receipt: Receipt, entry: LogEntry) -> Receipt:
        """A receipt with its place in the log, and the key that signed for it."""
        enclosed = _enclosed(self.key_set(), (entry.tree_head.signature.keyid,))
        keys = {one.keyid: one for one in (*receipt.keys, *enclosed)}
        return receipt.model_copy(update={"log": entry, "keys": tuple(keys.values())})

    def _read(self) -> Envelope | None:
        """Bring the tree to what the log is now, and give its tree head."""
        tree, self._tree = self._tree, Tree()
        head, leaves = self._book.read(len(tree))
        for leaf in leaves:
            tree.append(leaf)
        found = None if head is None else _head(head)
        if found is not None and (
            found.size > len(tree) or tree.root(found.size).hex() != found.root
        ):
            raise LogFault("the log is not what its last tree head was signed for")
        self._tree = tree
        return None if head is None else Envelope.model_validate_json(head)


def _payload(document: str) -> bytes:
    try:
        payload = read_report(document.encode()).canonical()
    except InputError as fault:
        raise ReceiptError("what is stored is no report") from fault
    if len(payload) > LARGEST_PAYLOAD:
        raise ReceiptError(f"the report is larger than {LARGEST_PAYLOAD} bytes")
    return payload


def _receipt(act: Act) -> Receipt:
    try:
        return Receipt.model_validate_json(act.receipt)
    except ValueError as fault:
        raise ReceiptError(f"what is kept of {act.id} is no receipt") from fault


def _enclosed(keys: KeySet, keyids: Sequence[str] | dict[str, None]) -> tuple[EnclosedKey, ...]:
    found = (keys.find(one) for one in keyids)
    return tuple(
        EnclosedKey(keyid=one.keyid, public=one.key.base64()) for one in found if one is not None
    )


def _head(kept: bytes) -> TreeHead:
    try:
        return TreeHead.of(Envelope.model_validate_json(kept))
    except ValueError as fault:
        raise LogFault(f"the kept tree head is damaged: {fault}") from fault
