"""The log: statements in the order in which they were signed, which nobody can change unseen.

An entry's leaf is `salt || SHA-256(PAE || signature)`: 32 random bytes, then a digest of what the
envelope signs (`dsse.pae`) and of the signature itself. The salt is in the receipt and nowhere
else, so a published log tells nobody what was examined, while a receipt proves its place in it.

A tree head (RFC 9162 section 4.10 in substance) is a small JSON document in the same envelope as
everything else, DSSE, with a payload type of its own.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field

from provenance.attest.dsse import Envelope, seal
from provenance.attest.encoding import Hex32, Moment, canonical, strict_json
from provenance.attest.keys import Signer
from provenance.attest.merkle import Tree, leaf_hash
from provenance.attest.store import LogStore
from provenance.errors import LogFault
from provenance.evidence import Record

__all__ = ["HEAD_TYPE", "Log", "LogEntry", "TreeHead", "entry_leaf"]

HEAD_TYPE = "application/vnd.assay.tree-head+json"
SALT_BYTES = 32
LARGEST = 2**53 - 1  # what RFC 8785 can write
LONGEST_PROOF = 64

Size = Annotated[int, Field(ge=0, le=LARGEST, strict=True)]


class TreeHead(Record):
    """The state of a log at a moment. `schema_` is `schema` in JSON.

    Attributes:
        origin: the log's name, unique and otherwise meaningless.
        size: number of leaves.
        root: Merkle root over them, hexadecimal.
        time: when it was signed, by the clock of whoever keeps the log.
    """

    model_config = ConfigDict(
        validate_by_name=True, validate_by_alias=True, serialize_by_alias=True
    )

    schema_: Literal["assay/tree-head/1"] = Field(default="assay/tree-head/1", alias="schema")
    origin: Annotated[str, Field(max_length=256)]
    size: Size
    root: Hex32
    time: Moment

    @classmethod
    def of(cls, envelope: Envelope) -> Self:
        """The tree head in an envelope, whose signature is not looked at.

        Raises:
            ValueError: it holds something else, or not in canonical form.
        """
        if envelope.payload_type != HEAD_TYPE:
            raise ValueError(f"not a tree head but {envelope.payload_type!r}")
        document = strict_json(envelope.body)
        if canonical(document) != envelope.body:
            raise ValueError("not in canonical form")
        return cls.model_validate_json(envelope.body)

    def sealed(self, signer: Signer) -> Envelope:
        """This head in a signed envelope."""
        return seal(canonical(self.model_dump(mode="json")), HEAD_TYPE, signer)


class LogEntry(Record):
    """A place in a log and the proof of it, at the size the log had just then.

    Attributes:
        salt: hexadecimal, 32 random bytes.
        inclusion_proof: hexadecimal hashes, RFC 9162 section 2.1.3.
        tree_head: a `TreeHead` in its envelope.
    """

    leaf_index: Size
    salt: Hex32
    inclusion_proof: Annotated[tuple[Hex32, ...], Field(max_length=LONGEST_PROOF)]
    tree_head: Envelope

    @property
    def path(self) -> tuple[bytes, ...]:
        """The bytes of the proof."""
        return tuple(bytes.fromhex(one) for one in self.inclusion_proof)


def entry_leaf(salt: bytes, envelope: Envelope) -> bytes:
    """The leaf hash of an envelope. It covers the signature: a log dates it, not just the words."""
    signed = hashlib.sha256(envelope.pae() + envelope.signature.value).digest()
    return leaf_hash(salt + signed)


class Log:
    """An append-only log. Not thread-safe: its store has one writer.

    Args:
        store: where the leaves are kept.
        signer: signs tree heads. Only where this is not the key that signs the entries does a tree
            head say anything about *when* they were signed.
        clock: what time it is.
        tree: over the first leaves of the store, from an earlier look at it, so that only those
            that came since are read; it grows with the log.

    Raises:
        LogFault: the store does not hold what an earlier tree head was signed for.
    """

    def __init__(
        self,
        store: LogStore,
        signer: Signer,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        tree: Tree | None = None,
    ) -> None:
        self._store = store
        self._signer = signer
        self._clock = clock
        self._tree = Tree() if tree is None else tree
        for leaf in store.leaves(len(self._tree)):
            self._tree.append(leaf)
        self._holds_what_it_signed()

    def __len__(self) -> int:
        return len(self._tree)

    @property
    def signer(self) -> Signer:
        """Who signs the tree heads."""
        return self._signer

    @property
    def origin(self) -> str:
        """The log's name."""
        return self._store.origin

    def enter(self, envelope: Envelope) -> LogEntry:
        """Adds an envelope and returns its place, proven and signed, once that is on the disk."""
        salt = secrets.token_bytes(SALT_BYTES)
        leaf = entry_leaf(salt, envelope)
        self._store.append(leaf)
        index = self._tree.append(leaf)
        head = self.head()
        return LogEntry(
            leaf_index=index,
            salt=salt.hex(),
            inclusion_proof=tuple(one.hex() for one in self._tree.inclusion(index)),
            tree_head=head,
        )

    def head(self) -> Envelope:
        """A signed tree head over all leaves; it is kept before it is given away."""
        head = TreeHead(
            origin=self.origin,
            size=len(self._tree),
            root=self._tree.root().hex(),
            time=self._clock().replace(microsecond=0),
        )
        envelope = head.sealed(self._signer)
        self._store.keep_head(envelope.model_dump_json().encode())
        return envelope

    def consistency(self, old: int, size: int | None = None) -> tuple[bytes, ...]:
        """The proof that the log of `size` (default: now) begins with what it was at `old`.

        Raises:
            ValueError: it never had those sizes.
        """
        return self._tree.consistency(old, size)

    def _holds_what_it_signed(self) -> None:
        kept = self._store.head()
        if kept is None:
            return
        try:
            head = TreeHead.of(Envelope.model_validate_json(kept))
        except ValueError as fault:
            raise LogFault(f"the kept tree head is damaged: {fault}") from fault
        if (
            head.origin != self.origin
            or head.size > len(self._tree)
            or self._tree.root(head.size).hex() != head.root
        ):
            raise LogFault(
                f"the log has signed for {head.size} leaves that are no longer in it as they were",
                hint="Put its files back from a copy, or begin another log; a receipt must never "
                "stand in two versions of one log.",
            )
