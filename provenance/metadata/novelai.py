"""NovelAI's PNG chunks.

`Software` is `NovelAI`, `Source` names the model, `Comment` is JSON with the settings and a
signature that only NovelAI can check. There is no specification; the form is that of 2023 to 2025.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.evidence import Statement, Strength
from provenance.metadata.values import json_object
from provenance.metadata.works import MetadataReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.evidence import Declaration
    from provenance.metadata.works import Work

__all__ = ["NovelAiReader"]

SETTINGS = frozenset({"signed_hash", "steps", "sampler", "request_type"})
OVER_A_PICTURE = ("img2img", "infill", "inpaint")


class NovelAiReader(MetadataReader):
    """Reads NovelAI's chunks."""

    source = "novelai"

    def declarations(self, work: Work) -> Iterator[Declaration]:
        """One declaration when the software's name comes with its settings or its model."""
        software = work.png.get("Software")
        if software is None or software.text.strip() != "NovelAI":
            return
        comment, model = work.png.get("Comment"), work.png.get("Source")
        settings = (json_object(comment.text) if comment else None) or {}
        if not SETTINGS & settings.keys() and model is None:
            return
        shown = comment if comment is not None and settings else software
        name = model.text.strip() if model else ""
        request = str(settings.get("request_type", "")).lower()
        partly = any(word in request for word in OVER_A_PICTURE)
        yield self.declare(
            work,
            f"{shown.place}:{shown.key}",
            shown.text,
            Statement.PARTLY_AI if partly else Statement.FULLY_AI,
            Strength.STRONG,
            generator=f"NovelAI, model {name}" if name else "NovelAI",
        )
