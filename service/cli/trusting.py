"""`assay trust`: whose signatures count."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from provenance.c2pa.trust import TrustStore, describe_anchors
from provenance.errors import ConfigError
from service.cli import home

__all__ = ["app"]

app = typer.Typer(
    help="Whose signatures count: the shipped lists, and your own.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("show")
def show() -> None:
    """List the trust lists in force, with date, digest and number of certificates."""
    store = TrustStore.shipped()
    if texts := [path.read_bytes() for path in home.private_anchors()]:
        store = store.with_private(*texts)
    today = datetime.now(UTC).date()
    for one in store.lists():
        dated = f"of {one.date}" if one.date else "yours"
        stale = "  STALE: a newer one was due" if one.is_stale(today) else ""
        typer.echo(
            f"{one.name}  {dated}  {one.count} certificates  sha256:{one.sha256[:16]}{stale}"
        )
    for path in home.private_anchors():
        for line in describe_anchors(path.read_bytes()):
            typer.echo(f"  {path}: {line}")


@app.command("add")
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Certificates (PEM) you trust.")],
) -> None:
    """Trust the signers below these certificates, at level private_trusted, from now on."""
    try:
        text = file.read_bytes()
    except OSError as fault:
        raise ConfigError(f"{file}: {fault.strerror}") from fault
    lines = describe_anchors(text)
    folder = home.trust_folder()
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{hashlib.sha256(text).hexdigest()[:16]}.pem"
    kept.write_bytes(text)
    for line in lines:
        typer.echo(f"trusted: {line}")
    typer.echo(f"kept in {kept}; delete that file to trust them no more")
