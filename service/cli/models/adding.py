"""`assay models add`: a model folder, or a classifier from elsewhere."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.models.bar import bar
from service.cli.notices import notice
from service.render.visibility import visible

__all__ = ["EXAMPLES", "add"]

EXAMPLES = """\b
Examples:
assay models add trained/my-detector
assay models add hf:owner/name@0123456789abcdef0123456789abcdef01234567
assay models add classifier/ --name mine --synthetic-label LABEL_1
assay models add one-output/ --inverted
"""


def add(
    source: Annotated[
        str,
        typer.Argument(
            metavar="PATH|hf:OWNER/NAME@REVISION",
            help="A model folder, the folder of a saved Hugging Face classifier, or one of the "
            "hub, which is fetched (HF_ENDPOINT names another hub). A branch is pinned to the "
            "commit it is at.",
        ),
    ],
    name: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the detector is called.")
    ] = None,
    synthetic_label: Annotated[
        list[str] | None,
        typer.Option(
            "--synthetic-label",
            metavar="LABEL",
            help="A label of the classifier that means 'made by a machine', where that is not "
            "plain. May be repeated.",
        ),
    ] = None,
    inverted: Annotated[  # noqa: FBT002 - a flag of the command line
        bool,
        typer.Option(
            "--inverted",
            help="Of a classifier with one output: a higher one means that a person made it.",
        ),
    ] = False,
    licence: Annotated[
        str | None, typer.Option(metavar="SPDX", help="Licence of the classifier's weights.")
    ] = None,
) -> None:
    """Install a model, so that 'assay check' runs it.

    Weights are safetensors or ONNX, never pickles; a model that needs code of its own is refused.
    A classifier informs and decides nothing until 'assay models evaluate --calibrate' measured how
    rare its scores are among human works.
    """
    import detectors
    from detectors.models.records import TABLES
    from detectors.plugins.adding import add as add_model

    taken = detectors.of_others() | frozenset(detectors.BUILT_IN)
    with bar() as told:
        model = add_model(
            source,
            name=name,
            synthetic=synthetic_label or (),
            inverted=inverted,
            licence=licence,
            taken=taken,
            told=told,
        )
    record = model.record
    typer.echo(visible(f"{record.name}  {record.modality}  {model.digest}"))
    notice(f"installed in {model.path}")
    if record.classifier is not None:
        means = ", ".join(record.classifier.synthetic)
        notice(f"a higher score means: {means or f'less of {record.classifier.labels[0]}'}")
    if not model.has(TABLES):
        notice(
            "it informs and decides nothing until it is calibrated",
            f"assay models evaluate {record.name} MANIFEST --calibrate --out DIR",
        )
