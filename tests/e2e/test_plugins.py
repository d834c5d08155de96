"""A plug-in of each kind, as CONTRIBUTING.md shows them, is found and heard: also in the sandbox.

The example of tests/plugins is not installed into the environment of the tests, where it would
speak in every other test. Each test here has an environment of its own: a bare virtual one that
sees the packages of this one, and the example beside them as an installer would leave it.
"""

from __future__ import annotations

import json
import site
import subprocess
import sysconfig
import textwrap
import tomllib
import venv
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[1] / "plugins" / "example"
TEXT = "X-Maker: machine\nNo-Training: yes\n\nIt was a dark and stormy night.\n"

BAD_PLUGINS = """
    class Unmakeable:
        def __init__(self):
            raise RuntimeError("no licence")

    class NoReader:
        source = "no-reader"

    class Fickle:
        source = "fickle"
        media = frozenset({"*"})

        @property
        def version(self):
            raise RuntimeError("unknown")

        def read(self, asset):
            return ()

    class Impostor:
        source = "c2pa"
        media = frozenset({"*"})
        version = "9"

        def read(self, asset):
            return ()
"""


class Environment:
    """A bare virtual environment over that of the tests."""

    def __init__(self, folder: Path) -> None:
        venv.EnvBuilder(symlinks=True).create(folder)
        self.python = folder / "bin" / "python"
        self.site = Path(
            sysconfig.get_path("purelib", "venv", {"base": folder, "platbase": folder})
        )
        lines = (f"import site; site.addsitedir({one!r})\n" for one in site.getsitepackages())
        (self.site / "below.pth").write_text("".join(lines))

    def install(self, name: str, module: str, entry_points: dict[str, dict[str, str]]) -> None:
        """What an installer does: the module, and a `.dist-info` that tells of it."""
        (self.site / f"{name.replace('-', '_')}.py").write_text(module)
        about = self.site / f"{name.replace('-', '_')}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = []
        for group, points in entry_points.items():
            lines += [f"[{group}]", *(f"{key} = {value}" for key, value in points.items())]
        (about / "entry_points.txt").write_text("\n".join(lines) + "\n")

    def report(self, path: Path, *options: str) -> dict:
        """What `assay check` says of `path`, from inside."""
        command = [self.python, "-c", "from service.cli import main; main()", "check", path]
        done = subprocess.run(
            [*command, "--format", "json", *options], capture_output=True, text=True, check=False
        )
        assert done.stdout, done.stderr
        return json.loads(done.stdout) | {"stderr": done.stderr, "status": done.returncode}


@pytest.fixture
def environment(tmp_path):
    return Environment(tmp_path / "venv")


@pytest.fixture
def with_example(environment):
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    module = (EXAMPLE / "assay_example.py").read_text()
    environment.install(project["name"], module, project["entry-points"])
    return environment


@pytest.fixture
def work(tmp_path):
    path = tmp_path / "story.txt"
    path.write_text(TEXT)
    return path


def of(report, source):
    return [one for one in report["evidence"] if one["source"] == source]


def test_without_the_example_nobody_reads_its_lines(environment, work):
    report = environment.report(work)
    assert report["verdict"]["origin"] == "undetermined"
    assert not of(report, "x-maker") + of(report, "no-training") + of(report, "vowels")


def test_each_kind_of_plug_in_is_heard(with_example, work):
    report = with_example.report(work)
    (declaration,) = of(report, "x-maker")
    (reservation,) = of(report, "no-training")
    (detection,) = of(report, "vowels")
    assert (declaration["value"], declaration["statement"]) == ("machine", "fully_ai")
    assert reservation["purposes"] == {"train-genai": "reserved"}
    assert detection["score"] == pytest.approx(0.34, abs=0.05)
    assert report["engine"]["readers"]["x-maker"] == "1.0"
    assert report["engine"]["readers"]["no-training"] == "1.0"
    assert report["engine"]["models"]["vowels"].startswith("sha256:")


def test_what_they_say_reaches_the_verdict_with_the_weight_of_its_kind(with_example, work):
    verdict = with_example.report(work)["verdict"]
    assert (verdict["origin"], verdict["basis"]) == ("ai_declared", "declared")
    assert verdict["rights"] == "reserved"
    assert "optout_reserved" in verdict["findings"]
    assert verdict["review"]


def test_a_detector_that_is_not_calibrated_decides_nothing(with_example, tmp_path):
    path = tmp_path / "plain.txt"
    path.write_text("aaaaaaaa")
    report = with_example.report(path)
    assert of(report, "vowels")[0]["score"] == 1
    assert report["verdict"]["origin"] == "undetermined"
    assert report["verdict"]["decision"]["outcome"] != "synthetic"


def test_a_plug_in_reads_only_the_kinds_of_file_it_names(with_example, tmp_path):
    path = tmp_path / "story.html"
    path.write_text("<html>" + TEXT)
    assert not of(with_example.report(path), "x-maker")


def test_only_narrows_to_the_plug_ins_of_a_check(with_example, work):
    report = with_example.report(work, "--only", "rights")
    assert of(report, "no-training")
    assert not of(report, "x-maker") + of(report, "vowels")


def test_the_contributors_page_shows_these_very_entry_points():
    page = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text("utf-8")
    shown = tomllib.loads(page.split("```toml")[1].split("```")[0])
    example = tomllib.loads((EXAMPLE / "pyproject.toml").read_text("utf-8"))
    assert shown["project"]["entry-points"] == example["project"]["entry-points"]


@pytest.mark.parametrize("bad", ["Unmakeable", "NoReader", "Fickle", "Impostor", "Missing"])
def test_a_bad_reader_is_left_out_and_the_others_read(with_example, work, bad):
    points = {"zz_bad": f"bad_plugin:{bad}"}
    module = textwrap.dedent(BAD_PLUGINS)
    with_example.install("bad-plugin", module, {"assay.readers": points})
    report = with_example.report(work)
    assert of(report, "x-maker")
    assert of(report, "c2pa")[0]["carrier"] == "none"
    assert "zz_bad" in report["stderr"]


def test_a_plug_in_cannot_take_the_place_of_a_built_in_reader(with_example, work):
    points = {"aa_first": "bad_plugin:Impostor"}
    with_example.install("bad-plugin", textwrap.dedent(BAD_PLUGINS), {"assay.readers": points})
    report = with_example.report(work)
    assert of(report, "c2pa")
    assert report["engine"]["readers"]["c2pa"] != "9"


BAD_DETECTORS = """
    from assay_example import Vowels

    class Raising(Vowels):
        def detect(self, assets):
            raise ValueError("a bug of the plug-in")

    class Silent(Vowels):
        def detect(self, assets):
            return iter(())

    class Empty(Vowels):
        def detect(self, assets):
            return iter([()])
"""


@pytest.mark.parametrize("bad", ["Raising", "Silent", "Empty"])
def test_a_detector_that_breaks_its_contract_costs_its_own_answer_only(with_example, work, bad):
    """An empty answer once ended the whole batch in silence: StopIteration inside a generator."""
    points = {"zz_bad": f"bad_detector:{bad}"}
    module = textwrap.dedent(BAD_DETECTORS)
    with_example.install("bad-detector", module, {"assay.detectors": points})
    report = with_example.report(work)
    (failed,) = of(report, "zz_bad")
    assert (failed["kind"], failed["reason"]) == ("not_run", "unreadable")
    assert of(report, "vowels")[0]["kind"] == "detection"
