"""`assay optout check`, `origin` and `kit`, and uses in `assay check`."""

from __future__ import annotations

import csv
import datetime as dt
import json
import tempfile

import pytest

from provenance import fetch as fetching
from provenance.errors import FetchError
from provenance.fetch import Fetched

PAGE = b"<!doctype html><html><head><title>t</title>%s</head><body><p>text</p></body></html>"
NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
CLOSED = b"User-agent: GPTBot\nDisallow: /\n"
OPEN = b"User-agent: *\nDisallow: /admin/\n"


@pytest.fixture
def web(monkeypatch):
    """A host; its pages are set by the test."""
    import httpx2

    pages = {}

    def fetch(url, **_):
        if url not in pages:
            pages[url] = (404, {}, b"")
        if pages[url] is None:
            raise FetchError(f"{url}: no answer")
        status, headers, body = pages[url]
        held = tempfile.TemporaryFile()  # noqa: SIM115 - closed with what holds it
        held.write(body)
        held.seek(0)
        return Fetched(url, url, status, httpx2.Headers(headers), len(body), (), NOW, held)

    monkeypatch.setattr(fetching, "fetch", fetch)
    pages["https://a.example/p"] = (200, {}, PAGE % b"")
    return pages


def answer(said):
    return json.loads(said.out)


def test_a_bare_file_is_answered_by_what_is_in_it(assay, tmp_path):
    (tmp_path / "p.html").write_bytes(PAGE % b'<meta name="tdm-reservation" content="1">')
    told = answer(assay("optout", "check", "p.html", "--format", "json"))
    assert list(told) == ["input", "rights", "rights_by_purpose", "reservations", "coverage"]
    assert told["input"] == "p.html"
    assert told["rights"] == "reserved"
    assert told["reservations"][0]["protocol"] == "tdmrep"
    assert told["coverage"]["embedded"] == "read"
    assert told["coverage"]["robots.txt"] == "not_looked"


def test_a_silent_file_is_undeclared_which_is_no_permission(assay, tmp_path):
    (tmp_path / "p.html").write_bytes(PAGE % b"")
    said = assay("optout", "check", "p.html", "--format", "json")
    assert answer(said)["rights"] == "undeclared"


def test_a_url_is_answered_by_its_host_for_each_agent(assay, web):
    web["https://a.example/robots.txt"] = (200, {}, CLOSED)
    ask = ("optout", "check", "https://a.example/p", "--format", "json", "--agent")
    told = answer(assay(*ask, "GPTBot"))
    assert told["rights"] == "reserved"
    assert told["coverage"] == {
        "robots.txt": "read",
        "headers": "read",
        "page": "read",
        "tdmrep.json": "absent",
        "ai.txt": "absent",
        "rsl": "absent",
        "embedded": "read",
        "registry": "not_looked",
        "terms": "not_looked",
    }
    assert answer(assay(*ask, "CCBot"))["rights"] == "undeclared"
    sentence = "Mozilla/5.0 AppleWebKit/537.36; compatible; GPTBot/1.2; +https://openai.com/gptbot"
    assert answer(assay(*ask, sentence))["rights"] == "reserved"


def test_without_an_agent_what_is_said_to_any_crawler_for_ai_counts_and_is_marked(assay, web):
    web["https://a.example/robots.txt"] = (200, {}, CLOSED)
    told = answer(assay("optout", "check", "https://a.example/p", "--format", "json"))
    assert told["rights"] == "reserved"
    record = told["reservations"][0]
    assert record["agent"] == "GPTBot"
    assert any(warning.startswith("agent_scoped") for warning in record["warnings"])


def test_a_host_that_does_not_answer_leaves_it_unchecked_and_is_a_fault(assay, web):
    web["https://a.example/robots.txt"] = None
    said = assay("optout", "check", "https://a.example/p", "--format", "json", status=3)
    told = answer(said)
    assert told["rights"] == "unchecked"
    assert told["coverage"]["robots.txt"] == "not_looked"
    assert [one["reason"] for one in told["not_run"]] == ["fetch_failed"]


def test_the_purpose_is_that_of_the_agent_unless_it_is_given(assay, web):
    web["https://a.example/robots.txt"] = (200, {}, b"User-agent: OAI-SearchBot\nDisallow: /\n")
    ask = ("optout", "check", "https://a.example/p", "--format", "json", "--agent", "OAI-SearchBot")
    assert answer(assay(*ask))["rights"] == "reserved"
    assert answer(assay(*ask, "--use", "train-genai"))["rights"] == "reserved"
    assert "purpose" in assay(*ask, "--use", "everything", status=2).err


def test_headers_and_host_are_weighed_together(assay, web):
    web["https://a.example/p"] = (
        200,
        {"TDM-Reservation": "1"},
        PAGE % b'<meta name="tdm-reservation" content="0">',
    )
    ask = ("optout", "check", "https://a.example/p", "--use", "tdm", "--format", "json")
    told = answer(assay(*ask))
    assert told["rights"] == "permitted"
    warnings = {w.partition(":")[0] for one in told["reservations"] for w in one["warnings"]}
    assert {"superseded", "intra_protocol_conflict"} <= warnings


def test_many_inputs_are_an_array_or_lines_in_order(assay, tmp_path):
    for name in ("b.html", "a.html"):
        (tmp_path / name).write_bytes(PAGE % b"")
    told = answer(assay("optout", "check", "b.html", "a.html", "--format", "json"))
    assert [one["input"] for one in told] == ["b.html", "a.html"]
    lines = assay("optout", "check", ".", "--format", "ndjson").out.splitlines()
    assert [json.loads(line)["input"] for line in lines] == ["./a.html", "./b.html"]


def test_the_text_is_for_people_in_both_languages(assay, web):
    web["https://a.example/robots.txt"] = (200, {}, CLOSED)
    ask = ("optout", "check", "https://a.example/p", "--agent", "GPTBot", "--lang")
    assert "Rights: Reserved" in assay(*ask, "en").out
    assert "Droits\u202f: " in assay(*ask, "fr").out


# origin


@pytest.fixture
def snapshots(tmp_path):
    folder = tmp_path / "snapshots"
    (folder / "b.example").mkdir(parents=True)
    (folder / "a.example_20240110.txt").write_bytes(OPEN)
    (folder / "a.example_20240210.txt").write_bytes(CLOSED)
    (folder / "b.example" / "20240110120000.txt").write_bytes(CLOSED)
    (folder / "b.example" / "2024-03-10T12-00-00Z.txt").write_bytes(CLOSED)
    return folder


def origin(assay, *given, status=0):
    return answer(assay("optout", "origin", *given, "--format", "ndjson", status=status))


def test_origin_judges_by_what_was_in_force(assay, snapshots):
    ask = ("https://a.example/x", "--agent", "GPTBot", "--history", "snapshots", "--at")
    told = origin(assay, *ask, "2024-02-10", status=1)
    assert told["schema"] == "assay/finding/1"
    assert told["verdict"] == "violation"
    assert told["use"]["purpose"] == "train-genai"
    assert told["reservations"][0]["document"]["span"]
    assert origin(assay, *ask, "2024-01-10")["verdict"] == "post_hoc"
    between = origin(assay, *ask, "2024-01-20")
    assert (between["verdict"], between["undetermined_because"]) == ("undetermined", "time")
    assert between["bounds"] == ["2024-01-10T00:00:00Z", "2024-02-10T23:59:59Z"]
    assert origin(assay, *ask, "2023-01-01")["undetermined_because"] == "time"


def test_both_ways_of_naming_snapshots_are_read(assay, snapshots):
    ask = ("https://b.example/", "--agent", "GPTBot", "--history", "snapshots", "--at")
    assert origin(assay, *ask, "2024-02-01T00:00:00Z", status=1)["verdict"] == "violation"


def test_a_host_nobody_observed_and_a_use_without_a_date_are_undetermined(assay, snapshots):
    ask = ("--agent", "GPTBot", "--history", "snapshots")
    told = origin(assay, "https://c.example/", *ask, "--at", "2024-02-10")
    assert told["undetermined_because"] == "coverage"
    told = origin(assay, "https://a.example/", *ask)
    assert told["undetermined_because"] == "time"


def test_origin_can_ask_the_host_itself(assay, web, monkeypatch):
    web["https://a.example/robots.txt"] = (200, {}, CLOSED)
    ask = ("https://a.example/x", "--agent", "GPTBot", "--online")
    at = ("--at", "2026-11-23T13:00:00Z")
    assert origin(assay, *ask, *at, status=1)["verdict"] == "violation"
    web["https://a.example/robots.txt"] = (503, {}, b"")
    assert origin(assay, *ask, *at, status=3)["undetermined_because"] == "fetch"
    web["https://a.example/robots.txt"] = (404, {}, b"")
    assert origin(assay, *ask, *at)["verdict"] == "no_reservation_found"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("https://a.example/",), "--history"),
        (("https://a.example/", "--online", "--history", "snapshots"), "one of the two"),
        (("https://a.example/", "--history", "nowhere"), "no such"),
        (("a.example", "--history", "snapshots"), "absolute"),
        (("https://a.example/", "--history", "snapshots", "--at", "yesterday"), "not a date"),
    ],
)
def test_wrong_usage_says_what_to_do(assay, snapshots, given, told):
    assert told in assay("optout", "origin", *given, status=2).err


@pytest.mark.data
def test_every_publisher_on_every_date_is_judged_as_google_s_matcher_has_it(data_pack):
    from provenance.rights.snapshots import SnapshotFolder
    from provenance.rights.standing import table
    from service.optout.asking import purpose_of, use_of
    from service.optout.origin import judge_origin

    history = SnapshotFolder(data_pack / "optout/robots_history")
    observed = set(history.hosts())
    judged = 0
    with (data_pack / "optout/publishers_timeline.csv").open() as file:
        for row in csv.DictReader(file):
            if row["host"] not in observed:
                continue
            for token in list(row)[3:]:
                use = use_of(purpose_of(None, token, "train-genai"), agent=token, at=row["ts"])
                finding = judge_origin(f"https://{row['host']}/", use, history, table())
                judged += 1
                accused = finding.verdict == "violation"
                assert accused == (row[token] == "D"), (row["host"], row["ts"], token, finding)
                assert finding.verdict != "violation_contested"
    assert judged > 1000


# Uses in a report


def test_a_report_judges_a_use_that_was_asked_about(assay, tmp_path):
    (tmp_path / "p.html").write_bytes(PAGE % b'<meta name="tdm-reservation" content="1">')
    ask = ("check", "p.html", "--use", "train-genai", "--format", "json")
    told = answer(assay(*ask, "--agent", "GPTBot", "--at", "2026-01-01", status=1))
    assert "optout_violation" in told["verdict"]["findings"]
    assert told["use"]["verdict"] == "violation"
    assert "use_violation" in [one["code"] for one in told["verdict"]["reasons"]]
    (tmp_path / "p.html").write_bytes(PAGE % b"")
    told = answer(assay(*ask))
    assert told["use"]["verdict"] == "no_reservation_found"


def test_a_report_on_a_url_does_not_hold_today_against_yesteryear(assay, web):
    web["https://a.example/robots.txt"] = (200, {}, CLOSED)
    ask = ("check", "https://a.example/p", "--use", "train-genai", "--agent", "GPTBot")
    told = answer(assay(*ask, "--at", "2020-01-01", "--format", "json"))
    assert told["use"]["undetermined_because"] == "time"
    assert "optout_reserved" in told["verdict"]["findings"]
    told = answer(assay(*ask, "--at", "2026-11-23T13:00:00Z", "--format", "json", status=1))
    assert told["use"]["verdict"] == "violation"


def test_a_date_without_a_use_is_wrong_usage(assay, tmp_path):
    (tmp_path / "p.html").write_bytes(PAGE % b"")
    assert "--use" in assay("check", "p.html", "--at", "2026-01-01", status=2).err


# The kit


def test_a_kit_is_written_once_and_explained(assay, tmp_path):
    example = assay("optout", "kit", "--example").out
    (tmp_path / "declaration.toml").write_text(example)
    said = assay("optout", "kit", "declaration.toml", "--out", "kit", "--lang", "fr")
    assert "site/robots.txt" in said.out
    assert "racine de l\u2019h\u00f4te" in (tmp_path / "kit/README.txt").read_text("utf-8")
    assert (tmp_path / "kit/site/.well-known/tdmrep.json").is_file()
    assert "exists" in assay("optout", "kit", "declaration.toml", "--out", "kit", status=2).err
    assert "--example" in assay("optout", "kit", status=2).err
