"""`assay models list`: what is installed, and whether it may decide anything."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

from service.render.visibility import visible

__all__ = ["Format", "list_models"]


class Format(StrEnum):
    """How the list is written."""

    TEXT = "text"
    JSON = "json"


def list_models(
    output: Annotated[
        Format, typer.Option("--format", help="How to write the list to standard output.")
    ] = Format.TEXT,
) -> None:
    """List the detectors that can be loaded, and the gates, with the digest of their models.

    A model that is not calibrated informs and decides nothing: no figure says how rare its scores
    are among human works. A gate tells what kind of work one is, and judges nothing.
    """
    import detectors
    from detectors.gates.gate import gates

    rows = [_row(name) for name in detectors.installed()]
    rows += [_gate_row(name) for name in gates()]
    if output is Format.JSON:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            typer.echo(visible(_line(row)))
    raise typer.Exit(3 if any("problem" in row for row in rows) else 0)


def _row(name: str) -> dict[str, Any]:
    import detectors
    from detectors.models.windowed import WindowedDetector
    from provenance.errors import AssayError

    try:
        detector = detectors.load(name)
        card = detector.card
    except AssayError as error:
        return {"name": name, "kind": "detector", "problem": str(error)}
    row: dict[str, Any] = {
        "name": name,
        "kind": "detector",
        "model": card.model,
        "modalities": [str(one) for one in card.modalities],
        "version": None,
        "licence": card.licence,
        "calibrated": None,
        "origin": None,
        "description": card.description,
    }
    if isinstance(detector, WindowedDetector):
        record = detector.model.record
        row["version"] = record.version
        row["calibrated"] = detector.is_calibrated
        row["origin"] = record.classifier.origin if record.classifier else None
    return row


def _gate_row(name: str) -> dict[str, Any]:
    from detectors.gates.gate import gate
    from provenance.errors import AssayError

    try:
        found = gate(name)
    except AssayError as error:
        return {"name": name, "kind": "gate", "problem": str(error)}
    return {
        "name": name,
        "kind": "gate",
        "model": found.digest,
        "modalities": [str(found.record.modality)],
        "version": found.record.version,
        "licence": found.record.licence,
        "calibrated": None,
        "origin": None,
        "description": found.record.description,
        "kinds": list(found.record.kinds),
    }


STATES = {True: "calibrated", False: "not calibrated: informs only", None: "built in"}


def _line(row: dict[str, Any]) -> str:
    if "problem" in row:
        return f"{row['name']}  CANNOT BE LOADED: {row['problem']}"
    kinds = ", ".join(row["modalities"])
    model = row["model"][: len("sha256:") + 16]
    state = "gate" if row["kind"] == "gate" else STATES[row["calibrated"]]
    return f"{row['name']}  {kinds}  {model}  {state}  {row['description']}"
