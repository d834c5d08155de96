"""A tiny detector for each kind of work, trained and loaded from its folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

import detectors
from detectors.models.aggregate import aggregate
from detectors.models.windowed import LIMITS, WindowedDetector
from detectors.protocol import Detector
from provenance.asset import Asset
from provenance.evidence import Detection
from tests.detectors import tiny

KINDS = ("sound", "picture", "text")


def work(kind, *, synthetic, seed=77, **more):
    if kind == "text":
        return Asset.from_bytes(tiny.text(synthetic=synthetic, seed=seed).encode(), name="w.txt")
    return Asset.from_bytes(tiny.WORKS[kind](synthetic=synthetic, seed=seed, **more), name="w")


@pytest.fixture
def detector(tiny_run, request):
    one = detectors.load(tiny_run(request.param).folder)
    yield one
    one.close()


@pytest.mark.parametrize("kind", KINDS)
def test_works_it_never_saw_are_measured(tiny_run, kind):
    detector = detectors.load(tiny_run(kind).folder)
    assert isinstance(detector, Detector)
    works = [work(kind, synthetic=one) for one in (True, False, True)]
    found = [one for (one,) in detector.detect(works)]
    detector.close()
    assert all(isinstance(one, Detection) for one in found)
    made, human, _ = found
    assert made == found[2]
    assert made.score > human.score
    assert made.exceedance.upper < human.exceedance.upper
    assert made.likelihood > 0.5 > human.likelihood
    assert {one.abstain for one in found} == {None}
    assert made.model == detector.card.model == tiny_run(kind).trained.model.digest


@pytest.mark.parametrize("kind", KINDS)
def test_the_score_follows_from_the_places_shown(tiny_run, kind):
    detector = detectors.load(tiny_run(kind).folder)
    ((found,),) = detector.detect([work(kind, synthetic=True)])
    detector.close()
    again = Detection.model_validate_json(found.model_dump_json())
    local = [one.score for one in again.where]
    assert len(local) > 1
    record = tiny_run(kind).trained.model.record
    assert aggregate(record.aggregate, local) == again.score
    assert {one.unit for one in again.where} <= {"second", "pixel", "character"}
    assert all((one.range is None) != (one.box is None) for one in again.where)


@pytest.mark.parametrize("detector", ["picture"], indirect=True)
def test_order_is_kept_whatever_the_works_are(detector):
    kinds = [True, None, False, "sound", True, None, "sound", False] * 3
    works = [
        Asset.from_bytes(b"\x89PNG\r\n\x1a\n" + bytes(50), name="broken")
        if one is None
        else work("sound", synthetic=True)
        if one == "sound"
        else work("picture", synthetic=one)
        for one in kinds
    ]
    found = [one for (one,) in detector.detect(iter(works))]
    assert len(found) == len(works)
    for kind, one in zip(kinds, found, strict=True):
        if kind is None:
            assert (one.kind, one.reason) == ("not_run", "unreadable")
        elif kind == "sound":
            assert (one.kind, one.reason) == ("not_run", "not_applicable")
        else:
            assert (one.score > 0) is kind


@pytest.mark.parametrize("detector", ["picture"], indirect=True)
def test_a_file_may_be_closed_when_the_next_is_drawn(detector, tmp_path):
    path = tmp_path / "w.png"
    path.write_bytes(tiny.picture(synthetic=True, seed=3))

    def files():
        for _ in range(9):
            fd = os.open(path, os.O_RDONLY)
            try:
                yield Asset.from_fd(fd, name="w.png")
            finally:
                os.close(fd)

    before = len(list(Path("/proc/self/fd").iterdir()))
    scores = {one.score for (one,) in detector.detect(files())}
    assert len(scores) == 1
    answers = detector.detect(files())
    next(answers)
    answers.close()
    detector.close()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


@pytest.mark.parametrize("detector", ["sound"], indirect=True)
def test_it_can_be_asked_by_several_threads_at_once(detector):
    works = [work("sound", synthetic=bool(n % 2), seed=n) for n in range(8)]
    alone = [next(iter(detector.detect([one]))) for one in works]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda one: next(iter(detector.detect([one]))), works))
    assert together == alone


@pytest.mark.parametrize("detector", ["sound"], indirect=True)
def test_a_closed_detector_starts_anew(detector):
    for _ in range(2):
        ((found,),) = detector.detect([work("sound", synthetic=True)])
        assert found.kind == "detection"
        detector.close()


def test_a_work_that_takes_too_long_costs_its_own_answer_only(tiny_run, tmp_path):
    folder = changed(tiny_run("sound").folder, tmp_path / "m", preparation="tiny-slow")
    slow = WindowedDetector(folder, limits=replace(LIMITS, wall_seconds=3.0))
    lengths = (3.0, 20.0, 3.0)
    works = [work("sound", synthetic=True, seconds=one) for one in lengths]
    found = [one for (one,) in slow.detect(works)]
    slow.close()
    assert [one.kind for one in found] == ["detection", "not_run", "detection"]
    assert found[1].reason == "timeout"


def test_too_few_windows_abstain(tiny_run, tmp_path):
    folder = changed(tiny_run("sound").folder, tmp_path / "m", minimum_windows=5)
    detector = detectors.load(folder)
    ((found,),) = detector.detect([work("sound", synthetic=True)])
    detector.close()
    assert found.abstain == "too_short"
    assert found.likelihood is None
    assert len(found.where) == 3


def test_a_model_without_tables_informs_and_never_decides(tiny_run, tmp_path):
    folder = changed(tiny_run("sound").folder, tmp_path / "m", without=("tables.json",))
    detector = detectors.load(folder)
    assert not detector.is_calibrated
    ((found,),) = detector.detect([work("sound", synthetic=True)])
    detector.close()
    assert (found.exceedance, found.likelihood, found.abstain) == (None, None, None)
    assert found.score > 0


def test_check_shows_an_installed_model(tiny_plugins, tiny_run, models, tmp_path):
    from detectors.models.places import install

    install(tiny_run("picture").folder)
    path = tmp_path / "w.png"
    path.write_bytes(tiny.picture(synthetic=True, seed=77))
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from service.cli import main; main()",
            "check",
            path,
            "--format",
            "json",
        ],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(tiny_plugins)},
    )
    report = json.loads(done.stdout)
    (detection,) = [one for one in report["evidence"] if one["source"] == "tiny-picture"]
    digest = tiny_run("picture").trained.model.digest
    assert detection["kind"] == "detection"
    assert detection["where"]
    assert report["engine"]["models"]["tiny-picture"] == detection["model"] == digest
    assert report["verdict"]["decision"]["detector"] == "tiny-picture"
    assert report["verdict"]["decision"]["outcome"] == "below_threshold"


def test_nothing_heavy_is_imported_before_it_is_used(tiny_plugins, tiny_run, models):
    from detectors.models.places import install

    install(tiny_run("picture").folder)
    code = (
        "import sys, detectors; print(detectors.load('tiny-picture').card.model); "
        "print(sorted({'onnxruntime', 'torch', 'transformers', 'sklearn', 'PIL', 'av', "
        "'detectors.training'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(tiny_plugins)},
    )
    assert done.stdout.split("\n")[1] == "[]"


def changed(folder, new, *, without=(), **fields):
    """The model of `folder` with other fields, or without some files."""
    import shutil

    from detectors.models.folder import open_model, write_model

    shutil.copytree(folder, new)
    record = open_model(new).record
    for name in (*without, "model.json"):
        (new / name).unlink()
    write_model(new, record.model_copy(update=fields))
    return new
