"""Manifests: what a row becomes, and what is said of one that is wrong."""

from __future__ import annotations

import json

import pytest

from detectors.evaluation.manifest import UNNAMED, Label, Manifest
from provenance.errors import ConfigError, NotFound


def csv_of(tmp_path, text, name="manifest.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return Manifest(path)


def lines_of(tmp_path, *rows):
    path = tmp_path / "texts.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return Manifest(path)


def test_a_csv_with_all_columns(tmp_path):
    (item,) = csv_of(
        tmp_path,
        "path,label,id,source,family,kind,language,song,prompt\n"
        "a/b.wav,ai,one,suno-v4,suno,pop,en,song-1,ignored\n",
    )
    assert item.path == tmp_path / "a/b.wav"
    assert (item.id, item.label, item.source, item.family) == ("one", Label.AI, "suno-v4", "suno")
    assert (item.kind, item.language, item.song) == ("pop", "en", "song-1")
    assert item.origin == "suno"


def test_a_csv_with_the_least(tmp_path):
    human, machine = csv_of(tmp_path, "\ufefflabel,path\nhuman,x.png\nAI,/srv/y.png\n")
    assert (human.id, human.source, human.family, human.number) == ("x.png", UNNAMED, None, 0)
    assert (machine.id, machine.family, machine.origin) == ("/srv/y.png", UNNAMED, UNNAMED)
    assert str(machine.path) == "/srv/y.png"


def test_a_name_may_hold_a_comma_and_a_line_end(tmp_path):
    (item,) = csv_of(tmp_path, 'path,label\n"a,\nb.png",human\n')
    assert item.id == "a,\nb.png"


def test_json_lines_of_texts(tmp_path):
    rows = [
        {"text": "Written.", "label": 0, "source": "blog", "domain": "news", "language": "fr"},
        {"text": "Made.", "label": 1, "generator": "gpt-5"},
        {"text": "Made too.", "label": "ai", "source": "api", "generator": "gpt-5", "id": "x"},
    ]
    human, machine, named = lines_of(tmp_path, *rows)
    assert (human.text, human.label, human.kind, human.language) == (
        "Written.",
        Label.HUMAN,
        "news",
        "fr",
    )
    assert (human.id, machine.id, named.id) == ("0", "1", "x")
    assert (machine.source, machine.family) == ("gpt-5", "gpt-5")
    assert (named.source, named.family) == ("api", "gpt-5")


def test_the_id_of_a_text_is_its_line(tmp_path):
    path = tmp_path / "texts.jsonl"
    path.write_text('{"text": "a", "label": 0}\n\n{"text": "b", "label": 1}\n')
    assert [item.id for item in Manifest(path)] == ["0", "2"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("path,label\na.png,machine\n", "line 2: the label is 'machine'"),
        ("path,label\na.png,\n", "line 2: the label is ''"),
        ("path,label\n,human\n", "line 2: there is no path"),
        ("path,kind\na.png,x\n", "no column 'label'"),
        ("file,label\na.png,ai\n", "no column 'path'"),
        ("path,label\n", "names no work"),
        ('path,label\n"a.png,human\n', "is not CSV"),
    ],
)
def test_a_mistake_is_named_before_anything_runs(tmp_path, text, said):
    with pytest.raises(ConfigError) as fault:
        csv_of(tmp_path, text).check()
    assert said in str(fault.value)


def test_a_line_that_is_not_json_is_named(tmp_path):
    path = tmp_path / "texts.jsonl"
    path.write_text('{"text": "a", "label": 0}\n{"text": \n')
    with pytest.raises(ConfigError, match="line 2: is not JSON"):
        Manifest(path).check()


def test_text_that_is_not_utf8_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="not UTF-8"):
        csv_of(tmp_path, "path,label\né.png,human\n", encoding="latin-1").check()


def test_a_manifest_that_is_not_there(tmp_path):
    with pytest.raises(NotFound):
        Manifest(tmp_path / "none.csv")
