"""PDFs and subtitles made to hurt: each ends in a reason or in bounded work, and in a worker."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice

import pytest

from provenance.limits import DEFAULT, MIB
from provenance.sandbox import JobFailed, Sandbox, Task
from tests.detectors.decode.making import asset
from tests.fuzz.mutating import mutations
from tests.provenance import pdfs

LIMITS = replace(DEFAULT, worker_headroom=2048 * MIB)
WORDS = "These are some of the words of a page."
COPIES = 150


@pytest.fixture(scope="module")
def worker():
    with Sandbox(Task("tests.detectors.decode.opening:Opening"), limits=LIMITS) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def hasty_worker():
    """One that ends soon, for what would only end with its time or memory."""
    limits = replace(LIMITS, wall_seconds=4.0, cpu_seconds=3, worker_headroom=1024 * MIB)
    with Sandbox(Task("tests.detectors.decode.opening:Opening"), limits=limits) as sandbox:
        yield sandbox


def decoded(worker, data, name="x.pdf"):
    """What comes of it; a worker that was lost is a reason too."""
    work = asset(data, name)
    job = {"size": work.size, "media_type": work.media_type}
    try:
        return json.loads(worker.call(job, blobs=[data], size=work.size))
    except JobFailed as failed:
        return {"lost": failed.reason}


def tree(*kids, count, more=()):
    """A document whose page tree is these objects."""
    head = b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, b" ".join(kids))
    return pdfs.pdf(pdfs.CATALOGUE, head, *more)


def forms(count, body):
    """A page that shows a form, which shows others."""
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</XObject<</X 5 0 R>>>>>>"
    )
    made = [
        pdfs.stream(
            body,
            b"/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
            % (5 + (at + 1) % count),
        )
        for at in range(count)
    ]
    return tree(b"3 0 R", count=1, more=[page, pdfs.stream(b"/X Do"), *made])


def test_the_text_of_a_pdf_is_taken_out_in_the_sandbox(worker):
    data = pdfs.typeset(f"{WORDS}\n#pagebreak()\n{WORDS}")
    found = {"passages": 2, "longest": len(WORDS), "of": 2 * len(WORDS)}
    assert decoded(worker, data) == found


@pytest.mark.parametrize(
    "data",
    [
        tree(b"2 0 R", b"2 0 R", count=10),
        tree(b"3 0 R", count=10**6, more=[b"<</Type/Pages/Count 9/Kids[2 0 R]/Parent 2 0 R>>"]),
        tree(count=2**31 - 1),
        tree(count=-5),
        tree(
            b"3 0 R",
            count=1,
            more=[
                *(b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (at + 4) for at in range(3000)),
                b"<</Type/Page/MediaBox[0 0 9 9]>>",
            ],
        ),
    ],
    ids=["loop", "loop of a million", "too many", "fewer than none", "deep"],
)
def test_a_page_tree_that_leads_nowhere_is_unreadable(worker, data):
    assert decoded(worker, data)["reason"] == "unreadable"


def test_a_hundred_thousand_empty_pages_have_no_text(worker):
    found = decoded(worker, pdfs.pages(b"", count=100_000))
    assert found == {"reason": "no_text", "detail": "100,000 pages, and no text on any of them"}


def test_many_pages_of_text_are_read_in_bounds(worker):
    rows = pdfs.lines(*((50, 780 - 12 * at, f"{WORDS} {at}" * 3) for at in range(60)))
    found = decoded(worker, pdfs.pages(rows, count=1000))
    assert DEFAULT.characters // 4 < found["of"] <= DEFAULT.characters
    assert found["longest"] <= DEFAULT.passage_characters


def test_a_page_of_ten_million_characters_costs_its_limit(worker):
    shown = b"".join(
        b"1 0 0 1 %d %d Tm (%s %d) Tj\n" % (at % 7, 790 - at // 10, b"word " * 1000, at)
        for at in range(2000)
    )
    found = decoded(worker, pdfs.pages(b"BT /F 1 Tf\n" + shown + b"ET"))
    assert found.get("lost") in {None, "timeout", "limit", "unreadable"}
    assert found.get("of", 0) <= DEFAULT.page_characters


@pytest.mark.parametrize(
    "data",
    [
        forms(1, b"/X Do " * 100),
        forms(2, b"/X Do /X Do"),
        pdfs.pages(b"q " * 10**6),
        pdfs.pages(b"BT " * 10**6 + b"[" * 10**5),
        pdfs.pages(b" " * (100 * MIB)),
        pdfs.pages(pdfs.lines((50, 700, WORDS)), font=b"<</Type/Font/ToUnicode 3 0 R>>"),
        pdfs.pages(pdfs.lines((50, 700, WORDS)), font=b"3 0 R"),
        pdfs.pages(pdfs.lines((2**31 - 1, -(2**31), WORDS), (-(10**9), 10**9, WORDS))),
    ],
    ids=["form in itself", "two forms", "states", "arrays", "bomb", "font", "no font", "far away"],
)
def test_content_made_to_hurt_ends_in_a_reason_and_the_next_is_read(hasty_worker, data):
    found = decoded(hasty_worker, data)
    assert found.keys() & {"reason", "lost", "passages"}
    assert found.get("lost") in {None, "timeout", "limit", "unreadable"}
    assert decoded(hasty_worker, pdfs.pages(pdfs.lines((50, 700, WORDS))))["of"] == len(WORDS)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.97])
def test_a_pdf_that_is_cut_gives_what_is_left_or_a_reason(worker, share):
    data = pdfs.typeset("\n#pagebreak()\n".join([WORDS] * 5))
    found = decoded(worker, data[: int(len(data) * share)])
    assert found.get("reason") in {None, "no_text", "unreadable"}
    assert found.get("of", 0) <= 5 * len(WORDS)


def test_damaged_pdfs_end_in_text_or_a_reason(worker):
    honest = [pdfs.typeset(WORDS), pdfs.pages(pdfs.lines((50, 700, WORDS))), pdfs.picture()]
    for data in islice(mutations(honest, 3), COPIES):
        found = decoded(worker, b"%PDF-" + data[5:])
        assert found.get("reason") in {None, "no_text", "unreadable", "encrypted"}
        assert found.get("lost") in {None, "timeout", "limit", "unreadable"}


@pytest.mark.parametrize(
    "piece", ["<", "<a", "{\\", "&am", "0:", "\n", "<i>x</i>", "1\n00:01.0 --> 00:02.0\nx\n"]
)
def test_subtitles_that_never_end_cost_little(worker, piece):
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n" + piece * (4 * MIB // len(piece))
    found = decoded(worker, text.encode(), "x.vtt")
    assert found.get("reason") in {None, "no_text"}
    assert "lost" not in found
