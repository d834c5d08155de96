"""`assay policy`: what counts, and how much."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cli.dry_run import EXAMPLES, dry_run
from service.policy import DEFAULT, Policy, as_toml, load_policy

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
    typer.echo(as_toml(policy), nl=False)


@app.command("check")
def check(file: File) -> None:
    """Say whether a policy is valid, and its digest."""
    policy: Policy = load_policy(file)
    typer.echo(f"{file}: valid, name {policy.name!r}, digest sha256:{policy.digest}")
