"""The table of what survived, in a terminal and on a page, in both languages."""

from __future__ import annotations

import pytest
from lxml import html

from provenance.evidence import Carrier, Credential, Integrity, Statement, Strength
from service.i18n import languages
from service.policy import DEFAULT
from service.render.html import render_page
from service.render.survival import Comparison
from service.render.view import View
from service.render.wording import DASH, Words
from service.report import compared
from tests.service.render.test_html import HOSTILE, assert_harmless
from tests.service.render.test_text import printed

NONE = Credential(source="c2pa", carrier=Carrier.NONE, integrity=Integrity.ABSENT)
both = pytest.mark.parametrize("lang", languages())


@pytest.fixture
def stripped(report, credential, declaration):
    """A copy that kept its source type, lost its manifest and gained a tag."""
    original = report(credential(), declaration(generator=None), name="master.wav")
    weak = declaration(Statement.FULLY_AI, Strength.WEAK, source="tags", field="ID3:COMM")
    copy = report(NONE, declaration(generator=None), weak, name="upload.mp3")
    return compared(copy, original, DEFAULT)


def rows(page):
    tree = html.document_fromstring(page.encode())
    (section,) = tree.xpath('//section[@aria-labelledby="survived"]')
    return [[" ".join(cell.text_content().split()) for cell in row] for row in section.iter("tr")]


def test_the_page_has_a_row_for_each_mark(stripped):
    assert rows(render_page(stripped, "en")) == [
        ["Mark", "Original", "This file", "What became of it"],
        ["C2PA credential", "Intact: made entirely by AI", DASH, "✗ Lost"],
        [
            "Declaration: DigitalSourceType (iptc)",
            *["Iptc4xmpExt:DigitalSourceType: trainedAlgorithmicMedia"],
            "Iptc4xmpExt:DigitalSourceType: trainedAlgorithmicMedia 1",
            "✓ Kept",
        ],
        [
            "Declaration: Painter 2 (tags)",
            DASH,
            "ID3:COMM: trainedAlgorithmicMedia 2",
            "+ New",
        ],
    ]


def test_the_page_says_it_in_french(stripped):
    head, first, *_ = rows(render_page(stripped, "fr"))
    assert head == ["Marquage", "Original", "Ce fichier", "Devenir"]
    assert first[0] == "Manifeste signé C2PA"
    assert first[3] == "✗ Perdu"


@both
def test_the_table_can_be_heard(stripped, lang):
    """Headers have a scope, rows a header, the table a name; signs are not read out."""
    tree = html.document_fromstring(render_page(stripped, lang).encode())
    (table,) = tree.xpath('//section[@aria-labelledby="survived"]//table')
    assert table.get("aria-labelledby") == "survived"
    assert {one.get("scope") for one in table.xpath(".//thead//th")} == {"col"}
    assert [one.get("scope") for one in table.xpath(".//tbody/tr/*[1]")] == ["row"] * 3
    for said in table.xpath('.//span[@class="said"]'):
        assert said.xpath('./span[@aria-hidden="true"]')
        assert len(said.text_content().split()) > 1
    for reference in table.xpath(".//a"):
        assert tree.get_element_by_id(reference.get("href").removeprefix("#")) is not None


@both
@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_terminal_shows_the_same(stripped, lang, width):
    shown = printed(stripped, lang, width)
    assert all(len(line) <= width and line == line.rstrip() for line in shown.splitlines())
    flat = " ".join(shown.split())
    comparison = View.of(stripped, lang).survival
    for fate in comparison.fates:
        assert fate.outcome in flat
    assert " · ".join(comparison.counts) in shown


@both
def test_both_say_that_nobody_checked_where_the_file_comes_from(stripped, lang):
    word = Words(lang).ui("survival_word")
    assert word in render_page(stripped, lang)
    assert " ".join(word.split()) in " ".join(printed(stripped, lang).split())


@both
def test_without_a_comparison_there_is_no_table(report, lang):
    alone = report(NONE)
    assert View.of(alone, lang).survival is None
    title = Words(lang).ui("survived")
    assert title not in printed(alone, lang)
    assert title not in render_page(alone, lang)


@both
def test_nothing_to_compare_is_said(report, lang):
    bare = compared(report(NONE), report(NONE), DEFAULT)
    nothing = Words(lang).ui("survival_nothing")
    assert nothing in render_page(bare, lang)
    assert nothing in printed(bare, lang, 120)


def test_where_a_manifest_is_elsewhere_no_statement_of_it_is_shown(report, credential):
    remote = NONE.model_copy(update={"carrier": Carrier.REMOTE_ONLY, "remote_url": "https://x.org"})
    copy = compared(report(remote), report(credential()), DEFAULT)
    (fate,) = Comparison.of(copy.against, Words("en")).fates
    assert (fate.present, fate.outcome) == ("Elsewhere, not fetched", "Not comparable")


def test_a_long_table_is_cut_in_the_terminal_and_whole_on_the_page(report, declaration):
    many = [declaration(field=f"a:{n}") for n in range(80)]
    copy = compared(report(NONE), report(NONE, *many), DEFAULT)
    assert printed(copy).count("✗ Lost") == 60
    assert "and 20 more" in printed(copy)
    assert len(rows(render_page(copy, "en"))) == 81


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_original_says_nothing_of_its_own(report, credential, declaration, hostile):
    original = report(
        credential(manifest=hostile), declaration(field=hostile, value=hostile), name=hostile
    )
    copy = compared(report(declaration(field=hostile, value=hostile)), original, DEFAULT)
    assert_harmless(render_page(copy, "en"))
    shown = printed(copy)
    assert not {"\x1b", "\x00", "\u202e", "\u2069", "\udc80"} & set(shown)
