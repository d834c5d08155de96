"""The page and the PDF: they say what the JSON says, and nothing in a paper is read as markup."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import unicodedata

import pikepdf
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from service.documents.audit import read_audit
from service.documents.details import Art53Details, Details
from service.documents.html import to_html
from service.documents.pdf import FONT_LETTERS, FONT_RANGES, drawable, to_pdf
from service.documents.records import DocumentKind
from service.documents.writing import draft_of, write
from tests.service.documents.audits import finding, robots, written
from tests.service.documents.test_papers import ALL, blocks, sentences

HOSTILE = (
    '#read("/etc/passwd") *bold* _it_ $x^2$ `raw` @ref <label> \\ ] [ #[ = // /* '
    "<script>alert(1)</script> & \"quoted\" 'too' {{ 7*7 }} {% raw %}"
)


def squeezed(text):
    """Letters only: where lines break and words are divided is not looked at."""
    text = text.replace("\N{ZERO WIDTH SPACE}", "").replace("\N{SOFT HYPHEN}", "")
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def text_of(pdf, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf)
    body = ["-x", "0", "-y", "50", "-W", "595", "-H", "735"]  # without the lines at the edges
    done = subprocess.run(
        ["pdftotext", "-raw", *body, str(path), "-"], capture_output=True, check=True, timeout=60
    )
    return squeezed(done.stdout.decode("utf-8"))


# PDF


@pytest.mark.parametrize(("kind", "lang"), ALL)
def test_the_pdf_holds_every_sentence_field_and_cell(paper, tmp_path, kind, lang):
    document = paper(kind, lang)
    text = text_of(to_pdf(document), tmp_path)
    assert squeezed(document.title) in text
    for one in sentences(document):
        assert squeezed(one.text) in text, one.code
    for one in blocks(document, "field"):
        for line in (one.value or "").split("\n"):
            assert squeezed(line) in text, one.code
    blank = {"en": "Tobefilledin", "fr": "Àcompléter"}[lang]
    assert text.count(blank) == len(document.blanks)


def test_a_pdf_is_the_same_file_whenever_and_wherever_it_is_made(paper, monkeypatch):
    document = paper("code", "fr")
    first = to_pdf(document)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert to_pdf(document) == first


def test_a_pdf_is_dated_by_its_audit_tagged_and_carries_its_fonts(paper):
    with pikepdf.open(io.BytesIO(to_pdf(paper("indice", "fr")))) as pdf:
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261103162005")
        assert str(pdf.docinfo["/Title"]) == "Dossier d\u2019indices"
        assert str(pdf.Root.Lang) == "fr"
        assert bool(pdf.Root.MarkInfo.Marked)
        fonts = [
            one
            for one in pdf.objects
            if isinstance(one, pikepdf.Dictionary) and one.get("/Type") == "/FontDescriptor"
        ]
        assert fonts
        assert all("/FontFile3" in one or "/FontFile2" in one for one in fonts)


def test_what_an_author_writes_is_never_read_as_code(paper, tmp_path):
    document = paper("art53", provider=HOSTILE, languages='#read("/etc/passwd")\n= Heading')
    text = text_of(to_pdf(document), tmp_path)
    assert squeezed(HOSTILE) in text
    assert "root:x:0:0" not in text
    assert "=Heading" in text


def test_what_a_stranger_writes_is_never_read_as_code(paper, tmp_path):
    record = robots("a.example").model_copy(update={"native_value": HOSTILE[:100]})
    rows = [finding(f"https://a.example/{HOSTILE}", "violation", reservations=(record,))]
    folder = written(tmp_path / "audit", rows)
    document = paper("rebuttal", folder=folder)
    text = text_of(to_pdf(document), tmp_path)
    assert squeezed(HOSTILE) in text
    assert "root:x:0:0" not in text


def test_every_letter_said_to_be_in_the_fonts_is(paper):
    """PDF/UA-1 refuses a letter that no font holds."""
    letters = [chr(n) for first, last in FONT_RANGES for n in range(first, last + 1)]
    known = [one for one in (*letters, *sorted(FONT_LETTERS)) if unicodedata.category(one) != "Cn"]
    value = " ".join(
        one for one in known if one.isprintable() or one == "\N{NARROW NO-BREAK SPACE}"
    )
    assert drawable(value) == value
    to_pdf(paper("art53", provider=value))


@pytest.mark.parametrize("name", ["株式会社サンプル", "شركة", "Ж😀ß", "नमस्ते"])
def test_a_letter_the_fonts_lack_is_shown_by_its_number(paper, tmp_path, name):
    document = paper("art53", provider=name)
    text = text_of(to_pdf(document), tmp_path)
    lacking = [letter for letter in name if drawable(letter) != letter]
    assert lacking
    assert all(f"<U+{ord(letter):04X}>" in text for letter in lacking)
    assert name in to_html(document)


def test_an_address_longer_than_a_page_is_not_cut(paper, tmp_path):
    url = "https://hub.example/" + "/".join(f"part{n}" for n in range(1500))
    text = text_of(to_pdf(paper("dsa16", urls=[url])), tmp_path)
    assert url in re.sub(r"No\.\[\d\]Address\[\d\]", "", text)  # the head of the next page


def test_a_row_is_not_parted_by_the_end_of_a_page(paper, tmp_path):
    """Rows fill several pages; each work stands on the page of its document."""
    rows = [
        finding(f"https://a.example/{n:03}/", "violation", reservations=(robots("a.example"),))
        for n in range(90)
    ]
    document = paper("indice", folder=written(tmp_path / "audit", rows))
    (listed,) = [one for one in blocks(document, "table") if one.code == "findings"]
    digest = listed.rows[0][4].split("\n")[0]
    path = tmp_path / "paper.pdf"
    path.write_bytes(to_pdf(document))
    with pikepdf.open(path) as pdf:
        assert len(pdf.pages) > 5
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    done = subprocess.run(
        ["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True, timeout=60
    )
    pages = [squeezed(page) for page in done.stdout.decode("utf-8").split("\f")]
    works = [len(re.findall(r"https://a\.example/\d{3}/", page)) for page in pages]
    assert sum(works) == 90
    for page, count in zip(pages, works, strict=True):
        assert page.count(digest) >= count


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(words=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300))
def test_no_text_keeps_a_pdf_from_being_written(audit, words):
    details = Details({DocumentKind.ART53: Art53Details.model_construct(provider=words)})
    document = write(draft_of(DocumentKind.ART53, read_audit(audit), details, "fr"))
    assert to_pdf(document).startswith(b"%PDF-")


# Page


@pytest.mark.parametrize(("kind", "lang"), ALL)
def test_the_page_holds_every_sentence_and_leads_to_its_sources(paper, kind, lang):
    document = paper(kind, lang)
    page = lxml_html.document_fromstring(to_html(document))
    text = page.text_content()
    assert page.get("lang") == lang
    for one in sentences(document):
        assert one.text in text, one.code
    ids = [one.get("id") for one in page.iter() if one.get("id")]
    assert len(ids) == len(set(ids))
    links = {one.get("href") for one in page.iter("a")}
    assert links == {f"#source-{number}" for number in range(1, len(links) + 1)}
    assert {one.removeprefix("#") for one in links} <= set(ids)
    assert len(page.find_class("blank")) == len(document.blanks)
    assert all(one.get("aria-labelledby") in ids for one in page.iter("section"))
    assert all(one.get("scope") for one in page.iter("th"))


def test_a_page_asks_for_nothing_and_runs_nothing(paper):
    written_page = to_html(paper("art53", provider=HOSTILE))
    page = lxml_html.document_fromstring(written_page)
    assert not list(page.iter("script", "img", "link", "iframe", "form"))
    assert "default-src 'none'" in written_page
    assert "<script>alert" not in written_page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in written_page
    assert "{{ 7*7 }}" in written_page


def test_nothing_turns_the_direction_of_a_paper(paper):
    document = paper("art53", provider="Réunis\u202eAS\u200bSA")
    (provider,) = [one for one in blocks(document, "field") if one.code == "provider"]
    assert provider.value == "Réunis<U+202E>AS<U+200B>SA"
    assert "\u202e" not in to_html(document)


@pytest.mark.parametrize("kind", DocumentKind)
def test_a_page_is_the_same_whenever_it_is_made(paper, kind):
    assert to_html(paper(kind)) == to_html(paper(kind))
