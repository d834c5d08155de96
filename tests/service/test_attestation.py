"""What an attestation tells, and when it stops to hold."""

from __future__ import annotations

import datetime as dt
import hashlib
import subprocess

import pytest

from provenance.attest.keys import PrivateKey
from provenance.attest.keyset import KeySet, KeyUse, PublishedKey
from provenance.attest.log import Log
from provenance.attest.receipt import Issuer
from provenance.attest.store import MemoryStore
from provenance.errors import ReceiptError
from service import check
from service.attestation import RESTS_ON, Objection, commitment, stated
from service.policy import Finding
from service.receipts import statement_of
from service.render.attestation import COMMAND
from service.review.records import Decided, Outcome, Stage
from service.storage.attestations import Attestation, Attested, Shown
from service.storage.screenings import StoredReport
from service.verdict import Basis, Rights, VerdictOrigin

SIGNED = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)
SALT = "5a" * 32
KEY, LOG_KEY, OTHER = (PrivateKey.generate() for _ in range(3))
WORDS = b"plain words"


def key_set(*keys, **changed):
    begun = SIGNED - dt.timedelta(days=1)
    return KeySet(
        keys=tuple(
            PublishedKey(
                keyid=one.keyid,
                public=one.public.pem(),
                not_before=begun,
                use=tuple(KeyUse),
                **changed,
            )
            for one in keys
        )
    )


@pytest.fixture(scope="module")
def report():
    return check(WORDS, name="words.txt")


@pytest.fixture(scope="module")
def receipt(report):
    log = Log(MemoryStore(), LOG_KEY, clock=lambda: SIGNED)
    return Issuer(KEY, log).issue(statement_of(report))


def attested(report, later=None, shows=(Shown.ORIGIN,), salt=SALT, decided=None):
    def stored(one, number):
        return StoredReport(f"rep_{number}", one.asset.sha256, one.to_json(), SIGNED)

    one = Attestation("att_x", "org_x", "rep_0", "t" * 43, tuple(shows), salt, SIGNED, None)
    this = stored(report, 0)
    return Attested(one, "Label", this, this if later is None else stored(later, 1), decided)


def with_verdict(report, **changed):
    return report.model_copy(update={"verdict": report.verdict.model_copy(update=changed)})


def objections(receipt, report, keys=None, later=None, **changed):
    keys = key_set(KEY, LOG_KEY) if keys is None else keys
    return stated(attested(report, later, **changed), receipt, keys, NOW).objections


def test_it_tells_who_signed_and_when(report, receipt):
    one = stated(attested(report), receipt, key_set(KEY, LOG_KEY), NOW)
    assert (one.by, one.key, one.signed_at, one.entry) == ("Label", KEY.keyid, SIGNED, 0)
    assert one.objections == ()
    assert not one.attests_human


def test_what_is_in_no_log_is_not_shown(report):
    with pytest.raises(ReceiptError, match="not in the log"):
        stated(attested(report), Issuer(KEY).issue(statement_of(report)), key_set(KEY), NOW)


class TestObjections:
    @pytest.mark.parametrize("keys", [key_set(), key_set(OTHER), key_set(OTHER, LOG_KEY)])
    def test_a_key_that_is_not_published_vouches_for_nothing(self, report, receipt, keys):
        assert Objection.SIGNATURE in objections(receipt, report, keys)

    def test_a_report_that_was_changed_is_not_what_was_signed(self, report, receipt):
        """The receipt is made anew of the stored report, and the signature then fails."""
        forged = with_verdict(report, origin=VerdictOrigin.HUMAN_ATTESTED, basis=Basis.PROVEN)
        envelope = receipt.envelope.model_copy(
            update={"payload": Issuer(OTHER).issue(statement_of(forged)).envelope.payload}
        )
        found = stated(
            attested(forged),
            receipt.model_copy(update={"envelope": envelope}),
            key_set(KEY, LOG_KEY),
            NOW,
        )
        assert Objection.SIGNATURE in found.objections
        assert not found.attests_human

    def test_a_receipt_of_another_work_is_none(self, report):
        other = check(b"other words", name="words.txt")
        log = Log(MemoryStore(), LOG_KEY, clock=lambda: SIGNED)
        receipt = Issuer(KEY, log).issue(statement_of(other))
        assert objections(receipt, report) == (Objection.SIGNATURE,)

    @pytest.mark.parametrize("revoked_at", [SIGNED - dt.timedelta(1), SIGNED + dt.timedelta(1)])
    def test_a_revoked_key_ends_it_whenever_it_was_revoked(self, report, receipt, revoked_at):
        keys = key_set(KEY, LOG_KEY).revoked(KEY.keyid, revoked_at)
        assert objections(receipt, report, keys) == (Objection.KEY_REVOKED,)

    def test_a_key_that_only_retired_does_not(self, report, receipt):
        ended = SIGNED + dt.timedelta(hours=1)
        keys = key_set(KEY, LOG_KEY, status="retired", not_after=ended)
        assert objections(receipt, report, keys) == ()

    def test_nor_does_it_hold_without_its_place_in_the_log(self, report, receipt):
        elsewhere = receipt.log.model_copy(update={"leaf_index": 0, "salt": "00" * 32})
        moved = receipt.model_copy(update={"log": elsewhere})
        assert objections(moved, report) == (Objection.LOG,)
        keys = key_set(KEY, LOG_KEY).revoked(LOG_KEY.keyid, NOW)
        assert objections(receipt, report, keys) == (Objection.LOG,)

    def test_a_later_answer_ends_it_if_it_is_another(self, report, receipt):
        assert objections(receipt, report, later=report) == ()
        later = with_verdict(report, origin=VerdictOrigin.AI_DECLARED, basis=Basis.DECLARED)
        assert objections(receipt, report, later=later) == (Objection.CHANGED,)

    def test_what_is_not_shown_is_not_told_by_its_change(self, report, receipt):
        later = with_verdict(report, rights=Rights.RESERVED)
        shown = [Shown.ORIGIN, Shown.INTEGRITY]
        assert objections(receipt, report, later=later, shows=shown) == ()
        assert objections(receipt, report, later=later, shows=Shown) == (Objection.CHANGED,)

    @pytest.mark.parametrize("outcome", Outcome)
    @pytest.mark.parametrize("shown", Shown)
    def test_nor_does_what_people_reversed_hold(self, report, shown, outcome):
        """Only a finding that a shown answer rests on; the others are not told."""
        finding = Finding.FULLY_SYNTHETIC
        suspected = with_verdict(report, origin=VerdictOrigin.AI_DETECTED, findings=(finding,))
        log = Log(MemoryStore(), LOG_KEY, clock=lambda: SIGNED)
        receipt = Issuer(KEY, log).issue(statement_of(suspected))
        decided = Decided("dec_x", Stage.REVIEW, outcome, (finding,), NOW)
        found = objections(receipt, suspected, shows=[shown], decided=decided)
        ended = outcome is Outcome.REVERSED and shown is Shown.ORIGIN
        assert found == ((Objection.CHANGED,) if ended else ())

    def test_every_finding_belongs_to_one_answer_at_most(self):
        named = [finding for of in RESTS_ON.values() for finding in of]
        assert set(RESTS_ON) == set(Shown)
        assert len(named) == len(set(named))


class TestHumanOrigin:
    @pytest.mark.parametrize("origin", VerdictOrigin)
    def test_only_one_origin_reads_as_human(self, report, origin):
        other = with_verdict(report, origin=origin)
        log = Log(MemoryStore(), LOG_KEY, clock=lambda: SIGNED)
        receipt = Issuer(KEY, log).issue(statement_of(other))
        keys = key_set(KEY, LOG_KEY)
        found = stated(attested(other), receipt, keys, NOW)
        assert found.objections == ()
        assert found.attests_human is (origin is VerdictOrigin.HUMAN_ATTESTED)
        hidden = stated(attested(other, shows=[Shown.RIGHTS]), receipt, keys, NOW)
        assert not hidden.attests_human
        ended = stated(attested(other), receipt, keys.revoked(KEY.keyid, NOW), NOW)
        assert not ended.attests_human


class TestCommitment:
    def test_whoever_has_the_work_can_tell(self, report, receipt, tmp_path):
        """The very command of the page, in a shell."""
        one = stated(attested(report), receipt, key_set(KEY, LOG_KEY), NOW)
        (tmp_path / "FILE").write_bytes(WORDS)
        done = subprocess.run(
            ["sh", "-c", COMMAND.format(salt=one.salt)],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.split()[0] == one.commitment
        assert one.commitment == commitment(SALT, hashlib.sha256(WORDS).hexdigest())

    def test_without_its_salt_it_is_no_digest_of_the_work(self):
        digest = hashlib.sha256(WORDS).hexdigest()
        assert len({commitment(salt * 32, digest) for salt in ("00", "01", "ff")}) == 3

    def test_the_owner_may_leave_it_out(self, report, receipt):
        one = stated(attested(report, salt=None), receipt, key_set(KEY, LOG_KEY), NOW)
        assert (one.salt, one.commitment) == (None, None)
