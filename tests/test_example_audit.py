"""The small corpus of the README: made by its script, and judged as the page says."""

from __future__ import annotations

import csv

from provenance.rights.snapshots import SnapshotFolder
from provenance.rights.standing import table
from service.optout.asking import use_of
from service.optout.origin import judge_origin
from tools.make_example_audit import FOLDER, files

VERDICTS = [
    "post_hoc",
    "undetermined",
    "violation",
    "violation",
    "undetermined",
    "violation",
    "compliant",
    "violation_contested",
    "violation",
    "compliant",
    "undetermined",
    "undetermined",
]


def test_the_files_are_what_the_script_writes():
    kept = {
        path.relative_to(FOLDER).as_posix(): path.read_text("utf-8")
        for path in FOLDER.rglob("*")
        if path.is_file()
    }
    assert kept == files()


def test_every_row_shows_another_rule():
    history = SnapshotFolder(FOLDER / "snapshots")
    found = []
    with (FOLDER / "corpus.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            use = use_of("train-genai", agent="GPTBot", at=row["date"] or None)
            found.append(str(judge_origin(row["url"], use, history, table()).verdict))
    assert found == VERDICTS
