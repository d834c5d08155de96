"""The history that web archives hold: through the sandbox, from WARC files and from CDX exports."""

from __future__ import annotations

import datetime as dt
import gzip
import json

import pytest

from provenance.errors import ConfigError, InputError
from provenance.limits import DEFAULT
from provenance.rights import archive
from provenance.rights.archive import open_archive_history
from provenance.rights.decide import When, decide
from provenance.rights.finding import Use, Verdict
from provenance.rights.history import Span, Timeline
from provenance.rights.records import Channel
from provenance.rights.standing import table
from provenance.sandbox import JobFailed, Sandbox
from tests.provenance.rights.warcs import DAY, PAGE, answer, members, record, robots, written

CLOSED = "User-agent: GPTBot\nDisallow: /\n"
OPEN = "User-agent: *\nDisallow: /admin/\n"
LICENCE = b'<rsl xmlns="https://rslstandard.org/rsl"><content url="/"/></rsl>'


def seen(history, host="a.example"):
    """Channel, day, status and body of what was observed of a host, in order of time."""
    found = sorted(history.observations(host), key=lambda one: one.seen)
    files = [(one, one.load()) for one in found]
    return [
        (one.channel.value, f"{one.seen.start:%m-%d}", file.status, file.body.decode())
        for one, file in files
    ]


def day(number):
    return f"2026-03-{number:02}T12:00:00Z"


# WARC


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_documents_about_rights_are_observations(tmp_path, name):
    path = written(
        tmp_path,
        [
            robots("a.example", OPEN, date=day(1)),
            record("https://a.example/x", answer()),
            record("https://a.example/.well-known/tdmrep.json", answer(b"[]", kind=None)),
            record("http://b.example:8080/ai.txt", answer(b"User-agent: *", kind="text/plain")),
            record("https://c.example/l", answer(LICENCE, kind="application/rsl+xml")),
            record("https://c.example/license.xml", answer(LICENCE, kind="text/xml")),
            record("https://d.example/license.xml", answer(b"<spdx/>", kind="text/xml")),
            robots("a.example", CLOSED, date=day(3)),
            robots("e.example", "", status="404 Not Found"),
            robots("f.example", "", status="503 Service Unavailable"),
        ],
        name,
    )
    history = open_archive_history(path)
    assert history.kind == "warc"
    assert list(history.hosts()) == [
        "a.example",
        "b.example:8080",
        "c.example",
        "e.example",
        "f.example",
    ]
    assert seen(history) == [
        ("robots.txt", "03-01", 200, OPEN),
        ("tdmrep.json", "03-01", 200, "[]"),
        ("robots.txt", "03-03", 200, CLOSED),
    ]
    assert [one.channel for one in history.observations("c.example")] == [Channel.RSL] * 2
    assert seen(history, "e.example") == [("robots.txt", "03-01", 404, "")]
    assert seen(history, "f.example") == [("robots.txt", "03-01", 503, "")]


def test_a_use_between_two_records_is_undetermined(tmp_path):
    path = written(
        tmp_path,
        [robots("a.example", OPEN, date=day(1)), robots("a.example", CLOSED, date=day(9))],
    )
    timeline = Timeline(open_archive_history(path).observations("a.example"))
    use = Use(purpose="train-genai", agent="GPTBot", at=dt.datetime(2026, 3, 5, tzinfo=dt.UTC))
    known = timeline.at(Span.of(use.at)).known("/x", agent="GPTBot")
    assert known.times == {Channel.ROBOTS_TXT: When.BETWEEN}
    finding = decide("https://a.example/x", use, known, table())
    assert finding.verdict is Verdict.UNDETERMINED


def test_a_document_that_did_not_change_was_seen_again(tmp_path):
    same = "WARC-Payload-Digest: sha1:AAAA"
    path = written(
        tmp_path,
        [
            record(
                "https://a.example/robots.txt",
                b"HTTP/1.1 200 OK\r\n\r\n",
                same,
                kind="revisit",
                date=day(5),
            ),
            robots("a.example", CLOSED, same, date=day(1)),
            record(
                "https://b.example/robots.txt",
                b"HTTP/1.1 200 OK\r\n\r\n",
                "WARC-Payload-Digest: sha1:BBBB",
                kind="revisit",
            ),
        ],
    )
    history = open_archive_history(path)
    assert seen(history) == [
        ("robots.txt", "03-01", 200, CLOSED),
        ("robots.txt", "03-05", 200, CLOSED),
    ]
    assert (history.unresolved, list(history.hosts())) == (1, ["a.example"])


def test_a_redirect_leads_to_the_document_it_names(tmp_path):
    def moved(host, to, date=DAY):
        block = answer(b"", f"Location: {to}", status="301 Moved Permanently")
        return record(f"https://{host}/robots.txt", block, date=date)

    path = written(
        tmp_path,
        [
            moved("a.example", "https://www.a.example/robots.txt"),
            moved("www.a.example", "//cdn.example/robots.txt"),
            robots("cdn.example", CLOSED),
            moved("round.example", "/robots.txt"),
            moved("late.example", "https://cdn.example/robots.txt", day(9)),
        ],
    )
    history = open_archive_history(path)
    assert seen(history) == [("robots.txt", "03-01", 200, CLOSED)]
    assert seen(history, "www.a.example") == [("robots.txt", "03-01", 200, CLOSED)]
    assert seen(history, "round.example") == [("robots.txt", "03-01", 301, "")]
    assert seen(history, "late.example") == [("robots.txt", "03-09", 301, "")]


def test_an_archive_larger_than_one_answer_is_read_in_several(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "JOB_RECORDS", 3)
    hosts = [f"h{number}.example" for number in range(20)]
    path = written(tmp_path, [robots(host, CLOSED) for host in hosts])
    assert list(open_archive_history(path).hosts()) == sorted(hosts)


def test_records_in_one_member_are_read_whatever_the_size_of_an_answer(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "JOB_RECORDS", 3)
    hosts = [f"h{number}.example" for number in range(20)]
    path = tmp_path / "whole.warc.gz"
    path.write_bytes(gzip.compress(b"".join(robots(host, CLOSED) for host in hosts)))
    assert list(open_archive_history(path).hosts()) == sorted(hosts)


def test_equal_documents_are_kept_once(tmp_path):
    path = written(tmp_path, [robots(f"h{number}.example", CLOSED * 50) for number in range(200)])
    history = open_archive_history(path)
    assert history._bodies._end == len(CLOSED * 50)


def test_damage_is_counted_and_stepped_over(tmp_path):
    good = members([robots("a.example", OPEN)])
    path = tmp_path / "a.warc.gz"
    path.write_bytes(good + good[:70] + members([robots("b.example", CLOSED)]))
    history = open_archive_history(path)
    assert (list(history.hosts()), history.damaged) == (["a.example", "b.example"], 1)


def test_a_record_that_ends_its_worker_is_stepped_over(tmp_path, monkeypatch):
    """Whatever kills the reader of one record, the others are read by another."""
    path = written(tmp_path, [robots(f"{name}.example", CLOSED) for name in "abcd"])
    killer = len(members([robots("a.example", CLOSED)]))
    ask = Sandbox.call

    def call(self, job, **given):
        reached = job["start"] + (killer if job["most"] > 1 else 0)
        if not job["seek"] and job["start"] <= killer <= reached:
            raise JobFailed("unreadable", "the reader was stopped by this file")
        return ask(self, job, **given)

    monkeypatch.setattr(Sandbox, "call", call)
    history = open_archive_history(path)
    assert list(history.hosts()) == ["a.example", "c.example", "d.example"]
    assert history.damaged == 1


def test_a_bomb_ends_at_the_limits_of_its_worker(tmp_path):
    swelling = robots("a.example", OPEN) + record("https://a.example/x", answer() + bytes(1 << 28))
    path = tmp_path / "a.warc.gz"
    path.write_bytes(gzip.compress(swelling) + members([robots("b.example", CLOSED)]))
    assert path.stat().st_size < 1_000_000
    assert list(open_archive_history(path).hosts()) == ["a.example", "b.example"]


def test_what_holds_no_history_is_refused(tmp_path):
    pages = written(tmp_path, [record("https://a.example/x", answer(PAGE))], "pages.warc.gz")
    with pytest.raises(ConfigError, match=r"holds no robots\.txt"):
        open_archive_history(pages)
    other = tmp_path / "other"
    other.write_bytes(b"hello")
    with pytest.raises(ConfigError, match="neither"):
        open_archive_history(other)
    with pytest.raises(InputError, match="cannot be read"):
        open_archive_history(tmp_path / "none.warc")


def test_limits_are_those_of_a_file_that_is_read_in_pieces():
    assert archive.LIMITS.reply_bytes > archive.REPLY_BYTES
    assert archive.LIMITS.worker_headroom > DEFAULT.worker_headroom


# CDX


def archives(folder):
    """Two archives, and where their robots.txt stand: name, offset, length."""
    found = []
    for name, date in (("one.warc.gz", day(1)), ("two.warc.gz", day(4))):
        page = record("https://a.example/x", answer())
        body = OPEN if name.startswith("one") else CLOSED
        document = robots("a.example", body, date=date)
        written(folder, [page, document], name)
        found.append((name, len(members([page])), len(members([document]))))
    return found


def columns(found, header=" CDX N b a m s k r M S V g\n"):
    return header + "".join(
        f"example,a)/robots.txt 20260301120000 https://a.example/robots.txt text/plain 200 X - - "
        f"{length} {offset} {name}\n"
        for name, offset, length in found
    )


def json_lines(found):
    return "".join(
        "example,a)/robots.txt 20260301120000 "
        + json.dumps(
            {
                "url": "https://a.example/robots.txt",
                "mime": "text/plain",
                "filename": f"crawl-data/segments/{name}",
                "offset": str(offset),
                "length": str(length),
            }
        )
        + "\n"
        for name, offset, length in found
    )


@pytest.mark.parametrize(
    "write",
    [columns, lambda found: columns(found, header=""), json_lines],
    ids=["cdx", "11", "cdxj"],
)
@pytest.mark.parametrize("compressed", [False, True])
def test_an_export_leads_to_records_in_several_archives(tmp_path, write, compressed):
    index = tmp_path / "index.cdx"
    text = write(archives(tmp_path)).encode()
    index.write_bytes(gzip.compress(text) if compressed else text)
    history = open_archive_history(index)
    assert history.kind == "cdx"
    assert seen(history) == [
        ("robots.txt", "03-01", 200, OPEN),
        ("robots.txt", "03-04", 200, CLOSED),
    ]


def test_an_archive_that_is_missing_is_named(tmp_path):
    index = tmp_path / "index.cdx"
    index.write_text(columns(archives(tmp_path)))
    (tmp_path / "two.warc.gz").unlink()
    with pytest.raises(ConfigError, match=r"points to two\.warc\.gz, which is not beside it"):
        open_archive_history(index)


def test_an_export_without_places_is_refused(tmp_path):
    """What the CDX server of the Wayback Machine gives unless it is asked for more."""
    index = tmp_path / "index.cdx"
    index.write_text(
        "example,a)/robots.txt 20260301120000 https://a.example/robots.txt text/plain 200 X 99\n"
    )
    with pytest.raises(ConfigError, match="in which WARC files"):
        open_archive_history(index)


def test_an_export_cannot_lead_out_of_its_folder(tmp_path):
    (tmp_path / "in").mkdir()
    found = archives(tmp_path)
    index = tmp_path / "in" / "index.cdx"
    index.write_text(columns([(f"../{name}", at, size) for name, at, size in found]))
    with pytest.raises(ConfigError, match="not beside it"):
        open_archive_history(index)


def test_lines_that_make_no_sense_are_passed_over(tmp_path):
    index = tmp_path / "index.cdx"
    text = columns(archives(tmp_path))
    rubbish = 'x 2026 {"url": \n\x00\xff\n' + "x " * 50_000 + "\n" + 'x 2026 {"url": ["a"]}\n'
    index.write_text(text + rubbish + "x 20260101 https://a.example/robots.txt - - - - - - x y\n")
    assert len(seen(open_archive_history(index))) == 2


def test_an_offset_where_no_record_stands_is_damage(tmp_path):
    found = [(name, offset + 7, size) for name, offset, size in archives(tmp_path)]
    index = tmp_path / "index.cdx"
    index.write_text(columns(found))
    with pytest.raises(ConfigError, match="holds no"):
        open_archive_history(index)


# The pack


@pytest.mark.data
def test_the_history_of_the_publishers(data_pack):
    """Every host of the scenarios has its documents, with the status they came with."""
    history = open_archive_history(data_pack / "optout/warc/scenarios_synthetic.warc.gz")
    found = {
        host: [(one.channel.value, one.load().status) for one in history.observations(host)]
        for host in history.hosts()
    }
    assert found == {
        "a.example": [("robots.txt", 200)],
        "b.example": [("robots.txt", 200)],
        "c.example": [("robots.txt", 200), ("rsl", 200)],
        "d.example": [("tdmrep.json", 200)],
        "e.example": [("robots.txt", 503)],
    }


@pytest.mark.data
@pytest.mark.parametrize(
    ("url", "agent", "purpose", "verdict"),
    [
        ("https://a.example/test", "ExampleBot", "train-ai", Verdict.COMPLIANT),
        ("https://a.example/ai-ok/test", None, "train-ai", Verdict.COMPLIANT),
        ("https://b.example/p1", "GPTBot", "train-genai", Verdict.VIOLATION),
    ],
)
def test_checks_10_and_14_from_the_archive_itself(data_pack, url, agent, purpose, verdict):
    from provenance.rights.snapshots import host_of
    from provenance.rights.surroundings import path_of

    history = open_archive_history(data_pack / "optout/warc/scenarios_synthetic.warc.gz")
    observations = history.observations(host_of(url))
    at = observations[0].seen.start
    use = Use(purpose=purpose, agent=agent, at=at)
    known = Timeline(observations).at(Span.of(at)).known(path_of(url), agent=agent)
    finding = decide(url, use, known, table())
    assert finding.verdict is verdict
