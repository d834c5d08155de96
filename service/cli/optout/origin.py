"""`assay optout origin`: what one site had reserved for one agent on one date."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from provenance.errors import ConfigError
from provenance.rights.finding import Because, Verdict
from provenance.rights.history import History
from provenance.rights.standing import table
from service.cli import home
from service.cli.optout.checking import Format
from service.cli.optout.options import HistoryPaths, PurposeName, TextLanguage
from service.optout.asking import purpose_of, use_of
from service.optout.histories import Histories, open_history
from service.optout.origin import judge_origin, observed_now
from service.policy import DEFAULT
from service.render.declared import finding_lines
from service.render.wording import Words

__all__ = ["EXAMPLES", "origin"]

EXAMPLES = """\b
Examples:
assay optout origin https://www.example.org/a --agent GPTBot --at 2024-03-01 --history snapshots/
assay optout origin https://www.example.org/a --agent GPTBot --online
"""


def origin(
    url: Annotated[str, typer.Argument(metavar="URL", help="Absolute http or https URL.")],
    agent: Annotated[
        str | None,
        typer.Option(metavar="A", help="A crawler's token (GPTBot) or whole user-agent string."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="When the copy was made: 2024-03-01, or with a time."),
    ] = None,
    history: HistoryPaths = None,
    online: Annotated[  # noqa: FBT002 - a flag of the command line
        bool, typer.Option("--online", help="Ask the host itself, as it is now.")
    ] = False,
    use: PurposeName = None,
    output: Annotated[
        Format, typer.Option("--format", help="How to write the finding to standard output.")
    ] = Format.TEXT,
    lang: TextLanguage = None,
) -> None:
    """Say whether a use of a page was reserved when the copy was made, and how that is known.

    Without --at the use is not dated, which nothing can be held against; with --online it is now.

    Exit status: 1 when it was a violation, 3 when the host did not answer, 2 for wrong usage, else
    0.
    """
    if online == bool(history):
        raise ConfigError(
            "give --history PATH or --online, one of the two",
            hint="A past use is judged by what was observed then; --online knows only today.",
        )
    now = None
    observed: History = Histories([open_history(path) for path in history or []])
    if online:
        from service.optout.gathering import host_files

        observed = observed_now(host_files(url))
        now = dt.datetime.now(dt.UTC)  # after what was asked: that is what is known of now
    asked = use_of(purpose_of(use, agent, DEFAULT.purpose), agent=agent, at=at, now=now)
    finding = judge_origin(url, asked, observed, table())
    if output is Format.TEXT:
        for line in finding_lines(finding, Words(str(lang or home.language()))):
            typer.echo(line)
    else:
        typer.echo(finding.to_json(indent=2 if output is Format.JSON else None))
    failed = finding.undetermined_because is Because.FETCH
    raise typer.Exit(1 if finding.verdict is Verdict.VIOLATION else 3 if failed else 0)
