"""The text of PDFs: order, paragraphs, words cut in two, running heads, and why there is none."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace

import pytest

from provenance.asset import Asset
from provenance.containers.page_lines import HYPHEN, WRAP, pages_mended
from provenance.containers.running_text import running_text
from provenance.containers.walk import FaultError
from provenance.limits import DEFAULT
from tests.provenance import pdfs

STORY = (
    "The incomprehensibilities of international telecommunication notwithstanding, the well-known "
    "lighthouse-keeper walked along the characteristically philosophical shore, and thought about "
    "misunderstandings between Anglo-Saxon typesetters and extraordinarily disproportionate pages."
)
OTHER = "A second paragraph is shorter. It says that the lamp was lit, and was well-known for it."
COLUMNS = ((50, "left"), (320, "right"))
NAMES = ("Ann", "Bob", "Cid", "Dan", "Eve", "Fay", "Gus")
STORIES = "\n".join([STORY, OTHER, STORY])
BODY = f"{STORY}\n\n{OTHER}\n\n{STORY}\n"


def letters(number):
    return chr(65 + number % 26) * (2 + number // 26)


def texts(data, **limits):
    asset = Asset.from_bytes(data, name="x.pdf")
    found = running_text(asset, replace(DEFAULT, **limits))
    return {one.part: one.text for one in found}


def fault(data, **limits):
    with pytest.raises(FaultError) as told:
        texts(data, **limits)
    return told.value.fault


@pytest.mark.parametrize("size", ["width: 148mm, height: 210mm", "width: 90mm, height: 210mm"])
def test_paragraphs_and_cut_words_are_whole_again(size):
    assert texts(pdfs.typeset(BODY, size=size)) == {"page/1": STORIES}


def test_columns_that_were_written_one_after_the_other_are_read_so():
    body = "\n\n".join([STORY, OTHER] * 4)
    found = texts(pdfs.typeset(body, columns=2, size="width: 210mm, height: 120mm"))
    assert found == {"page/1": "\n".join([STORY, OTHER] * 4)}


def test_columns_that_were_written_line_by_line_come_mixed():
    rows = [(x, 700 - 14 * at, f"{side} {at}") for at in range(3) for x, side in COLUMNS]
    (text,) = texts(pdfs.pages(pdfs.lines(*rows))).values()
    assert " ".join(text.split()) == "left 0 right 0 left 1 right 1 left 2 right 2"


def test_running_heads_and_page_numbers_are_left_out():
    bodies = [f"{name} began it. {STORY}\n\n{OTHER} So said {name}." for name in NAMES]
    data = pdfs.typeset(
        "\n#pagebreak()\n".join(bodies),
        header="#context if calc.odd(here().page()) [A Chapter] else [The Book]",
        footer="#context counter(page).display()",
    )
    kept = [body.replace("\n\n", "\n") for body in bodies]
    assert texts(data) == {f"page/{number}": body for number, body in enumerate(kept, 1)}


def test_heads_are_those_of_the_pages_around():
    """A chapter of six pages in a book of thirty has its own."""
    data = pdfs.pages(
        *(
            pdfs.lines(
                (50, 700, f"Chapter of {NAMES[at // 6]}"),
                (50, 660, f"{letters(at)} is what this page says"),
                (50, 40, f"- {'x' * (at % 3)}v -"),
            )
            for at in range(30)
        )
    )
    assert list(texts(data).values()) == [
        f"{letters(at)} is what this page says" for at in range(30)
    ]


def test_a_word_may_be_cut_twice():
    cut = f"a char{HYPHEN}acter{HYPHEN}istic well{HYPHEN}known Anglo{HYPHEN}Saxon{HYPHEN}{WRAP}x"
    assert list(pages_mended([cut, "a well-known one"])) == [
        "a characteristic well-known Anglo-Saxon- x",
        "a well-known one",
    ]


@pytest.mark.parametrize("piece", ["a", "\xa0", " ", "-", "i", HYPHEN, WRAP, "\n", f"a{HYPHEN}"])
def test_a_page_of_one_thing_costs_little(piece):
    """A search that begins anew at each letter takes minutes."""
    began = time.process_time()
    list(pages_mended([f"{HYPHEN}x " + piece * 400_000]))
    assert time.process_time() - began < 5


def test_what_two_pages_have_in_common_is_kept():
    data = pdfs.pages(*[pdfs.lines((50, 700, "Chapter"), (50, 600, text)) for text in "ab"])
    assert texts(data) == {"page/1": "Chapter\na", "page/2": "Chapter\nb"}


def test_letters_beyond_the_first_plane_move_no_places():
    body = f"\U0001d49c\U0001d49c\U0001d49c \U0001d49c {STORY} \U0001d49c\n\n{OTHER}"
    (text,) = texts(pdfs.typeset(body)).values()
    assert text == body.replace("\n\n", "\n")


def test_lines_of_chinese_are_joined_without_a_space():
    mapped = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        b"1 begincodespacerange <00> <ff> endcodespacerange\n"
        b"1 beginbfrange <61> <7a> <4e00> endbfrange endcmap end end"
    )
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    rows = pdfs.lines(*((50, 700 - 12 * at, "abcdefgh" * 4) for at in range(3)))
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</Font<</F 3 0 R>>>>>>"
    )
    kids = b"<</Type/Pages/Count 1/Kids[5 0 R]>>"
    data = pdfs.pdf(pdfs.CATALOGUE, kids, font, pdfs.stream(rows), page, pdfs.stream(mapped))
    assert texts(data) == {"page/1": "".join(chr(0x4E00 + at) for at in range(8)) * 12}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([(50, 700, "one line is as long as this"), (50, 686, "and it goes on on the next")], " "),
        (
            [(50, 700, "one line is as long as this"), (50, 640, "far below it another begins")],
            "\n",
        ),
        ([(50, 700, "short."), (50, 686, "Its neighbour is far longer than that")], "\n"),
        ([(50, 700, "one line is as long as this"), (70, 686, "indented, another begins")], "\n"),
    ],
)
def test_two_lines_are_one_paragraph_or_two(rows, expected):
    filler = [(50, 700 - 14 * at, "a line that is as long as others") for at in range(4, 12)]
    (text,) = texts(pdfs.pages(pdfs.lines(*rows, *filler))).values()
    (_, _, first), (_, _, second) = rows
    assert text.startswith(first + expected + second)


def test_of_too_many_pages_some_are_read():
    data = pdfs.pages(*(pdfs.lines((50, 700, f"page {chr(97 + at)}")) for at in range(12)))
    assert list(texts(data, pages=5)) == [f"page/{number}" for number in (1, 4, 7, 10)]


def test_of_too_much_text_every_second_page_is_kept():
    data = pdfs.pages(*(pdfs.lines((50, 700, f"{chr(97 + at)}" * 40)) for at in range(12)))
    assert list(texts(data, characters=200)) == ["page/1", "page/5", "page/9"]


def test_of_an_enormous_page_the_first_characters_are_read():
    data = pdfs.pages(pdfs.lines(*((50, 700 - 20 * at, f"row {at}") for at in range(9))))
    assert texts(data, page_characters=14) == {"page/1": "row 0 row 1"}


def test_a_document_that_opens_without_a_password_is_read():
    assert texts(pdfs.locked(pdfs.typeset(OTHER), password="")) == {"page/1": OTHER}


@pytest.mark.parametrize(
    ("data", "reason", "detail"),
    [
        (pdfs.picture(), "no_text", "1 pages, and no text on any of them"),
        (pdfs.pages(b"", count=7), "no_text", "7 pages, and no text on any of them"),
        (pdfs.without_meanings(pdfs.typeset(OTHER)), "no_text", "1 pages, and no text"),
        (pdfs.locked(pdfs.typeset(OTHER)), "encrypted", "the document needs a password"),
        (b"%PDF-1.7\n%%EOF", "unreadable", "the document cannot be read"),
        (pdfs.pdf(pdfs.CATALOGUE, b"<</Type/Pages/Count 9/Kids[2 0 R]>>"), "unreadable", "none of"),
    ],
)
def test_a_document_without_text_says_why(data, reason, detail):
    told = fault(data)
    assert told.reason == reason
    assert detail in told.detail


def test_a_page_whose_font_says_nothing_is_left_out():
    both = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 8 0 R>>"
    mapped = (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        b"1 begincodespacerange <00> <ff> endcodespacerange\n"
        b"1 beginbfrange <61> <7a> <e000> endbfrange endcmap end end"
    )
    one = pdfs.pages(pdfs.lines((50, 700, "abc def")), pdfs.lines((50, 700, "ABC DEF")), font=both)
    assert texts(one) == {"page/1": "abc def", "page/2": "ABC DEF"}  # nothing stands at 8
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R"
        b"/Resources<</Font<</F 3 0 R>>>>>>"
    )
    data = pdfs.pdf(
        pdfs.CATALOGUE,
        b"<</Type/Pages/Count 2/Kids[6 0 R 7 0 R]>>",
        both,
        pdfs.stream(pdfs.lines((50, 700, "abc def"))),
        pdfs.stream(pdfs.lines((50, 700, "ABC DEf"))),
        page % 4,
        page % 5,
        pdfs.stream(mapped),
    )
    assert texts(data) == {"page/2": "ABC DE"}


def test_importing_loads_no_pdfium():
    """It is only to run in a worker."""
    code = (
        "import sys, detectors.decode.text, provenance.containers.running_text; "
        "sys.exit(any('pdfium' in one for one in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
