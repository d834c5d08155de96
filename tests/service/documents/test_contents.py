"""What each paper says of an audit whose findings are known."""

from __future__ import annotations

import json

import pytest

from provenance.rights.finding import Verdict
from service.documents.code import honoured_json
from service.documents.domains import Domains
from service.documents.evidence import strength
from service.documents.records import DocumentKind
from service.documents.writing import prepare
from service.optout.audit.summary import HostFigures
from service.render.wording import DASH
from tests.service.documents.audits import (
    finding,
    findings,
    mandate,
    robots,
    summary_of,
    tdmrep,
    written,
)
from tests.service.documents.test_papers import blocks, sentences


def table(document, code):
    (found,) = [one for one in blocks(document, "table") if one.code == code]
    return found


def field(document, code):
    (found,) = [one for one in blocks(document, "field") if one.code == code]
    return found


# Public summary


def test_the_summary_is_filled_where_the_audit_knows(paper):
    document = paper("art53")
    assert field(document, "period").value == f"2025-06-14 09:30 UTC {DASH} 2025-07-01 00:00 UTC"
    assert field(document, "latest_copy").value == "2025-07-01 00:00 UTC"
    assert field(document, "crawlers").value == "GPTBot (12)"
    assert table(document, "modalities").rows == (("Image", "2"), ("Text", "8"), ("Not known", "2"))
    assert {row[0] for row in table(document, "protocols").rows} == {
        "robots.txt",
        "tdmrep",
        "natural-language",
        "mandate",
    }
    assert field(document, "bytes").value == "96.2 kB"


def test_what_no_audit_knows_stays_blank(paper):
    assert {"model_names", "languages", "synthetic_data", "illegal_content"} <= set(
        paper("art53").blanks
    )


def test_a_corpus_without_dates_leaves_the_period_blank(paper, tmp_path):
    rows = [finding("https://a.example/", Verdict.NO_RESERVATION_FOUND, at=None)]
    document = paper("art53", folder=written(tmp_path / "audit", rows))
    assert {"period", "latest_copy"} <= set(document.blanks)
    assert "undated" in {one.code for one in sentences(document)}


def hosts(count, *, size=1000):
    return tuple(
        HostFigures(
            host=f"h{number:05}.example",
            rows=count - number,
            bytes=None if size is None else number * size,
            observed=True,
            verdicts={},
        )
        for number in range(count)
    )


@pytest.mark.parametrize(
    ("count", "sme", "asked"), [(1, False, 1), (25, False, 3), (30, False, 3), (25, True, 2)]
)
def test_one_host_in_ten_is_named_and_one_in_twenty_for_an_sme(count, sme, asked):
    domains = Domains.of(summary_of(findings(), None, hosts=count, top_hosts=hosts(count)), sme=sme)
    assert domains.asked == len(domains.shown) == asked
    assert domains.by_bytes
    assert domains.shown[0].host == f"h{count - 1:05}.example"


def test_hosts_are_ordered_by_rows_where_sizes_are_not_known(paper, tmp_path):
    summary = {"hosts": 20, "top_hosts": hosts(20, size=None)}
    document = paper("art53", folder=written(tmp_path / "audit", **summary))
    assert [row[0] for row in table(document, "domains").rows] == [
        "h00000.example",
        "h00001.example",
    ]
    assert "domains_by_rows" in {one.code for one in sentences(document)}
    assert "bytes" in document.blanks


def test_domains_the_audit_does_not_keep_are_a_blank(paper, tmp_path):
    summary = {"hosts": 30_000, "top_hosts": hosts(1000)}
    folder = written(tmp_path / "audit", **summary)
    document = paper("art53", folder=folder)
    assert (len(table(document, "domains").rows), table(document, "domains").total) == (1000, 3000)
    assert "domains_rest" in document.blanks
    small = paper("art53", folder=folder, sme=True)
    assert table(small, "domains").total == 1000
    assert "domains_rest" not in small.blanks


# Measure 1.3


def test_the_matrix_says_what_the_audit_shows_and_what_is_stated(audit, details):
    stated = details(**{"code.honoured": {}, "code": {}})
    stated.write_text('[code.honoured]\n"robots.txt" = true\nrsl = true\n', "utf-8")
    said = json.loads(honoured_json(prepare(DocumentKind.CODE, audit, stated, "en")))
    lines = {one["protocol"]: one for one in said["protocols"]}
    robots_txt = lines["robots.txt"]
    assert (robots_txt["measure"], robots_txt["standing"]) == ("1.3(a)", "A")
    assert (robots_txt["stated"], robots_txt["shown"]) == (True, "contradicted")
    assert robots_txt["rows"] == {
        "reserved": 4,
        "violation": 2,
        "violation_contested": 0,
        "post_hoc": 1,
        "conditional": 0,
        "compliant": 0,
        "licensed": 1,
        "no_reservation_found": 0,
        "exempt_claimed": 1,
        "undetermined": 0,
    }
    assert (lines["mandate"]["stated"], lines["mandate"]["shown"]) == (None, "disputed")
    assert (lines["rsl"]["stated"], lines["rsl"]["shown"]) == (True, "nothing_seen")
    assert lines["tdmrep"]["first_seen"] == "2025-05-02T06:00:00Z"


@pytest.mark.parametrize(
    ("verdict", "shown"),
    [
        (Verdict.VIOLATION, "contradicted"),
        (Verdict.VIOLATION_CONTESTED, "disputed"),
        (Verdict.LICENSED, "not_contradicted"),
        (Verdict.UNDETERMINED, "undetermined"),
        (Verdict.POST_HOC, "nothing_seen"),
    ],
)
def test_an_audit_never_shows_more_than_that_nothing_contradicts(tmp_path, verdict, shown):
    more = {"undetermined_because": "time"} if verdict is Verdict.UNDETERMINED else {}
    rows = [finding("https://a.example/", verdict, reservations=(tdmrep("a.example"),), **more)]
    folder = written(tmp_path / "audit", rows)
    said = json.loads(honoured_json(prepare(DocumentKind.CODE, folder, None, "en")))
    assert {one["shown"] for one in said["protocols"] if one["protocol"] == "tdmrep"} == {shown}


def test_a_protocol_nobody_has_listed_is_not_left_out(tmp_path):
    strange = tdmrep("a.example").model_copy(update={"protocol": "new-protocol"})
    rows = [finding("https://a.example/", Verdict.VIOLATION_CONTESTED, reservations=(strange,))]
    folder = written(tmp_path / "audit", rows)
    said = json.loads(honoured_json(prepare(DocumentKind.CODE, folder, None, "en")))
    assert [one["standing"] for one in said["protocols"] if one["protocol"] == "new-protocol"] == [
        "D"
    ]


# Indications


def test_findings_are_graded_and_weak_ones_are_only_indications(paper):
    document = paper("indice", "fr")
    graded = {
        section.code.removeprefix("dossier_"): [row[0] for row in section.blocks[1].rows]
        for section in document.sections
        if section.number.startswith("6.")
    }
    assert [len(names) for names in graded.values()] == [2, 2, 1]
    assert graded["weak"] == ["La Chanson du quai (fichier 0192.mp3)"]
    assert "https://blog.example/mentions" in graded["disputed"]
    weak = {one.code: one.text for one in sentences(document)}["weak_meaning"]
    assert "vraisemblable" in weak
    assert "ne l\u2019établit pas" in weak


def test_an_undisputed_finding_is_plain_whatever_else_was_found():
    both = finding("x", Verdict.VIOLATION, reservations=(robots("a.example"), mandate("x")))
    assert strength(both) == "plain"


def test_what_was_reserved_later_is_not_held_against_anyone(paper):
    document = paper("indice")
    listed = [
        row[0] for one in blocks(document, "table") if one.code == "findings" for row in one.rows
    ]
    assert "https://blog.example/notes/2" not in listed
    later = {one.code: one.text for one in sentences(document)}["grade_later"]
    assert later.endswith(": 1.")


def test_the_dossier_names_each_document_by_its_digest_and_place(paper):
    held = table(paper("indice"), "documents").rows
    assert len(held) == 5
    assert all(len(row[0]) == 64 for row in held)
    assert "https://presse.example/robots.txt" in {row[1] for row in held}
    assert not any("images.example" in row[1] for row in held)  # licensed, not held against anyone


def test_the_timeline_is_in_order(paper):
    rows = table(paper("indice"), "timeline").rows
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert rows[-1][0] == "2026-11-03 16:20 UTC"
    assert any("catalogue.csv" in row[1] for row in rows)


def test_there_is_room_for_a_time_stamp(paper):
    assert {"timestamp_authority", "timestamp_time", "timestamp_serial", "timestamp_file"} <= set(
        paper("indice").blanks
    )


def test_a_dossier_without_findings_says_so(paper, tmp_path):
    folder = written(tmp_path / "audit", [finding("https://a.example/", Verdict.COMPLIANT)])
    said = {one.code for one in sentences(paper("indice", folder=folder))}
    assert {"plain_none", "disputed_none", "weak_none"} <= said


def test_more_findings_than_a_paper_lists_are_counted(paper, tmp_path):
    rows = [
        finding(f"https://a.example/{n}", Verdict.VIOLATION, reservations=(tdmrep("a.example"),))
        for n in range(140)
    ]
    folder = written(tmp_path / "audit", rows)
    said = {one.code: one.text for one in sentences(paper("indice", folder=folder))}
    assert "100, of 140" in said["findings_listed"]
    against = table(paper("rebuttal", folder=folder), "findings")
    assert (len(against.rows), against.total) == (100, 140)


# The developer's answer


def test_the_answer_hides_nothing_that_stands_against(paper):
    document = paper("rebuttal")
    against = {one.code: one.text for one in sentences(document)}["against"]
    assert "accepted standing: 2;" in against
    assert "disputed: 3." in against
    assert table(document, "findings").total == 5


def test_claims_are_shown_as_claimed(paper):
    document = paper("rebuttal")
    assert table(document, "claims").rows == (
        ("Licence", "contrat 2024-118, Images SARL", "1"),
        ("Research exception", "laboratoire, article 3", "1"),
    )


def test_the_undetermined_are_told_by_reason(paper):
    assert [row[1] for row in table(paper("rebuttal"), "open").rows] == ["1", "1", "0"]


def test_every_verdict_has_a_row_also_those_with_none(paper):
    rows = table(paper("rebuttal"), "results").rows
    assert len(rows) == len(Verdict) + 3
    assert sum(int(row[1]) for row in rows if not row[0].startswith(DASH)) == 12
