"""`assay optout document`: the papers an audit is asked for, written from the audit itself."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provenance.errors import ConfigError
from service.cli import home
from service.cli.checking import Language
from service.documents.records import DocumentKind
from service.receipt_keys import write_whole

__all__ = ["EXAMPLES", "document"]

EXAMPLES = """\b
Examples:
assay optout audit corpus.csv --history snapshots/ --out audit/
assay optout document code audit/ --out papers/
assay optout document art53 audit/ --out papers/ --lang fr --details details.toml
"""


def document(
    kind: Annotated[
        DocumentKind,
        typer.Argument(
            metavar="art53|code|dsa16|indice|rebuttal",
            help="art53: the public summary of training content, pre-filled. code: the matrix for "
            "measure 1.3 of the Code of Practice. dsa16: a notice of illegal content to a host. "
            "indice: a rightsholder's dossier of indications. rebuttal: a developer's answer.",
            show_choices=False,
        ),
    ],
    audit: Annotated[
        Path,
        typer.Argument(
            metavar="AUDIT", help="The folder 'assay optout audit ... --out DIR' has written."
        ),
    ],
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Folder to write into; made when missing.")
    ],
    lang: Annotated[Language | None, typer.Option(help="Language of the paper.")] = None,
    details: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What only you know (TOML, one table a paper: [art53], [code], [dsa16], [indice], "
            "[rebuttal]). Each blank of a paper names the key that fills it.",
        ),
    ] = None,
) -> None:
    """Write a paper from an audit: JSON, a page (HTML), and a PDF.

    Every sentence names what it rests on: a field of the audit, a key of your details, or a text of
    law. What the audit does not know stays a marked blank, and a text of law that was not read for
    this software is marked as not verified. No paper calls itself complete, and each says what it
    does not prove. A dsa16 notice is written whole or not at all: without --details you are told
    what it needs.
    """
    from service.documents.writing import files_of, prepare

    draft = prepare(kind, audit, details, str(lang or home.language()))
    files = files_of(draft)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise ConfigError(f"--out {out}: cannot be a folder ({fault.strerror})") from fault
    for name, content in files.items():
        write_whole(out / name, content)
        typer.echo(f"written: {out / name}", err=True)
    typer.echo(f"blanks to fill in: {len(draft.blanks)}", err=True)
