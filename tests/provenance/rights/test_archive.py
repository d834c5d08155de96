"""Histories in web archives: what is taken from them, and what damage costs."""

from __future__ import annotations

import json

import pytest

from provenance.errors import ConfigError
from provenance.rights.archive import open_archive_history
from provenance.rights.records import Channel
from provenance.rights.warc import Answered, Damaged, records
from tests.provenance.rights.webarchives import archive, raw, record

ROBOTS = b"User-agent: GPTBot\nDisallow: /\n"
RSL = b'<rsl xmlns="https://rslstandard.org/rsl"/>'


def documents(history):
    return {
        (host, one.channel.value, one.load().status)
        for host in history.hosts()
        for one in history.observations(host)
    }


@pytest.mark.parametrize("compressed", [True, False])
def test_the_documents_about_rights_are_taken_with_status_and_date(tmp_path, compressed):
    path = tmp_path / "crawl.warc"
    archive(
        path,
        record("https://a.example/robots.txt", ROBOTS),
        record("https://a.example/page", b"<html>", kind="text/html"),
        record("https://b.example/robots.txt", b"gone", status=404),
        record("https://c.example/robots.txt", b"busy", status=503),
        record("https://c.example/.well-known/tdmrep.json", b"[]"),
        record("https://c.example/ai.txt", b"User-Agent: *"),
        record("https://c.example/terms/licence", RSL, kind="application/rsl+xml"),
        compressed=compressed,
    )
    history = open_archive_history(path)
    assert documents(history) == {
        ("a.example", "robots.txt", 200),
        ("b.example", "robots.txt", 404),
        ("c.example", "robots.txt", 503),
        ("c.example", "tdmrep.json", 200),
        ("c.example", "ai.txt", 200),
        ("c.example", "rsl", 200),
    }
    (seen,) = history.observations("a.example")
    assert seen.load().body == ROBOTS
    assert seen.seen.start == seen.seen.end
    assert seen.seen.start.isoformat() == "2024-03-01T12:00:00+00:00"


def test_damage_costs_one_record(tmp_path):
    path = tmp_path / "crawl.warc.gz"
    urls = [f"https://{name}.example/robots.txt" for name in "abc"]
    places = archive(path, *(record(url, ROBOTS) for url in urls))
    data = bytearray(path.read_bytes())
    data[places[1][0] + 20] ^= 0xFF
    data[places[1][0] + 60] ^= 0xFF
    path.write_bytes(data)
    history = open_archive_history(path)
    assert set(history.hosts()) >= {"a.example", "c.example"}
    assert history.damaged >= 1


def test_an_index_leads_to_the_records_beside_it(tmp_path):
    first, second = (
        record("https://a.example/robots.txt", ROBOTS),
        record("https://b.example/robots.txt", ROBOTS),
    )
    ((_, length), (offset, other)) = archive(tmp_path / "crawl.warc.gz", first, second)
    cdxj = {
        "url": "https://b.example/robots.txt",
        "mime": "text/plain",
        "status": "200",
        "length": str(other),
        "offset": str(offset),
        "filename": "segments/crawl.warc.gz",
    }
    (tmp_path / "b.cdxj").write_text(f"example,b)/robots.txt 20240301120000 {json.dumps(cdxj)}\n")
    assert documents(open_archive_history(tmp_path / "b.cdxj")) == {
        ("b.example", "robots.txt", 200)
    }
    columns = f"example,a)/robots.txt 20240301120000 https://a.example/robots.txt text/plain 200 X - - {length} 0 crawl.warc.gz"  # noqa: E501
    (tmp_path / "a.cdx").write_text(f" CDX N b a m s k r M S V g\n{columns}\nnonsense\n")
    assert documents(open_archive_history(tmp_path / "a.cdx")) == {("a.example", "robots.txt", 200)}


def test_an_index_without_its_archives_says_what_is_missing(tmp_path):
    line = {"url": "https://b.example/robots.txt", "offset": "0", "filename": "gone.warc.gz"}
    (tmp_path / "b.cdxj").write_text(f"example,b)/ 20240301120000 {json.dumps(line)}\n")
    with pytest.raises(ConfigError, match=r"gone\.warc\.gz"):
        open_archive_history(tmp_path / "b.cdxj")


def test_a_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "x.bin").write_bytes(b"\x89PNG\r\n")
    with pytest.raises(ConfigError, match="neither a WARC nor a CDX"):
        open_archive_history(tmp_path / "x.bin")


def test_an_archive_without_documents_is_refused(tmp_path):
    archive(tmp_path / "x.warc.gz", record("https://a.example/page", b"x", kind="text/html"))
    with pytest.raises(ConfigError, match=r"holds no robots\.txt"):
        open_archive_history(tmp_path / "x.warc.gz")


def read(path, **limits):
    with path.open("rb") as file:
        return list(records(file.fileno(), **limits))


def test_bodies_and_headers_are_read_up_to_their_limits(tmp_path):
    path = tmp_path / "x.warc.gz"
    archive(
        path,
        record("https://a.example/", b"noai" + b" " * 50_000_000, kind="text/html"),
        record("https://b.example/", b"x", headers=[("X-Robots-Tag", "a" * 1_000_000)]),
        record("https://c.example/", b"x", headers=[("X-Robots-Tag", "a" * 6_000_000)]),
        record("https://d.example/", b"x", headers=[("X-Robots-Tag", "noai")] * 100_000),
        record("https://e.example/", b"x"),
    )
    found = read(path, head=1000)
    answered = {one.url: one for one in found if isinstance(one, Answered)}
    assert len(answered["https://a.example/"].body) == 1000
    assert len(answered["https://d.example/"].headers) <= 2000
    assert "https://b.example/" in answered
    assert "https://e.example/" in answered, "what follows a refused record is read"
    assert any(isinstance(one, Damaged) for one in found)


def test_texts_of_pages_are_told_from_answers(tmp_path):
    path = tmp_path / "x.wet.gz"
    archive(path, raw("conversion", "https://a.example/x", b"text", "2024-03-01T12:00:00Z"))
    (found,) = read(path)
    assert isinstance(found, Answered)
    assert found.is_text
    assert found.status is None


@pytest.mark.data
def test_the_archives_of_others_are_read(data_pack):
    folder = data_pack / "optout" / "warc"
    for path in sorted(folder.iterdir()):
        answered = [one for one in read(path) if isinstance(one, Answered)]
        assert answered, path.name
    history = open_archive_history(folder / "scenarios_synthetic.warc.gz")
    channels = {one.channel for host in history.hosts() for one in history.observations(host)}
    assert channels == {Channel.ROBOTS_TXT, Channel.RSL, Channel.TDMREP_JSON}
