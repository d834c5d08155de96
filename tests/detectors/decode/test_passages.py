"""Running text in passages, each with its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detectors.decode import Undecodable
from detectors.decode.text import passages
from provenance.limits import DEFAULT
from tests.detectors.decode.making import asset, docx, epub, odt, package
from tests.provenance import pdfs

PAGE = """<!DOCTYPE html><html><head><title>T</title><style>p{}</style></head><body>
<nav>Home</nav><h1>A  heading</h1><p>One&nbsp;caf&eacute; &amp; <b>more</b>.<script>x()</script></p>
<ul><li>two<li>three</ul><p hidden>never</p><pre>  a
b</pre><p>last<br>line<footer>(c)</footer></body></html>"""
RUNNING = "A heading\nOne\u00a0caf\u00e9 & more.\ntwo\nthree\na\nb\nlast\nline"


def texts(data, name="work", **limits):
    found, _ = passages(asset(data, name), replace(DEFAULT, **limits))
    return [one.text for one in found]


def reason(data, name="work", **limits):
    with pytest.raises(Undecodable) as told:
        passages(asset(data, name), replace(DEFAULT, **limits))
    return told.value.reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_plain_text_is_one_passage_in_any_usual_encoding(encoding):
    assert texts("Caf\u00e9 \u2014 no\n\nmore".encode(encoding), "x.txt") == [
        "Caf\u00e9 \u2014 no\n\nmore"
    ]


def test_a_page_gives_its_running_text_only():
    assert texts(PAGE.encode(), "x.html") == [RUNNING]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (b"<html><meta charset=iso-8859-1><p>caf\xe9", "caf\u00e9"),
        (b"<html><p>caf\xe9 \x93x\x94", "caf\u00e9 \u201cx\u201d"),
        (b"<html><meta charset='punycode'><p>caf\xc3\xa9", "caf\u00e9"),
        (b"<html><meta charset='utf-16'><p>caf\xc3\xa9", "caf\u00e9"),
        ("\ufeff<html><p>caf\u00e9".encode("utf-16"), "caf\u00e9"),
    ],
)
def test_the_charset_of_a_page(page, expected):
    assert texts(page, "x.html") == [expected]


def test_a_book_is_read_in_the_order_of_its_spine():
    chapters = [
        "<?xml version='1.0'?><!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'>"
        f"<head><title/></head><body><p>Chapter&nbsp;{at}.</p><script src='x'/><p>Text</p></body>"
        "</html>"
        for at in range(3)
    ]
    found, facts = passages(asset(epub(chapters)))
    assert [one.text for one in found] == [f"Chapter\u00a0{at}.\nText" for at in range(3)]
    assert [one.part for one in found] == [f"OEBPS/ch {at}.xhtml" for at in range(3)]
    assert facts.media_type == "application/epub+zip"
    assert facts.characters == sum(len(one.text) for one in found)


def test_a_book_under_rights_management_is_encrypted():
    listed = (
        "<encryption><EncryptedData><CipherData><CipherReference URI='OEBPS/ch%200.xhtml'/>"
        "</CipherData></EncryptedData></encryption>"
    )
    more = {"META-INF/encryption.xml": listed}
    assert reason(epub(["\x93\x00garbage"], more=more)) == "encrypted"


def test_fonts_alone_may_be_encrypted():
    listed = "<encryption><CipherReference URI='OEBPS/font.otf'/></encryption>"
    more = {"META-INF/encryption.xml": listed}
    assert texts(epub(["<html><p>Read me</p></html>"], more=more)) == ["Read me"]


def test_a_document_of_word_gives_its_paragraphs():
    body = (
        "<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>One</w:t><w:tab/><w:t> two</w:t>"
        "</w:r></w:p><w:p><w:r><w:delText>gone</w:delText><w:instrText>PAGE</w:instrText>"
        "<w:t>three</w:t><w:br/><w:t>four</w:t></w:r></w:p>"
        "<w:moveFrom><w:p><w:r><w:t>moved</w:t></w:r></w:p></w:moveFrom><w:p/>"
    )
    found, _ = passages(asset(docx(body)))
    assert [(one.text, one.part) for one in found] == [
        ("One\t two\nthree\nfour", "word/document.xml")
    ]


def test_a_document_of_open_office_gives_its_paragraphs():
    body = (
        "<t:tracked-changes><t:p>deleted</t:p></t:tracked-changes><t:h>Head</t:h>"
        "<t:p>One<t:s t:c='2'/>two\n three<t:line-break/>four<o:annotation><t:p>no</t:p>"
        "</o:annotation></t:p>"
    )
    assert texts(odt(body)) == ["Head\nOne  two three\nfour"]


def test_a_pdf_gives_its_pages():
    rows = [pdfs.lines((50, 700, text)) for text in ("One page.", "", "And another.")]
    found, facts = passages(asset(pdfs.pages(*rows)))
    assert [(one.text, one.part, one.start) for one in found] == [
        ("One page.", "page/1", 0),
        ("And another.", "page/3", 0),
    ]
    assert (facts.media_type, facts.characters) == ("application/pdf", 21)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252"])
def test_subtitles_give_what_is_said_and_where_it_stands(encoding):
    said = [f"Caf\u00e9 <i>number</i> {at} is closed." for at in range(90)]
    text = "".join(
        f"{at}\r\n00:00:{at:02d},000 --> 00:00:{at:02d},900\r\n{one}\r\n\r\n"
        for at, one in enumerate(said)
    )
    work = asset(text.encode(encoding), "x.srt")
    found, facts = passages(work, replace(DEFAULT, passage_characters=500))
    expected = "\n".join(one.replace("<i>", "").replace("</i>", "") for one in said)
    assert "".join(one.text for one in found) == expected
    assert facts.characters == len(expected)
    assert len(found) > 4
    for one in found:
        assert (one.part, one.start) == (None, one.original(0))
        stands = [text[one.original(place)] for place in range(len(one.text))]
        assert [a for a, b in zip(stands, one.text, strict=True) if b != "\n"] == list(
            one.text.replace("\n", "")
        )


def test_places_of_a_plain_text_are_those_of_the_file():
    found, _ = passages(asset(b"abc\n" * 50, "x.txt"), replace(DEFAULT, passage_characters=90))
    assert [one.original(3) - 3 for one in found] == [one.start for one in found]


def test_places_index_the_text_of_the_part():
    text = "".join(f"Sentence number {at}.\n" for at in range(4000))
    found, facts = passages(asset(text.encode(), "x.txt"))
    assert "".join(one.text for one in found) == text
    assert all(text[one.start : one.start + len(one.text)] == one.text for one in found)
    assert all(one.text.endswith("\n") for one in found)
    assert max(len(one.text) for one in found) <= DEFAULT.passage_characters
    assert facts.characters == len(text)


def test_of_a_long_work_passages_are_taken_evenly():
    text = "".join(f"{at:09d}\n" for at in range(1000))
    found, facts = passages(
        asset(text.encode(), "x.txt"), replace(DEFAULT, characters=500, passage_characters=100)
    )
    assert len(found) == 5
    assert [one.start for one in found] == [0, 2400, 4900, 7400, 9900]
    assert facts.characters == len(text)


def test_of_many_chapters_some_are_opened():
    chapters = [f"<html><p>{at}</p></html>" for at in range(100)]
    assert texts(epub(chapters), pages=4) == ["0", "25", "50", "75"]


def test_a_text_without_a_space_is_cut_all_the_same():
    found = texts(b"x" * 250, "x.txt", passage_characters=100)
    assert [len(one) for one in found] == [100, 100, 50]


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (b" \n\n ", "x.txt", "no_text"),
        (b"<html><script>1</script></html>", "x.html", "no_text"),
        (b"%PDF-1.7\n%%EOF", "x.pdf", "unreadable"),
        (pdfs.picture(), "x.pdf", "no_text"),
        (pdfs.locked(pdfs.picture()), "x.pdf", "encrypted"),
        (b"WEBVTT\n\nNOTE nothing is said\n", "x.vtt", "no_text"),
        (b"1\n00:00:01,000 --> 00:00:02,000\n\x81\x8d\n", "x.srt", "unreadable"),
        (b"\x81\x8d\x8f text", "x.txt", "unreadable"),
        (b"{\\rtf1 text}", "x.rtf", "unsupported_media"),
        (odt("<t:p>cut"), "x.odt", "unreadable"),
        (docx("<w:p>")[:-80], "x.docx", "unreadable"),
        (package({"mimetype": "application/epub+zip"}), "x.epub", "unreadable"),
        (epub([]), "x.epub", "unreadable"),
    ],
)
def test_a_work_without_text_says_why(data, name, expected):
    assert reason(data, name) == expected


def test_typography_is_that_of_the_text():
    _, facts = passages(asset("\u201cA\u201d\n".encode(), "x.txt"))
    assert facts.typography["curly_quotes"] == 0.5
