"""PDFs made for the tests: typeset by typst, or written object by object where they are to hurt."""

from __future__ import annotations

import io
import zlib

CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
HELVETICA = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
FONT, CONTENT, FIRST_PAGE = 3, 4, 5


def typeset(body, *, columns=1, header="", footer="", size="width: 148mm, height: 210mm"):
    """As an author would make it: justified, hyphenated, its first lines indented."""
    import typst

    source = (
        f"#set page({size}, columns: {columns}, header: [{header}], footer: [{footer}])\n"
        "#set par(justify: true, first-line-indent: 1em)\n"
        '#set text(lang: "en", size: 10pt, hyphenate: true)\n'
    )
    return typst.compile((source + body).encode())


def pdf(*objects):
    """A document of these objects, numbered from 1; the first is its catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    end = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    return bytes(out) + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end


def stream(data, entries=b""):
    packed = zlib.compress(data)
    head = b"<<%s/Filter/FlateDecode/Length %d>>" % (entries, len(packed))
    return head + b"stream\n" + packed + b"\nendstream"


def pages(*contents, font=HELVETICA, count=None):
    """A page for each content; or `count` pages that share one."""
    shared = len(contents) if count is None else 1
    total = len(contents) if count is None else count
    first = CONTENT + shared
    kids = b" ".join(b"%d 0 R" % (first + at) for at in range(total))
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R"
        b"/Resources<</Font<</F 3 0 R>>>>>>"
    )
    return pdf(
        CATALOGUE,
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (total, kids),
        font,
        *(stream(one) for one in contents),
        *(page % (CONTENT + at % shared) for at in range(total)),
    )


def lines(*placed):
    """The content of a page with lines at (x, y, text)."""
    shown = (b"1 0 0 1 %d %d Tm (%s) Tj\n" % (x, y, text.encode()) for x, y, text in placed)
    return b"BT /F 10 Tf\n" + b"".join(shown) + b"ET"


def locked(data, password="p", owner="o"):  # noqa: S107
    import pikepdf

    held = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.save(held, encryption=pikepdf.Encryption(owner=owner, user=password))
    return held.getvalue()


def without_meanings(data):
    """The same, its fonts no longer saying what their codes mean."""
    import pikepdf

    held = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        for one in document.objects:
            if isinstance(one, pikepdf.Dictionary) and "/ToUnicode" in one:
                del one["/ToUnicode"]
        document.save(held)
    return held.getvalue()


def picture():
    """A page that was scanned."""
    image = stream(
        bytes(3 * 40 * 30),
        b"/Subtype/Image/Width 40/Height 30/ColorSpace/DeviceRGB/BitsPerComponent 8",
    )
    return pdf(
        CATALOGUE,
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R"
        b"/Resources<</XObject<</I 5 0 R>>>>>>",
        stream(b"600 0 0 800 0 0 cm /I Do"),
        image,
    )
