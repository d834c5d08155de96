"""A report as PDF: what the page says, the same bytes each time, and deaf to hostile files."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from itertools import count

import pikepdf
import pypdfium2
import pytest
import segno
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.attest.keys import PrivateKey
from provenance.attest.log import Log
from provenance.attest.receipt import Issuer
from provenance.attest.store import MemoryStore
from provenance.evidence import Statement, Strength
from service.documents.pdf import drawable
from service.i18n import languages
from service.receipts import statement_of
from service.render.paper import COMMAND, VALUE, Link, render_pdf
from service.render.view import View
from tests.provenance.attest.conftest import NOON

both = pytest.mark.parametrize("lang", languages())
URL = "https://assay.example.org/verify/" + "aB3-" * 10 + "xyz"
KEY, LOG_KEY = PrivateKey.generate(), PrivateKey.generate()
HOSTILE_NAMES = [
    '#read("/etc/passwd")',
    "#set page(width: 1pt)",
    "] #panic() [",
    "$ integral $",
    "a\\u{41}\\ b",
    '"quoted" #"x"',
    "= Heading\n- list",
    "@ref <label> *bold* _it_ `raw` ~ -- ...",
    "\u202egpj.exe\u2069",
    "\x00\x1b[31m\x7f",
    "W" * 300,
    "株" * 300,
    "👩‍🚀 café 株式会社.mp3",
    "\udc80.mp3",
    "{{ 7*7 }}<script>alert(1)</script>",
]


@pytest.fixture(scope="module")
def receipt_of():
    """A receipt with a place in a log, the same for the same report."""
    made = {}

    def receipt(report):
        key = report.canonical()
        if key not in made:
            log = Log(MemoryStore(), LOG_KEY, clock=lambda: NOON)
            made[key] = Issuer(KEY, log).issue(statement_of(report))
        return made[key]

    return receipt


@pytest.fixture
def pdf_of(receipt_of):
    def pdf(report, lang="en", link=None):
        receipt = receipt_of(report)
        return render_pdf(report, lang, number="rep_x", receipt=receipt, link=link)

    return pdf


def squeezed(text):
    """Letters only: where lines break and words are divided is not looked at."""
    text = re.sub("[\N{ZERO WIDTH SPACE}\N{SOFT HYPHEN}\ufffe\x02]", "", text)
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


def pages_of(pdf):
    with pypdfium2.PdfDocument(pdf) as opened:
        return [squeezed(page.get_textpage().get_text_bounded()) for page in opened]


@both
def test_the_first_page_answers_and_the_rest_says_why(lang, everything, pdf_of):
    view = View.of(everything, lang)
    pages = pages_of(pdf_of(everything, lang))
    first, whole = pages[0], "".join(pages)
    for one in view.answers:
        for said in (one.label, one.question, one.text, one.rider, one.meaning):
            assert squeezed(drawable(said)) in first, said
    for name, meaning in view.findings:
        assert squeezed(name) in first
        assert squeezed(meaning) in first
    assert squeezed(view.words.ui("review_needed")) in first
    for why in view.whys:
        assert squeezed(drawable(why.text)) in whole
    for card in view.cards:
        assert squeezed(drawable(card.source)) in whole
        for fact in card.facts:
            assert squeezed(fact.label) in whole
            assert squeezed(drawable(fact.value[:80])) in whole
    for one in view.skipped:
        assert squeezed(drawable(one.reason)) in whole
    for fact in view.made:
        assert squeezed(drawable(fact.value)) in whole
    for line in view.limits:
        assert squeezed(line) in whole


@both
def test_evidence_begins_on_a_page_of_its_own(lang, report, credential, pdf_of):
    made = report(credential())
    pages = pages_of(pdf_of(made, lang))
    heading = squeezed(View.of(made, lang).words.ui("evidence"))
    assert not any(line.startswith(heading) for line in pages[:1])
    assert pages[1].startswith(heading)


@both
def test_it_says_who_signed_and_how_to_verify(lang, everything, pdf_of, receipt_of):
    receipt = receipt_of(everything)
    whole = "".join(pages_of(pdf_of(everything, lang)))
    assert KEY.keyid in whole
    assert hashlib.sha256(receipt.to_json().encode()).hexdigest() in whole
    assert squeezed(NOON.strftime("%Y-%m-%d %H:%M UTC")) in whole
    assert squeezed(COMMAND.partition(" --asset")[0]) in whole
    assert "/v1/receipts/rep_x" in whole


def test_the_same_report_and_receipt_give_the_same_bytes(everything, pdf_of, monkeypatch):
    first = pdf_of(everything, "fr", Link(URL))
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert pdf_of(everything, "fr", Link(URL)) == first
    assert pdf_of(everything, "en", Link(URL)) != first


def test_it_is_tagged_dated_by_the_report_and_carries_its_fonts(everything, pdf_of):
    with pikepdf.open(io.BytesIO(pdf_of(everything, "fr", Link(URL)))) as pdf:
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20261122140307")
        assert str(pdf.Root.Lang) == "fr"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/JavaScript" not in str(pdf.Root.keys())
        assert "/OpenAction" not in pdf.Root


class TestHostile:
    @pytest.mark.parametrize("name", HOSTILE_NAMES)
    def test_a_name_is_a_text_and_never_markup(self, name, report, credential, pdf_of):
        made = report(credential(), name=name)
        pages = pages_of(pdf_of(made))
        shown = squeezed(drawable(View.of(made, "en").name))
        assert shown in "".join(pages)
        assert shown[:60] in pages[0]
        assert "root:x:0:0" not in "".join(pages)
        assert "\u202e" not in "".join(pages)

    @pytest.mark.parametrize("value", HOSTILE_NAMES)
    def test_nor_is_what_its_metadata_says(self, value, report, credential, declaration, pdf_of):
        made = report(
            credential(name=value, issuer=value, digital_source_types=(value,), generator=value),
            declaration(value=value, generator=value, strength=Strength.MEDIUM),
            declaration(field=value, statement=Statement.FULLY_AI),
        )
        view = View.of(made, "en")
        whole = "".join(pages_of(pdf_of(made)))
        assert "root:x:0:0" not in whole
        for card in view.cards:
            for fact in card.facts:
                assert squeezed(drawable(fact.value)) in whole

    def test_a_value_without_end_is_cut_and_says_so(self, report, declaration, pdf_of):
        made = report(declaration(value="prompt " * 500))
        whole = "".join(pages_of(pdf_of(made)))
        assert squeezed("prompt " * 20) in whole
        assert squeezed("prompt " * 500)[: VALUE * 2] not in whole
        assert squeezed("(the rest stands in the report as JSON)") in whole

    def test_evidence_without_end_is_cut_and_says_so(self, report, declaration, pdf_of):
        made = report(*(declaration(value=f"value {number}") for number in range(400)))
        whole = "".join(pages_of(pdf_of(made)))
        assert squeezed("not printed here, and stand in the report as JSON: 250") in whole

    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(words=st.text(min_size=1, max_size=300))
    def test_no_text_keeps_it_from_being_written(self, words, report, declaration, pdf_of):
        made = report(declaration(value=words), name=words)
        assert pdf_of(made).startswith(b"%PDF-")


class TestTheLink:
    def test_its_code_is_that_of_its_address(self, report, credential, pdf_of):
        """Module by module, as it is drawn."""
        with pypdfium2.PdfDocument(pdf_of(report(credential()), link=Link(URL))) as opened:
            drawn = opened[0].render(scale=4).to_pil().convert("L")
        dark = drawn.point(lambda value: 255 * (value < 128))
        expected = [list(row) for row in segno.make(URL, error="m", micro=False).matrix]
        assert code_in(dark, len(expected)) == expected

    def test_its_address_can_be_read_and_followed(self, report, credential, pdf_of):
        pdf = pdf_of(report(credential()), link=Link(URL))
        assert URL in pages_of(pdf)[0]
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            followed = [str(one.A.URI) for page in opened.pages for one in page.get("/Annots", ())]
        assert set(followed) == {URL}

    @both
    def test_without_an_address_of_the_service_it_says_what_to_set(
        self, lang, report, credential, pdf_of
    ):
        pdf = pdf_of(report(credential()), lang, Link(None))
        assert "ASSAY_PUBLIC_URL" in pages_of(pdf)[0]
        assert "http" not in pages_of(pdf)[0]
        assert b"/URI" not in pdf

    @both
    def test_without_a_public_page_it_says_how_one_is_made(self, lang, report, credential, pdf_of):
        first = pages_of(pdf_of(report(credential()), lang))[0]
        assert "POST/v1/reports/rep_x/attestation" in first


def code_in(dark, size):
    """The modules of the code in a picture, found by its upper left corner.

    The finder there is the first dark square of seven modules on the lower half of the page.
    """
    width, height = dark.size
    pixels = dark.load()
    for y in count(height // 4):
        row = [x for x in range(width // 3) if pixels[x, y]]
        if row and _run(pixels, row[0], y, width) > 30:
            break
    left, top = row[0], y
    module = _run(pixels, left, top, width) / 7
    return [
        [
            int(pixels[int(left + (x + 0.5) * module), int(top + (y + 0.5) * module)] > 0)
            for x in range(size)
        ]
        for y in range(size)
    ]


def _run(pixels, x, y, width):
    length = 0
    while x + length < width and pixels[x + length, y]:
        length += 1
    return length
