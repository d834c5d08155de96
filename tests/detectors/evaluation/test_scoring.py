"""`scores.csv`: one row an item, in order, whatever a detector or a file does."""

from __future__ import annotations

import itertools

import pytest

from detectors.evaluation.journal import Journal
from detectors.evaluation.manifest import Manifest
from detectors.evaluation.scored import COLUMNS, Decision, Scored, scored, write_scores
from detectors.evaluation.scoring import BATCH, score
from provenance.errors import ConfigError, EngineError
from provenance.evidence import AbstainReason, Watermark
from tests.detectors.evaluation.making import Reading, manifest, rows_of


def works(tmp_path, *texts, **columns):
    rows = []
    for number, text in enumerate(texts):
        name = f"{number}.txt"
        if text is not None:
            (tmp_path / name).write_text(text)
        rows.append({"path": name, "label": "human", "source": "s", **columns})
    return Manifest(manifest(tmp_path / "manifest.csv", rows))


def scored_rows(tmp_path, detector, *texts, fpr=0.01):
    write_scores(tmp_path / "scores.csv", score(detector, works(tmp_path, *texts)), fpr)
    return rows_of(tmp_path / "scores.csv")


def test_a_row_for_each_item_also_for_those_without_numbers(tmp_path):
    texts = ("0.995", "0.5", "0.999 abstain", "0.9 refuse", None, "0.7 break", "0.25")
    rows = scored_rows(tmp_path, Reading(), *texts)
    assert tuple(rows[0]) == COLUMNS
    assert [row["id"] for row in rows] == [f"{n}.txt" for n in range(7)]
    assert [row["decision"] for row in rows] == [
        "synthetic",
        "below_threshold",
        "abstain",
        "not_run",
        "not_run",
        "not_run",
        "below_threshold",
    ]
    assert [row["reason"] for row in rows] == [
        *("", "", "too_short", "limit", "unreadable", "unreadable", "")
    ]
    assert [row["score"] for row in rows] == ["0.995", "0.5", "0.999", "", "", "", "0.25"]
    assert rows[1] == {
        "id": "1.txt",
        "label": "human",
        "source": "s",
        "score": "0.5",
        "likelihood": "0.5",
        "exceedance": "0.5",
        "decision": "below_threshold",
        "reason": "",
    }


@pytest.mark.parametrize(("fpr", "decision"), [(0.0051, "synthetic"), (0.0049, "below_threshold")])
def test_synthetic_is_exactly_an_upper_bound_within_the_rate(tmp_path, fpr, decision):
    (row,) = scored_rows(tmp_path, Reading(), "0.995", fpr=fpr)
    assert float(row["exceedance"]) == pytest.approx(0.005)
    assert row["decision"] == decision


def test_a_detector_without_tables_never_decides(tmp_path):
    class Uncalibrated(Reading):
        def detection(self, score, *, abstain=False):
            found = super().detection(score, abstain=abstain)
            return found.model_copy(update={"exceedance": None, "likelihood": None})

    (row,) = scored_rows(tmp_path, Uncalibrated(), "0.999")
    assert (row["score"], row["exceedance"], row["decision"]) == ("0.999", "", "abstain")


def test_of_several_detections_the_smallest_bound_decides(tmp_path):
    (item,) = works(tmp_path, "x")
    sure, unsure = Reading().detection(0.995), Reading().detection(0.2)
    abstained = Reading().detection(0.999, abstain=True)
    assert scored(item, (unsure, sure)).score == 0.995
    assert scored(item, (abstained, unsure)).decision(0.01) is Decision.BELOW_THRESHOLD
    only = scored(item, (abstained,))
    assert (only.decision(0.01), only.reason) == (Decision.ABSTAIN, AbstainReason.TOO_SHORT)


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_what_is_no_number_is_no_score(tmp_path, score):
    (item,) = works(tmp_path, "x")
    found = scored(item, (Reading().detection(0.5).model_copy(update={"score": score}),))
    assert (found.score, found.decision(1.0), found.reason) == (
        None,
        Decision.NOT_RUN,
        "unreadable",
    )


def test_a_mark_is_no_measurement(tmp_path):
    (item,) = works(tmp_path, "x")
    mark = Watermark(source="marks", scheme="perth", payload="present", confidence=1.0)
    for answer in ((), (mark,)):
        row = scored(item, answer)
        assert (row.decision(0.01), row.reason) == (Decision.NOT_RUN, "not_applicable")


def test_a_detector_that_gives_too_few_answers_costs_none_of_the_others(tmp_path):
    class Lazy(Reading):
        def detect(self, assets):
            return itertools.islice(super().detect(assets), 1)

    rows = scored_rows(tmp_path, Lazy(), "0.1", "0.2", "0.3")
    assert [row["score"] for row in rows] == ["0.1", "0.2", "0.3"]


def test_a_detector_that_gives_too_many_answers_shifts_none(tmp_path):
    class Generous(Reading):
        def detect(self, assets):
            for answer in super().detect(assets):
                yield answer
            yield answer

    rows = scored_rows(tmp_path, Generous(), *(f"0.{n:02}" for n in range(1, BATCH + 5)))
    assert [float(row["score"]) for row in rows] == [n / 100 for n in range(1, BATCH + 5)]


def test_faults_of_the_machinery_are_not_the_works(tmp_path):
    class Dead(Reading):
        def detect(self, assets):
            raise EngineError("no worker can be started")
            yield

    with pytest.raises(EngineError):
        list(score(Dead(), works(tmp_path, "0.1")))


def test_works_are_drawn_a_batch_at_a_time(tmp_path):
    drawn = []

    def items():
        for item in works(tmp_path, *["0.5"] * (3 * BATCH)):
            drawn.append(item.number)
            yield item

    found = score(Reading(), items())
    next(found)
    assert len(drawn) == BATCH


def test_a_journal_goes_on_behind_its_last_whole_line(tmp_path):
    identity = {"model": "m"}
    rows = [
        Scored(n, str(n), "human", "s", ran=True, score=0.0, facts={"bytes": 1}) for n in (0, 1)
    ]
    with Journal(tmp_path / "j", identity, resume=False) as journal:
        journal.add(rows[0])
    with (tmp_path / "j").open("ab") as file:
        file.write(b'{"number": 1, "id"')
    with Journal(tmp_path / "j", identity, resume=True) as journal:
        assert journal.done == 1
        journal.add(rows[1])
        assert list(journal) == rows


def test_a_journal_of_something_else_is_refused(tmp_path):
    with Journal(tmp_path / "j", {"model": "one", "fpr": 1}, resume=False):
        pass
    with pytest.raises(ConfigError, match=r"something else \(model\)"):
        Journal(tmp_path / "j", {"model": "two", "fpr": 1}, resume=True)
    with pytest.raises(ConfigError, match="holds an evaluation already"):
        Journal(tmp_path / "j", {"model": "one", "fpr": 1}, resume=False)


def test_two_at_once_are_refused(tmp_path):
    with (
        Journal(tmp_path / "j", {}, resume=False),
        pytest.raises(ConfigError, match="another evaluation"),
    ):
        Journal(tmp_path / "j", {}, resume=True)
