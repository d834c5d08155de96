"""What an audit says must not depend on how a row is written, what was judged before, or chance."""

from __future__ import annotations

import base64
import hashlib

import pytest

from provenance.rights.standing import table
from provenance.rights.surroundings import path_of
from service.optout.asking import use_of
from service.optout.audit.judging import _path
from service.optout.audit.tables import token_of
from service.optout.histories import Histories, open_history
from service.optout.origin import judge_origin
from tests.service.optout.audit.conftest import CLOSED, OPEN

DATE = "2024-03-01T00:00:00Z"


def record(url, body, seen=DATE):
    http = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + body
    digest = base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: {seen}\r\n"
        f"WARC-Payload-Digest: sha1:{digest}\r\nWARC-Record-ID: <urn:x:{digest}>\r\n"
        f"Content-Type: application/http\r\nContent-Length: {len(http)}\r\n\r\n"
    )
    return head.encode() + http + b"\r\n\r\n"


@pytest.mark.parametrize("agent", ["MyBot/1.0", "Mozilla/5.0 (compatible; MyBot/2.1; +http://x)"])
def test_an_agent_nobody_knows_is_asked_about_by_its_token(audit, tmp_path, agent):
    history = tmp_path / "history"
    history.mkdir()
    (history / "a.example_20240301.txt").write_bytes(b"User-agent: MyBot\nDisallow: /\n")
    source = tmp_path / "rows.csv"
    source.write_text(f'url,date,agent\nhttps://a.example/,2024-03-01,"{agent}"\n')
    done = audit(source, "--history", history, status=1)
    assert done.findings[0]["use"]["agent"] == token_of(agent) == "MyBot"
    assert done.verdicts == ["violation"]


def test_a_log_is_asked_about_a_crawler_no_table_knows(audit, tmp_path, history):
    log = tmp_path / "access.log"
    log.write_text('1.2.3.4 - - [01/Mar/2024:10:00:00 +0000] "GET /a" 200 9 "-" "MyBot/1.0"\n' * 2)
    done = audit(log, "--host", "a.example", "--agent", "MyBot", "--history", history)
    assert [one["use"]["agent"] for one in done.findings] == ["MyBot"] * 2


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://a.example/a?", "/a?"),
        ("https://a.example?", "/?"),
        ("https://a.example/a?#b?", "/a?"),
        ("https://a.example/a#b?", "/a"),
        ("https://a.example/a\tb", "/ab"),
        ("https://a.example\\b/c", "/c"),
    ],
)
def test_a_path_is_the_same_for_an_audit_and_for_one_site(url, path):
    assert _path(url) == path_of(url) == path


def test_a_date_nobody_can_read_is_no_reason_for_another(audit, tmp_path, history):
    source = tmp_path / "rows.csv"
    source.write_text("url,date\nhttps://a.example/,03/04/2024\nhttps://a.example/,\n")
    options = ("--history", history, "--agent", "GPTBot", "--at", "2024-03-01")
    assert audit(source, *options, status=1).verdicts == ["undetermined", "violation"]


def test_no_host_in_an_archive_can_spoil_the_history_of_others(audit, tmp_path):
    archive = tmp_path / "robots.warc"
    archive.write_bytes(
        record("http://x, [y/robots.txt", OPEN) + record("https://a.example/robots.txt", CLOSED)
    )
    source = tmp_path / "rows.csv"
    source.write_text("url,date\nhttps://a.example/,2024-03-01\n")
    done = audit(source, "--history", archive, "--agent", "GPTBot", status=1)
    assert done.verdicts == ["violation"]


@pytest.mark.parametrize("order", [1, -1])
def test_documents_of_one_moment_are_taken_as_for_one_site(audit, tmp_path, order):
    places = (("http://a.example/robots.txt", CLOSED), ("https://a.example/robots.txt", OPEN))
    archive = tmp_path / "robots.warc"
    archive.write_bytes(b"".join(record(*one) for one in places[::order]))
    source = tmp_path / "rows.csv"
    source.write_text("url,date\nhttps://a.example/,2024-03-09\n")
    use = use_of("train-genai", agent="GPTBot", at="2024-03-09")
    one = judge_origin("https://a.example/", use, open_history(archive), table())
    done = audit(source, "--history", archive, "--agent", "GPTBot")
    assert done.verdicts == [one.verdict]


def test_a_finished_sample_is_still_one_when_it_is_asked_for_again(audit, tmp_path, history):
    source = tmp_path / "rows.csv"
    source.write_text("url\n" + "https://b.example/\n" * 200)
    options = ("--history", history, "--at", "2024-03-01", "--sample", "50")
    first = audit(source, *options).coverage
    assert 0 < first["sampled"] < 1
    assert audit(source, *options, "--resume").coverage == first


def test_a_sample_of_a_folder_does_not_repeat_itself(audit, tmp_path, history):
    folder = tmp_path / "files"
    folder.mkdir()
    for number in range(64):
        (folder / f"{number:02}.txt").write_text(f"text {number}")
    done = audit(folder, "--history", history, "--sample", "20")
    taken = {int(one["input"].partition(".")[0]) for one in done.findings}
    assert {one for one in taken if one < 32} != {one - 32 for one in taken if one >= 32}


LICENCES = {
    "https://EXAMPLE.com:443/news/a#b": "licensed",
    "https://example.com.evil.org/news/": "undetermined",
    "https://example.com@evil.org/news/": "undetermined",
    "https://whole.example/": "licensed",
    "https://whole.example.evil.org/": "undetermined",
    "https://port.example/": "licensed",
}


def test_a_licence_covers_its_hosts_and_no_longer_ones(assay, audit, tmp_path, history):
    claims = tmp_path / "licences.csv"
    claims.write_text(
        "pattern,reference\nhttps://example.com/news/*,A\nhttps://whole.example*,B\n"
        "Port.example.:443,C\n"
    )
    source = tmp_path / "rows.csv"
    source.write_text("url\n" + "".join(f"{url}\n" for url in LICENCES))
    done = audit(source, "--history", history, "--licence-claims", claims)
    assert dict(zip(LICENCES, done.verdicts, strict=True)) == LICENCES
    claims.write_text("pattern,reference\nexample.com/news/*,A\n")
    out = tmp_path / "other"
    assay("optout", "audit", source, "--licence-claims", claims, "--out", out, status=2)


@pytest.mark.parametrize("kind", ["folder", "archive"])
def test_a_document_that_is_too_long_is_not_read_in_part(audit, tmp_path, kind):
    body = b'[{"location":"/","tdm-reservation":1}]' + b" " * (1 << 20)
    history = tmp_path / "history"
    if kind == "folder":
        history.mkdir()
        (history / "a.example_20240301.tdmrep.json").write_bytes(body)
    else:
        history.write_bytes(record("https://a.example/.well-known/tdmrep.json", body))
    source = tmp_path / "rows.csv"
    source.write_text("url,date\nhttps://a.example/,2024-03-01\n")
    done = audit(source, "--history", history)
    assert done.findings[0]["undetermined_because"] == "coverage"


@pytest.mark.parametrize("order", [1, -1])
def test_two_documents_of_one_day_that_differ_leave_it_open(tmp_path, order):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder, body in zip(folders, (CLOSED, OPEN), strict=True):
        folder.mkdir()
        (folder / "a.example_20240301.txt").write_bytes(body)
    seen = Histories([open_history(folder) for folder in folders[::order]])
    for at in ("2024-03-01", "2024-03-09"):
        use = use_of("train-genai", agent="GPTBot", at=at)
        found = judge_origin("https://a.example/", use, seen, table())
        assert (found.verdict, found.undetermined_because) == ("undetermined", "time")
