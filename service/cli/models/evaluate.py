"""`assay models evaluate`: how well a detector does on works of known origin."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from provenance.errors import ConfigError
from service.cli import home
from service.cli.models.bar import bar
from service.cli.notices import notice

if TYPE_CHECKING:
    from detectors.evaluation.run import Evaluated

__all__ = ["EXAMPLES", "evaluate"]

EXAMPLES = """\b
Examples:
assay models evaluate my-model works.csv --out evaluation/
assay models evaluate trained/mine works.csv --fpr 0.002 --attack audio --out evaluation/
assay models evaluate my-model works.jsonl --calibrate --out evaluation/
"""

SHOWN = 5
"""Ids that are named in a line."""


def evaluate(
    name: Annotated[
        str,
        typer.Argument(metavar="NAME", help="A detector, or the folder of a model."),
    ],
    manifest: Annotated[
        Path,
        typer.Argument(
            metavar="MANIFEST",
            help="CSV: path,label[,id,source,family,kind,language,song], label human or ai, "
            "paths relative to it. Texts also as JSON lines: "
            "text,label,source|generator,domain,language.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR", help="Folder for scores.csv, metrics.json, and the card with its plots."
        ),
    ],
    fpr: Annotated[
        float, typer.Option(metavar="RATE", help="False-alarm rate of the decisions.")
    ] = 0.01,
    attack: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SUITE",
            help="Also judge the works after laundering: audio, image, text, or one way of one "
            "(audio.mp3_64). May be given more than once.",
        ),
    ] = None,
    calibrate: Annotated[  # noqa: FBT002 - a flag of the command line
        bool,
        typer.Option(
            "--calibrate", help="Write tables made from these works into the installed model."
        ),
    ] = False,
    resume: Annotated[  # noqa: FBT002
        bool, typer.Option("--resume", help="Go on with the evaluation in --out.")
    ] = False,
) -> None:
    """Judge a detector on works of known origin: what it finds, and whom it accuses wrongly.

    A work is flagged when the upper bound of its exceedance, from the model's own tables, is at
    most --fpr; no threshold is fitted to the set. Works the model was trained on are left out of
    the figures and listed. A model that sees only metadata is judged beside it.

    Ctrl-C leaves what is done; the same command with --resume goes on from there.

    Exit status: 0 when it is done, 2 for wrong usage, 3 when the machinery failed.
    """
    import detectors
    from detectors.evaluation.run import Options
    from detectors.evaluation.run import evaluate as run

    if not 0 < fpr <= 1:
        raise ConfigError(f"--fpr {fpr:g} is no rate: it is over 0 and at most 1")
    options = Options(fpr=fpr, attacks=tuple(attack or ()), resume=resume, calibrate=calibrate)
    try:
        with bar() as told:
            done = run(
                detectors.load(name),
                manifest,
                out,
                options,
                watch=lambda one: told(one.name or one.step.value, one.done, one.total),
            )
    except KeyboardInterrupt:
        notice("stopped; what is done is kept. The same command with --resume goes on")
        raise
    _tell(done, out)


def _tell(done: Evaluated, out: Path) -> None:
    """The main figures on standard output, what to beware of on standard error."""
    from detectors.card_page import summary
    from detectors.card_words import word

    lang = home.language()
    figures = done.card.figures
    if figures is None:
        raise AssertionError("an evaluation has figures")
    for line in summary(figures, lang):
        typer.echo(line)
    for one in figures.warnings:
        notice(word(lang, "warning", one.code, **one.params))
    known = (*done.overlap.same, *done.overlap.near)
    if known:
        more = f", and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
        notice(f"left out: {', '.join(known[:SHOWN])}{more}; all of them are in overlap.csv")
    if done.model is not None:
        notice(f"the model has new tables, and is now {done.model}")
    notice(f"written: {out / 'card.md'} and the figures beside it (works: {done.works})")
