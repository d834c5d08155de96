"""`assay models train`: a model from a manifest of your own works."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cli.models.bar import bar
from service.cli.notices import notice
from service.render.visibility import visible

__all__ = ["EXAMPLES", "train"]

EXAMPLES = """\b
Examples:
assay models train songs.csv --recipe music --out trained/mine
assay models train songs.csv --recipe music --out trained/mine --resume
"""

STEPS = {
    "audit": "looking for reservations",
    "prepare": "preparing",
    "held_out": "scoring what was held out",
    "fit": "fitting",
    "export": "writing the network",
    "tables": "making the tables",
}


def train(
    manifest: Annotated[
        Path,
        typer.Argument(
            metavar="MANIFEST",
            help="CSV (path,label,source,family,kind,language,song,licence) or JSON lines of "
            "texts; labels human and ai.",
        ),
    ],
    recipe: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="How the model is made: a recipe of a package, found by its entry point "
            "assay.recipes. Assay brings along: music, text.",
        ),
    ],
    out: Annotated[Path, typer.Option(metavar="DIR", help="The model folder; must not exist yet.")],
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the detector is called.")
    ] = None,
    outside: Annotated[
        Path | None,
        typer.Option(
            metavar="MANIFEST",
            help="Works unlike those: the test that abstains on strange works is tried on them, "
            "and left out of the model without them.",
        ),
    ] = None,
    resume: Annotated[  # noqa: FBT002 - a flag of the command line
        bool,
        typer.Option(
            "--resume", help="Go on with an earlier training in --out; nothing is read twice."
        ),
    ] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Sandboxed processes that prepare works.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Of everything that is drawn.")] = 0,
) -> None:
    """Make a model folder from works, after leaving out what their owners reserved.

    Every work is read by the readers of 'assay optout check' first; reserved ones, and those whose
    licence is non-commercial, no-derivatives or for research only, are left out and listed in
    training.csv with the reason. The tables come from works whose whole human source or family of
    generators was held out.

    Ctrl-C leaves what is done in DIR.work; the same command with --resume goes on from there.
    """
    from detectors.evaluation.manifest import Label
    from detectors.training.accounts import reasons
    from detectors.training.recipe import recipe as found
    from detectors.training.run import train as run

    with bar() as told:
        try:
            trained = run(
                manifest,
                found(recipe),
                out,
                name=name,
                outside=outside,
                resume=resume,
                workers=workers,
                seed=seed,
                watch=lambda one: told(STEPS[one.step], one.done, one.total),
            )
        except KeyboardInterrupt:
            notice("stopped; what is done is kept. The same command with --resume goes on")
            raise
    used = [one for one in trained.accounts if one.reason is None]
    for label, kind in ((Label.HUMAN, "human sources"), (Label.AI, "families of generators")):
        those = [one for one in used if one.item.label is label]
        origins = len({one.item.origin for one in those})
        typer.echo(f"{label}: {len(those)} works of {origins} {kind}")
    for reason, count in reasons(trained.accounts).items():
        typer.echo(visible(f"left out: {reason}: {count}"))
    bare = sum(one.audited.licence is None for one in used)
    typer.echo(f"no licence stated: {bare} of {len(used)}")
    typer.echo(visible(f"{trained.model.record.name}  {trained.model.digest}"))
    notice(f"written: {out}; install it with: assay models add {out}")
