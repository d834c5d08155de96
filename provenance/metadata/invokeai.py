"""InvokeAI's PNG chunks.

`invokeai_metadata` holds the settings and `invokeai_graph` the graph, as JSON; older versions wrote
`sd-metadata`, and the first ones a command line under `Dream`. There is no specification; the
forms are those of InvokeAI 2 to 5.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from provenance.evidence import Statement, Strength
from provenance.metadata.values import json_object
from provenance.metadata.works import MetadataReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.containers.packets import Packet
    from provenance.evidence import Declaration
    from provenance.metadata.works import Work

__all__ = ["InvokeAiReader"]

SETTINGS = frozenset(
    {"generation_mode", "app_version", "positive_prompt", "seed", "steps", "scheduler", "model"}
)
OVER_A_PICTURE = re.compile(r"img2img|inpaint|outpaint|i2i", re.IGNORECASE)
DREAM_STEPS = re.compile(r"(?:^|\s)-s\s?\d")
DREAM_SEED = re.compile(r"(?:^|\s)-S\s?\d")
DREAM_INITIAL = re.compile(r"(?:^|\s)(?:-I|--init_img)\s?\S")


class InvokeAiReader(MetadataReader):
    """Reads InvokeAI's chunks."""

    source = "invokeai"

    def declarations(self, work: Work) -> Iterator[Declaration]:
        """One declaration, from the newest form there is."""
        for read in (_settings, _graph, _old_settings, _command):
            found = read(work)
            if found is not None:
                packet, partly, version = found
                yield self.declare(
                    work,
                    f"{packet.place}:{packet.key}",
                    packet.text,
                    Statement.PARTLY_AI if partly else Statement.FULLY_AI,
                    Strength.STRONG,
                    generator=f"InvokeAI {version}".strip(),
                )
                return


Found = tuple["Packet", bool, str] | None


def _json(work: Work, key: str) -> tuple[Packet | None, dict[str, Any]]:
    packet = work.png.get(key)
    return packet, (json_object(packet.text) if packet else None) or {}


def _settings(work: Work) -> Found:
    packet, settings = _json(work, "invokeai_metadata")
    if packet is None or not SETTINGS & settings.keys():
        return None
    partly = OVER_A_PICTURE.search(str(settings.get("generation_mode", "")))
    return packet, bool(partly), str(settings.get("app_version") or "")


def _graph(work: Work) -> Found:
    packet, graph = _json(work, "invokeai_graph")
    nodes = graph.get("nodes")
    if packet is None or not isinstance(nodes, dict | list) or not nodes:
        return None
    listed = nodes.values() if isinstance(nodes, dict) else nodes
    kinds = [str(node.get("type", "")) for node in listed if isinstance(node, dict)]
    if not any("denoise" in kind for kind in kinds):
        return None
    return packet, any(kind in ("i2l", "inpaint") for kind in kinds), ""


def _old_settings(work: Work) -> Found:
    packet, settings = _json(work, "sd-metadata")
    if packet is None or not {"model", "image"} <= settings.keys():
        return None
    image = settings["image"]
    kind = str(image.get("type", "")) if isinstance(image, dict) else ""
    return packet, bool(OVER_A_PICTURE.search(kind)), str(settings.get("app_version") or "")


def _command(work: Work) -> Found:
    packet = work.png.get("Dream")
    if packet is None:
        return None
    command = packet.text[:100_000]
    if not (DREAM_STEPS.search(command) and DREAM_SEED.search(command)):
        return None
    return packet, bool(DREAM_INITIAL.search(command)), ""
