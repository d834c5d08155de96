"""What is judged is what was hashed, also while somebody writes to the file."""

from __future__ import annotations

import hashlib
import itertools
import os
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from provenance.errors import InputError
from provenance.reading import MOST_ASSETS
from service.intake import Failed, Input, Taken, batches, take
from service.screening import Screener

SAMPLES = Path(__file__).resolve().parents[2] / "samples"


def test_a_small_file_is_taken_once_and_for_all(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"before")
    with ExitStack() as held:
        taken = take(Input(path), held)
        path.write_bytes(b"after!")
        assert isinstance(taken, Taken)
        assert taken.asset.read_at(0, 10) == b"before"
        assert not taken.has_changed()


def test_a_large_file_that_changes_gets_no_report(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF" + bytes(2 << 20))
    with ExitStack() as held:
        taken = take(Input(path), held)
        assert isinstance(taken, Taken)
        assert not taken.has_changed()
        with path.open("r+b") as file:
            file.write(b"X")
        os.utime(path, ns=(0, 0))
        assert taken.has_changed()


@pytest.mark.skipif(not Path("/proc/cpuinfo").exists(), reason="needs /proc")
def test_a_file_that_hides_its_size_is_refused():
    with ExitStack() as held:
        taken = take(Input(Path("/proc/cpuinfo")), held)
    assert isinstance(taken, Failed)
    assert "0 bytes" in str(taken.error)


def test_a_verdict_and_its_digest_speak_of_the_same_bytes(tmp_path):
    """Somebody switches a file between a signed and a tampered form while it is read."""
    forms = [(SAMPLES / name).read_bytes() for name in ("human_capture.jpg", "tampered.jpg")]
    integrity = {
        hashlib.sha256(forms[0]).hexdigest(): "intact",
        hashlib.sha256(forms[1]).hexdigest(): "broken",
    }
    path = tmp_path / "a.jpg"
    path.write_bytes(forms[0])
    done = threading.Event()

    def switch():
        with path.open("r+b", buffering=0) as file:
            for form in itertools.cycle(forms):
                if done.is_set():
                    return
                file.seek(0)
                file.write(form)

    writer = threading.Thread(target=switch)
    writer.start()
    seen = set()
    try:
        with Screener() as screener:
            for _ in range(150):
                try:
                    report = screener.screen(path)
                except InputError:
                    continue
                expected = integrity.get(report.asset.sha256, report.verdict.integrity)
                assert report.verdict.integrity == expected
                seen.add(report.asset.sha256)
    finally:
        done.set()
        writer.join()
    assert seen


def test_small_files_come_in_runs_and_others_alone(tmp_path):
    small = []
    for number in range(MOST_ASSETS + 2):
        path = tmp_path / f"{number}.txt"
        path.write_bytes(b"x")
        small.append(Input(path))
    large = tmp_path / "large"
    large.write_bytes(bytes(2 << 20))
    failed = Failed("gone", InputError("gone"))
    runs = list(batches([*small, Input(large), small[0], failed, Input(b"y"), small[1]]))
    assert [len(run) for run in runs] == [MOST_ASSETS, 2, 1, 1, 1, 1, 1]
    assert [one for run in runs for one in run][: len(small)] == small
