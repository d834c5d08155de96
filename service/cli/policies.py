"""`assay policy`: what counts, and how much."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from service.cli.dry_run import EXAMPLES, dry_run
from service.policy import DEFAULT, Policy, load_policy

__all__ = ["app"]

app = typer.Typer(
    help="What counts, and how rare is rare enough.", no_args_is_help=True, rich_markup_mode=None
)

app.command("dry-run", epilog=EXAMPLES)(dry_run)

File = Annotated[Path, typer.Argument(metavar="FILE", help="A policy (TOML).")]


@app.command("show")
def show(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="A policy (TOML); the default if none.")
    ] = None,
) -> None:
    """Print a policy as TOML with every key; a starting point for your own."""
    policy = load_policy(file) if file else DEFAULT
    typer.echo(f"# digest sha256:{policy.digest}")
    fields = policy.model_dump(mode="json")
    reviewing = fields.pop("reviewing")
    for key, value in fields.items():
        typer.echo(f"{key} = {_toml(value)}")
    typer.echo("\n[reviewing]  # by people, in a running service")
    for key, value in reviewing.items():
        typer.echo(f"{key} = {_toml(value)}")


@app.command("check")
def check(file: File) -> None:
    """Say whether a policy is valid, and its digest."""
    policy: Policy = load_policy(file)
    typer.echo(f"{file}: valid, name {policy.name!r}, digest sha256:{policy.digest}")


def _toml(value: Any) -> str:
    """Texts, numbers, truths and lists of texts are written alike in TOML and JSON."""
    return json.dumps(value, ensure_ascii=False)
