"""Targets that read receipts, keys, time stamps and proofs."""

from __future__ import annotations

import base64
import contextlib
from datetime import UTC, datetime

from tests.fuzz.contract import BrokenContractError
from tests.fuzz.registry import named

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@named("json", "attest.encoding")
def _json(data: bytes) -> None:
    from provenance.attest.encoding import canonical, from_base64, shown, strict_json
    from provenance.errors import ReceiptError

    text = data.decode("latin-1")
    if len(shown(text)) > 80 or not shown(text).isprintable():
        raise BrokenContractError("a text that is not safe to show")
    try:
        found = from_base64(text)
    except ValueError:
        pass
    else:
        if base64.b64encode(found).decode() != text.translate(str.maketrans("-_", "+/")):
            raise BrokenContractError("two ways to write the same bytes")
    try:
        once = canonical(strict_json(data))
    except (ValueError, ReceiptError):
        return
    if canonical(strict_json(once)) != once:
        raise BrokenContractError("canonical JSON that is not")


@named(
    "receipt",
    *(f"attest.{one}" for one in ("receipt", "verifying", "dsse", "log", "checks")),
)
def _receipt(data: bytes) -> None:
    """Valid is only what was signed, whoever else vouches for it."""
    from provenance.attest.verifying import Verifier
    from tests.fuzz.signed_seeds import STATEMENT, trusted_keys

    if Verifier(now=NOON).verify(data).valid:
        raise BrokenContractError("valid without a trusted key")
    found = Verifier(keys=trusted_keys(), now=NOON).verify(data)
    if found.valid and found.statement != STATEMENT:
        raise BrokenContractError("a statement that nobody signed is valid")


@named("tree_head", "attest.log", "attest.dsse")
def _tree_head(data: bytes) -> None:
    from pydantic import ValidationError

    from provenance.attest.dsse import Envelope
    from provenance.attest.log import TreeHead
    from provenance.errors import ReceiptError

    try:
        head = TreeHead.of(Envelope.model_validate_json(data))
    except (ValidationError, ValueError, ReceiptError):
        return
    if not 0 <= head.size < 2**53:
        raise BrokenContractError("a tree of no size")


@named("statement", "attest.statement", "attest.encoding")
def _statement(data: bytes) -> None:
    from provenance.attest.encoding import strict_json
    from provenance.attest.statement import Statement
    from provenance.errors import ReceiptError

    try:
        found = Statement.model_validate(strict_json(data))
        signed = found.canonical()
    except (ValueError, ReceiptError):
        return
    if Statement.model_validate(strict_json(signed)) != found:
        raise BrokenContractError("a statement that changes when it is signed")


@named("key_set", "attest.keyset", "attest.keys")
def _key_set(data: bytes) -> None:
    from provenance.attest.keys import PublicKey
    from provenance.attest.keyset import KeySet
    from provenance.errors import KeyFault

    with contextlib.suppress(ValueError):
        PublicKey.parse(data.decode("latin-1"))
    try:
        found = KeySet.parse(data)
    except KeyFault:
        return
    if KeySet.parse(found.model_dump_json().encode()) != found:
        raise BrokenContractError("a set of keys that changes when it is written")


@named("timestamp", "attest.timestamp")
def _timestamp(data: bytes) -> None:
    from provenance.attest.checks import NotValid
    from provenance.attest.timestamp import in_der_order, verify

    ordered = in_der_order(data)
    if sorted(ordered) != sorted(data) or in_der_order(ordered) != ordered:
        raise BrokenContractError("putting certificates in order does more than that")
    try:
        verify(data, b"message", ())
    except NotValid:
        return


@named("proof", "attest.merkle")
def _proof(data: bytes) -> None:
    """Only the proofs that the tree gives verify."""
    from provenance.attest.merkle import Tree, includes, is_extension, leaf_hash

    if len(data) < 3:
        return
    size, number = 1 + data[0] % 64, data[1]
    rest = data[3:]
    proof = [rest[at : at + 32].ljust(32, b"\0") for at in range(0, len(rest), 32)]
    leaves = [leaf_hash(bytes([one])) for one in range(size)]
    tree = Tree(leaves)
    root, leaf = tree.root(), leaves[number % size]
    right = number < size and tuple(proof) == tree.inclusion(number)
    if includes(root, size, number, leaf, proof) != right:
        raise BrokenContractError("an inclusion that is none")
    old = 1 + data[2] % size
    right = tuple(proof) == tree.consistency(old)
    if is_extension(tree.root(old), old, root, size, proof) != right:
        raise BrokenContractError("an extension that is none")
