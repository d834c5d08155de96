"""One work in, one report out; many in, as many out, in order, whatever some of them are."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from provenance.errors import InputError, NotFound
from provenance.reading import MOST_ASSETS
from provenance.sandbox import Sandbox, Task
from service import check
from service.policy import Policy
from service.screening import Failed, Input, Screener

SAMPLES = Path(__file__).parents[2] / "samples"
AI = SAMPLES / "ai_image.png"
WORKS = sorted(
    path for path in SAMPLES.iterdir() if path.suffix in {".jpg", ".png", ".mp3", ".wav"}
)
NOON = datetime(2026, 11, 22, 12, 0, 0, 999_999, tzinfo=UTC)


@pytest.fixture(scope="module")
def screener():
    with Screener(clock=lambda: NOON) as screener:
        yield screener


def test_a_path_its_bytes_and_its_descriptor_give_one_answer(screener):
    by_path = screener.screen(AI, name="work")
    by_bytes = screener.screen(AI.read_bytes(), name="work")
    by_descriptor = screener.screen(os.open(AI, os.O_RDONLY), name="work")
    assert by_path.canonical() == by_bytes.canonical() == by_descriptor.canonical()


def test_a_descriptor_is_closed(screener):
    fd = os.open(AI, os.O_RDONLY)
    screener.screen(fd)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(fd)


def test_a_work_is_called_by_its_path_unless_it_is_given_a_name(screener):
    assert screener.screen(AI).asset.name == str(AI)
    assert screener.screen(str(AI)).asset.name == str(AI)
    assert screener.screen(AI.read_bytes()).asset.name == "-"
    assert screener.screen(AI, name="upload 7").asset.name == "upload 7"


def test_a_report_tells_when_and_by_what_it_was_made(screener):
    engine = screener.screen(AI).engine
    assert engine.verified_at == NOON.replace(microsecond=0)
    assert "c2pa" in engine.readers
    assert {"official", "interim"} <= set(engine.trust_lists)
    assert set(engine.models) == {"marks", "music"}


def test_every_check_leaves_something(screener):
    evidence = screener.screen(AI).evidence
    assert {one.check for one in evidence if one.kind == "not_run"} >= {"detect", "match"}
    assert [one.id for one in evidence] == list(range(len(evidence)))


def test_a_check_that_the_policy_leaves_out_is_disabled_and_not_silent():
    with Screener(policy=Policy(run=("match",))) as screener:
        report = screener.screen(AI)
    reasons = {one.check: one.reason for one in report.evidence if one.kind == "not_run"}
    assert reasons == {
        "provenance": "disabled",
        "rights": "disabled",
        "detect": "disabled",
        "match": "not_installed",
    }
    assert report.verdict.origin == "undetermined"
    assert len(report.asset.sha256) == 64


@pytest.mark.parametrize("workers", [1, 3])
def test_many_come_out_in_the_order_they_went_in(workers):
    works = WORKS * 3
    with Screener(workers=workers, clock=lambda: NOON) as screener:
        reports = list(screener.screen_many(Input(path) for path in works))
        alone = {path: screener.screen(path).canonical() for path in WORKS}
    assert [report.canonical() for report in reports] == [alone[path] for path in works]


def test_a_second_batch_is_judged_like_the_first():
    """Workers once died with the threads of the first batch, and good files were "unreadable"."""
    with Screener(workers=4, clock=lambda: NOON) as screener:
        batches = [
            [report.canonical() for report in screener.screen_many(Input(p) for p in WORKS * 2)]
            for _ in range(4)
        ]
    assert batches[0] == batches[1] == batches[2] == batches[3]


@pytest.mark.parametrize("workers", [1, 2])
def test_what_cannot_be_opened_stands_in_its_place(workers, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    known = Failed("known before", InputError("no"))
    inputs = [
        Input(AI),
        known,
        Input(tmp_path / "missing", "m"),
        Input(tmp_path / "pipe"),
        Input(Path("/proc/self/mem")),
        Input(b"", "empty"),
        Input(AI),
    ]
    with Screener(workers=workers) as screener:
        outcomes = list(screener.screen_many(inputs))
    assert [isinstance(one, Failed) for one in outcomes] == [
        *(False, True, True, True, True, False, False),
    ]
    assert outcomes[1] is known
    assert isinstance(outcomes[2].error, NotFound)
    assert outcomes[2].name == "m"


@pytest.mark.parametrize("workers", [1, 2])
def test_inputs_are_drawn_only_a_few_ahead(workers):
    drawn = []

    def endless():
        while True:
            drawn.append(None)
            yield Input(AI)

    with Screener(workers=workers) as screener:
        assert len(list(islice(screener.screen_many(endless()), 5))) == 5
    assert len(drawn) < 6 * MOST_ASSETS


LEAKING = """
import sys
from pathlib import Path
from service.screening import Input, Screener

def count():
    return len(list(Path("/proc/self/fd").iterdir()))

works, others = sys.argv[1:-2], sys.argv[-2:]
with Screener() as screener:
    list(screener.screen_many(Input(path) for path in works))
    before = count()
    for _ in range(5):
        list(screener.screen_many(Input(path) for path in [*works, *others]))
        screener.screen(Path(works[0]).read_bytes())
    print(before, count())
"""


def test_no_descriptor_is_left_open(tmp_path):
    # In a process of its own: what other tests left open closes when it likes.
    arguments = [*map(str, WORKS), str(tmp_path), str(tmp_path / "no")]
    done = subprocess.run(
        [sys.executable, "-c", LEAKING, *arguments], capture_output=True, text=True, check=True
    )
    before, after = done.stdout.split()
    assert after == before


def test_the_door_for_programs_takes_what_it_says(monkeypatch):
    pem = SAMPLES / "ca.pem"
    human = SAMPLES / "human_capture.jpg"
    assert check(human).verdict.origin == "undetermined"
    for trust in (pem, str(pem), pem.read_bytes()):
        assert check(human, trust=trust).verdict.origin == "human_attested"
    assert check(str(human), name="x").asset.name == "x"
    with pytest.raises(NotFound):
        check("no/such/file")


def test_what_reads_and_detects_yields_to_others_and_this_process_does_not(monkeypatch):
    """Wherever a worker is started from: the first at once, one where a detector is asked."""
    lowered, usual = [], os.getpriority(os.PRIO_PROCESS, 0)
    monkeypatch.setattr(os, "setpriority", lambda _, pid, to: lowered.append((pid, to)))
    ask = Screener._detect

    def detect(*given):
        with Sandbox(Task("tests.provenance.misbehaving:Misbehaving")) as sandbox:
            pid = int(sandbox.call({"do": "pid"}))
        assert (pid, usual + 3) in lowered
        return ask(*given)

    monkeypatch.setattr(Screener, "_detect", detect)
    with Screener(niceness=3, workers=2) as patient:
        first = [to for _, to in lowered]
        assert len(list(patient.screen_many([Input(AI), Input(AI)]))) == 2
    assert first == [usual + 3]
    assert {to for _, to in lowered} == {usual + 3}
    assert os.getpid() not in {pid for pid, _ in lowered}
    with Screener():
        assert len({to for _, to in lowered}) == 1
