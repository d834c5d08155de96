"""Canaries: which verdicts flip when what examines them has changed."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from provenance.errors import ConfigError
from service.canary import CanaryRun, flips
from service.jobs.canarying import run_canaries
from service.policy import Policy
from service.running import Service
from service.screening import Screener
from service.settings import Settings

SAMPLES = Path(__file__).parents[2] / "samples"
READS = ("provenance", "rights")


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "canaries"
    (made / "below").mkdir(parents=True)
    shutil.copy(SAMPLES / "prompt_in_metadata.png", made / "below" / "ai.png")
    shutil.copy(SAMPLES / "tampered.jpg", made / "broken.jpg")
    return made


def run(folder, **policy):
    with Screener(policy=Policy(run=READS, **policy)) as screener:
        return run_canaries(screener, folder)


def test_another_policy_flips_what_it_changes_and_nothing_else(folder):
    before, after = run(folder), run(folder, review_on=("provenance_broken",))
    assert list(before.answers) == ["below/ai.png", "broken.jpg"]
    (flip,) = flips(before, after)
    assert flip.name == "broken.jpg"
    assert flip.told.endswith("provenance_broken, review")
    assert before.made_by != after.made_by
    assert flips(before, run(folder)) == ()


def test_another_file_is_no_flip_and_one_that_cannot_be_read_is(folder):
    before = run(folder)
    (folder / "new.txt").write_text("new")
    shutil.copy(SAMPLES / "untouched.jpg", folder / "broken.jpg")
    after = run(folder)
    assert flips(before, after) == ()
    gone = CanaryRun(made_by="x", answers={**before.answers, "broken.jpg": None})
    assert [flip.name for flip in flips(before, gone)] == ["broken.jpg"]


def test_what_is_no_folder_is_told(tmp_path):
    with pytest.raises(ConfigError, match="not a folder"):
        run(tmp_path / "nowhere")


def test_a_service_examines_them_once_for_each_change(folder, tmp_path, caplog):
    caplog.set_level(logging.INFO, "service.jobs.canarying")

    def start(text):
        policy = tmp_path / "policy.toml"
        policy.write_text('run = ["provenance", "rights"]\n' + text)
        caplog.clear()
        with Service(Settings.read(data=tmp_path / "data", policy=policy, canary=folder)):
            pass
        return [one.getMessage() for one in caplog.records]

    assert start("") == ["canaries were examined: 0 flipped"]
    assert start("") == []
    told = start('review_on = ["provenance_broken"]\n')
    assert told[0] == "canaries were examined: 1 flipped"
    assert "broken.jpg" in told[1]
