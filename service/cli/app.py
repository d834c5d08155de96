"""The commands and their help."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli import policies, receipts, trusting
from service.cli.checking import EXAMPLES, check
from service.cli.models import app as models
from service.cli.optout import app as optout
from service.cli.serving import SERVE_EXAMPLES, WORKER_EXAMPLES, serve, worker
from service.cli.signing import EXAMPLES as SIGN_EXAMPLES
from service.cli.signing import sign

__all__ = ["app"]

HELP = """Who made this work, is what it says about itself intact, and has its owner reserved it?

Assay reads signed provenance (C2PA) and embedded declarations from recordings, pictures, texts and
videos, and answers three questions about each, always apart: ORIGIN, INTEGRITY, RIGHTS.

Start with:  assay check FILE
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("check", epilog=EXAMPLES)(check)
app.command("sign", epilog=SIGN_EXAMPLES)(sign)
app.command("serve", epilog=SERVE_EXAMPLES)(serve)
app.command("worker", epilog=WORKER_EXAMPLES)(worker)
app.add_typer(optout, name="optout")
app.add_typer(models, name="models")
app.add_typer(receipts.app, name="receipt")
app.add_typer(trusting.app, name="trust")
app.add_typer(policies.app, name="policy")


def _show_version(wanted: bool | None) -> None:  # noqa: FBT001 - the parser passes it so
    if wanted:
        from importlib.metadata import version

        typer.echo(f"assay {version('assay-provenance')}, c2pa-python {version('c2pa-python')}")
        raise typer.Exit


@app.callback()
def root(
    _version: Annotated[
        bool | None,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show versions and stop."
        ),
    ] = None,
) -> None:
    """Options of all commands."""


root.__doc__ = HELP
