"""Sheets show every file of a source and run nothing of it."""

from __future__ import annotations

import pytest

from detectors.gathering.__main__ import main
from detectors.gathering.items import Label, write_items
from tests.detectors.gathering.making import notes, picture, put, sound, text


@pytest.fixture
def gathered(tmp_path):
    """A small set of three sources, rebuilt."""
    own = tmp_path / "own"
    items = [
        put(own, picture(1), "a.png", source="camera"),
        put(own, picture(1, (80, 60)), "b.png", source="maker", label=Label.AI, family="x"),
        put(own, picture(3), "c.png", source="maker", label=Label.AI, family="x"),
        put(own, sound(notes(1, 6)), "d.wav", source="band"),
        put(own, b"<script>alert(1)</script> " + text(1), "e.txt", source="writer"),
        put(own, b"\x89PNG\r\n\x1a\nnothing", "f.png", source="writer"),
    ]
    write_items(tmp_path / "set.jsonl", items)
    files, manifest = str(tmp_path / "files"), str(tmp_path / "set.jsonl")
    assert main(["rebuild", manifest, "--out", files, "--folder", str(own)]) == 0
    return tmp_path, items


def test_each_source_has_a_sheet_and_an_open_line(gathered, capsys):
    folder, items = gathered
    arguments = ["--files", str(folder / "files"), "--out", str(folder / "sheets")]
    manifest, looked = str(folder / "set.jsonl"), folder / "looked.csv"
    status = main(["sheets", manifest, *arguments, "--verdicts", str(looked)])
    assert status == 1, "one file cannot be shown"
    pages = {path.stem: path.read_text() for path in (folder / "sheets").glob("*.html")}
    assert set(pages) == {"index", "camera", "maker", "band", "writer"}
    assert pages["maker"].count("data:image/png") == 2
    assert '<audio controls preload="none"' in pages["band"]
    assert "data:image/png" in pages["band"], "a spectrogram to look at"
    assert "&lt;script&gt;" in pages["writer"]
    assert not any("<script" in page for page in pages.values())
    assert "It cannot be shown." in pages["writer"]
    open_lines = looked.read_text().splitlines()[1:]
    assert open_lines == ["band,,,,,", "camera,,,,,", "maker,,,,,", "writer,,,,,"]
    assert items[0].sha256[:12] in pages["camera"]


def test_what_is_left_was_looked_at_and_stands_there_once(gathered, capsys):
    folder, items = gathered
    looked = folder / "looked.csv"
    looked.write_text(
        "source,item,verdict,by,on,remark\n"
        "camera,,keep,anna,2026-11-23,\nmaker,,keep,anna,2026-11-23,\nband,,keep,anna,2026-11-23,\n"
    )
    manifest, files = str(folder / "set.jsonl"), str(folder / "files")
    assert main(["twins", manifest, "--files", files]) == 1
    out = folder / "kept.jsonl"
    arguments = ["--files", files, "--verdicts", str(looked), "--out", str(out)]
    assert main(["count", manifest, *arguments]) == 0
    told = capsys.readouterr().out
    assert "out: 2, nobody looked at its source" in told
    assert "out: 2, the same work stands under both labels" in told
    assert "human: 1 files of 1 sources" in told
    assert items[3].sha256 in out.read_text()


def test_a_wrong_manifest_is_wrong_usage(tmp_path, capsys):
    (tmp_path / "set.jsonl").write_text("{}\n")
    assert main(["rebuild", str(tmp_path / "set.jsonl"), "--out", str(tmp_path)]) == 2
    assert "line 1" in capsys.readouterr().err
