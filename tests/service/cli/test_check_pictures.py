"""`assay check --format html`: what detections rest on, from the file to the page."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys

import pytest
from PIL import Image

from tests.detectors import tiny
from tests.service.render.test_html import assert_harmless

KINDS = ("sound", "picture", "text")
SAID = "<script>alert('words')</script> & more "


class Assay:
    """The command, with tiny models installed."""

    def __init__(self, folder):
        self.site = tiny.register(folder / "site")
        self.models = folder / "models"

    def __call__(self, *arguments, given=None, status=0):
        done = subprocess.run(
            [sys.executable, "-c", "from service.cli import main; main()", *map(str, arguments)],
            capture_output=True,
            input=given,
            check=False,
            env={
                **os.environ,
                "PYTHONPATH": str(self.site),
                "ASSAY_MODELS": str(self.models),
                "LC_ALL": "C.UTF-8",
            },
        )
        assert done.returncode == status, done.stderr.decode()
        return done.stdout.decode()


@pytest.fixture(scope="module")
def assay(tmp_path_factory):
    folder = tmp_path_factory.mktemp("assay")
    assay = Assay(folder)
    for kind in KINDS:
        manifest = tiny.manifest(folder / kind, kind)
        model = folder / f"model-{kind}"
        assay(
            *("models", "train", manifest, "--recipe", f"tiny-{kind}"),
            *("--out", model, "--name", f"my-{kind}"),
        )
        assay("models", "add", model)
    return assay


@pytest.fixture(scope="module")
def works(tmp_path_factory):
    folder = tmp_path_factory.mktemp("works")
    (folder / "picture.png").write_bytes(tiny.picture(synthetic=True, seed=7))
    (folder / "sound.wav").write_bytes(tiny.sound(synthetic=True, seed=7, seconds=70))
    (folder / "text.txt").write_text(SAID + tiny.text(synthetic=False, seed=7))
    return folder


def local(page):
    (part,) = assert_harmless(page).find_class("local")
    return part


def images(part):
    for one in part.iter("image"):
        data = base64.b64decode(one.get("href").removeprefix("data:image/png;base64,"))
        with Image.open(io.BytesIO(data), formats=("PNG",)) as image:
            yield image.size


def test_of_a_recording_the_windows_lie_under_its_spectrogram(assay, works):
    part = local(assay("check", works / "sound.wav", "--format", "html"))
    ((columns, rows),) = images(part)
    assert columns > 500
    assert rows > 100
    said = part.text_content()
    assert {"0:00", "0:30", "1:00"} <= {text.text for text in part.iter("text")}
    assert len(part.xpath(".//rect/title")) == 20
    assert "A high place alone accuses nobody" in said
    assert "this work: " in said
    assert "32 works of people from 4 sources" in said


def test_of_a_picture_the_boxes_lie_over_it(assay, works):
    part = local(assay("check", works / "picture.png", "--format", "html", "--lang", "fr"))
    assert list(images(part)) == [(96, 96)]
    (drawing,) = part.find_class("picture")
    assert len(drawing.findall(".//rect")) == 9
    assert "accuse personne à lui seul" in part.text_content()


def test_of_a_text_the_passages_are_marked(assay, works):
    part = local(assay("check", works / "text.txt", "--format", "html"))
    marks = part.findall(".//mark")
    whole = "".join("".join(mark.itertext()).removeprefix(mark.find("b").text) for mark in marks)
    assert whole == (works / "text.txt").read_text()
    assert not list(images(part))


def test_a_folder_gives_a_page_each_and_the_same_json_as_ever(assay, works, tmp_path):
    assay("check", works, "--format", "html", "--out", tmp_path / "html")
    assay("check", works, "--format", "json", "--out", tmp_path / "json")
    pages = sorted((tmp_path / "html").glob("0*.html"))
    assert [sum(1 for _ in images(local(page.read_text("utf-8")))) for page in pages] == [1, 1, 0]
    for page in pages:
        report = page.with_suffix(".json").read_text("utf-8")
        assert "data:image" not in report
        other = (tmp_path / "json" / page.with_suffix(".json").name).read_text("utf-8")
        assert _timeless(report) == _timeless(other)


def test_standard_input_is_shown_too(assay, works):
    data = (works / "sound.wav").read_bytes()
    part = local(assay("check", "-", "--format", "html", given=data))
    assert len(list(images(part))) == 1


def test_a_work_that_was_changed_meanwhile_is_not_shown(works, tmp_path):
    from provenance.evidence import Detection, Where
    from service import check
    from service.cli.illustrating import Illustrations
    from service.intake import Input

    work = tmp_path / "a.png"
    work.write_bytes(tiny.picture(synthetic=True, seed=1))
    where = (Where(unit="pixel", box=(0, 0, 9, 9), score=1.0),)
    found = Detection(source="d", detector="d", model="sha256:0", score=1.0, where=where)
    report = check(work).model_copy(update={"evidence": (found,)})
    with Illustrations() as pictures:
        kept = list(pictures.keep([Input(work), Input(work), Input(work)]))
        assert len(kept) == 3
        assert pictures.of(report)[0].kind == "pixels"
        work.write_bytes(tiny.picture(synthetic=True, seed=2))
        changed = pictures.of(report)[0]
        assert "no longer the file" in changed.detail
        work.unlink()
        assert pictures.of(report)[0].kind == "unshown"


def test_a_work_that_takes_too_long_leaves_its_scores(report_of_sound):
    from dataclasses import replace

    from detectors.decode.workers import LIMITS
    from detectors.explain import Asking
    from service.render.html import render_page

    asset, report = report_of_sound
    asking = Asking(limits=replace(LIMITS, wall_seconds=0.001))
    shown = asking.ask(asset, report.evidence)
    asking.close()
    part = local(render_page(report, "en", shown))
    assert "could not be shown: out of time" in part.text_content()
    assert part.xpath(".//details[@open]//td")
    assert not list(images(part))


@pytest.fixture
def report_of_sound():
    from provenance.asset import Asset
    from provenance.evidence import Detection, Where
    from service import check

    data = tiny.sound(synthetic=True, seed=1)
    where = (Where(unit="second", range=(0, 1), score=1.0),)
    found = Detection(source="d", detector="d", model="sha256:0", score=1.0, where=where)
    report = check(data, name="a.wav").model_copy(update={"evidence": (found,)})
    return Asset.from_bytes(data, name="a.wav"), report


def _timeless(report):
    read = json.loads(report)
    read["engine"]["verified_at"] = None
    return json.dumps(read)
