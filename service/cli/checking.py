"""`assay check`: examine files and say what they prove, declare and give away."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from provenance.errors import ConfigError
from provenance.evidence import NotRun, NotRunReason
from provenance.rights.finding import Use
from service.cli import home
from service.cli.illustrating import Illustrations
from service.cli.inputs import Argument, is_single, look_up, original, supplied
from service.cli.interrupt import Interrupts
from service.cli.issuing import with_receipts
from service.cli.notices import complain, notice
from service.cli.writers import Writer, writer, written_into
from service.optout.asking import agent_token, purpose_of, use_of
from service.policy import DEFAULT, Check, Policy, load_policy
from service.report import Report, compared
from service.screening import Failed, Input, Screener

__all__ = ["EXAMPLES", "Language", "check", "exit_status", "with_progress"]

Shown = TypeVar("Shown")

EXAMPLES = """\b
Examples:
assay check song.wav
assay check catalogue/ --format ndjson > reports.ndjson
assay check picture.jpg --trust our-ca.pem --lang fr
assay check delivered.jpg --against master.png
assay check track.wav --declared ern.xml --resource A1
curl -s https://example.org/a.png | assay check - --format json
"""
"""Shown below the options; the backspace keeps the parser from running the lines together."""

FAULTS = frozenset(
    {
        NotRunReason.UNREADABLE,
        NotRunReason.LIMIT,
        NotRunReason.TIMEOUT,
        NotRunReason.FETCH_FAILED,
    }
)


class Format(StrEnum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"
    NDJSON = "ndjson"
    HTML = "html"


class Language(StrEnum):
    """Languages of sentences for people; JSON carries codes and the English sentences."""

    EN = "en"
    FR = "fr"


class Only(StrEnum):
    """The checks that can be asked for by name."""

    PROVENANCE = "provenance"
    DETECT = "detect"
    RIGHTS = "rights"
    MATCH = "match"


def check(  # noqa: PLR0913, PLR0917 - a parameter for each option
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH|URL|-...",
            help="Files, folders (with all below them), quoted patterns, http(s) URLs, or - for "
            "the bytes of one file on standard input.",
        ),
    ],
    output: Annotated[
        Format, typer.Option("--format", help="How to write the results to standard output.")
    ] = Format.TEXT,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write the results into this folder, a file each."),
    ] = None,
    policy: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Policy (TOML); 'assay policy show' prints one."),
    ] = None,
    trust: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Certificates (PEM) whose signatures you trust, besides the shipped lists. May "
            "be repeated; 'assay trust add' keeps one.",
        ),
    ] = None,
    trust_identity: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Certificates (PEM), or DIDs of aggregators, that you trust to say who stands "
            "behind a work; they vouch for no signer. May be repeated; 'assay trust add --for "
            "identity' keeps one.",
        ),
    ] = None,
    only: Annotated[
        list[Only] | None, typer.Option(help="Run these checks only. May be repeated.")
    ] = None,
    second_opinion: Annotated[  # noqa: FBT002 - a flag of the command line
        bool,
        typer.Option(
            "--second-opinion",
            help="Ask another, independent engine about each manifest too, and say where the two "
            "differ.",
        ),
    ] = False,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="ORIGINAL",
            help="Say which marks and declarations of this file survived in each input, which you "
            "say was made from it. One file, by its path.",
        ),
    ] = None,
    declared: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What came with the one input, to hold against it: a DDEX (ERN) or ONIX message, "
            "addresses of IPTC digital source types, or labels as JSON, such as "
            '\'{"ai": "none"}\' (none, partly, fully or unknown). That AI was used counts as '
            "declared; that none was counts as nothing, unless the work itself says otherwise, "
            "which is 'undeclared_ai'.",
        ),
    ] = None,
    resource: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help="Which one of that message it is: ISRC, ISBN, or its reference."
        ),
    ] = None,
    use: Annotated[
        str | None,
        typer.Option(
            metavar="PURPOSE",
            help="Judge a use of the works too: train-genai, train-ai, train-nongen, tdm, "
            "ai-input, ai-index or search.",
        ),
    ] = None,
    agent: Annotated[
        str | None,
        typer.Option(
            metavar="A", help="Who uses them: a crawler's token (GPTBot) or user-agent string."
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="When the copy was made [default: now]; with --use."),
    ] = None,
    receipt: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Sign each report into this folder, which keeps a log of them; needs --key.",
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option(metavar="PEM", help="Your private key; 'assay receipt keygen' makes one."),
    ] = None,
    lang: Annotated[
        Language | None, typer.Option(help="Language of text and pages [default: yours, or en].")
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Files examined at once [default: one per processor]."),
    ] = None,
) -> None:
    """Examine files: origin, integrity and rights, each with its evidence.

    Exit status: 1 when something the policy alerts on was found, 3 when a required check could not
    be made, 2 for wrong usage, else 0.
    """
    chosen = _policy(policy, only)
    store = home.trust_store(trust or [], trust_identity or [])
    arguments = look_up(inputs)
    first = None if against is None else original(against)
    language = str(lang or home.language())
    single = is_single(inputs)
    told = supplied(declared, resource, single=single)
    pictures = Illustrations() if output is Format.HTML and (single or out) else None
    written = with_receipts(
        writer(str(output), language, out, single=single, illustrations=pictures), receipt, key
    )
    screener = Screener(
        policy=chosen,
        trust=store,
        workers=_workers(workers, arguments),
        second_opinion=second_opinion,
        use=asked_use(use, agent, at, chosen),
    )
    with screener, pictures or nullcontext(), Interrupts() as interrupts, written:
        opened: Iterator[Input | Failed] = (
            one.open(agent=agent_token(agent), rights=runs_rights(chosen), supplied=told)
            for one in arguments
        )
        if pictures is not None:
            opened = pictures.keep(opened)
        status = _run(screener, arguments, opened, written, interrupts, first)
    if out is not None:
        notice(written_into(out, str(output), len(arguments)))
    raise typer.Exit(status)


def asked_use(use: str | None, agent: str | None, at: str | None, policy: Policy) -> Use | None:
    """The use to judge; without a purpose there is none, and nothing else about one is taken."""
    if use is None:
        if at is not None:
            raise ConfigError(
                "--at needs --use", hint="Say what the copy was for: --use train-genai."
            )
        return None
    purpose = purpose_of(use, agent, policy.purpose)
    return use_of(purpose, agent=agent, at=at, now=dt.datetime.now(dt.UTC).replace(microsecond=0))


def runs_rights(policy: Policy) -> bool:
    """Whether the policy runs the check of rights."""
    return "rights" in policy.run


def exit_status(report: Report, policy: Policy) -> int:
    """What one report means for the exit status: 1, 3 or 0."""
    if set(report.verdict.findings) & set(policy.alert_on):
        return 1
    return 3 if _is_faulty(report, policy) else 0


def _is_faulty(report: Report, policy: Policy) -> bool:
    """Whether a check that the policy requires ended in a fault."""
    return any(
        isinstance(record, NotRun) and record.reason in FAULTS and record.check in policy.require
        for record in report.evidence
    )


def _run(
    screener: Screener,
    arguments: list[Argument],
    opened: Iterator[Input | Failed],
    written: Writer,
    interrupts: Interrupts,
    first: Input | None,
) -> int:
    statuses = set()
    results = screener.screen_many(opened)
    if first is not None:
        # Only what was found in the inputs counts; but what could not be read cannot be compared.
        before = screener.screen(first.source, name=first.name)
        statuses.add(3 if _is_faulty(before, screener.policy) else 0)
        results = _compared(results, before, screener.policy)
    for result in with_progress(results, len(arguments)):
        with interrupts.held():
            written.write(result)
        if isinstance(result, Failed):
            statuses.add(3)
            complain(result.error)
        else:
            statuses.add(exit_status(result, screener.policy))
    return 1 if 1 in statuses else 3 if 3 in statuses else 0


def _compared(
    results: Iterable[Report | Failed], before: Report, policy: Policy
) -> Iterator[Report | Failed]:
    for one in results:
        yield one if isinstance(one, Failed) else compared(one, before, policy)


def with_progress(results: Iterable[Shown], total: int) -> Iterator[Shown]:
    """`results`, with a bar on standard error when a person is watching and it takes a while."""
    if total < 2 or not sys.stderr.isatty():
        yield from results
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(results, "", total=total, console=Console(stderr=True), transient=True)


def _policy(path: Path | None, only: list[Only] | None) -> Policy:
    policy = load_policy(path) if path else DEFAULT
    if not only:
        return policy
    checks: dict[Only, Check] = {
        Only.PROVENANCE: "provenance",
        Only.DETECT: "detect",
        Only.RIGHTS: "rights",
        Only.MATCH: "match",
    }
    return policy.only(checks[one] for one in only)


def _workers(asked: int | None, arguments: list[Argument]) -> int:
    return min(asked or os.cpu_count() or 1, max(1, len(arguments)))
