"""Small documents of each kind that running text is taken out of, subtitles, and lines of pages."""

from __future__ import annotations

from tests.provenance import making

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="p.opf" media-type="application/oebps-package+xml"/></rootfiles>'
    "</container>"
)
PACKAGE = (
    '<package xmlns="http://www.idpf.org/2007/opf"><manifest>'
    '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
    '<spine><itemref idref="a"/></spine></package>'
)
CHAPTER = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>One&nbsp;two<br/>three</p></body></html>'
)
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATED = "http://schemas.openxmlformats.org/package/2006/relationships"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


def documents() -> dict[str, bytes]:
    """A small document of each kind."""
    return {
        "html": CHAPTER.encode(),
        "epub": making.archive(
            ("mimetype", "application/epub+zip"),
            ("META-INF/container.xml", CONTAINER),
            ("p.opf", PACKAGE),
            ("a.xhtml", CHAPTER),
        ),
        "docx": making.archive(
            (
                "_rels/.rels",
                f'<Relationships xmlns="{RELATED}"><Relationship Id="r" Type="{DOCUMENT}" '
                'Target="word/document.xml"/></Relationships>',
            ),
            (
                "word/document.xml",
                f'<w:document xmlns:w="{WORDS}"><w:body><w:p><w:r><w:t>One</w:t></w:r></w:p>'
                "</w:body></w:document>",
            ),
        ),
        "odt": making.archive(
            ("mimetype", "application/vnd.oasis.opendocument.text"),
            (
                "content.xml",
                f'<o:document-content xmlns:o="{OFFICE}" xmlns:t="{TEXT}"><o:body><o:text>'
                "<t:p>One</t:p></o:text></o:body></o:document-content>",
            ),
        ),
    }


def subtitles() -> dict[str, bytes]:
    """Of both kinds."""
    return {
        "vtt": (
            b"WEBVTT\n\nNOTE no\n\na\n00:01.000 --> 00:02.000 align:start\n"
            b"<v A>One <i>two</i> &amp; x\n- three\n\n00:02.000 --> 00:03.000\n- three\nfour\n"
        ),
        "srt": (
            b"1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}One\r\n"
            b"2\r\n0:00:02,0 --> 0:00:03,0\r\nx\r\n"
        ),
    }


def page_lines() -> dict[str, bytes]:
    """Pages of lines: a text, where it begins and ends, widths of its first word and a letter."""
    page = (
        "The Book\t50\t700\t90\t700\t20\t5\n"
        "One line that ends in a hy-\t60\t660\t300\t660\t20\t5\n"
        "phen and goes on\ufffe\t50\t648\t300\t648\t25\t5\n"
        "overleaf.\t50\t636\t95\t636\t45\t5\n"
        "\u2022 an item\t60\t624\t120\t624\t10\t5\n"
        "{number}\t200\t40\t205\t40\t5\t5"
    )
    pages = [page.replace("{number}", str(number)) for number in range(4)]
    return {"pages": "\f".join(pages).encode(), "column": f"{page}\n{page}".encode()}
