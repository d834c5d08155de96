"""`assay check`: its arguments, its help, and what it says on standard error."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from typer.main import get_command

from service.cli.app import app

SAMPLES = Path(__file__).parents[3] / "samples"
PLAIN = SAMPLES / "untouched.jpg"
STEERING = "\x1b]0;owned\x07\x1b[2J\nassay: all is well\u202e"


# Arguments


@pytest.mark.parametrize("arguments", [("",), (PLAIN, ""), ("", "-")])
def test_an_empty_argument_names_nothing_and_not_the_current_folder(assay, arguments):
    said = assay("check", *arguments, "--only", "provenance", status=2)
    assert said.out == ""
    assert "an argument is empty" in said.err
    assert ". is the current one" in said.err


@pytest.mark.parametrize("arguments", [("-", "-"), ("-", PLAIN, "-")])
def test_standard_input_is_not_read_twice(assay, arguments):
    said = assay("check", *arguments, status=2)
    assert said.out == ""
    assert "- is given more than once" in said.err
    assert "Give - once" in said.err


# Help


def commands(command, *names):
    yield names, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, *names, name)


@pytest.mark.parametrize("names", [names for names, _ in commands(get_command(app))])
def test_no_help_shows_the_marks_it_is_laid_out_with(assay, names):
    shown = assay(*names, "--help").out
    assert "\\b" not in shown
    assert "\b" not in shown


def test_the_examples_of_the_help_are_one_a_line(assay):
    lines = [line.strip() for line in assay("check", "--help").out.splitlines()]
    start = lines.index("Examples:")
    assert lines[start + 1 :] == [
        "assay check song.wav",
        "assay check catalogue/ --format ndjson > reports.ndjson",
        "assay check picture.jpg --trust our-ca.pem --lang fr",
        "assay check delivered.jpg --against master.png",
        "assay check track.wav --declared ern.xml --resource A1",
        "curl -s https://example.org/a.png | assay check - --format json",
    ]


def test_the_examples_of_receipts_are_one_a_line(assay):
    shown = assay("receipt", "sign", "--help").out
    assert "\n  assay check song.wav --format json > report.json\n  assay receipt sign " in shown


# Trust


@pytest.fixture
def kept(tmp_path):
    folder = tmp_path / "home" / "trust"
    folder.mkdir(parents=True)
    return folder


@pytest.mark.parametrize("command", [("check", PLAIN), ("trust", "show")])
@pytest.mark.parametrize("spoilt", ["nonsense", None])
def test_a_spoilt_anchor_that_was_kept_is_named_and_not_called_an_option(
    assay, kept, command, spoilt
):
    path = kept / "old.pem"
    path.mkdir() if spoilt is None else path.write_text(spoilt)
    said = assay(*command, status=2).err
    assert str(path) in said
    assert "--trust" not in said
    assert "kept by 'assay trust add': delete it" in said


@pytest.mark.parametrize("spoilt", ["nonsense", None])
def test_a_spoilt_anchor_that_is_given_is_named_among_good_ones(assay, kept, tmp_path, spoilt):
    shutil.copy(SAMPLES / "ca.pem", kept / "good.pem")
    if spoilt is not None:
        (tmp_path / "bad.pem").write_text(spoilt)
    good = SAMPLES / "ca.pem"
    said = assay("check", PLAIN, "--trust", good, "--trust", "bad.pem", status=2).err
    assert "assay: --trust bad.pem: " in said


def test_a_file_that_cannot_be_added_is_named(assay, tmp_path):
    (tmp_path / "bad.pem").write_text("nonsense")
    assert "assay: bad.pem: " in assay("trust", "add", "bad.pem", status=2).err


def test_what_is_kept_and_given_counts_together(assay, kept):
    shutil.copy(SAMPLES / "ca.pem", kept / "a.pem")
    human = SAMPLES / "human_capture.jpg"
    for given in ((), ("--trust", SAMPLES / "ca.pem")):
        said = assay("check", human, *given, "--format", "json").out
        assert json.loads(said)["verdict"]["origin"] == "human_attested"


# Standard error


def assert_harmless(text):
    assert not {"\x1b", "\x07", "\u202e"} & set(text)
    assert "\nassay: all is well" not in text


def test_a_name_steers_no_terminal_where_it_names_nothing(assay):
    said = assay("check", STEERING, status=2).err
    assert_harmless(said)
    assert "<U+001B>]0;owned<U+0007>" in said


@pytest.mark.parametrize("form", ["text", "json", "ndjson", "html"])
def test_a_name_steers_no_terminal_where_it_cannot_be_opened(assay, tmp_path, form):
    folder = tmp_path / "delivery"
    folder.mkdir()
    os.mkfifo(folder / STEERING)
    said = assay("check", "delivery", "--format", form, status=3)
    assert_harmless(said.err)
    assert "<U+000A>assay: all is well<U+202E>: is not a regular file" in said.err
    assert "\x1b" not in said.out


def test_an_error_is_one_line_for_every_reader_of_lines(assay, tmp_path):
    folder = tmp_path / "delivery"
    folder.mkdir()
    os.mkfifo(folder / "a\u2028b\u2029c\x85d")
    said = assay("check", "delivery", "--format", "ndjson", status=3).out
    (line,) = said.splitlines()
    assert json.loads(line)["asset"]["name"] == "delivery/a\u2028b\u2029c\x85d"


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("text", "assay: written: results/report.txt (results: 2)\n"),
        ("ndjson", "assay: written: results/reports.ndjson (results: 2)\n"),
        ("json", "assay: written: results/, a JSON file each (results: 2)\n"),
        ("html", "assay: written: results/index.html, and a page each (results: 2)\n"),
    ],
)
def test_what_was_written_into_a_folder_is_told_in_one_line(assay, form, told):
    files = (PLAIN, SAMPLES / "untouched.jpg")
    said = assay("check", *files, "--format", form, "--out", "results")
    assert said.out == ""
    assert said.err == told


def test_nothing_is_told_where_nothing_was_written(assay):
    assert assay("check", PLAIN).err == ""
