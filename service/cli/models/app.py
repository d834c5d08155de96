"""The commands of `assay models` and their help. Each stands in a module of its own beside this."""

from __future__ import annotations

import typer

from service.cli.models.adding import EXAMPLES as ADD_EXAMPLES
from service.cli.models.adding import add
from service.cli.models.evaluate import EXAMPLES as EVALUATE_EXAMPLES
from service.cli.models.evaluate import evaluate
from service.cli.models.listing import list_models
from service.cli.models.training import EXAMPLES as TRAIN_EXAMPLES
from service.cli.models.training import train
from service.cli.models.verifying import verify

__all__ = ["app"]

HELP = """The models behind the detectors: which are installed, and how one is made or added.

train makes a model of your own works, after leaving out what their owners reserved; add installs
one, or any classifier of a hub, which informs and decides nothing until it is calibrated; verify
derives its tables again and checks every digest; evaluate judges one on works of known origin.
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("list")(list_models)
app.command("add", epilog=ADD_EXAMPLES)(add)
app.command("verify")(verify)
app.command("train", epilog=TRAIN_EXAMPLES)(train)
app.command("evaluate", epilog=EVALUATE_EXAMPLES)(evaluate)
