"""Every kind of input, judged: what counts as a row, and what it comes to."""

from __future__ import annotations

import datetime as dt
import json
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.rights.finding import Finding
from tests.provenance.rights.webarchives import archive, raw, record
from tests.service.optout.audit.conftest import CLOSED, OPEN

HEADERS = [("X-Robots-Tag", "noai")]


def test_a_list_of_urls(audit, history, tmp_path):
    source = tmp_path / "urls.txt"
    urls = ["https://a.example/x", "https://b.example/x", "https://c.example/x"]
    source.write_text("\n".join(["# a comment", "", *urls]))
    done = audit(source, "--history", history, "--agent", "GPTBot", "--at", "2024-03-01", status=1)
    assert [one["input"] for one in done.findings] == urls
    assert done.verdicts == ["violation", "no_reservation_found", "undetermined"]
    assert done.findings[2]["undetermined_because"] == "coverage"
    assert done.coverage["rows"] == done.coverage["judged"] == 3
    assert (done.coverage["hosts"], done.coverage["observed_hosts"]) == (3, 2)
    assert all(Finding.model_validate(one) for one in done.findings)


def test_the_five_files_say_the_same(audit, history, tmp_path):
    source = tmp_path / "urls.txt"
    source.write_text('https://a.example/x\n=cmd|"calc"\nhttps://b.example/"y",\n')
    done = audit(source, "--history", history, "--agent", "GPTBot", "--at", "2024-03-01", status=1)
    table = pq.read_table(done.folder / "findings.parquet")
    assert table.column("input").to_pylist() == [one["input"] for one in done.findings]
    assert table.column("verdict").to_pylist() == done.verdicts
    assert table.column("at").to_pylist()[0] == dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
    written = (done.folder / "findings.csv").read_text(encoding="utf-8")
    assert "\n\"'=cmd" in written.replace("\r", ""), "a spreadsheet must not run a row"
    assert (done.folder / "index.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_a_table_with_dates_and_agents_of_its_own(audit, history, tmp_path):
    source = tmp_path / "corpus.csv"
    source.write_bytes(
        b"title;URL;Date;agent\n"
        b'"two\nlines; and more";https://a.example/1;2024-03-01;GPTBot\n'
        b"x;https://a.example/2;2024-02-01;GPTBot\n"
        b"x;https://a.example/3;2024-01-01;\n"
        b"x;https://a.example/4;2024-04-01;CCBot\n"
        b"x;https://a.example/5;not a date;GPTBot\n"
        b"x;https://a.example/\xe9;;GPTBot\n"
        b"x;;2024-03-01;GPTBot\n"
    )
    options = ("--history", history, "--agent", "GPTBot")
    done = audit(source, *options, status=1)
    assert done.verdicts == [
        *("violation", "undetermined", "post_hoc", "no_reservation_found"),
        *("undetermined", "undetermined"),
    ]
    assert done.findings[1]["undetermined_because"] == "time"
    assert done.findings[1]["bounds"] == ["2024-01-01T00:00:00Z", "2024-03-01T23:59:59Z"]
    assert done.findings[2]["use"]["at_bounds"] == ["2024-01-01T00:00:00Z", "2024-01-01T23:59:59Z"]
    assert done.coverage["noted"] == {"bad_date": 1}
    assert done.coverage["unreadable"] == {"no_url": 1}


@pytest.mark.parametrize("kind", ["day", "moment", "text"])
def test_parquet(audit, history, tmp_path, kind):
    day = dt.date(2024, 3, 1)
    dates = {
        "day": pa.array([day, None], pa.date32()),
        "moment": pa.array([1_709_294_400_000_000, None], pa.timestamp("us")),
        "text": pa.array(["2024-03-01", None], pa.string()),
    }
    urls = pa.array(["https://a.example/x", "https://a.example/y"])
    pq.write_table(pa.table({"URL": urls, "date": dates[kind]}), tmp_path / "corpus.parquet")
    source = tmp_path / "corpus.parquet"
    done = audit(source, "--history", history, "--agent", "GPTBot", status=1)
    assert done.verdicts == ["violation", "undetermined"]
    assert (done.findings[0]["use"]["at_bounds"] is None) == (kind == "moment")


def test_an_archive_brings_headers_pages_and_its_own_history(audit, tmp_path):
    source = tmp_path / "crawl.warc.gz"
    page = b'<html><head><meta name="tdm-reservation" content="0"></head>'
    archive(
        source,
        record("https://a.example/robots.txt", CLOSED),
        record("https://a.example/x", b"<html>", kind="text/html"),
        record("https://b.example/robots.txt", OPEN),
        record("https://b.example/x.jpg", b"..", kind="image/jpeg", headers=HEADERS),
        record("https://b.example/y", page, kind="text/html", headers=[("TDM-Reservation", "1")]),
        record("https://b.example/z", b"moved", status=301),
        record("https://b.example/w", b"<html>", kind="text/html"),
    )
    done = audit(source, "--history", source, "--agent", "GPTBot", status=1)
    assert dict(zip((one["input"][-5:] for one in done.findings), done.verdicts, strict=True)) == {
        "ple/x": "violation",
        "x.jpg": "violation_contested",
        "ple/y": "compliant",
        "ple/w": "no_reservation_found",
    }
    superseded = next(one for one in done.findings if one["input"].endswith("y"))
    header, meta = superseded["reservations"]
    assert "superseded" in header["warnings"]
    assert "intra_protocol_conflict" in meta["warnings"]
    assert done.findings[0]["coverage"]["page"] == "read"
    assert done.findings[1]["coverage"]["page"] == "not_looked"
    assert done.coverage["passed_over"] == {"rules_themselves": 2, "no_copy": 1}


def test_texts_of_pages_have_url_and_date_only(audit, history, tmp_path):
    source = tmp_path / "crawl.wet.gz"
    archive(
        source,
        raw("warcinfo", "", b"", "2024-03-01T12:00:00Z"),
        raw("conversion", "https://a.example/x", b"text", "2024-03-01T12:00:00Z"),
    )
    done = audit(source, "--history", history, "--agent", "GPTBot", status=1)
    assert done.verdicts == ["violation"]
    assert done.coverage["input"]["kind"] == "wet"
    assert done.findings[0]["coverage"]["headers"] == "not_looked"


BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
GPTBOT = "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"


def line(path, agent=GPTBOT, *, status=200, vhost="a.example ", time="01/Mar/2024:13:00:00 +0100"):
    return f'{vhost}192.0.2.7 - - [{time}] "GET {path} HTTP/1.1" {status} 5 "-" "{agent}"'


def test_a_log_resolves_who_asked(audit, history, tmp_path):
    source = tmp_path / "access.log"
    entry = {"time": "2024-03-01T12:00:00Z", "host": "a.example", "request": "GET /j HTTP/2.0"}
    rows = [
        line("/x"),
        line("/robots.txt"),
        line("/x", BROWSER),
        line("/x", status=403),
        line("/x", status=304),
        "no log line",
        json.dumps({**entry, "status": 200, "http_user_agent": GPTBOT}),
        line("/x", vhost="b.example:443 "),
        line("/x", vhost=""),
    ]
    source.write_text("\n".join(rows))
    done = audit(source, "--history", history, "--host", "a.example", status=1)
    assert done.verdicts == ["violation", "violation", "no_reservation_found", "violation"]
    assert done.findings[0]["input"] == "https://a.example/x"
    assert done.findings[0]["use"]["agent"] == "GPTBot"
    assert done.findings[0]["use"]["at"] == "2024-03-01T12:00:00Z"
    passed = {"rules_themselves": 1, "no_known_crawler": 1, "no_copy": 2}
    assert done.coverage["passed_over"] == passed
    assert done.coverage["unreadable"] == {"not_a_log_line": 1}


def test_a_folder_with_sidecars(audit, history, tmp_path):
    folder = tmp_path / "works"
    folder.mkdir()
    said = {"url": "https://a.example/x", "date": "2024-03-01", "agent": "GPTBot"}
    (folder / "a.txt").write_bytes(b"a text")
    (folder / "a.txt.json").write_text(json.dumps(said))
    (folder / "b.txt").write_bytes(b"another")
    (folder / "b.txt.json").write_text(
        json.dumps({**said, "url": "https://b.example/x", "headers": dict(HEADERS)})
    )
    (folder / "c.txt").write_bytes(b"a third")
    (folder / "c.txt.xmp").write_bytes(
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-'
        b'syntax-ns#"><rdf:Description xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" plus:'
        b'DataMining="http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED"/></rdf:RDF></x:xmpmeta>'
    )
    (folder / "d.txt").write_bytes(b"nothing is known of it")
    done = audit(folder, "--history", history, status=1)
    assert {one["input"]: one["verdict"] for one in done.findings} == {
        "a.txt": "violation",
        "b.txt": "violation_contested",
        "c.txt": "violation",
        "d.txt": "no_reservation_found",
    }


def test_licences_and_research_are_reported_as_claimed(audit, history, tmp_path):
    source = tmp_path / "urls.txt"
    source.write_text("https://a.example/x\nhttps://a.example/y\n")
    licences = tmp_path / "licences.csv"
    licences.write_text("pattern,reference,from\nhttps://a.example/x*,contract 7,2024-01-01\n")
    options = ("--history", history, "--agent", "GPTBot", "--at", "2024-03-01")
    claims = ("--licence-claims", licences, "--research-claim", "a university")
    done = audit(source, *options, *claims)
    assert done.verdicts == ["licensed", "exempt_claimed"]
    assert len(done.coverage["claims"]) == 2


def test_a_sample_is_the_same_each_time(audit, history, tmp_path):
    source = tmp_path / "urls.txt"
    source.write_text("".join(f"https://b.example/{n}\n" for n in range(2000)))
    options = ("--history", history, "--agent", "GPTBot", "--at", "2024-03-01", "--sample", 100)
    first = audit(source, *options)
    second = audit(source, *options, out=tmp_path / "again")
    assert first.findings == second.findings
    assert 50 < first.coverage["judged"] < 150
    assert first.coverage["rows"] == 2000


@pytest.mark.data
def test_rows_without_history_are_never_compliant(audit, data_pack):
    source = data_pack / "optout" / "parquet" / "img2dataset_test_1000.parquet"
    started = time.monotonic()
    done = audit(source, "--agent", "GPTBot", "--at", "2024-01-01")
    assert time.monotonic() - started < 10, "two seconds on a machine that does nothing else"
    assert done.coverage["verdicts"] == {"undetermined": 1000}
    assert all(set(looked) == {"not_looked"} for looked in done.coverage["channels"].values())
