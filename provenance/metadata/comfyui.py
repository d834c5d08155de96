"""ComfyUI graphs: the prompt that was executed, and the workflow it was drawn as.

They stand as JSON in PNG chunks `prompt` and `workflow`, in container tags of the same name in
audio and video, and in WebP in the EXIF fields Make and Model with the name in front
(`prompt:{...}`). The nodes tell generation apart from mere processing: a graph that only scales a
photograph up is no declaration that it was generated, nor is one of nodes nobody knows. There is no
specification; the forms are those of ComfyUI 0.3.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from provenance.evidence import Statement, Strength
from provenance.metadata.comfyui_nodes import generates
from provenance.metadata.values import json_object
from provenance.metadata.works import MetadataReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.evidence import Declaration
    from provenance.metadata.works import Work

__all__ = ["ComfyUiReader"]

SOURCE = re.compile(
    r"(?:^|_)load_?(?:image|img|video|audio)(?!.*(?:model|checkpoint|encoder|vae|lora))",
    re.IGNORECASE,
)
NAMES = ("prompt", "workflow")
SWITCHED_OFF = (2, 4)
MAX_NODES = 20_000
MAX_NAME = 200


class ComfyUiReader(MetadataReader):
    """Reads ComfyUI graphs."""

    source = "comfyui"

    def declarations(self, work: Work) -> Iterator[Declaration]:
        """One declaration: of the prompt, which was executed, else of the workflow."""
        best: dict[str, tuple[str, str, set[str]]] = {}
        for name, field, text in _candidates(work):
            if name not in best and (nodes := _nodes(name, text)):
                best[name] = (field, text, nodes)
        for name in NAMES:
            if name in best:
                field, text, nodes = best[name]
                yield self.declare(
                    work, field, text, _statement(nodes), Strength.STRONG, generator="ComfyUI"
                )
                return


def _candidates(work: Work) -> Iterator[tuple[str, str, str]]:
    for packet in work.texts:
        name = packet.key.rpartition(":")[2].lower()
        if name in NAMES:
            yield name, f"{packet.place}:{packet.key}", packet.text
    for field in work.exif:
        name, colon, text = field.text.partition(":")
        if colon and name.lower() in NAMES:
            yield name.lower(), f"EXIF:{field.name}", text


def _nodes(name: str, text: str) -> set[str]:
    """The kinds of nodes of a graph; empty when the text is no graph."""
    graph = json_object(text)
    if graph is None:
        return set()
    if name == "prompt":
        nodes: list[Any] = list(graph.values())[:MAX_NODES]
        kinds = [node.get("class_type") for node in nodes if isinstance(node, dict)]
    else:
        listed = graph.get("nodes")
        nodes = listed[:MAX_NODES] if isinstance(listed, list) else []
        kinds = [
            node.get("type")
            for node in nodes
            if isinstance(node, dict) and node.get("mode") not in SWITCHED_OFF
        ]
    return {kind for kind in kinds if isinstance(kind, str)}


def _statement(kinds: set[str]) -> Statement:
    if not any(generates(kind[:MAX_NAME]) for kind in kinds):
        return Statement.MAY_CONTAIN_AI
    if any(SOURCE.search(kind[:MAX_NAME]) for kind in kinds):
        return Statement.PARTLY_AI
    return Statement.FULLY_AI
