"""Reports as pages: self-contained, well-formed, and deaf to what hostile files say."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from lxml import html

from provenance.errors import NotFound
from provenance.evidence import SignerLevel, Statement, Strength
from service.i18n import languages
from service.render.html import render_index, render_page
from service.render.rows import Row
from service.screening import Failed

both = pytest.mark.parametrize("lang", languages())

CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
HOSTILE = [
    "<script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    '"><a href="https://evil.example">x</a>',
    "javascript:alert(1)",
    "{{ 7*7 }}{% include 'x' %}",
    "\x1b[31m\u202egpj.exe\u2069\x00",
    "W" * 10_000,
    "\udc80",
]


def parsed(page):
    """The tree of a page; any error but an element newer than the parser is a failure."""
    parser = html.HTMLParser(huge_tree=True)
    tree = html.document_fromstring(page.encode(), parser=parser)
    errors = [one for one in parser.error_log if one.type_name != "HTML_UNKNOWN_TAG"]
    assert not errors, errors[:3]
    return tree


def assert_harmless(page):
    tree = parsed(page)
    known = {"a", "bdi", "wbr", "style", "meta", "details", "summary", "pre", "code"}
    elements = {one.tag for one in tree.iter() if isinstance(one.tag, str)}
    forbidden = {"script", "img", "link", "iframe", "object", "embed", "form", "base"}
    assert not elements & forbidden
    assert elements & known
    for element in tree.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on"), name
            assert name not in {"src", "style", "srcset", "action", "background"}
            if name == "href":
                drawn = element.tag == "image"
                assert value.startswith("data:image/png;base64," if drawn else ("#", "./"))
    assert not re.search(r"@import|url\(", page)
    assert tree.xpath("//meta[@http-equiv='Content-Security-Policy']/@content") == [CSP]
    return tree


@both
def test_a_page_is_well_formed_and_asks_for_nothing(lang, everything):
    tree = assert_harmless(render_page(everything, lang))
    assert tree.get("lang") == lang
    assert len(tree.xpath("//style")) == 1
    assert len(tree.xpath("//h1")) == 1


@both
def test_references_lead_to_evidence(lang, everything):
    tree = parsed(render_page(everything, lang))
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    targets = [href[1:] for href in tree.xpath("//a/@href")]
    assert targets
    assert set(targets) <= set(ids)
    assert {f"e{record.id}" for record in everything.evidence} <= set(ids)


def test_the_three_questions_are_answered_apart(everything):
    tree = parsed(render_page(everything, "en"))
    answers = [" ".join(one.text_content().split()) for one in tree.find_class("answer")]
    assert [one.split()[0] for one in answers] == ["Origin", "Integrity", "Rights"]
    assert "● AI declared proven by a trusted signature" in answers[0]
    assert "✓ Intact" in answers[1]
    assert "⊘ Reserved training of generative AI" in answers[2]


def test_what_the_report_does_not_claim_is_said(report, credential):
    page = render_page(report(credential()), "en")
    assert "never certifies a human origin" in page
    assert "No manifest does not mean human" in page
    assert "déterm" not in page


def test_review_is_asked_for_only_when_needed(report, credential):
    needed = render_page(report(credential(level=SignerLevel.UNTRUSTED)), "en")
    assert "A person should look" in needed
    assert 'class="look"' not in render_page(report(credential()), "en")


@both
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_strings_stay_text(
    lang, text, report, credential, ingredient, declaration, not_run
):
    manifest = credential(
        level=SignerLevel.UNTRUSTED,
        name=text,
        issuer=text,
        generator=text,
        ingredients=(ingredient(text, relationship=text),),
    )
    tag = declaration(
        Statement.NONE, Strength.WEAK, field=text, value=text, generator=text, part=text
    )
    hostile = report(manifest, tag, not_run(detail=text, source=text), name=text)
    page = render_page(hostile, lang)
    assert_harmless(page)
    assert not {"\x1b", "\u202e", "\x00", "\udc80"} & set(page)
    index = render_index([Row.of(hostile, lang)], lang, {0: f"{text}.html".replace("\udc80", "")})
    assert_harmless(index)


def test_an_unverified_name_is_never_stated(report, credential):
    page = render_page(report(credential(level=SignerLevel.UNTRUSTED, issuer="Adobe Inc.")), "en")
    blocks = [block.text_content() for block in parsed(page).xpath("//li | //dd")]
    naming = [said for said in blocks if "Adobe Inc." in said]
    assert naming
    assert all("not verified" in said for said in naming)


def test_long_values_are_folded_away_and_kept(report, declaration):
    prompt = "a castle on a hill, " * 100
    tree = parsed(render_page(report(declaration(value=prompt)), "en"))
    (whole,) = tree.xpath("//details/pre")
    assert whole.text_content().strip() == prompt.strip()


def test_headings_descend_one_by_one(everything):
    levels = [
        int(one.tag[1])
        for one in parsed(render_page(everything, "en")).iter("h1", "h2", "h3", "h4")
    ]
    assert levels[0] == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


@both
def test_an_overview(lang, everything, report, credential):
    failed = Failed("gone.mp3", NotFound("gone.mp3: there is no such file"))
    results = [everything, report(credential(), name="clean & co.mp3"), failed]
    rows = [Row.of(one, lang) for one in results]
    tree = assert_harmless(render_index(rows, lang, {0: "00001-song.mp3.html", 1: "a:b#c.html"}))
    assert tree.xpath("//a/@href") == ["./00001-song.mp3.html", "./a%3Ab%23c.html"]
    assert tree.xpath("//thead/tr/th/@scope")
    assert tree.xpath("//tbody/tr/th/@scope")
    assert "gone.mp3: there is no such file" in tree.text_content()
    assert len(tree.xpath("//table")) == 2  # those for a person, and the others


@both
def test_what_is_told_in_english_only_is_marked_as_english(lang, everything):
    failed = Failed("gone.mp3", NotFound("gone.mp3: there is no such file"))
    rows = [Row.of(one, lang) for one in (everything, failed)]
    tree = parsed(render_index(rows, lang, {}))
    marked = tree.xpath("//tr[@class='why']//bdi[@lang='en']")
    assert [one.text_content() for one in marked] == (
        [] if lang == "en" else ["gone.mp3: there is no such file"]
    )


def test_an_empty_overview():
    assert "Files checked: 0" in parsed(render_index([], "en", {})).text_content()


def luminance(colour):
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_colour_can_be_read_in_light_and_dark(report):
    palettes = re.findall(r":root \{(.*?)\}", render_page(report(), "en"), re.DOTALL)
    assert len(palettes) >= 2
    for palette in palettes[:2]:
        colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", palette))
        for name in ("ink", "soft", "ai", "human", "open", "clash", "good", "bad", "held", "link"):
            for ground in ("paper", "raised", *(["look"] if name == "ink" else [])):
                light, dark = sorted(
                    (luminance(colours[name]), luminance(colours[ground])), reverse=True
                )
                assert (light + 0.05) / (dark + 0.05) >= 4.5, (name, ground)
