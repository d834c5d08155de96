"""`assay sign`, as a user runs it; in this process, so that each run takes milliseconds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from service import check
from service.cli import _run
from tests.provenance import making
from tests.provenance.c2pa.certificates import MAKERS, issue
from tests.provenance.c2pa.signable import WORKS

SAMPLES = Path(__file__).parents[3] / "samples"
PAGE = Path(__file__).parents[3] / "docs" / "signing.md"
KEYS = ("--key", "key.pem", "--cert", "chain.pem")


@pytest.fixture
def assay(monkeypatch, tmp_path, capsys, authority):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "300")
    Path("key.pem").write_bytes(authority.key)
    Path("key.pem").chmod(0o600)
    Path("chain.pem").write_bytes(authority.chain)
    Path("root.pem").write_bytes(authority.root)
    Path("song.wav").write_bytes(WORKS["wav"]())
    Path("picture.png").write_bytes(WORKS["png"]())

    def assay(*arguments, status=0):
        ended = _run([str(one) for one in arguments])
        said = capsys.readouterr()
        assert ended == status, said.out + said.err
        return said

    return assay


def sign(assay, *arguments, status=0):
    return assay("sign", *arguments, *KEYS, status=status)


def test_a_signed_song_is_attested_by_who_trusts_the_root(assay):
    said = sign(assay, "song.wav", "--source", "digitalCreation", "--complete")
    assert said.out == (
        'song.wav: signed as digitalCreation by "Assay Tests Signer"; read back: intact, '
        "content unchanged\n"
    )
    assert said.err == ""
    report = assay("check", "song.wav", "--trust", "root.pem", "--format", "json").out
    assert json.loads(report)["verdict"]["origin"] == "human_attested"


@pytest.mark.parametrize("name", ["tale.txt", "tale.md", "tale.html"])
def test_a_signed_text_says_who_made_it(assay, name):
    Path(name).write_text("<p>Once upon a time</p>\n" if name == "tale.html" else "Once.\n")
    said = sign(assay, name, "--source", "trainedAlgorithmicMedia", "--no-training")
    assert said.out.endswith("read back: intact, content unchanged\n")
    report = assay("check", name, "--trust", "root.pem", "--format", "json", status=1).out
    assert json.loads(report)["verdict"]["origin"] == "ai_declared"


def test_a_text_without_a_place_for_a_manifest_is_told_what_to_do(assay):
    Path("tale").write_text("Once.\n")
    Path("tale.txt").write_bytes(b"Un caf\xe9.\n")
    said = sign(assay, "tale", "tale.txt", "--source", "digitalCreation", status=1)
    assert "tale: nothing says that this is plain text" in said.err
    assert "name it .txt" in said.err
    assert "iconv" in said.err


def test_human_edits_keep_what_was_there(assay):
    sign(assay, "song.wav", "--source", "digitalCreation")
    sign(assay, "song.wav", "--source", "humanEdits", "--out", "edited.wav")
    (found,) = (one for one in check("edited.wav").evidence if one.kind == "credential")
    assert [one.digital_source_types for one in found.ingredients] == [("digitalCreation",)]


def test_parents_and_components_make_a_derived_work(assay):
    Path("collage.png").write_bytes(WORKS["png"]())
    sign(assay, "collage.png", "--source", "digitalCreation", "--component", "picture.png")
    (found,) = (one for one in check("collage.png").evidence if one.kind == "credential")
    assert [one.title for one in found.ingredients] == ["picture.png"]


@pytest.mark.parametrize(
    ("options", "entries"),
    [
        (("--no-training",), dict.fromkeys(range(4), "notAllowed")),
        (("--reserve", "ai_training"), {"ai_training": "notAllowed"}),
        (
            ("--reserve", "ai_training", "--allow", "data_mining"),
            {"ai_training": "notAllowed", "data_mining": "allowed"},
        ),
        (
            ("--constrain", "ai_inference=https://example.org/terms"),
            {"ai_inference": "constrained"},
        ),
    ],
)
def test_uses_are_reserved_one_by_one(assay, authority, options, entries):
    from tests.provenance.c2pa.test_signing import store

    sign(assay, "picture.png", "--source", "digitalCreation", *options)
    (mining,) = (
        one["data"]["entries"]
        for one in store(Path("picture.png"), authority)["assertions"]
        if one["label"] == "cawg.training-mining"
    )
    assert sorted(one["use"] for one in mining.values()) == sorted(entries.values())
    if "--no-training" not in options:
        assert set(mining) == {f"cawg.{name}" for name in entries}


def test_one_that_is_refused_does_not_stop_the_others(assay):
    shutil.copy(SAMPLES / "prompt_in_metadata.png", "generated.png")
    Path("words.csv").write_text("title,year")
    before = Path("generated.png").read_bytes()
    files = ("generated.png", "words.csv", "song.wav")
    said = sign(assay, *files, "--source", "digitalCreation", status=1)
    assert said.out.startswith("song.wav: signed")
    assert (
        "generated.png: tEXt:parameters in it says, or hints, that it was made with AI" in said.err
    )
    assert "words.csv: manifests cannot be written into text/csv" in said.err
    assert Path("generated.png").read_bytes() == before


USAGE = {
    "is not a digital source type": ("song.wav", "--source", "handmade"),
    "how a work was edited": ("song.wav", "--source", "humanEdits", "--intent", "create"),
    "there is no such file": ("none.wav", "--source", "digitalCreation"),
    "none.png: there is no such file": (
        *("song.wav", "--source", "digitalCreation"),
        *("--component", "none.png"),
    ),
    "--out x.wav is one file": (
        *("song.wav", "picture.png"),
        *("--source", "digitalCreation", "--out", "x.wav"),
    ),
    "only files can be signed": (".", "--source", "digitalCreation"),
    "only files can": ("https://example.org/a.png", "--source", "digitalCreation"),
    "give a use and its terms": (
        *("song.wav", "--source", "digitalCreation"),
        *("--constrain", "ai_training"),
    ),
    "is both": (
        *("song.wav", "--source", "digitalCreation"),
        *("--reserve", "ai_training", "--allow", "ai_training"),
    ),
    "not the address": ("song.wav", "--source", "digitalCreation", "--tsa", "tsa.example.org"),
}


@pytest.mark.parametrize("said", USAGE)
def test_wrong_usage_runs_nothing(assay, said):
    before = Path("song.wav").read_bytes()
    assert said in sign(assay, *USAGE[said], status=2).err
    assert Path("song.wav").read_bytes() == before


def test_a_certificate_that_convinces_nobody_is_wrong_usage(assay):
    lonely = issue("Me", None, MAKERS["ES256"]())
    Path("key.pem").write_bytes(lonely.key_pem)
    Path("chain.pem").write_bytes(lonely.pem)
    said = sign(assay, "song.wav", "--source", "digitalCreation", status=2)
    assert "self-signed" in said.err
    assert "docs/signing.md" in said.err


def test_a_key_that_others_can_read_is_a_warning(assay):
    Path("key.pem").chmod(0o644)
    assert "chmod 600" in sign(assay, "song.wav", "--source", "digitalCreation").err


def test_names_cannot_write_to_the_terminal(assay):
    name = "a\x1b[31m.wav"
    Path(name).write_bytes(making.wav())
    assert "\x1b" not in sign(assay, name, "--source", "digitalCreation").out


def test_the_help_says_what_complete_means(assay):
    assert "You vouch that nothing else was done" in " ".join(assay("sign", "--help").out.split())


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_the_certificate_of_the_page_signs(assay):
    (commands,) = (one for one in blocks("sh") if "openssl" in one)
    subprocess.run(["sh", "-ec", commands], check=True, capture_output=True)
    sign(assay, "song.wav", "--source", "digitalCreation", "--complete")
    report = check("song.wav", trust="root.pem")
    assert report.verdict.origin == "human_attested"


def test_the_commands_of_the_page_do_what_it_says(assay):
    for name, kind in (("film.mp4", "mp4"), ("collage.png", "png"), ("photo.jpg", "jpg")):
        Path(name).write_bytes(WORKS[kind]())
    Path("story.md").write_text("# Once\n")
    for line in blocks("sh")[0].replace("\\\n", " ").splitlines():
        command, *arguments = line.partition("#")[0].split()
        assert command == "assay"
        assay(*arguments)
    assert check("song.wav", trust="root.pem").verdict.origin == "human_attested"
    assert check("film.mp4", trust="root.pem").verdict.origin == "ai_declared"


@pytest.mark.usefixtures("assay")
def test_the_python_of_the_page_signs(authority):
    from provenance.c2pa.signing_key import pem_signer

    (code,) = blocks("python")
    key_service = pem_signer(authority.key, authority.chain)
    exec(code, {"key_service": key_service})  # noqa: S102 - our own page
    assert check("song.wav", trust="root.pem").verdict.origin == "human_attested"


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
