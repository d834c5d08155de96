"""The log over HTTP: states and proofs for everyone, entries for whose they are."""

from __future__ import annotations

import pytest

from provenance.attest.dsse import Envelope
from provenance.attest.keyset import KeySet
from provenance.attest.log import LogEntry, TreeHead, entry_leaf
from provenance.attest.merkle import includes, is_extension
from provenance.attest.receipt import Receipt
from provenance.attest.verifying import Verifier
from service.receipts import PREDICATES


@pytest.fixture
def checkpoint(client):
    """The state of the log, by a key that is published."""

    def ask():
        envelope = Envelope.model_validate_json(client.get("/v1/log/checkpoint").content)
        keys = KeySet.parse(client.get("/v1/receipt-keys").content)
        key = keys.find(envelope.signature.keyid)
        assert key.key.verifies(envelope.signature.value, envelope.pae())
        return TreeHead.of(envelope)

    return ask


@pytest.fixture
def receipt(client, bearer):
    def ask(report):
        return Receipt.model_validate_json(
            client.get(f"/v1/receipts/{report}", headers=bearer()).content
        )

    return ask


def test_each_report_stands_in_it_and_its_receipt_says_where(
    client, bearer, submitted, receipt, checkpoint
):
    report = submitted("ai_image.png", wait=True, fresh="true")["report"]
    made = receipt(report)
    head = checkpoint()
    answer = client.get(f"/v1/log/entries/{report}", headers=bearer())
    entry = LogEntry.model_validate_json(answer.content)
    assert (entry.leaf_index, entry.salt) == (made.log.leaf_index, made.log.salt)
    assert TreeHead.of(entry.tree_head) == head
    leaf = entry_leaf(bytes.fromhex(entry.salt), made.envelope)
    assert includes(bytes.fromhex(head.root), head.size, entry.leaf_index, leaf, entry.path)


def test_anyone_can_see_that_it_only_grew(client, submitted, receipt, checkpoint):
    receipt(submitted(wait=True, fresh="true")["report"])
    old = checkpoint()
    receipt(submitted(wait=True, fresh="true")["report"])
    new = checkpoint()
    assert new.size > old.size
    answer = client.get(f"/v1/log/consistency?first={old.size}&second={new.size}")
    proof = [bytes.fromhex(one) for one in answer.json()["proof"]]
    roots = bytes.fromhex(old.root), bytes.fromhex(new.root)
    assert is_extension(roots[0], old.size, roots[1], new.size, proof)


@pytest.mark.parametrize(
    "query",
    [
        *(
            "",
            "first=1",
            "first=0&second=1",
            "first=2&second=1",
            "first=1&second=999999",
            "first=x",
        ),
        *(f"first=1&second={2**53}", f"first=1&second={10**30}"),
    ],
)
def test_sizes_that_it_never_had_are_refused(client, submitted, receipt, query):
    receipt(submitted(wait=True)["report"])
    assert client.get(f"/v1/log/consistency?{query}").status_code == 422


def test_where_a_report_stands_is_for_its_organisation(client, bearer, submitted):
    report = submitted(wait=True)["report"]
    theirs = client.get(f"/v1/log/entries/{report}", headers=bearer(organisation="rival"))
    nobodys = client.get("/v1/log/entries/rep_x", headers=bearer())
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content


def test_what_people_decided_and_handed_in_stands_in_it_too(client, bearer, flagged, decide):
    one, _ = flagged()
    decision = decide(one, "reversed")["decision"]
    link = client.post(f"/v1/screenings/{one['id']}/appeals", headers=bearer()).json()["token"]
    handed = client.post(f"/v1/appeals/{link}/exhibits", files={"file": ("a.txt", b"a draft")})
    assert handed.status_code == 201
    appeals = client.get(f"/v1/screenings/{one['id']}/appeals", headers=bearer()).json()["items"]
    (exhibit,) = appeals[0]["exhibits"]
    keys = KeySet.parse(client.get("/v1/receipt-keys").content)
    signed = {
        decision: client.get(f"/v1/decisions/{decision}", headers=bearer()).json(),
        exhibit["id"]: exhibit["receipt"],
    }
    for act, told in signed.items():
        receipt = Receipt.model_validate(told)
        found = Verifier(keys, predicates=PREDICATES).verify(receipt.to_json().encode())
        assert found.valid
        assert found.signed_before is not None, "the log dates it"
        answer = client.get(f"/v1/log/entries/{act}", headers=bearer())
        entry = LogEntry.model_validate_json(answer.content)
        head = TreeHead.of(entry.tree_head)
        leaf = entry_leaf(bytes.fromhex(receipt.log.salt), receipt.envelope)
        assert includes(bytes.fromhex(head.root), head.size, entry.leaf_index, leaf, entry.path)
        rival = bearer(organisation="rival")
        theirs = client.get(f"/v1/log/entries/{act}", headers=rival)
        nobodys = client.get("/v1/log/entries/dec_x", headers=bearer())
        assert theirs.status_code == nobodys.status_code == 404
        assert theirs.content == nobodys.content
    assert client.get(f"/v1/decisions/{exhibit['id']}", headers=bearer()).status_code == 404


def test_what_is_public_names_nobody(client, submitted, receipt):
    done = submitted("ai_image.png", wait=True)
    made = receipt(done["report"])
    told = client.get("/v1/log/checkpoint").text
    told += client.get("/v1/log/consistency?first=1&second=1").text
    for secret in (done["sha256"], done["name"], done["report"], made.log.salt, "label"):
        assert secret not in told
