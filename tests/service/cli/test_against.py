"""`assay check --against ORIGINAL`, as a user runs it."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from PIL import Image

from tests.provenance import making

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "samples"
PAGES = ("docs/against.md", "docs/against.fr.md")
SIGNED, LABELLED = SAMPLES / "ai_image.png", SAMPLES / "aigc_label.png"


@pytest.fixture
def saved(tmp_path):
    """Saves the picture of a file again, as a JPEG without any metadata."""

    def saved(path, name="copy.jpg"):
        written = io.BytesIO()
        Image.open(path).convert("RGB").save(written, "JPEG")
        (tmp_path / name).write_bytes(written.getvalue())
        return name

    return saved


def against(said):
    return [(one["source"], one["outcome"]) for one in json.loads(said.out)["against"]["survived"]]


def test_a_manifest_that_was_lost_is_a_finding(assay, saved):
    copy = saved(SIGNED)
    said = assay("check", copy, "--against", SIGNED, "--format", "json", status=1)
    report = json.loads(said.out)
    assert against(said) == [("c2pa", "lost")]
    assert report["verdict"]["findings"] == ["provenance_stripped"]
    assert report["asset"]["name"] == "copy.jpg"
    assert report["against"]["asset"]["name"] == str(SIGNED)
    assert "stripped_against_original" in [one["code"] for one in report["verdict"]["reasons"]]


def test_without_the_original_the_same_copy_is_silent(assay, saved):
    said = assay("check", saved(SIGNED), "--format", "json")
    assert "against" not in json.loads(said.out)


def test_what_the_original_is_does_not_change_the_status(assay):
    """The original is AI by its own manifest, which alone would be a 1."""
    assert assay("check", SIGNED, status=1)
    plain = SAMPLES / "untouched.jpg"
    said = assay("check", plain, "--against", SAMPLES / "tampered.jpg", "--format", "json")
    assert json.loads(said.out)["verdict"]["findings"] == []


def test_a_mark_that_moved_with_the_work_is_kept(assay, tmp_path):
    packet = making.xmp(f"<TC260:AIGC>{label()}</TC260:AIGC>")
    (tmp_path / "copy.jpg").write_bytes(making.jpeg(making.app1_xmp(packet)))
    # A label says AI, so the copy has a finding of its own; it was stripped of nothing.
    said = assay("check", "copy.jpg", "--against", LABELLED, "--format", "json", status=1)
    assert against(said) == [("aigc", "kept")]
    assert "provenance_stripped" not in json.loads(said.out)["verdict"]["findings"]


def label():
    chunks = Image.open(LABELLED).text
    return chunks["AIGC"].replace('"', "&quot;")


def test_several_copies_are_compared_with_one_original(assay, saved, tmp_path):
    folder = tmp_path / "delivery"
    folder.mkdir()
    saved(SIGNED, "delivery/b.jpg")
    shutil.copy(SIGNED, folder / "a.png")
    said = assay("check", "delivery", "--against", SIGNED, "--format", "ndjson", status=1)
    lines = [json.loads(line) for line in said.out.splitlines()]
    assert [one["against"]["survived"][0]["outcome"] for one in lines] == ["kept", "lost"]
    table = assay("check", "delivery", "--against", SIGNED, status=1).out
    assert "Provenance removed" in table


def test_a_policy_may_let_it_pass(assay, saved, tmp_path):
    (tmp_path / "policy.toml").write_text('alert_on = ["provenance_broken"]\n')
    said = assay("check", saved(SIGNED), "--against", SIGNED, "--policy", "policy.toml")
    assert "Provenance removed" in said.out


def test_it_is_said_in_french(assay, saved):
    said = assay("check", saved(SIGNED), "--against", SIGNED, "--lang", "fr", status=1).out
    assert "Ce qui a été conservé" in said
    assert "✗ Perdu" in said
    assert "la comparaison porte sur ce que disent" in said


def test_a_page_shows_it(assay, saved):
    page = assay("check", saved(SIGNED), "--against", SIGNED, "--format", "html", status=1).out
    assert "What survived" in page
    assert '<th scope="row"><bdi>C2PA credential</bdi></th>' in page


def test_checks_that_did_not_run_lose_nothing(assay, saved):
    said = assay(
        *("check", saved(SIGNED), "--against", SIGNED, "--format", "json"), "--only", "rights"
    )
    assert set(against(said)) == {("c2pa", "not_comparable"), ("provenance", "not_comparable")}


def test_an_original_that_could_not_be_read_is_a_fault(assay, tmp_path):
    (tmp_path / "torn.png").write_bytes(LABELLED.read_bytes()[:60])
    said = assay(
        *("check", SAMPLES / "untouched.jpg", "--against", "torn.png", "--format", "json"), status=3
    )
    assert {outcome for _, outcome in against(said)} == {"not_comparable"}


def test_a_copy_that_cannot_be_opened_stands_in_its_place(assay, tmp_path):
    folder = tmp_path / "delivery"
    folder.mkdir()
    os.mkfifo(folder / "pipe")
    said = assay("check", "delivery", "--against", SIGNED, "--format", "json", status=3)
    assert json.loads(said.out)[0]["schema"] == "assay/error/1"


@pytest.mark.parametrize(
    ("original", "told"),
    [
        ("-", "not a file"),
        ("https://example.org/a.png", "not a file"),
        (".", "not one file"),
        ("", "not one file"),
        ("nothing.png", "there is no such file"),
    ],
)
def test_the_original_is_one_file(assay, original, told):
    said = assay("check", SIGNED, "--against", original, status=2)
    assert said.out == ""
    assert told in said.err
    assert "Give the path of the file" in said.err


def test_an_original_that_is_no_ordinary_file_ends_the_run(assay, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    said = assay("check", SIGNED, "--against", "pipe", status=3)
    assert said.out == ""
    assert "pipe: is not a regular file" in said.err


def test_the_help_teaches_it(assay):
    shown = assay("check", "--help").out
    assert "--against" in shown
    assert "assay check delivered.jpg --against master.png" in shown


@pytest.mark.parametrize("page", PAGES)
def test_the_pages_explain_every_outcome_and_every_mark(page):
    from service.survival import MarkKind, SurvivalOutcome

    told = set(re.findall(r"`([a-z0-9_]+)`", (ROOT / page).read_text("utf-8")))
    assert {str(one) for one in (*MarkKind, *SurvivalOutcome)} <= told


def test_the_pages_lead_to_each_other_and_french_is_well_set():
    for page, other in (PAGES, PAGES[::-1]):
        assert f"]({Path(other).name})" in (ROOT / page).read_text("utf-8")
    french = re.sub(r"`[^`]*`|```.*?```", "", (ROOT / PAGES[1]).read_text("utf-8"), flags=re.DOTALL)
    assert "'" not in french
    assert not re.search(r"[ \w][;!?»]| :|« ", french)
