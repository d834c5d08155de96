"""`assay receipt`: sign reports, and check what others signed."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from io import BufferedReader
from pathlib import Path
from typing import Annotated

import typer

from provenance.attest import timestamp
from provenance.attest.keyset import KeySet, KeyUse
from provenance.attest.log import Log
from provenance.attest.receipt import Issuer, Receipt
from provenance.attest.store import FileStore
from provenance.attest.verifying import Verifier
from provenance.errors import ConfigError, InputError, NotFound
from provenance.limits import DEFAULT
from service.cli import home
from service.cli.issuing import PATIENCE, read_key
from service.cli.writers import PIPED_WIDTH
from service.receipt_keys import make_keys, write_whole
from service.receipts import PREDICATES, read_report

__all__ = ["app"]

HELP = """Sign reports, and check signed ones: offline, from one file, also years later.

A receipt holds a report, its signature, and if wanted its place in an append-only log and a time
stamp. Whose signatures count is your decision: a receipt never vouches for itself.

Start with:  assay receipt keygen --out keys
"""

SIGN_EXAMPLES = """\b
Examples:
assay check song.wav --format json > report.json
assay receipt sign report.json --key keys/receipt-....pem --out song.receipt.json
"""

VERIFY_EXAMPLES = """\b
Example:
assay receipt verify song.receipt.json --keys keys.json --asset song.wav
"""

STAMP_EXAMPLES = """\b
Examples:
assay receipt stamp song.receipt.json --request song.tsq
curl -s -H 'Content-Type: application/timestamp-query' --data-binary @song.tsq \\
     https://tsa.example.org > song.tsr
assay receipt stamp song.receipt.json --reply song.tsr
"""

app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)


class Format(StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"


class Language(StrEnum):
    """Languages of the answer."""

    EN = "en"
    FR = "fr"


@app.command("sign", epilog=SIGN_EXAMPLES)
def sign(
    report: Annotated[
        Path,
        typer.Argument(
            metavar="REPORT", help="A report (JSON, as 'assay check' writes); - for standard input."
        ),
    ],
    key: Annotated[
        Path, typer.Option(metavar="PEM", help="Your private key; 'assay receipt keygen' makes it.")
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write the receipt.")],
    log: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Enter it in the log in this folder, made if not there."),
    ] = None,
    log_key: Annotated[
        Path | None,
        typer.Option(
            metavar="PEM",
            help="Key of the log [default: --key]. Only a log with a key of its own shows when a "
            "receipt was signed.",
        ),
    ] = None,
) -> None:
    """Sign a report: a receipt that anyone can check with your public key."""
    signer = read_key(key)
    statement = read_report(_bytes(report))
    with ExitStack() as stack:
        kept = None
        if log is not None:
            store = stack.enter_context(FileStore(log, patience=PATIENCE))
            kept = Log(store, read_key(log_key) if log_key else signer)
        elif log_key is not None:
            raise ConfigError("--log-key is the key of a log: give --log DIR too")
        receipt = Issuer(signer, kept).issue(statement)
    write_whole(out, receipt.to_json())
    typer.echo(f"{out}: signed by key {signer.keyid}")


@app.command("verify", epilog=VERIFY_EXAMPLES)
def verify(
    receipt: Annotated[
        Path, typer.Argument(metavar="RECEIPT", help="A receipt; - for standard input.")
    ],
    asset: Annotated[
        Path | None,
        typer.Option(metavar="PATH", help="The work itself: is the receipt about these bytes?"),
    ] = None,
    keys: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Published keys you trust (keys.json of the signer), besides those in the folder "
            "'keys' of your settings. May be repeated.",
        ),
    ] = None,
    tsa: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Certificates (PEM) of time-stamping authorities you trust. May be repeated.",
        ),
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = (
        Format.TEXT
    ),
    lang: Annotated[
        Language | None, typer.Option(help="Language of the answer [default: yours, or en].")
    ] = None,
) -> None:
    """Check a receipt offline: signature, signer, statement, time stamp, log, asset.

    Exit status: 0 valid, 1 not valid, 2 wrong usage. A receipt is valid when a key that YOU trust
    signed it while that key was good, and nothing in it is wrong. Without --keys the signer is
    unknown, and the exit status is 1: anyone can make a receipt that agrees with itself.
    """
    verifier = Verifier(
        keys=_trusted_keys(keys or []),
        roots=tuple(one for path in tsa or [] for one in timestamp.load_roots(_bytes(path))),
        predicates=PREDICATES,
        now=datetime.now(UTC),
    )
    found = verifier.verify(
        _bytes(receipt, DEFAULT.receipt_bytes + 1),
        asset_sha256=None if asset is None else _digest(asset),
    )

    from service.render.receipt import document, render_verification

    if output is Format.JSON:
        typer.echo(json.dumps(document(found), ensure_ascii=False, indent=2))
    else:
        from rich.console import Console

        width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS") or PIPED_WIDTH)
        console = Console(width=width, highlight=False)
        render_verification(found, str(receipt), str(lang or home.language()), console)
    raise typer.Exit(0 if found.valid else 1)


@app.command("stamp", epilog=STAMP_EXAMPLES)
def stamp(
    receipt: Annotated[Path, typer.Argument(metavar="RECEIPT", help="The receipt to add it to.")],
    request: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the request for an authority here.")
    ] = None,
    reply: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Put this reply of it into the receipt.")
    ] = None,
) -> None:
    """Add a time stamp (RFC 3161) in two steps; sending is yours, Assay opens no connection."""
    if (request is None) == (reply is None):
        raise ConfigError("give either --request FILE or --reply FILE")
    try:
        found = Receipt.model_validate_json(_bytes(receipt, DEFAULT.receipt_bytes + 1))
    except ValueError as fault:
        raise InputError(f"{receipt}: not a receipt") from fault
    if request is not None:
        write_whole(request, timestamp.request(found.signature))
        typer.echo(
            f"{request}: send it to a time-stamping authority, and give its answer to --reply"
        )
    elif reply is not None:
        write_whole(receipt, found.stamped(_bytes(reply, DEFAULT.timestamp_bytes + 1)).to_json())
        typer.echo(
            f"{receipt}: now holds the time stamp; check it with: assay receipt verify --tsa"
        )


@app.command("keygen")
def keygen(
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder for the keys, made for you.")],
) -> None:
    """Make a key for receipts, one for a log, and the key set to publish.

    Publish keys.json where people will look for it; keep the .pem files to yourself. Run it again
    to change keys: the old ones retire, and what they signed stays valid where a time stamp or a
    log shows that they signed it before.
    """
    what = {KeyUse.RECEIPT: "signs receipts", KeyUse.LOG: "signs a log's tree heads"}
    for use, path in make_keys(out).items():
        typer.echo(f"{path}: private, {what[use]}; keep it to yourself")
    typer.echo(f"{out / 'keys.json'}: public, give it to whoever checks your receipts")


def _trusted_keys(files: list[Path]) -> KeySet:
    return KeySet().with_more(KeySet.read(path) for path in (*home.key_sets(), *files))


def _bytes(path: Path, limit: int = -1) -> bytes:
    if str(path) == "-":
        return sys.stdin.buffer.read(limit)
    with _open(path) as file:
        return file.read(limit)


def _digest(path: Path) -> str:
    with _open(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _open(path: Path) -> Iterator[BufferedReader]:
    try:
        with path.open("rb") as file:
            yield file
    except OSError as fault:
        raise NotFound(f"{path}: {fault.strerror}") from fault
