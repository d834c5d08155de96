"""The log: what is on the disk, who may write, and what a crash leaves."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from provenance.attest.dsse import Envelope, seal
from provenance.attest.log import HEAD_TYPE, Log, TreeHead, entry_leaf
from provenance.attest.merkle import includes, is_extension
from provenance.attest.store import HEADER_BYTES, RECORD, FileStore, MemoryStore
from provenance.errors import LogFault
from tests.provenance.attest.conftest import NOON

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "log"


@pytest.fixture
def envelopes(signer):
    return [seal(b"%d" % n, "text/plain", signer) for n in range(5)]


def opened(store, signer):
    return Log(store, signer, clock=lambda: NOON)


def head_of(envelope):
    return TreeHead.of(envelope)


@pytest.fixture(params=["memory", "file"])
def log(request, folder, log_signer):
    if request.param == "memory":
        yield opened(MemoryStore(), log_signer)
    else:
        with FileStore(folder) as store:
            yield opened(store, log_signer)


def test_every_entry_is_proven_in_the_tree_it_was_given_with(log, envelopes):
    for index, envelope in enumerate(envelopes):
        entry = log.enter(envelope)
        head = head_of(entry.tree_head)
        leaf = entry_leaf(bytes.fromhex(entry.salt), envelope)
        assert (entry.leaf_index, head.size) == (index, index + 1)
        assert includes(bytes.fromhex(head.root), head.size, index, leaf, entry.path)


def test_later_tree_heads_extend_the_earlier_ones(log, envelopes):
    heads = [head_of(log.enter(one).tree_head) for one in envelopes]
    for old, new in itertools.combinations(heads, 2):
        proof = log.consistency(old.size, new.size)
        roots = bytes.fromhex(old.root), bytes.fromhex(new.root)
        assert is_extension(roots[0], old.size, roots[1], new.size, proof)
        assert not is_extension(roots[1], old.size, roots[0], new.size, proof)


def test_a_tree_head_is_signed_and_says_when_and_of_which_log(log, envelopes, log_signer):
    envelope = log.enter(envelopes[0]).tree_head
    assert envelope.payload_type == HEAD_TYPE
    assert log_signer.public.verifies(envelope.signature.value, envelope.pae())
    said = json.loads(envelope.body)
    assert said == {
        "schema": "assay/tree-head/1",
        "origin": log.origin,
        "size": 1,
        "root": said["root"],
        "time": "2026-11-22T12:00:00Z",
    }


def test_two_logs_never_have_the_same_name(log_signer):
    assert opened(MemoryStore(), log_signer).origin != opened(MemoryStore(), log_signer).origin


def test_the_same_envelope_entered_twice_leaves_two_unlike_leaves(log, envelopes):
    first, second = log.enter(envelopes[0]), log.enter(envelopes[0])
    assert first.salt != second.salt
    assert second.inclusion_proof[0] != entry_leaf(bytes.fromhex(second.salt), envelopes[0]).hex()


def test_a_leaf_covers_the_signature_and_not_just_the_words(signer, stranger):
    salt = bytes(32)
    ours, theirs = seal(b"words", "text/plain", signer), seal(b"words", "text/plain", stranger)
    assert ours.pae() == theirs.pae()
    assert entry_leaf(salt, ours) != entry_leaf(salt, theirs)


# In a folder


def test_a_log_goes_on_where_it_was_left(folder, envelopes, log_signer):
    with FileStore(folder) as store:
        log = opened(store, log_signer)
        origin = log.origin
        first = head_of(log.enter(envelopes[0]).tree_head)
    with FileStore(folder) as store:
        log = opened(store, log_signer)
        assert log.origin == origin
        entry = log.enter(envelopes[1])
        head = head_of(entry.tree_head)
        assert entry.leaf_index == 1
        proof = log.consistency(first.size)
        roots = bytes.fromhex(first.root), bytes.fromhex(head.root)
        assert is_extension(roots[0], 1, roots[1], 2, proof)


def test_what_is_published_tells_nothing_of_what_was_signed(folder, envelopes, log_signer):
    with FileStore(folder) as store:
        entry = opened(store, log_signer).enter(envelopes[0])
    published = b"".join(path.read_bytes() for path in folder.iterdir())
    assert bytes.fromhex(entry.salt) not in published
    assert entry.salt.encode() not in published
    assert envelopes[0].signature.sig.encode() not in published


def test_a_second_writer_is_turned_away(folder, log_signer, envelopes):
    with FileStore(folder) as store:
        with pytest.raises(LogFault, match="another process is writing"):
            FileStore(folder)
        opened(store, log_signer).enter(envelopes[0])
    with FileStore(folder) as store:
        assert len(opened(store, log_signer)) == 1


def test_a_patient_second_writer_waits_for_the_first(folder):
    context = multiprocessing.get_context("spawn")
    with FileStore(folder):
        holds = context.Event()
        process = context.Process(target=wait_for, args=(folder, holds))
        process.start()
        assert holds.wait(30)
    process.join(30)
    assert process.exitcode == 0


def wait_for(folder, holds):
    holds.set()
    FileStore(folder, patience=20).close()


@pytest.mark.parametrize("left", range(1, RECORD.size))
def test_a_torn_last_record_is_left_out_and_written_over(folder, envelopes, log_signer, left):
    with FileStore(folder) as store:
        opened(store, log_signer).enter(envelopes[0])
    leaves = folder / "leaves"
    whole = leaves.read_bytes()
    leaves.write_bytes(whole + whole[-RECORD.size :][:left])
    with FileStore(folder) as store:
        log = opened(store, log_signer)
        assert len(log) == 1
        assert log.enter(envelopes[1]).leaf_index == 1
    assert len(leaves.read_bytes()) == HEADER_BYTES + 2 * RECORD.size
    with FileStore(folder) as store:
        assert len(opened(store, log_signer)) == 2


def test_a_last_record_of_the_right_length_and_wrong_bytes_is_torn_too(
    folder, envelopes, log_signer
):
    with FileStore(folder) as store:
        opened(store, log_signer).enter(envelopes[0])
    with (folder / "leaves").open("ab") as file:
        file.write(bytes(RECORD.size))
    with FileStore(folder) as store:
        assert opened(store, log_signer).enter(envelopes[1]).leaf_index == 1


@pytest.mark.parametrize("left", [0, 1, 11, 12, 30, HEADER_BYTES - 1])
def test_a_torn_first_line_begins_the_log_again(folder, envelopes, log_signer, left):
    with FileStore(folder):
        pass
    leaves = folder / "leaves"
    leaves.write_bytes(leaves.read_bytes()[:left])
    with FileStore(folder) as store:
        assert opened(store, log_signer).enter(envelopes[0]).leaf_index == 0
        assert store.origin.startswith("urn:uuid:")


def test_a_leaf_without_a_tree_head_stays_and_harms_nothing(folder, envelopes, log_signer):
    with FileStore(folder) as store:
        log = opened(store, log_signer)
        log.enter(envelopes[0])
        store.append(b"\x07" * 32)  # the process ended before the tree head was signed
    with FileStore(folder) as store:
        assert opened(store, log_signer).enter(envelopes[1]).leaf_index == 2


def damage(folder, kind):
    leaves, head = folder / "leaves", folder / "head.json"
    raw = bytearray(leaves.read_bytes())
    match kind:
        case "lost":
            leaves.write_bytes(raw[: -RECORD.size])
        case "rotten":
            raw[HEADER_BYTES + 3] ^= 1
            leaves.write_bytes(raw)
        case "exchanged":
            first, second = HEADER_BYTES, HEADER_BYTES + RECORD.size
            raw[first:second], raw[second : second + RECORD.size] = (
                raw[second : second + RECORD.size],
                raw[first:second],
            )
            leaves.write_bytes(raw)
        case "another":
            leaves.write_bytes(b"something else entirely, and long enough to be taken for a log\n")
        case "head":
            head.write_bytes(b"{}")
        case "replaced":
            head_before = head.read_bytes()
            leaves.unlink()
            with FileStore(folder):
                pass
            head.write_bytes(head_before)


@pytest.mark.parametrize("kind", ["lost", "rotten", "exchanged", "another", "head", "replaced"])
def test_a_log_that_lost_what_it_signed_refuses_to_go_on(folder, envelopes, log_signer, kind):
    with FileStore(folder) as store:
        log = opened(store, log_signer)
        for one in envelopes[:3]:
            log.enter(one)
    damage(folder, kind)
    before = (folder / "leaves").read_bytes()
    with pytest.raises(LogFault), FileStore(folder) as store:
        opened(store, log_signer)
    assert (folder / "leaves").read_bytes() == before


def test_a_folder_that_cannot_be_is_a_fault_and_no_traceback(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(LogFault, match="cannot hold a log"):
        FileStore(tmp_path / "file" / "log")


WRITER = """
import sys
from pathlib import Path
from provenance.attest.dsse import seal
from provenance.attest.keys import PrivateKey
from provenance.attest.log import Log
from provenance.attest.store import FileStore
key = PrivateKey.generate()
log = Log(FileStore(Path(sys.argv[1])), key)
while True:
    print(log.enter(seal(b"x", "text/plain", key)).tree_head.model_dump_json(), flush=True)
"""


def test_every_tree_head_that_was_given_away_survives_a_hard_kill(folder, log_signer):
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, os.fspath(folder)], stdout=subprocess.PIPE, cwd=ROOT
    )
    lines = [process.stdout.readline() for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    lines += process.stdout.read().splitlines(keepends=True)
    process.stdout.close()
    process.wait()
    given = [head_of(Envelope.model_validate_json(one)) for one in lines if one.endswith(b"\n")]
    with FileStore(folder) as store:
        log = opened(store, log_signer)
        now = head_of(log.head())
        assert now.size >= given[-1].size >= 20
        for old in given:
            proof = log.consistency(old.size)
            roots = bytes.fromhex(old.root), bytes.fromhex(now.root)
            assert is_extension(roots[0], old.size, roots[1], now.size, proof)
