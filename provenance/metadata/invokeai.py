"""InvokeAI's PNG chunks.

`invokeai_metadata` holds the settings and `invokeai_graph` the graph, as JSON; older versions wrote
`sd-metadata`, and the first ones a command line under `Dream`. There is no specification; the
forms are those of InvokeAI 2 to 5. InvokeAI is also an editor: what it only stored or enlarged
carries its chunks too, and only the parameters of a generation say that there was one.
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
MODE = re.compile(r"(?:\w+_)?(txt2img|img2img|inpaint|outpaint)", re.IGNORECASE)
SOURCES = frozenset({"init_image", "upscale_initial_image", "upscale_model", "upscale_scale"})
DREAM_STEPS = re.compile(r"(?:^|\s)-s\s?\d")
DREAM_SEED = re.compile(r"(?:^|\s)-S\s?\d")
DREAM_INITIAL = re.compile(r"(?:^|\s)(?:-I|--init_img)\s?\S")


class InvokeAiReader(MetadataReader):
    """Reads InvokeAI's chunks."""

    source = "invokeai"

    def declarations(self, work: Work) -> Iterator[Declaration]:
        """One declaration, from the newest form there is."""
        for read in (_settings, _graph, _old_settings, _command, _trace):
            found = read(work)
            if found is not None:
                packet, statement, version = found
                yield self.declare(
                    work,
                    f"{packet.place}:{packet.key}",
                    packet.text,
                    statement,
                    Strength.STRONG,
                    generator=f"InvokeAI {version}".strip(),
                )
                return


Found = tuple["Packet", Statement, str] | None


def _statement(*, over_a_picture: bool) -> Statement:
    return Statement.PARTLY_AI if over_a_picture else Statement.FULLY_AI


def _json(work: Work, key: str) -> tuple[Packet | None, dict[str, Any]]:
    packet = work.png.get(key)
    return packet, (json_object(packet.text) if packet else None) or {}


def _mode(value: object) -> str:
    """`txt2img`, `img2img`, `inpaint` or `outpaint`, without the model family; '' for no mode."""
    mode = MODE.fullmatch(str(value)[:100])
    return mode[1].lower() if mode else ""


def _is_generation(settings: dict[str, Any]) -> bool:
    """Whether a model was run: which one, and from which seed or in how many steps."""
    numbers = (settings.get("seed"), settings.get("steps"))
    return bool(settings.get("model")) and any(type(number) is int for number in numbers)


def _settings(work: Work) -> Found:
    packet, settings = _json(work, "invokeai_metadata")
    mode = _mode(settings.get("generation_mode"))
    if packet is None or not (mode or _is_generation(settings)):
        return None
    over_a_picture = mode not in ("", "txt2img") or bool(SOURCES & settings.keys())
    version = str(settings.get("app_version") or "")
    return packet, _statement(over_a_picture=over_a_picture), version


def _graph(work: Work) -> Found:
    packet, graph = _json(work, "invokeai_graph")
    nodes = graph.get("nodes")
    if packet is None or not isinstance(nodes, dict | list) or not nodes:
        return None
    listed = nodes.values() if isinstance(nodes, dict) else nodes
    kinds = [str(node.get("type", "")) for node in listed if isinstance(node, dict)]
    if not any("denoise" in kind for kind in kinds):
        return None
    over_a_picture = any(kind in ("i2l", "inpaint") or kind.endswith("_i2l") for kind in kinds)
    return packet, _statement(over_a_picture=over_a_picture), ""


def _old_settings(work: Work) -> Found:
    packet, settings = _json(work, "sd-metadata")
    image = settings.get("image")
    if packet is None or not settings.get("model") or not isinstance(image, dict):
        return None
    mode = _mode(image.get("type"))
    if not (mode or _is_generation(image | {"model": settings["model"]})):
        return None
    version = str(settings.get("app_version") or "")
    return packet, _statement(over_a_picture=mode not in ("", "txt2img")), version


def _command(work: Work) -> Found:
    packet = work.png.get("Dream")
    if packet is None:
        return None
    command = packet.text[:100_000]
    if not (DREAM_STEPS.search(command) and DREAM_SEED.search(command)):
        return None
    return packet, _statement(over_a_picture=bool(DREAM_INITIAL.search(command))), ""


def _trace(work: Work) -> Found:
    """Settings without a generation: the picture went through InvokeAI, and no more is known."""
    packet, settings = _json(work, "invokeai_metadata")
    if packet is None or not SETTINGS & settings.keys():
        return None
    return packet, Statement.MAY_CONTAIN_AI, str(settings.get("app_version") or "")
