"""Midjourney's description.

The prompt with its options (`--v 6`) and `Job ID:` with a UUID, in the PNG chunk `Description` or
the EXIF field ImageDescription. Both are asked for: a job number alone is what any print shop
writes. Midjourney's digital source type in XMP is read by `provenance.metadata.iptc`. There is no
specification; the form is that of downloads from 2023 on.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from provenance.evidence import Statement, Strength
from provenance.metadata.works import MetadataReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.evidence import Declaration
    from provenance.metadata.works import Work

__all__ = ["MidjourneyReader"]

JOB = re.compile(r"\bJob ID: [0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.I)
OPTION = re.compile(r"(?:^|\s)--(v|niji|ar|s|stylize|chaos|seed|style|q|iw|sref|raw|profile)\b")
VERSION = re.compile(r"(?:^|\s)--(v|niji) (\d[\d.]{0,5})")
TEXT_CHARACTERS = 100_000


class MidjourneyReader(MetadataReader):
    """Reads Midjourney's description."""

    source = "midjourney"

    def declarations(self, work: Work) -> Iterator[Declaration]:
        """Each description of the form."""
        for field, text in _candidates(work):
            head = text[:TEXT_CHARACTERS]
            if JOB.search(head) and OPTION.search(head):
                version = VERSION.search(head)
                name = "Midjourney"
                if version:
                    name += f" {'Niji ' if version[1] == 'niji' else ''}{version[2]}"
                yield self.declare(
                    work, field, text, Statement.FULLY_AI, Strength.STRONG, generator=name
                )


def _candidates(work: Work) -> Iterator[tuple[str, str]]:
    if packet := work.png.get("Description"):
        yield f"{packet.place}:Description", packet.text
    for field in work.exif:
        if field.name == "ImageDescription":
            yield "EXIF:ImageDescription", field.text
