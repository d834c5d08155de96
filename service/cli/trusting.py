"""`assay trust`: whose signatures count."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from provenance.c2pa.trust import TrustStore, describe_anchors, describe_identities
from provenance.c2pa.updating import OFFICIAL_URLS
from provenance.errors import ConfigError, FetchError, TrustError
from service.cli import home
from service.render.visibility import visible

__all__ = ["app"]

OK = 200


class Purpose(StrEnum):
    """What certificates are trusted for; trust for the one is none for the other."""

    SIGNING = "signing"
    IDENTITY = "identity"


app = typer.Typer(
    help="Whose signatures count: the shipped lists, and your own.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@app.command("show")
def show() -> None:
    """List the trust lists in force, with date, digest and number of certificates.

    What they would change in old reports: assay policy dry-run POLICY REPORTS --current-trust
    """
    store = home.trust_store()
    today = datetime.now(UTC).date()
    for one in store.lists():
        dated = f"of {one.date}" if one.date else "yours"
        stale = "  STALE: a newer one was due" if one.is_stale(today) else ""
        typer.echo(
            f"{one.name}  {dated}  {one.count} certificates  sha256:{one.sha256[:16]}{stale}"
        )
    for path in home.private_anchors():
        for line in describe_anchors(path.read_bytes()):
            typer.echo(visible(f"  {path}: {line}"))
    for path in home.identity_anchors():
        for line in describe_identities(path.read_bytes()):
            typer.echo(visible(f"  {path}: {line}"))


@app.command("update")
def update(
    official: Annotated[
        str, typer.Option("--official", metavar="URL", help="Where the list of signers is.")
    ] = OFFICIAL_URLS["official"],
    tsa: Annotated[
        str, typer.Option("--tsa", metavar="URL", help="Where the list of time stampers is.")
    ] = OFFICIAL_URLS["tsa"],
) -> None:
    """Fetch the official lists, check them, and use them from now on; else keep the old ones."""
    from provenance.c2pa import updating

    read = updating.update(
        home.lists_folder(),
        TrustStore.shipped().kept(home.lists_folder()),
        _body,
        {"official": official, "tsa": tsa},
    )
    for one in read:
        keys = len(one.certificates)
        typer.echo(f"{one.name}  of {one.issued}  {keys} keys, next update by {one.next_update}")


def _body(url: str) -> bytes:
    from provenance.fetch import fetch

    with fetch(url) as fetched:
        if fetched.status != OK:
            raise FetchError(f"{url}: the server answered {fetched.status}")
        return fetched.read()


@app.command("add")
def add(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="Certificates (PEM) you trust; for identities also DIDs of aggregators, one a "
            "line.",
        ),
    ],
    purpose: Annotated[
        Purpose,
        typer.Option(
            "--for",
            help="What you trust them for: the signing of manifests, or the identity of who "
            "stands behind a work (CAWG). The one gives nothing for the other.",
        ),
    ] = Purpose.SIGNING,
) -> None:
    """Trust what is signed below these certificates from now on.

    For signing, the level is private_trusted. For identity, an identity assertion below them reads
    trusted, and nothing else changes.
    """
    for_identity = purpose is Purpose.IDENTITY
    try:
        text = file.read_bytes()
    except OSError as fault:
        raise ConfigError(f"{file}: {fault.strerror}") from fault
    try:
        lines = describe_identities(text) if for_identity else describe_anchors(text)
    except TrustError as fault:
        raise TrustError(f"{file}: {fault}", hint=fault.hint) from fault
    folder = home.identity_folder() if for_identity else home.trust_folder()
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / f"{hashlib.sha256(text).hexdigest()[:16]}.pem"
    kept.write_bytes(text)
    for line in lines:
        typer.echo(visible(f"trusted: {line}"))
    typer.echo(visible(f"kept in {kept}; delete that file to trust them no more"))
