"""`assay sign`: write a signed statement of how a work was made into the work itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from provenance.attest.keys import exposed
from provenance.c2pa.claim import (
    NO_TRAINING,
    Claim,
    Intent,
    MiningPurpose,
    MiningUse,
    Permission,
    source_type,
)
from provenance.digital_source_type import CLASSES, DstClass
from provenance.errors import AssayError, ConfigError, EngineError, NotFound
from service.cli import home
from service.cli.inputs import Argument, look_up
from service.cli.notices import complain, notice
from service.render.visibility import visible

__all__ = ["EXAMPLES", "sign"]

EXAMPLES = """\b
Examples:
assay sign song.wav --source digitalCreation --complete --key key.pem --cert chain.pem
assay sign photo.jpg --source digitalCapture --key key.pem --cert chain.pem --out signed.jpg
assay sign signed.jpg --source humanEdits --key key.pem --cert chain.pem
assay sign story.md --source digitalCreation --no-training --key key.pem --cert chain.pem
assay sign film.mp4 --source trainedAlgorithmicMedia --no-training --key key.pem --cert chain.pem
"""


def sign(  # noqa: PLR0913, PLR0917 - a parameter for each option
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...", help="Files, or quoted patterns.")
    ],
    source: Annotated[
        str,
        typer.Option(
            metavar="TYPE",
            help="How the work was made: digitalCreation, digitalCapture, trainedAlgorithmicMedia, "
            "...; for an edit, how the edit was: humanEdits, compositeWithTrainedAlgorithmicMedia, "
            "... A wrong name lists them all.",
        ),
    ],
    key: Annotated[
        Path,
        typer.Option(
            metavar="PEM",
            help="Your private key: P-256, P-384, P-521, RSA or Ed25519, no password.",
        ),
    ],
    cert: Annotated[
        Path,
        typer.Option(
            metavar="PEM", help="Your certificate, then those that issued it; see docs/signing.md."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write here [default: in place].")
    ] = None,
    intent: Annotated[
        Intent | None,
        typer.Option(
            help="create: nothing was there before; edit: the file was, and its credentials are "
            "kept; derived: others were, see --parent and --component [default: derived with "
            "these, edit for humanEdits, else create]."
        ),
    ] = None,
    parent: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What it was made from; named in the manifest."),
    ] = None,
    component: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="What was placed into it; named too. May be repeated."),
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="Title of the work [default: none; names are not written].")
    ] = None,
    complete: Annotated[  # noqa: FBT002
        bool,
        typer.Option(
            "--complete",
            help="You vouch that nothing else was done to the work than the manifest and those of "
            "its parents say. Only then does a reader count it as attested human. Do not say so "
            "of a work whose whole history you do not know.",
        ),
    ] = False,
    no_training: Annotated[  # noqa: FBT002
        bool,
        typer.Option(
            "--no-training", help="Reserve mining, inference and both kinds of AI training."
        ),
    ] = False,
    reserve: Annotated[
        list[MiningPurpose] | None,
        typer.Option(help="Reserve this use only. May be repeated."),
    ] = None,
    allow: Annotated[
        list[MiningPurpose] | None, typer.Option(help="Allow this use. May be repeated.")
    ] = None,
    constrain: Annotated[
        list[str] | None,
        typer.Option(
            metavar="USE=TERMS",
            help="Allow this use under terms: a text or an address. May be repeated.",
        ),
    ] = None,
    tsa: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help="Ask this time-stamping authority when it was signed [default: none, and no "
            "connection is made]. Without a time stamp, the signature ends with its certificate.",
        ),
    ] = None,
    replace_broken: Annotated[  # noqa: FBT002
        bool,
        typer.Option(
            "--replace-broken", help="Throw away a manifest that is broken; nothing of it is kept."
        ),
    ] = False,
) -> None:
    """Sign works: a manifest (C2PA) that says how each was made, verified before it is kept.

    A file is read first, and not signed when the claim would deny what it says of itself; what was
    written is read back, and takes the place of the file only when all is as asked. Recordings,
    pictures, films, PDF, EPUB and texts can be signed; docs/signing.md lists them.

    Exit status: 0 all signed and verified, 1 some file was not signed and is as it was, 2 wrong
    usage and nothing was done.
    """
    name = source_type(source)
    claim = Claim(
        name,
        intent=intent or _intent(name, derived=bool(parent or component)),
        title=title,
        parent=parent,
        components=tuple(component or ()),
        complete=complete,
        training=_training(reserve or (), allow or (), constrain or (), no_training=no_training),
    )
    files = list(_files(paths))
    for material in (parent, *(component or ())):
        if material is not None and not material.is_file():
            raise NotFound(f"{material}: there is no such file")
    if out is not None and len(files) > 1:
        raise ConfigError(f"--out {out} is one file, and {len(files)} are to be signed")

    from provenance.c2pa.signing import FileSigner
    from provenance.c2pa.signing_key import pem_signer

    if exposed(key):
        notice(f"warning: {key} can be read by others on this machine; chmod 600 {key}")
    signer = pem_signer(_pem("--key", key), _pem("--cert", cert))
    refused = False
    with FileSigner(signer, trust=home.trust_store(), tsa=tsa) as signing:
        for path in files:
            try:
                done = signing.sign(path, claim, out=out, replace_broken=replace_broken)
            except EngineError:
                raise
            except AssayError as error:
                refused = True
                complain(error)
                continue
            typer.echo(
                visible(_told(done.path, claim, done.signer, compared=done.content_compared))
            )
    raise typer.Exit(1 if refused else 0)


def _told(path: Path, claim: Claim, signer: str, *, compared: bool) -> str:
    content = "content unchanged" if compared else "content not compared in this format"
    return f'{path}: signed as {claim.source_type} by "{signer}"; read back: intact, {content}'


def _intent(name: str, *, derived: bool) -> Intent:
    if derived:
        return Intent.DERIVED
    return Intent.EDIT if CLASSES[name] is DstClass.HUMAN_EDITS else Intent.CREATE


def _training(
    reserve: Iterable[MiningPurpose],
    allow: Iterable[MiningPurpose],
    constrain: Iterable[str],
    *,
    no_training: bool,
) -> dict[MiningPurpose, MiningUse]:
    """What is said of each use; --no-training is for those nothing else is said of."""
    said = [(one, MiningUse(Permission.NOT_ALLOWED)) for one in reserve]
    said += [(one, MiningUse(Permission.ALLOWED)) for one in allow]
    said += [_constrained(one) for one in constrain]
    uses: dict[MiningPurpose, MiningUse] = {}
    for purpose, use in said:
        if uses.setdefault(purpose, use) != use:
            raise ConfigError(f"{purpose} is both {uses[purpose].permission} and {use.permission}")
    return {**NO_TRAINING, **uses} if no_training else uses


def _constrained(given: str) -> tuple[MiningPurpose, MiningUse]:
    name, _, terms = given.partition("=")
    if name not in set(MiningPurpose) or not terms.strip():
        raise ConfigError(
            f"--constrain {given}: give a use and its terms, such as ai_training=TEXT",
            hint=f"Uses: {', '.join(MiningPurpose)}.",
        )
    return MiningPurpose(name), MiningUse(Permission.CONSTRAINED, terms.strip())


def _files(paths: list[str]) -> Iterator[Path]:
    for argument in paths:
        for found in [argument] if Path(argument).is_dir() else look_up([argument]):
            if not isinstance(found, Argument) or found.path is None:
                raise ConfigError(f"{argument}: only files can be signed, by path or pattern")
            yield found.path


def _pem(option: str, path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise ConfigError(f"{option} {path}: {fault.strerror}") from fault
