"""`assay models verify`: whether a model or a gate is as its record says, and its tables follow."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from service.render.visibility import visible

__all__ = ["verify"]


def verify(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME|PATH", help="An installed model, a gate, or the folder of one."
        ),
    ],
) -> None:
    """Check every digest of a model, and derive its tables again from the held-out scores.

    The tables decide how rare a score is called: they must come out byte for byte as they are. Of a
    gate it is the figures of its card that are derived again, from what it told of held-out works.

    Exit status: 1 when the tables do not follow from the scores, 3 when a file is not as the record
    says, 0 when all is well.
    """
    from detectors.gates.gate import PACKAGES, place
    from detectors.gates.records import GATE
    from detectors.models.places import model_place
    from provenance.errors import NotFound

    found = Path(name) if "/" in name or Path(name).is_dir() else model_place(name)
    if found is None and name in PACKAGES:
        found = place(name)
    if found is None:
        raise NotFound(f"no model called {name!r} is installed", hint="See: assay models list")
    if os.path.lexists(found / GATE):
        _verify_gate(found)
    else:
        _verify_model(found)


def _verify_model(place: Path) -> None:
    from detectors.models.folder import open_model
    from detectors.models.records import TABLES
    from detectors.models.tables import derive

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


def _verify_gate(place: Path) -> None:
    from detectors.gates.gate import Gate
    from detectors.gates.records import CARD
    from detectors.gates.verification import follows

    gate = Gate.read(place)
    for file in gate.check():
        typer.echo(visible(f"digest is right: {file}"))
    if not follows(gate):
        typer.echo(f"{CARD} does not follow from the held-out answers")
        raise typer.Exit(1)
    typer.echo(f"derived again, the same figures: {CARD}")
    typer.echo(visible(f"{gate.record.name}  {gate.digest}"))
