"""`assay policy dry-run`: what another policy, or other trust lists, would make of old reports.

Nothing is examined again and no report is changed. Reports are judged as they come and only counts
are kept, so that a catalogue's reports need no more memory than a few.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, assert_never

import typer

from provenance.c2pa.trust import TrustStore
from service.cli import home
from service.cli.changes import SHOWN, Format, Judged, Summary, writer
from service.cli.checking import exit_status
from service.cli.notices import notice
from service.cli.stored import NotExamined, Reading, Stored, Unusable, reports
from service.policy import DEFAULT, Policy, load_policy
from service.rejudging import NeedsFile, Rejudging
from service.report import Report

__all__ = ["EXAMPLES", "dry_run"]

EXAMPLES = """\b
Examples:
assay check catalogue/ --format ndjson > reports.ndjson
assay policy show > stricter.toml          (change what you like in it)
assay policy dry-run stricter.toml reports.ndjson
assay policy dry-run stricter.toml reports/ --trust our-ca.pem --format ndjson
"""


class Language(StrEnum):
    """Languages of the answer."""

    EN = "en"
    FR = "fr"


def dry_run(
    policy: Annotated[
        Path, typer.Argument(metavar="POLICY", help="The policy to try (TOML).", show_default=False)
    ],
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="REPORTS",
            help="Reports as 'assay check' wrote them (json or ndjson): files, folders, quoted "
            "patterns, or - for standard input.",
        ),
    ],
    trust: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Judge the signers again too, by the lists in force now and these certificates "
            "(PEM). May be repeated.",
        ),
    ] = None,
    current_trust: Annotated[  # noqa: FBT002 - a flag of the command line
        bool,
        typer.Option(
            "--current-trust",
            help="Judge the signers again by the lists in force now ('assay trust show').",
        ),
    ] = False,
    was: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="A policy the reports were made with: it tells what raised an alert before. The "
            "default policy is known. May be repeated.",
        ),
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = (
        Format.TEXT
    ),
    every: Annotated[  # noqa: FBT002 - a flag of the command line
        bool, typer.Option("--all", help=f"Show every change, not the first {SHOWN}.")
    ] = False,
    lang: Annotated[
        Language | None, typer.Option(help="Language of the answer [default: yours, or en].")
    ] = None,
) -> None:
    """Say which verdicts another policy would change, from reports alone.

    No file is examined again, and no report is changed. Without --trust and --current-trust the
    signers stay what they were.

    Exit status: 0 when every report could be judged again, 3 when some need their file or could
    not be read, 2 for wrong usage.
    """
    tried = load_policy(policy)
    former = [DEFAULT, tried, *(load_policy(path) for path in was or [])]
    found = reports(inputs)
    trying = DryRun(_rejudging(tried, trust or [], current=current_trust), former)
    with writer(output, tried, str(lang or home.language()), every=every) as written:
        for reading in _with_progress(found):
            if isinstance(reading, Unusable):
                notice(f"{reading.place}: {reading.problem}")
            written.write(trying.judge(reading))
    raise typer.Exit(3 if trying.missing else 0)


def _rejudging(policy: Policy, trust: list[Path], *, current: bool) -> Rejudging:
    if not trust and not current:
        return Rejudging(policy)
    now = datetime.now(UTC)
    known = (TrustStore.shipped(), home.trust_store(), home.trust_store(trust))
    return Rejudging(policy, trust=known[-1], at=now, known=known)


class DryRun:
    """Judges entries one by one.

    Attributes:
        missing: how many could not be judged.
    """

    def __init__(self, rejudging: Rejudging, former: Iterable[Policy]) -> None:
        self.missing = 0
        self._rejudging = rejudging
        self._former = {policy.digest: policy for policy in former}

    def judge(self, reading: Reading) -> Judged:
        """What becomes of an entry."""
        judged = self._judged(reading)
        self.missing += judged.after is None
        return judged

    def _judged(self, reading: Reading) -> Judged:
        match reading:
            case Unusable():
                return Judged(None, error=f"{reading.place}: {reading.problem}")
            case NotExamined():
                return Judged({"name": reading.name}, needs_file=(NeedsFile.NOT_EXAMINED,))
            case Stored():
                report = reading.report
            case _:
                assert_never(reading)
        asset = {"name": report.asset.name, "sha256": report.asset.sha256}
        former = self._former.get(report.verdict.policy.digest)
        before = _summary(report, former)
        found = self._rejudging.rejudge(report)
        if found.report is None:
            return Judged(asset, before, needs_file=found.needs_file)
        return Judged(asset, before, _summary(found.report, self._rejudging.policy))


def _summary(report: Report, policy: Policy | None) -> Summary:
    """What matters of a verdict; the exit status only where the policy is known."""
    verdict = report.verdict
    return {
        "origin": verdict.origin.value,
        "basis": verdict.basis.value,
        "rights": verdict.rights.value,
        "findings": [finding.value for finding in verdict.findings],
        "review": verdict.review,
        "decision": None if verdict.decision is None else verdict.decision.outcome.value,
        "status": None if policy is None else exit_status(report, policy),
    }


def _with_progress(found: Iterator[Reading]) -> Iterator[Reading]:
    """`found`, with a bar on standard error when a person is watching."""
    if not sys.stderr.isatty():
        yield from found
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield from progress.track(found, total=None)
