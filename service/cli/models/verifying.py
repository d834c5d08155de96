"""`assay models verify`: whether a model is as its record says, and its tables follow."""

from __future__ import annotations

from typing import Annotated

import typer

from service.render.visibility import visible

__all__ = ["verify"]


def verify(
    name: Annotated[
        str, typer.Argument(metavar="NAME|PATH", help="An installed model, or a model folder.")
    ],
) -> None:
    """Check every digest of a model, and derive its tables again from the held-out scores.

    The tables decide how rare a score is called: they must come out byte for byte as they are.

    Exit status: 1 when the tables do not follow from the scores, 3 when a file is not as the record
    says, 0 when all is well.
    """
    from pathlib import Path

    from detectors.models.folder import open_model
    from detectors.models.places import model_place
    from detectors.models.records import TABLES
    from detectors.models.tables import derive
    from provenance.errors import NotFound

    place = Path(name) if "/" in name or Path(name).is_dir() else model_place(name)
    if place is None:
        raise NotFound(f"no model called {name!r} is installed", hint="See: assay models list")
    model = open_model(place)
    for file in model.check():
        typer.echo(visible(f"digest is right: {file}"))
    if not model.has(TABLES):
        typer.echo("no tables: it informs and decides nothing")
        return
    if derive(model) != model.read(TABLES):
        typer.echo(f"{TABLES} does not follow from the held-out scores")
        raise typer.Exit(1)
    typer.echo(f"derived again, the same bytes: {TABLES}")
    typer.echo(visible(f"{model.record.name}  {model.digest}"))
