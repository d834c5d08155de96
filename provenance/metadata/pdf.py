"""Generators named as the creator or producer of a PDF.

ISO 32000-2 section 14.3.3 defines the information dictionary, XMP part 2 sections 2.1 and 3.1 the
same in XMP. A document made by a program is not yet written by it: always weak, shown and
reviewed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.evidence import Strength
from provenance.metadata.generators import PICTURES, TEXT, named
from provenance.metadata.works import MetadataReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.evidence import Declaration
    from provenance.metadata.works import Work

__all__ = ["PdfReader"]

KEYS = ("Creator", "Producer")
XMP_PROPERTIES = (
    ("http://ns.adobe.com/xap/1.0/", "CreatorTool", "xmp:CreatorTool"),
    ("http://ns.adobe.com/pdf/1.3/", "Producer", "pdf:Producer"),
)


class PdfReader(MetadataReader):
    """Reads generator names in a PDF's properties."""

    source = "pdf"

    def declarations(self, work: Work) -> Iterator[Declaration]:
        """Each property that names a generator."""
        if work.media_type != "application/pdf":
            return
        for field, value in _properties(work):
            if product := named((*PICTURES, *TEXT), value):
                yield self.declare(
                    work, field, value, product.statement, Strength.WEAK, generator=product.name
                )


def _properties(work: Work) -> Iterator[tuple[str, str]]:
    for packet in work.texts:
        if packet.place == "Info" and packet.key in KEYS:
            yield f"Info:{packet.key}", packet.text
    for namespace, name, field in XMP_PROPERTIES:
        for value in work.values(namespace, name):
            yield field, value
