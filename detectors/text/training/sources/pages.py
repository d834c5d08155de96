"""Pages of continuous prose, of which the manifest says all there is to say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from detectors.text.training.passages import Passage
from detectors.text.training.sources.published import body
from provenance.containers.markup import text_of_html

if TYPE_CHECKING:
    from detectors.gathering.items import Item

__all__ = ["is_page", "page"]

MARKDOWN = frozenset({".adoc", ".markdown", ".md", ".mdx", ".qmd", ".rmd", ".rst", ".txt"})
HTML = frozenset({".htm", ".html", ".xhtml"})

DIRECTIVE = re.compile(r"^\.\. [^\n]*(?:\n+[ \t]+[^\n]*)*", re.MULTILINE)
ROLE = re.compile(r":[a-z:+-]+:`([^`<]*?)\s*(?:<[^`>]*>)?`")
RULE = re.compile(r"^([=\-~^\"'*+#.])\1{2,}\s*$", re.MULTILINE)
MODULE = re.compile(r"^(?:import|export) [^\n]*$", re.MULTILINE)


def is_page(item: Item) -> bool:
    """Whether a file is a page by the end of its name."""
    return PurePosixPath(item.path).suffix.lower() in MARKDOWN | HTML


def page(item: Item, data: bytes) -> Iterator[Passage]:
    """The page an item stands for, its markup taken off."""
    suffix = PurePosixPath(item.path).suffix.lower()
    if suffix in HTML:
        text = text_of_html(data, xml=suffix == ".xhtml")
    else:
        text = body(data.decode("utf-8", "replace"))
    if suffix == ".rst":
        text = RULE.sub("", ROLE.sub(r"\1", DIRECTIVE.sub("", text)))
    if suffix == ".mdx":
        text = MODULE.sub("", text)
    yield Passage(
        text,
        item.label,
        item.source,
        item.kind,
        item.language or "",
        item.song or f"{item.source}/{item.path}",
        item.family,
        item.version,
    )
