"""`assay optout kit`: the files a publisher needs to reserve, from one small declaration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provenance.errors import ConfigError, EngineError
from service.cli import home
from service.cli.checking import Language
from service.cli.notices import notice

__all__ = ["EXAMPLES", "kit"]

EXAMPLES = """\b
Examples:
assay optout kit --example > declaration.toml
assay optout kit declaration.toml --out kit/
"""


def kit(
    declaration: Annotated[
        Path | None,
        typer.Argument(metavar="DECLARATION", help="What you declare (TOML); see --example."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Folder to write; must not exist yet.")
    ] = None,
    example: Annotated[  # noqa: FBT002 - a flag of the command line
        bool, typer.Option("--example", help="Print a declaration to start from, and stop.")
    ] = False,
    lang: Annotated[Language | None, typer.Option(help="Language of the instructions.")] = None,
) -> None:
    """Write what reserves your works: robots.txt, tdmrep.json, rsl.xml, headers, page, XMP, C2PA.

    Each protocol is written only where it can say what you declare and no more. Everything is read
    back with the readers of 'assay optout check' before it is written.
    """
    from provenance.rights.publish import kit_files, load_declaration, read_back
    from provenance.rights.publish.declaration import EXAMPLE
    from provenance.rights.publish.kit import left_out, named_agents
    from service.render.wording import Words

    if example:
        typer.echo(EXAMPLE, nl=False)
        return
    if declaration is None or out is None:
        raise ConfigError(
            "a declaration and --out DIR are needed", hint="Start with: assay optout kit --example"
        )
    if out.exists():
        raise ConfigError(f"--out {out}: exists already", hint="Give a folder that does not.")
    declared = load_declaration(declaration)
    files = kit_files(declared)
    understood = read_back(declared, files)
    wrong = [one for one in understood if not one.is_right]
    if wrong:
        places = ", ".join(f"{one.protocol} in {one.path}" for one in wrong)
        raise EngineError(f"the kit is not read back as it was declared: {places}")
    words = Words(str(lang or home.language()))
    for file in files:
        path = out / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    instructions = Path(__file__).with_name(f"kit.{words.lang}.txt")
    (out / "README.txt").write_bytes(instructions.read_bytes())
    for one in understood:
        reserved = ", ".join(words.of("purpose", purpose) for purpose in one.reserved)
        typer.echo(words.labelled(f"{one.path} ({one.protocol})", reserved))
    for protocol, reason in left_out(declared).items():
        notice(f"{protocol} is left out: {reason}")
    also = [one.token for one in named_agents(declared) if not declared.reserves(*one.purposes)]
    if also:
        notice(f"also kept from grounding answers, having one word for both: {', '.join(also)}")
    notice(f"{len(files)} files and README.txt are in {out}")
