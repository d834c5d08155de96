"""China's label for generated content.

Follows GB 45438-2025 section 6 and appendix E: a JSON object under the key `AIGC`, in whatever
place a format has for such keys; XMP in the namespace of TC260. `Label` 1 means generated, 2
possibly generated, 3 suspected to be generated. The label is required by law where it is written,
names who answers for it, and is therefore strong in every carrier; what bears the key and is no
label declares nothing and is shown.
"""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Any

from provenance.evidence import Statement, Strength
from provenance.metadata.values import json_object
from provenance.metadata.works import MetadataReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.evidence import Declaration
    from provenance.metadata.works import Work

__all__ = ["AigcReader", "producer_code"]

KEY = "AIGC"
NAMESPACE = "http://www.tc260.org.cn/ns/AIGC/"
EXIF_NAMES = ("ImageDescription", "UserComment")
STATEMENTS = {
    "1": Statement.FULLY_AI,
    "2": Statement.MAY_CONTAIN_AI,
    "3": Statement.MAY_CONTAIN_AI,
}
# 001, the kind of registration, the unified social credit code (GB 32100), the service's number.
PRODUCER = re.compile(r"0011([0-9A-HJ-NP-RTUWXY]{18})([0-9A-Z]{5})", re.IGNORECASE)
TEXT_CHARACTERS = 200_000


class AigcReader(MetadataReader):
    """Reads the AIGC label."""

    source = "aigc"

    def declarations(self, work: Work) -> Iterator[Declaration]:
        """Each label, from whatever carries it."""
        for field, value, sure in _candidates(work):
            label = _label(value[:TEXT_CHARACTERS])
            if label is None:
                if sure:
                    yield self.declare(work, field, value, Statement.NONE, Strength.WEAK)
                continue
            statement = STATEMENTS.get(str(label.get("Label", "")).strip(), Statement.NONE)
            yield self.declare(
                work,
                field,
                value,
                statement,
                Strength.WEAK if statement is Statement.NONE else Strength.STRONG,
                generator=producer_code(label.get("ContentProducer")),
            )


def _candidates(work: Work) -> Iterator[tuple[str, str, bool]]:
    """Field, value, and whether the place is for the label alone."""
    for packet in work.texts:
        if packet.key.rpartition(":")[2].rpartition(".")[2].strip().upper() == KEY:
            yield f"{packet.place}:{packet.key}", packet.text, True
    for one in work.xmp:
        if one.name == KEY and one.namespace.startswith(NAMESPACE):
            for value in one.values:
                yield "TC260:AIGC", value, True
    for field in work.exif:
        if field.name in EXIF_NAMES and KEY in field.text:
            yield f"EXIF:{field.name}", field.text, False


def _label(text: str) -> dict[str, Any] | None:
    """The label in any of the ways it is escaped; None when there is none."""
    for written in (text, unescape(text), text.replace('\\"', '"').strip(' \t\r\n"')):
        found = json_object(written)
        if found is None:
            continue
        inner = found.get(KEY)
        if isinstance(inner, str):
            inner = json_object(inner)
        label = inner if isinstance(inner, dict) else found
        if "Label" in label:
            return label
    return None


def producer_code(value: object) -> str | None:
    """The code of the producer in its own spelling, or the value as given when it is no code."""
    if not isinstance(value, str) or not value.strip():
        return None
    code = value.strip()
    return code.upper() if PRODUCER.fullmatch(code) else code
