"""Small documents of each kind that running text is taken out of."""

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
