"""IPTC's digital source type and AI fields in XMP.

Follows the IPTC Photo Metadata Standard 2025.1: `DigitalSourceType`, and the four properties about
generative systems. They are unsigned, hence of medium strength. The AI fields say that a system
was used and not for how much; where a digital source type stands beside them, it says that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.digital_source_type import DstClass, bare_name, classify
from provenance.evidence import Statement, Strength
from provenance.metadata.works import MetadataReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.evidence import Declaration
    from provenance.metadata.works import Work

__all__ = ["IptcReader"]

EXTENSION = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
AI_FIELDS = (
    "AISystemUsed",
    "AISystemVersionUsed",
    "AIPromptInformation",
    "AIPromptWriterName",
)

STATEMENTS = {
    DstClass.FULLY_AI: Statement.FULLY_AI,
    DstClass.PARTLY_AI: Statement.PARTLY_AI,
    DstClass.MAY_CONTAIN_AI: Statement.MAY_CONTAIN_AI,
    DstClass.CAPTURE: Statement.CAPTURE,
    DstClass.HUMAN_CREATION: Statement.HUMAN_CREATION,
    DstClass.HUMAN_EDITS: Statement.HUMAN_CREATION,
}


class IptcReader(MetadataReader):
    """Reads IPTC properties from XMP."""

    source = "iptc"

    def declarations(self, work: Work) -> Iterator[Declaration]:
        """The digital source types first, then the AI fields."""
        system = " ".join(
            value
            for name in ("AISystemUsed", "AISystemVersionUsed")
            for value in list(work.values(EXTENSION, name))[:1]
        )
        settled = False
        for value in work.values(EXTENSION, "DigitalSourceType"):
            settled = True
            statement = STATEMENTS.get(classify(bare_name(value)), Statement.NONE)
            field = "Iptc4xmpExt:DigitalSourceType"
            yield self.declare(work, field, value, statement, Strength.MEDIUM, generator=system)
        for name in AI_FIELDS:
            for value in work.values(EXTENSION, name):
                yield self.declare(
                    work,
                    f"Iptc4xmpExt:{name}",
                    value,
                    Statement.NONE if settled else Statement.MAY_CONTAIN_AI,
                    Strength.MEDIUM,
                    generator=system,
                )
