"""The notary: every report in the log once, whoever writes, and a receipt that proves it."""

from __future__ import annotations

import datetime as dt
import logging
import threading

import pytest
from sqlalchemy import delete, func, select, update

from provenance.attest.checks import CheckName, Outcome
from provenance.attest.keys import PrivateKey
from provenance.attest.keyset import KeySet
from provenance.attest.log import TreeHead, entry_leaf
from provenance.attest.merkle import includes, is_extension
from provenance.attest.receipt import Issuer
from provenance.attest.verifying import Verifier
from provenance.errors import KeyFault, LogFault
from service import check
from service.desk import Desk
from service.notary import Notary
from service.policy import Finding, Reviewing
from service.receipt_keys import make_keys, published, signer
from service.receipts import PREDICATES
from service.review.facts import Facts, Found
from service.review.records import Opinion
from service.review.records import Outcome as Decides
from service.storage.accounts import Accounts
from service.storage.appeals import Appeals, ExhibitKind
from service.storage.blobs import open_blobs
from service.storage.engine import migrate, open_database
from service.storage.keeping import Keeping
from service.storage.log import LogBook
from service.storage.reviews import Reviews
from service.storage.screenings import Intake, Screenings
from service.storage.tables import decisions, log_entries, log_leaves, logs, reports, unlogged

NOTHING = Found("undetermined", (), review=False, facts=Facts(), rules=Reviewing())


@pytest.fixture
def keys(tmp_path):
    make_keys(tmp_path / "keys")
    return tmp_path / "keys"


@pytest.fixture
def notary(engine, keys):
    return Notary(LogBook(engine), keys)


@pytest.fixture
def label(engine):
    return Accounts(engine).found("label").id


@pytest.fixture(scope="module")
def document():
    return check(b"plain words", name="words.txt").to_json()


@pytest.fixture
def written(engine, label, document):
    """Writes a report as a screening does, and gives it."""
    stored = Screenings(engine)

    def write(content=document):
        one, _ = stored.accept(Intake(label, "key_x", "words.txt", "a" * 64, 3, blob="a"))
        stored.begin(one.id)
        assert stored.finish_with(one, "a" * 64, content, "made", NOTHING)
        return stored.report(label, stored.get(label, one.id).report)

    return write


def count(engine, table):
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar()


def verified(receipt, keys):
    verifier = Verifier(published(keys), predicates=PREDICATES)
    return verifier.verify(receipt.to_json().encode())


def head_of(notary):
    return TreeHead.of(notary.checkpoint())


class TestReceipts:
    def test_one_proves_its_place_in_the_log_offline(self, notary, label, written, keys):
        first, second = notary.receipt(label, written()), notary.receipt(label, written())
        assert (first.log.leaf_index, second.log.leaf_index) == (0, 1)
        for one in (first, second):
            found = verified(one, keys)
            assert found.valid
            assert {each.name for each in found.checks if each.outcome is Outcome.PASSED} >= {
                *(CheckName.SIGNER, CheckName.LOG, CheckName.TREE_HEAD)
            }
            assert found.signed_before == TreeHead.of(one.log.tree_head).time

    def test_it_is_the_same_each_time_whoever_gives_it(self, engine, notary, label, written, keys):
        report = written()
        first = notary.receipt(label, report)
        written()
        notary.enter_waiting()
        assert notary.receipt(label, report) == first
        assert Notary(LogBook(engine), keys).receipt(label, report) == first

    def test_it_outlives_the_key_that_signed_it(self, notary, label, written, keys):
        receipt = notary.receipt(label, written())
        make_keys(keys)  # those before retire
        later = notary.receipt(label, written())
        assert receipt.envelope.signature.keyid != later.envelope.signature.keyid
        assert verified(receipt, keys).valid
        assert verified(later, keys).valid

    def test_the_place_of_another_is_none(self, notary, label, written, keys, document):
        another = check(b"other words", name="others.txt").to_json()
        one, other = (notary.receipt(label, written(each)) for each in (document, another))
        swapped = one.model_copy(update={"log": other.log})
        found = verified(swapped, keys)
        assert not found.valid
        assert [each.name for each in found.failed] == [CheckName.LOG]

    def test_without_a_key_there_is_none(self, engine, label, written, tmp_path):
        notary = Notary(LogBook(engine), tmp_path / "nowhere")
        with pytest.raises(KeyFault):
            notary.receipt(label, written())
        assert count(engine, unlogged) == 1

    def test_a_folder_without_a_key_for_the_log_is_told(self, notary, label, written, keys):
        for one in keys.glob("log-*.pem"):
            one.unlink()
        with pytest.raises(KeyFault, match="no active key for a log"):
            notary.receipt(label, written())


class TestNothingIsLeftOut:
    def test_a_report_waits_from_the_moment_it_is_written(self, engine, notary, written):
        for _ in range(3):
            written()
        assert count(engine, unlogged) == 3
        assert notary.enter_waiting() == 3
        assert count(engine, unlogged) == 0
        assert count(engine, log_leaves) == 3
        assert notary.enter_waiting() == 0

    def test_one_that_was_cut_short_is_done_by_the_next(
        self, engine, notary, written, keys, monkeypatch
    ):
        """As a kill does: the transaction never ends."""
        written()
        written()

        def killed(*_):
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("service.storage.log.WrittenLog.keep_head", killed)
            with pytest.raises(KeyboardInterrupt):
                notary.enter_waiting()
        assert (count(engine, log_leaves), count(engine, unlogged)) == (0, 2)
        assert notary.enter_waiting() == 2
        assert head_of(Notary(LogBook(engine), keys)).size == 2

    def test_one_that_cannot_be_signed_is_told_and_does_not_hold_up_others(
        self, engine, notary, written, caplog
    ):
        written('{"no": "report"}')
        good = written()
        with caplog.at_level(logging.ERROR):
            assert notary.enter_waiting() == 1
        assert "cannot be signed" in caplog.text
        assert count(engine, unlogged) == 0
        with engine.connect() as connection:
            assert connection.execute(select(log_entries.c.report)).scalar_one() == good.id

    def test_what_was_there_before_the_log_is_entered_too(self, engine, notary, written):
        written()
        migrate(engine, "0002")
        migrate(engine)
        assert notary.enter_waiting() == 1

    def test_a_report_that_is_deleted_leaves_its_leaf_and_nothing_else(
        self, engine, notary, label, written
    ):
        kept, gone = written(), written()
        notary.enter_waiting()
        with engine.begin() as connection:
            connection.execute(delete(reports).where(reports.c.id == gone.id))
        assert (count(engine, log_entries), count(engine, log_leaves)) == (1, 2)
        assert notary.entry(label, kept).leaf_index == 0
        assert head_of(notary).size == 2


@pytest.fixture
def accused():
    """What a report comes to that people are to look at."""
    findings = (Finding.FULLY_SYNTHETIC,)
    return Found("ai_declared", findings, review=True, facts=Facts(), rules=Reviewing())


@pytest.fixture
def acts(engine, label, document, keys, accused):
    """Makes a decision and an exhibit, each signed, and gives their identifiers."""
    stored = Screenings(engine)
    desk = Desk(
        stored,
        Reviews(engine),
        Appeals(engine),
        rules=lambda _: Reviewing(),
        sign=lambda statement: Issuer(signer(keys)).issue(statement).to_json(),
    )

    def make(sha256="a" * 64):
        one, _ = stored.accept(Intake(label, "key_x", "words.txt", sha256, 3, blob=sha256))
        stored.begin(one.id)
        assert stored.finish_with(one, sha256, document, "made", accused)
        (review,) = desk.reviews.listed(label, limit=9, screening=one.id)
        now = dt.datetime.now(dt.UTC)
        opinion = Opinion("key_y", "ana", Decides.REVERSED, "heard the stems", now)
        _, decided = desk.give(label, review.id, opinion)
        appeal = desk.offer(label, one.id).appeal
        proof, _ = stored.accept(Intake(label, appeal.id, "a.txt", "f" * 64, 3, exhibit=True))
        (exhibit,) = desk.attach(appeal, proof, ExhibitKind.DRAFT).exhibits
        return one.id, decided.id, exhibit.id

    return make


class TestActs:
    """Decisions and exhibits, which are signed when they are made."""

    def test_each_proves_its_place_in_the_log_offline(self, engine, notary, label, acts, keys):
        _, *made = acts()
        assert notary.enter_waiting() == 3, "the report, the decision and the exhibit"
        assert notary.enter_waiting() == 0
        for act in made:
            receipt = notary.act(label, act)
            found = verified(receipt, keys)
            assert found.valid
            assert {each.name for each in found.checks if each.outcome is Outcome.PASSED} >= {
                *(CheckName.SIGNER, CheckName.LOG, CheckName.TREE_HEAD)
            }
            assert found.signed_before == TreeHead.of(receipt.log.tree_head).time
        assert count(engine, log_leaves) == 3

    def test_one_is_entered_when_it_is_asked_for_and_stays_the_same(self, notary, label, acts):
        _, decision, exhibit = acts()
        first = notary.act(label, decision)
        assert first.log.leaf_index == 0
        notary.enter_waiting()
        assert notary.act(label, decision) == first
        now = notary.act_entry(label, decision)
        head, leaf = TreeHead.of(now.tree_head), entry_leaf(bytes.fromhex(now.salt), first.envelope)
        assert head.size == 3
        assert includes(bytes.fromhex(head.root), 3, 0, leaf, now.path)
        assert notary.act_entry(label, exhibit).leaf_index in (1, 2)

    def test_nobody_else_has_it(self, engine, notary, acts):
        rival = Accounts(engine).found("rival").id
        _, decision, exhibit = acts()
        for act in (decision, exhibit, "dec_x", "rep_x", ""):
            assert notary.act(rival, act) is None
            assert notary.act_entry(rival, act) is None

    def test_one_that_was_cut_short_is_done_by_the_next(self, engine, notary, acts, monkeypatch):
        acts()

        def killed(*_):
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr("service.storage.log.WrittenLog.keep", killed)
            with pytest.raises(KeyboardInterrupt):
                notary.enter_waiting()
        assert count(engine, log_leaves) == 0
        assert notary.enter_waiting() == 3

    def test_one_that_is_damaged_is_told_and_does_not_hold_up_others(
        self, engine, notary, acts, caplog
    ):
        acts()
        with engine.begin() as connection:
            connection.execute(update(decisions).values(receipt="{}"))
        with caplog.at_level(logging.ERROR):
            assert notary.enter_waiting() == 2
        assert "no receipt" in caplog.text
        assert notary.enter_waiting() == 0

    def test_those_from_before_wait_and_none_is_entered_twice(self, engine, notary, acts):
        acts()
        notary.enter_waiting()
        acts("b" * 64)
        migrate(engine, "0007")
        migrate(engine)
        assert notary.enter_waiting() == 3
        assert notary.enter_waiting() == 0
        assert count(engine, log_leaves) == 6

    def test_what_is_erased_leaves_its_leaf_and_nothing_else(
        self, engine, notary, label, acts, tmp_path
    ):
        screening, decision, exhibit = acts()
        notary.enter_waiting()
        blobs = open_blobs(None, tmp_path / "data")
        Keeping(engine, blobs).erase(label, screening, caller="key_x", reason=None)
        assert notary.act(label, decision) is notary.act(label, exhibit) is None
        assert count(engine, log_leaves) == 3
        assert head_of(notary).size == 3


class TestTheLog:
    def test_it_has_a_signed_state_before_it_has_entries(self, notary):
        assert head_of(notary).size == 0
        assert notary.checkpoint() == notary.checkpoint()

    def test_every_entry_is_in_it_as_it_is_now(self, notary, label, written):
        made = [written() for _ in range(5)]
        notary.enter_waiting()
        head = head_of(notary)
        for report in made:
            entry = notary.entry(label, report)
            envelope = notary.receipt(label, report).envelope
            assert TreeHead.of(entry.tree_head) == head
            leaf = entry_leaf(bytes.fromhex(entry.salt), envelope)
            root = bytes.fromhex(head.root)
            assert includes(root, head.size, entry.leaf_index, leaf, entry.path)

    def test_it_only_grows(self, notary, label, written):
        heads = [TreeHead.of(notary.receipt(label, written()).log.tree_head) for _ in range(6)]
        for old in heads:
            for new in heads[old.size - 1 :]:
                proof = notary.consistency(old.size, new.size)
                roots = bytes.fromhex(old.root), bytes.fromhex(new.root)
                assert is_extension(roots[0], old.size, roots[1], new.size, proof)
        for sizes in ((0, 1), (3, 2), (1, 7)):
            assert notary.consistency(*sizes) is None

    def test_no_leaf_tells_what_it_is_of(self, engine, notary, label, written, document):
        """The same report twice: another salt, another leaf."""
        first, second = written(), written()
        assert first.document == second.document
        notary.enter_waiting()
        assert notary.entry(label, first).salt != notary.entry(label, second).salt
        with engine.connect() as connection:
            leaves = connection.execute(select(log_leaves.c.hash)).scalars().all()
        assert len({bytes(one) for one in leaves}) == 2

    @pytest.mark.parametrize("what", ["changed", "cut", "gap"])
    def test_one_that_was_tampered_with_goes_no_further(self, engine, notary, written, keys, what):
        for _ in range(3):
            written()
        notary.enter_waiting()
        written()
        middle = log_leaves.c.leaf_index == {"changed": 1, "cut": 2, "gap": 1}[what]
        with engine.begin() as connection:
            connection.execute(delete(log_entries))
            if what == "changed":
                connection.execute(update(log_leaves).where(middle).values(hash=b"x" * 32))
            else:
                connection.execute(delete(log_leaves).where(middle))
        fresh = Notary(LogBook(engine), keys)
        for ask in (fresh.enter_waiting, fresh.checkpoint):
            with pytest.raises(LogFault):
                ask()
        assert count(engine, unlogged) == 1

    def test_a_state_that_is_damaged_is_told(self, engine, notary, written):
        written()
        notary.enter_waiting()
        with engine.begin() as connection:
            connection.execute(update(logs).values(head="{}"))
        with pytest.raises(LogFault, match="damaged"):
            notary.checkpoint()

    def test_one_put_back_from_a_copy_is_read_anew(self, engine, notary, label, written):
        """What is remembered of it is only ever what the database holds."""
        first = written()
        notary.enter_waiting()
        with engine.connect() as connection:
            head = connection.execute(select(logs.c.head)).scalar_one()
        second = written()
        notary.enter_waiting()
        with engine.begin() as connection:
            connection.execute(delete(log_entries).where(log_entries.c.leaf_index == 1))
            connection.execute(delete(log_leaves).where(log_leaves.c.leaf_index == 1))
            connection.execute(update(logs).values(head=head))
        with pytest.raises(LogFault):
            notary.receipt(label, second)
        assert notary.receipt(label, second).log.leaf_index == 1
        assert notary.entry(label, first).leaf_index == 0


def test_writers_at_once_leave_no_gap_and_no_fork(database_url, keys, document):
    """Three notaries, each with a connection and a tree of its own, as in three processes."""
    engines = [open_database(database_url) for _ in range(3)]
    migrate(engines[0])
    label = Accounts(engines[0]).found("label").id
    made, faults, receipts = [], [], {}
    begun = threading.Barrier(3)

    def run(engine):
        try:
            stored, notary = Screenings(engine), Notary(LogBook(engine), keys)
            begun.wait()
            for number in range(8):
                work = Intake(label, "key_x", "words.txt", "a" * 64, 3, blob="a")
                one, _ = stored.accept(work)
                stored.begin(one.id)
                stored.finish_with(one, "a" * 64, document, "made", NOTHING)
                report = stored.report(label, stored.get(label, one.id).report)
                made.append(report.id)
                if number % 2:
                    receipts[report.id] = notary.receipt(label, report)
                else:
                    notary.enter_waiting()
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(one,)) for one in engines]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert faults == []
    notary = Notary(LogBook(engines[0]), keys)
    notary.enter_waiting()
    head, leaves = LogBook(engines[0]).read(0)
    assert len(leaves) == len(set(leaves)) == len(made) == 24
    assert head is not None
    assert count(engines[0], unlogged) == 0
    last = head_of(notary)
    assert last.size == 24
    for receipt in receipts.values():
        assert verified(receipt, keys).valid
        then = TreeHead.of(receipt.log.tree_head)
        proof = notary.consistency(then.size, last.size)
        roots = bytes.fromhex(then.root), bytes.fromhex(last.root)
        assert is_extension(roots[0], then.size, roots[1], last.size, proof)
    for one in engines:
        one.dispose()


def test_a_log_commits_for_good_on_sqlite(tmp_path):
    """A state of the log that was given away must not be forgotten when the power fails."""
    from sqlalchemy import text

    engine = open_database(f"sqlite:///{tmp_path / 'a.sqlite'}")
    migrate(engine)
    levels = []
    for options in ({"durable": True}, {}):
        with engine.execution_options(**options).connect() as connection:
            levels.append(connection.execute(text("PRAGMA synchronous")).scalar())
    assert levels == [2, 1]
    engine.dispose()


def test_the_key_set_names_no_key_that_is_not_there(notary, keys):
    assert notary.key_set() == KeySet.read(keys / "keys.json")
    for one in keys.glob("*.pem"):
        assert notary.key_set().find(PrivateKey.read(one).keyid) is not None
