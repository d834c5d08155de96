"""`assay optout audit`: a corpus or a crawler's log, judged by what was in force at the time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from provenance.errors import ConfigError
from provenance.rights.finding import Verdict
from service.cli import home
from service.cli.checking import Language
from service.cli.notices import notice
from service.cli.optout.options import PURPOSE_HELP, HistoryPaths
from service.optout.asking import purpose_of, use_of
from service.optout.histories import open_history
from service.optout.origin import span_of
from service.policy import DEFAULT, Finding, load_policy

__all__ = ["EXAMPLES", "audit"]

EXAMPLES = """\b
Examples:
assay optout audit urls.txt --history snapshots/ --agent GPTBot --at 2024-03-01 --out audit/
assay optout audit corpus.parquet --history robots.warc.gz --history more/ --agent CCBot --out a/
assay optout audit crawl.warc.gz --history crawl.warc.gz --use train-genai --out audit/
assay optout audit access.log --host www.example.org --history snapshots/ --out audit/
"""


class InputKind(StrEnum):
    """What an input is, where that is not to be found out."""

    URLS = "urls"
    CSV = "csv"
    PARQUET = "parquet"
    WARC = "warc"
    WET = "wet"
    LOG = "log"


def audit(  # noqa: PLR0913, PLR0917 - the options of a command
    source: Annotated[
        Path,
        typer.Argument(
            metavar="INPUT",
            help="A list of URLs, CSV or Parquet with a column url (and date, agent), a WARC or "
            "WET, a crawler's access log (combined format or JSON lines), or a folder of files "
            "with sidecars NAME.json and NAME.xmp.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR",
            help="Folder for findings.ndjson, findings.csv, findings.parquet, coverage.json and "
            "index.html.",
        ),
    ],
    history: HistoryPaths = None,
    agent: Annotated[
        str | None,
        typer.Option(
            metavar="A",
            help="Who made the copies: a token (GPTBot) or user-agent string. A row's own agent "
            "wins.",
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="When they were made: 2024-03-01, or with a time. A row's own date wins; a row "
            "without any is undetermined.",
        ),
    ] = None,
    use: Annotated[
        str | None,
        typer.Option(
            "--use",
            "--purpose",
            metavar="PURPOSE",
            help=PURPOSE_HELP,
        ),
    ] = None,
    actor: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who used the works, as you call them.")
    ] = None,
    research_claim: Annotated[
        str | None,
        typer.Option(
            "--research-claim",
            "--research",
            metavar="TEXT",
            help="Why the exception for research is claimed (article 3). Reported as claimed, "
            "never checked.",
        ),
    ] = None,
    licence_claims: Annotated[
        Path | None,
        typer.Option(
            "--licence-claims",
            "--licences",
            metavar="FILE",
            help="CSV of licences claimed: pattern (URL, beginning with *, or host), reference, "
            "purpose, from, to. Reported as claimed, never checked.",
        ),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(metavar="HOST", help="The host of a log whose lines do not name one."),
    ] = None,
    kind: Annotated[
        InputKind | None, typer.Option(help="What INPUT is [default: found out].")
    ] = None,
    sample: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Judge about N rows, chosen by chance.")
    ] = None,
    seed: Annotated[
        str | None,
        typer.Option(
            metavar="TEXT",
            help="Which rows a sample takes [default: always the same of one INPUT].",
        ),
    ] = None,
    resume: Annotated[  # noqa: FBT002 - a flag of the command line
        bool,
        typer.Option(
            "--resume",
            help="Go on with the audit in --out, after an interrupt or a crash. A finished one is "
            "not made again.",
        ),
    ] = False,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Policy (TOML): purpose and alert_on.")
    ] = None,
    lang: Annotated[Language | None, typer.Option(help="Language of index.html.")] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Reading processes [default: one per processor]."),
    ] = None,
) -> None:
    """Judge every copy in a corpus or a log by what its host had declared when it was made.

    Nothing is fetched: what was in force is known from --history alone. Between two observations
    that differ, before the first one, without a date or without history the answer is
    undetermined, never compliant. coverage.json and index.html say what was looked at.

    Ctrl-C leaves what is done; the same command with --resume goes on from there.

    Exit status: 1 when there is a violation, 3 when rows or documents of the history could not be
    read, 2 for wrong usage, else 0.
    """
    from service.optout.audit.auditing import run_audit
    from service.optout.audit.inputs import open_input
    from service.optout.audit.judging import Asked
    from service.optout.audit.licences import read_licences
    from service.optout.audit.pack import HistoryPack
    from service.optout.audit.rows import clean
    from service.optout.audit.running import Options

    chosen = load_policy(policy) if policy else DEFAULT
    agent, actor, research_claim = clean(agent), clean(actor), clean(research_claim)
    if seed is not None and sample is None:
        raise ConfigError("--seed is of --sample, which is not given")
    asked = use_of(purpose_of(use, agent, chosen.purpose), agent=agent, at=at, actor=actor)
    options = Options(
        Asked(
            asked.purpose,
            asked.agent,
            span_of(asked),
            actor,
            research_claim,
            by_agent=None if use else chosen.purpose,
        ),
        at,
        read_licences(licence_claims) if licence_claims else (),
        sample,
        clean(seed),
    )
    if out.resolve() == source.resolve():
        raise ConfigError("--out is the input itself", hint="Give another folder.")
    given = open_input(source, host=host, kind=kind.value if kind else None)
    with closing(given):
        pack = HistoryPack([(path, open_history(path)) for path in history or []])
        with closing(pack):
            try:
                summary = run_audit(
                    given,
                    pack,
                    options,
                    out,
                    resume=resume,
                    workers=workers or os.cpu_count() or 1,
                    lang=str(lang or home.language()),
                    shown=_with_bar,
                )
            except KeyboardInterrupt:
                notice("stopped; what is done is kept. The same command with --resume goes on")
                raise
    notice(f"written: {out / 'index.html'} and the findings beside it (rows: {summary.rows})")
    alerts = Finding.OPTOUT_VIOLATION in chosen.alert_on
    violated = bool(summary.verdicts.get(Verdict.VIOLATION))
    unreadable = bool(summary.unreadable) or any(one.unreadable for one in summary.history)
    raise typer.Exit(1 if alerts and violated else 3 if unreadable else 0)


def _with_bar(shares: Iterator[float]) -> None:
    """Run to the end, with a bar on standard error when a person is watching."""
    if not sys.stderr.isatty():
        for _ in shares:
            pass
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=1.0)
        for share in shares:
            progress.update(task, completed=share)
