"""Inputs made to hurt: each costs its own rows, is counted, and the audit goes on."""

from __future__ import annotations

import csv
import io

import pytest

from service.optout.audit.inputs import _last_record
from tests.provenance.rights.webarchives import archive, record

OPTIONS = ("--agent", "GPTBot", "--at", "2024-03-01")


def test_odd_addresses_and_hosts(audit, history, tmp_path):
    source = tmp_path / "urls.txt"
    odd = [
        "https://a.example/ok",
        "https://[::1/x",
        "https://a.example:99999999/x",
        "https://\u202ea.example/x",
        "https://a.exam\u0000ple/x",
        "https://../../etc/passwd",
        "https://a.example\\@b.example/x",
        "javascript:alert(1)//://",
        "<script>alert(1)</script>",
        "https://xn--/x",
        "https://a.example/%zz%",
        "https://a.example/" + "x" * 60_000,
        "https://a.example/" + "x" * 600_000,
    ]
    source.write_text("\n".join(odd), encoding="utf-8")
    done = audit(source, "--history", history, *OPTIONS, status=1)
    assert len(done.findings) == len(odd) - 1
    assert done.coverage["unreadable"] == {"too_long": 1}
    page = (done.folder / "index.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "\u202e" not in page


def test_a_line_without_end_is_passed_over(audit, history, tmp_path):
    source = tmp_path / "urls.txt"
    with source.open("wb") as file:
        file.write(b"https://a.example/1\n" * 3)
        for _ in range(40):
            file.write(b"x" * 1_000_000)
        file.write(b"\nhttps://a.example/2\n")
    done = audit(source, "--history", history, *OPTIONS, status=1)
    assert [one["input"][-1] for one in done.findings] == ["1", "1", "1", "2"]
    assert done.coverage["unreadable"] == {"too_long": 1}


def test_bytes_that_are_no_text(audit, history, tmp_path):
    source = tmp_path / "corpus.csv"
    source.write_bytes(
        b"url,date\nhttps://a.example/\xff\xfe,2024-03-01\nhttps://a.example/\xc3,x\n"
    )
    done = audit(source, "--history", history, *OPTIONS, status=1)
    assert [one["input"] for one in done.findings] == [
        "https://a.example/\ufffd\ufffd",
        "https://a.example/\ufffd",
    ]


def test_a_stray_quote_costs_no_row_behind_its_field():
    block = b'1,a"b\n' + b"2,c\n" * 400_000
    cut = _last_record(block)
    assert block[:cut].endswith(b"\n")
    assert cut > len(block) - 2_000_000


def test_a_cut_is_never_inside_quotes():
    block = b'x,"one\ntwo"\n' * 1000 + b'y,"three\nfo'
    cut = _last_record(block)
    assert len(list(csv.reader(io.StringIO(block[:cut].decode())))) == 1000


@pytest.mark.parametrize("cut", [10, 300, 500])
def test_archives_that_are_cut_short_or_scrambled(audit, history, tmp_path, cut):
    source = tmp_path / "crawl.warc.gz"
    places = archive(source, *(record(f"https://a.example/{n}", b"x" * 99) for n in range(9)))
    data = bytearray(source.read_bytes())
    data[places[4][0] + 15] ^= 0xFF
    data[places[4][0] + 40] ^= 0xFF
    source.write_bytes(data[: len(data) - cut])
    done = audit(source, "--history", history, *OPTIONS, status=1)
    whole = {one["input"][-1] for one in done.findings}
    assert {"0", "1", "2", "3", "5"} <= whole
    assert done.coverage["unreadable"]["damaged"] >= 1


def test_headers_of_a_megabyte_and_bombs(audit, history, tmp_path):
    source = tmp_path / "crawl.warc.gz"
    long = [("X-Robots-Tag", "noindex, " * 120_000)]
    archive(
        source,
        record("https://b.example/1", b"x", headers=long),
        record("https://b.example/2", b"<meta>" * 10_000_000, kind="text/html"),
        record("https://a.example/3", b"x"),
    )
    done = audit(source, "--history", history, *OPTIONS, status=1)
    verdicts = {one["input"][-1]: one for one in done.findings}
    assert verdicts["3"]["verdict"] == "violation"
    assert verdicts["1"]["verdict"] == "undetermined"
    assert verdicts["1"]["undetermined_because"] == "coverage"


def test_a_broken_parquet_is_no_parquet(assay, tmp_path):
    source = tmp_path / "x.parquet"
    source.write_bytes(b"PAR1" + b"\0" * 200 + b"PAR1")
    said = assay("optout", "audit", source, "--out", tmp_path / "out", *OPTIONS, status=3)
    assert "cannot be read as Parquet" in said.err


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("x.txt", b"", "is empty"),
        ("x.bin", b"\x00\x01\x02", "neither UTF-8 text"),
        ("x.txt", b"no address at all\n", "no column named url"),
    ],
)
def test_what_cannot_be_audited_is_a_usage_error(assay, tmp_path, name, content, says):
    source = tmp_path / name
    source.write_bytes(content)
    said = assay("optout", "audit", source, "--out", tmp_path / "out", *OPTIONS, status=2)
    assert says in said.err


def test_a_missing_input_and_a_missing_history(assay, tmp_path):
    source = tmp_path / "urls.txt"
    said = assay("optout", "audit", source, "--out", tmp_path / "out", status=2)
    assert "no such file" in said.err
    source.write_text("https://a.example/\n")
    gone = ("--history", tmp_path / "gone")
    said = assay("optout", "audit", source, "--out", tmp_path / "out", *gone, status=2)
    assert "no such folder or file" in said.err
