"""Generators that sign their pictures in plain EXIF fields, PNG texts or a phone's own block.

EXIF 3.0 section 4.6.4 defines the fields; what stands in them is each maker's convention: xAI's
signature with a UUID as artist, Ideogram's Make, generators that name themselves as Software,
Samsung's note of generative edits, the job number of Higgsfield and Hugging Face jobs. A name in a
free text such as ImageDescription never counts: anybody writes about a product there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from provenance.evidence import Statement, Strength
from provenance.metadata.generators import PICTURES, named
from provenance.metadata.values import json_object
from provenance.metadata.works import MetadataReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.evidence import Declaration
    from provenance.metadata.works import Work

__all__ = ["ExifReader"]

GROK_SIGNATURE = re.compile(r"Signature: [A-Za-z0-9+/]{32,}={0,2}")
UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
NAMING = ("Software", "Make", "Model")
XMP_NAMING = (
    ("http://ns.adobe.com/xap/1.0/", "CreatorTool", "xmp:CreatorTool"),
    ("http://ns.adobe.com/tiff/1.0/", "Software", "tiff:Software"),
)
SAMSUNG_BLOCK = "PhotoEditor_Re_Edit_Data"


class ExifReader(MetadataReader):
    """Reads the marks of single makers."""

    source = "exif"

    def declarations(self, work: Work) -> Iterator[Declaration]:
        """Each mark found."""
        yield from self._grok(work)
        yield from self._named(work)
        yield from self._samsung(work)
        yield from self._hosted_job(work)

    def _grok(self, work: Work) -> Iterator[Declaration]:
        descriptions = [f.text for f in work.exif if f.name == "ImageDescription"]
        artists = [f.text for f in work.exif if f.name == "Artist"]
        if any(UUID.fullmatch(artist.strip()) for artist in artists):
            for text in descriptions:
                if GROK_SIGNATURE.fullmatch(text.strip()):
                    yield self.declare(
                        work,
                        "EXIF:ImageDescription",
                        text,
                        Statement.FULLY_AI,
                        Strength.STRONG,
                        generator="xAI Grok",
                    )

    def _named(self, work: Work) -> Iterator[Declaration]:
        for field, value in _software(work):
            if product := named(PICTURES, value):
                yield self.declare(
                    work, field, value, product.statement, Strength.MEDIUM, generator=product.name
                )

    def _samsung(self, work: Work) -> Iterator[Declaration]:
        for packet in work.texts:
            if packet.place == "SEF" and packet.key == SAMSUNG_BLOCK:
                edits = json_object(packet.text) or {}
                if _nonzero(edits.get("genAIType")):
                    yield self.declare(
                        work,
                        f"SEF:{SAMSUNG_BLOCK}:genAIType",
                        str(edits["genAIType"]),
                        Statement.PARTLY_AI,
                        Strength.MEDIUM,
                        generator="Samsung Galaxy AI",
                    )

    def _hosted_job(self, work: Work) -> Iterator[Declaration]:
        packet = work.png.get("hf-job-id")
        if packet and UUID.fullmatch(packet.text.strip()):
            field = f"{packet.place}:hf-job-id"
            yield self.declare(work, field, packet.text, Statement.FULLY_AI, Strength.MEDIUM)


def _software(work: Work) -> Iterator[tuple[str, str]]:
    """The fields that name what made a picture."""
    if not work.media_type.startswith(("image/", "video/")):
        return
    for field in work.exif:
        if field.name in NAMING:
            yield f"EXIF:{field.name}", field.text
    if packet := work.png.get("Software"):
        yield f"{packet.place}:Software", packet.text
    for namespace, name, field_name in XMP_NAMING:
        for value in work.values(namespace, name):
            yield field_name, value


def _nonzero(value: object) -> bool:
    """Samsung writes 0 for no generative tool, as a number or as text."""
    return isinstance(value, int | str) and str(value).strip() not in ("", "0", "False", "false")
