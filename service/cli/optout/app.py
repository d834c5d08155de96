"""The commands of `assay optout` and their help. Each stands in a module of its own beside this."""

from __future__ import annotations

import typer

from service.cli.optout import documenting
from service.cli.optout.auditing import EXAMPLES as AUDIT_EXAMPLES
from service.cli.optout.auditing import audit
from service.cli.optout.checking import EXAMPLES, check
from service.cli.optout.kit import EXAMPLES as KIT_EXAMPLES
from service.cli.optout.kit import kit
from service.cli.optout.origin import EXAMPLES as ORIGIN_EXAMPLES
from service.cli.optout.origin import origin

__all__ = ["app"]

HELP = """What owners have reserved from AI training, and whether a use kept it.

check looks at files and URLs as they are now; origin judges one site, agent and date; audit judges
a whole corpus or a crawler's log by what was in force when the copies were made. kit writes the
files a publisher needs to reserve, document the papers an audit is asked for.
"""

app = typer.Typer(
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("check", epilog=EXAMPLES)(check)
app.command("audit", epilog=AUDIT_EXAMPLES)(audit)
app.command("document", epilog=documenting.EXAMPLES)(documenting.document)
app.command("kit", epilog=KIT_EXAMPLES)(kit)
app.command("origin", epilog=ORIGIN_EXAMPLES)(origin)
