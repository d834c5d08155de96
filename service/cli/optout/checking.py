"""`assay optout check`: what the owner of a file or a page declares, channel by channel."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from service.cli import home
from service.cli.checking import exit_status, with_progress
from service.cli.inputs import Argument, is_single, look_up
from service.cli.interrupt import Interrupts
from service.cli.notices import complain
from service.cli.optout.options import PurposeName, TextLanguage
from service.optout.asking import agent_token, purpose_of
from service.optout.checking import Declared, declared
from service.policy import DEFAULT, load_policy
from service.render.declared import declared_lines
from service.render.wording import Words
from service.screening import Failed, Input, Screener

__all__ = ["EXAMPLES", "Format", "check", "write_lines"]

EXAMPLES = """\b
Examples:
assay optout check photo.jpg
assay optout check https://example.org/article --agent GPTBot
assay optout check downloads/ --format ndjson --use tdm
"""


class Format(StrEnum):
    """How answers are written."""

    TEXT = "text"
    JSON = "json"
    NDJSON = "ndjson"


def check(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH|URL...",
            help="Files, folders, quoted patterns, - for standard input, or URLs. A URL is fetched "
            "with its host's robots.txt, tdmrep.json, ai.txt and licences, and nothing else.",
        ),
    ],
    use: PurposeName = None,
    agent: Annotated[
        str | None,
        typer.Option(
            metavar="A",
            help="Answer for this crawler: its token (GPTBot) or user-agent string. Without it, "
            "what is said to any crawler for AI counts.",
        ),
    ] = None,
    output: Annotated[
        Format, typer.Option("--format", help="How to write the answers to standard output.")
    ] = Format.TEXT,
    policy: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Policy (TOML); its purpose counts.")
    ] = None,
    trust: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Certificates (PEM) of signers whose permissions you accept. May be repeated.",
        ),
    ] = None,
    lang: TextLanguage = None,
) -> None:
    """Say what has been reserved, by which declaration, and where nobody looked.

    Reads robots.txt, AIPREF, Content Signals, TDMRep, RSL, ai.txt, X-Robots-Tag and meta tags,
    C2PA and CAWG assertions, IPTC/PLUS Data Mining, and sentences. Silence is not a permission.

    Exit status: 3 when something could not be looked at, 2 for wrong usage, else 0.
    """
    chosen = load_policy(policy) if policy else DEFAULT
    chosen = chosen.only(["rights"])
    chosen = chosen.model_copy(update={"purpose": purpose_of(use, agent, chosen.purpose)})
    arguments = look_up(inputs)
    store = home.trust_store(trust or [], [])
    words = Words(str(lang or home.language()))
    workers = min(os.cpu_count() or 1, max(1, len(arguments)))
    statuses = {0}
    with Screener(policy=chosen, trust=store, workers=workers) as screener, Interrupts() as held:
        answers = _answers(screener, arguments, agent_token(agent), statuses)
        answers = with_progress(answers, len(arguments))
        write_lines(_written(answers, output, words, single=is_single(inputs)), held)
    raise typer.Exit(max(statuses))


def write_lines(lines: Iterable[str], interrupts: Interrupts) -> None:
    """Print each line whole, whatever interrupts."""
    for line in lines:
        with interrupts.held():
            typer.echo(line)


def _answers(
    screener: Screener, arguments: list[Argument], agent: str | None, statuses: set[int]
) -> Iterator[Declared]:
    opened: list[Input | Failed] = []

    def inputs() -> Iterator[Input | Failed]:
        for argument in arguments:
            opened.append(argument.open(agent=agent))
            yield opened[-1]

    for result in screener.screen_many(inputs()):
        one = opened.pop(0)
        if isinstance(result, Failed):
            statuses.add(3)
            complain(result.error)
            continue
        statuses.add(3 if exit_status(result, screener.policy) == 3 else 0)
        yield declared(result, one.around if isinstance(one, Input) else None)


def _written(
    answers: Iterable[Declared], output: Format, words: Words, *, single: bool
) -> Iterator[str]:
    if output is Format.NDJSON:
        yield from (one.to_json() for one in answers)
    elif output is Format.JSON and single:
        yield from (one.to_json(indent=2) for one in answers)
    elif output is Format.JSON:
        separator = "["
        for one in answers:
            yield separator + one.to_json(indent=2)
            separator = ","
        yield "[]" if separator == "[" else "]"
    else:
        for one in answers:
            yield from declared_lines(one, words)
