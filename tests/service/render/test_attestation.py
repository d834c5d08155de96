"""The public page: it says what was attested and nothing of the work, and runs nothing."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import re

import pytest
from lxml import html

from provenance.asset import Modality
from service.attestation import Objection, Statement
from service.i18n import languages, translate
from service.render.attestation import render_attestation, render_unknown, render_withdrawn
from service.storage.attestations import Shown
from service.verdict import VerdictOrigin

both = pytest.mark.parametrize("lang", languages())
NOW = dt.datetime(2026, 11, 24, 12, 30, tzinfo=dt.UTC)
KEY = "5a" * 32


@pytest.fixture
def statement(everything):
    """Makes what a page tells of a report."""

    def make(report=everything, **changed):
        given = {
            "by": "Label Été",
            "report": report,
            "shows": tuple(Shown),
            "key": KEY,
            "signed_at": dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC),
            "log": "urn:uuid:00000000-0000-0000-0000-000000000000",
            "entry": 7,
            "objections": (),
            "salt": "01" * 32,
            "commitment": "02" * 32,
        }
        return Statement(**given | changed)

    return make


def text_of(page):
    return " ".join(html.document_fromstring(page.html.encode()).text_content().split())


def with_origin(report, origin):
    verdict = report.verdict.model_copy(update={"origin": origin})
    return report.model_copy(update={"verdict": verdict})


@both
def test_it_says_what_by_whom_when_and_that_it_holds(lang, statement):
    page = render_attestation(statement(), lang, NOW)
    text = text_of(page)
    for said in ("Label Été", KEY, "2026-11-22 12:00 UTC", "2026-11-24 12:30 UTC", "02" * 32):
        assert said in text
    assert translate("origin", "ai_declared", lang) in text
    for code in ("limit_detector", "limit_signature", "who", "checks"):
        assert " ".join(translate("attestation", code, lang).split()) in text
    assert html.document_fromstring(page.html.encode()).get("lang") == lang


@pytest.mark.parametrize("shown", Shown)
def test_only_the_chosen_answers_are_shown(shown, statement, everything):
    text = text_of(render_attestation(statement(shows=(shown,)), "en", NOW))
    questions = {one: translate("ui", f"{one}_question", "en") for one in Shown}
    assert [one for one in Shown if questions[one] in text] == [shown]


@both
@pytest.mark.parametrize("shows", [(Shown.ORIGIN,), tuple(Shown)])
def test_nothing_of_the_work_is_on_it(lang, shows, statement, everything, report):
    """Two reports of quite different works and the same answers have the same page, word for word.

    Names, digests, sizes, kinds, detectors and evidence would all tell them apart.
    """
    asset = everything.asset.model_copy(
        update={
            "name": "my-secret-novel.epub",
            "sha256": "d" * 64,
            "media_type": "application/epub+zip",
            "modality": Modality.TEXT,
            "bytes": 1,
        }
    )
    verdict = everything.verdict.model_copy(update={"decision": None})
    other = everything.model_copy(
        update={"asset": asset, "verdict": verdict, "evidence": (), "against": None}
    )
    pages = {
        render_attestation(statement(one, shows=shows), lang, NOW) for one in (everything, other)
    }
    assert len(pages) == 1
    (page,) = pages
    assert "my-secret-novel" not in page.html


@both
@pytest.mark.parametrize("origin", VerdictOrigin)
def test_only_an_attested_human_origin_reads_as_one(lang, origin, statement, everything):
    text = text_of(render_attestation(statement(with_origin(everything, origin)), lang, NOW))
    human, not_human = (
        " ".join(translate("attestation", code, lang).split()) for code in ("human", "not_human")
    )
    is_human = origin is VerdictOrigin.HUMAN_ATTESTED
    assert (human in text) is is_human
    assert (not_human in text) is not is_human
    attested = translate("origin", "human_attested", lang)
    assert (attested in text) is is_human


@both
def test_where_the_origin_is_not_shown_nothing_is_said_of_it(lang, statement, everything):
    human = with_origin(everything, VerdictOrigin.HUMAN_ATTESTED)
    text = text_of(render_attestation(statement(human, shows=(Shown.RIGHTS,)), lang, NOW))
    assert " ".join(translate("attestation", "origin_not_shown", lang).split()) in text
    assert " ".join(translate("attestation", "human", lang).split()) not in text


@both
@pytest.mark.parametrize("objection", Objection)
def test_one_that_does_not_hold_shows_why_and_no_answer(lang, objection, statement, everything):
    human = with_origin(everything, VerdictOrigin.HUMAN_ATTESTED)
    text = text_of(render_attestation(statement(human, objections=(objection,)), lang, NOW))
    said = translate("attestation_objection", objection, lang)
    assert " ".join(said.split()) in text
    assert translate("origin", "human_attested", lang) not in text
    assert translate("ui", "origin_question", lang) not in text
    valid = translate("attestation", "valid", lang, now="2026-11-24 12:30 UTC")
    assert " ".join(valid.split()) not in text


@both
def test_one_that_was_withdrawn_says_the_day_and_nothing_else(lang):
    page = render_withdrawn(NOW, lang)
    text = text_of(page)
    assert " ".join(translate("attestation", "withdrawn", lang, date="2026-11-24").split()) in text
    body = html.document_fromstring(page.html.encode()).find("body").text_content().split()
    assert len(body) < 14
    assert "12:30" not in text


@pytest.mark.parametrize(
    "by",
    [
        "<script>alert(1)</script>",
        "</style><img src=x onerror=alert(1)>",
        "\u202eevil\x00",
        "{{ 7919*7907 }}",
        "<style>x</style>",
        "W" * 200,
    ],
)
def test_a_name_of_an_organisation_is_a_text(by, statement):
    page = render_attestation(statement(by=by), "en", NOW)
    tree = html.document_fromstring(page.html.encode())
    elements = {one.tag for one in tree.iter() if isinstance(one.tag, str)}
    assert not elements & {"script", "img", "link", "iframe", "object", "embed", "form", "base"}
    assert len(tree.xpath("//style")) == 1
    assert "\u202e" not in page.html
    assert str(7919 * 7907) not in text_of(page)


@pytest.mark.parametrize("made", ["attestation", "withdrawn", "unknown"])
def test_its_policy_allows_the_one_style_sheet_and_nothing_else(made, statement):
    page = {
        "attestation": lambda: render_attestation(statement(), "en", NOW),
        "withdrawn": lambda: render_withdrawn(NOW, "en"),
        "unknown": lambda: render_unknown("en"),
    }[made]()
    tree = html.document_fromstring(page.html.encode())
    (style,) = tree.xpath("//style/text()")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page.policy
    assert page.policy.startswith("default-src 'none'")
    assert "unsafe" not in page.policy
    assert not tree.xpath("//*[@style] | //script | //@onclick")
    assert not re.search(r"url\(|@import", style)
    assert tree.xpath("//meta[@name='robots']/@content") == ["noindex, nofollow, noarchive"]
    for href in tree.xpath("//@href"):
        assert re.fullmatch(r"\?lang=(en|fr)|/v1/(receipt-keys|log/checkpoint)", href)


def test_it_is_said_in_both_languages_and_each_leads_to_the_other(statement):
    pages = {lang: render_attestation(statement(), lang, NOW).html for lang in languages()}
    assert json.dumps(pages["en"]) != json.dumps(pages["fr"])
    assert 'href="?lang=fr"' in pages["en"]
    assert 'href="?lang=en"' in pages["fr"]
