"""Receipts that are written while works are checked, and what all receipt commands write with."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Self

from provenance.attest.keys import PrivateKey, exposed
from provenance.attest.log import Log
from provenance.attest.receipt import Issuer
from provenance.attest.store import FileStore
from provenance.errors import ConfigError
from service.cli.notices import notice
from service.cli.writers import Writer, plain_name
from service.receipt_keys import write_whole
from service.receipts import statement_of
from service.report import Report
from service.screening import Failed

__all__ = ["PATIENCE", "read_key", "with_receipts"]

PATIENCE = 10.0
"""Seconds to wait for another command that writes to the same log."""


def with_receipts(written: Writer, folder: Path | None, key: Path | None) -> Writer:
    """`written`, and a receipt for each report beside it when a folder and a key are given.

    Raises:
        ConfigError: only one of them is given.
        KeyFault: the key cannot be used.
    """
    if folder is None and key is None:
        return written
    if folder is None or key is None:
        raise ConfigError("--receipt DIR and --key PEM belong together")
    return _WithReceipts(written, folder, read_key(key))


class _WithReceipts:
    """Signs each report into a folder that keeps its own log, then hands it on.

    A receipt is named by its place in that log, so that no later run replaces it.
    """

    def __init__(self, written: Writer, folder: Path, signer: PrivateKey) -> None:
        self._written = written
        self._folder = folder
        self._signer = signer
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        store = self._stack.enter_context(FileStore(self._folder / "log", patience=PATIENCE))
        self._log = Log(store, self._signer)
        self._stack.enter_context(self._written)
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def write(self, result: Report | Failed) -> None:
        """Signs and takes one result; what could not be opened has no report and no receipt."""
        if isinstance(result, Report):
            index = len(self._log)
            receipt = Issuer(self._signer, self._log).issue(statement_of(result))
            name = f"{index:08d}-{plain_name(result.asset.name)}.receipt.json"
            write_whole(self._folder / name, receipt.to_json())
        self._written.write(result)


def read_key(path: Path) -> PrivateKey:
    """The private key in a file; a warning on standard error when others can read it."""
    key = PrivateKey.read(path)
    if exposed(path):
        notice(f"warning: {path} can be read by others on this machine; chmod 600 {path}")
    return key
