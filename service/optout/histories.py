"""The histories a command is given: any number of paths, asked as one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from provenance.errors import ConfigError, NotFound
from provenance.rights.history import History, Observation
from provenance.rights.snapshots import SnapshotFolder

__all__ = ["Histories", "open_history"]

HINT = (
    "Give a folder of HOST_YYYYMMDD.txt or HOST/TIMESTAMP.txt, a WARC, or a CDX beside the WARC "
    "files it points to."
)


class Histories:
    """Several histories as one; see `provenance.rights.history.History`."""

    def __init__(self, histories: Sequence[History]) -> None:
        self._histories = tuple(histories)

    def hosts(self) -> Iterable[str]:
        """The hosts any of them knows, by name."""
        return sorted({host for one in self._histories for host in one.hosts()})

    def observations(self, host: str) -> Sequence[Observation]:
        """What all of them observed of a host."""
        return [found for one in self._histories for found in one.observations(host)]


def open_history(path: Path) -> History:
    """The history behind one path.

    Raises:
        NotFound: there is nothing.
        ConfigError: it is nothing that holds a history.
    """
    if path.is_dir():
        folder = SnapshotFolder(path)
        if not list(folder.hosts()):
            raise ConfigError(
                f"--history {path}: no snapshot in it has a host and a time", hint=HINT
            )
        return folder
    if not path.exists():
        raise NotFound(f"--history {path}: there is no such folder or file", hint=HINT)
    from provenance.rights.archive import open_archive_history

    return open_archive_history(path)
