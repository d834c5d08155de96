"""Options that several commands of `assay optout` have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cli.checking import Language

__all__ = ["PURPOSE_HELP", "HistoryPaths", "PurposeName", "TextLanguage"]

PURPOSE_HELP = (
    "train-genai, train-ai, train-nongen, tdm, ai-input, ai-index or search [default: the agent's, "
    "else train-genai]."
)

HistoryPaths = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="PATH",
        help="Dated observations: a folder of HOST_YYYYMMDD.txt or HOST/TIMESTAMP.txt, a WARC, or "
        "a CDX beside its WARC files. May be repeated.",
    ),
]

PurposeName = Annotated[str | None, typer.Option(metavar="PURPOSE", help=PURPOSE_HELP)]

TextLanguage = Annotated[Language | None, typer.Option(help="Language of text.")]
