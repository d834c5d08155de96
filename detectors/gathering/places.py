"""Where the files of a training set can be had again: repositories, packages, folders.

Nothing is run that a place holds: of a repository blobs are read by git's plumbing, a package is
unpacked as an archive and not installed. What comes out is only believed by its digest.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import zipfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Protocol, Self

from detectors.gathering.items import Item
from provenance.errors import ConfigError

__all__ = ["DebianPlace", "FolderPlace", "GitPlace", "Source"]

COMMIT = re.compile(r"[0-9a-f]{40}")
REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9][A-Za-z0-9._-]*")
PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]+")
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+~:-]*")
LARGEST = 512 * 1024 * 1024
SECONDS = 1800
GIT = ("git", "-c", "protocol.allow=never", "-c", "protocol.https.allow=always")
ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_LFS_SKIP_SMUDGE": "1",
}


class Source(Protocol):
    """A kind of place."""

    def read(self, item: Item) -> bytes | None:
        """The bytes an item names; None when they are not to be had."""
        ...


@dataclass(slots=True)
class GitPlace:
    """Repositories, bare or not, in one folder; cloned into it where `base` is given.

    Attributes:
        folder: holds `owner+name` or `owner/name`, each a repository.
        base: address that `owner/name` is added to for cloning; None keeps off the network.
    """

    folder: Path
    base: str | None = None
    _found: dict[str, Path | None] = field(default_factory=dict)

    def read(self, item: Item) -> bytes | None:
        """The blob at a path of a commit."""
        if REPOSITORY.fullmatch(item.where) is None or COMMIT.fullmatch(item.revision) is None:
            raise ConfigError(f"{item.where} {item.revision}: not owner/name and a whole commit")
        if item.where not in self._found:
            self._found[item.where] = self._repository(item.where)
        repository = self._found[item.where]
        if repository is None:
            return None
        return _output((*self._git(repository), "cat-file", "blob", f"{item.revision}:{item.path}"))

    def _repository(self, name: str) -> Path | None:
        owner, _, short = name.partition("/")
        for place in (f"{owner}+{short}", f"{owner}+{short}.git", f"{owner}/{short}"):
            path = self.folder / place
            for candidate in (path, path / ".git", *sorted(path.glob("*.git"))):
                if (candidate / "objects").is_dir():
                    return candidate
        if self.base is None:
            return None
        path = self.folder / f"{owner}+{short}.git"
        address = f"{self.base.rstrip('/')}/{name}.git"
        clone = (*GIT, "clone", "--quiet", "--bare", "--filter=blob:none", "--", address, str(path))
        if _output(clone) is None:
            shutil.rmtree(path, ignore_errors=True)
            return None
        return path

    def _git(self, repository: Path) -> tuple[str, ...]:
        return (*GIT, "-c", "safe.directory=*", f"--git-dir={repository}")


@dataclass(slots=True)
class DebianPlace:
    """Packages as `apt-get download` brings them, or as they lie in a folder; to be closed.

    Attributes:
        folder: of `.deb` files.
        is_online: whether missing packages are downloaded into it.
    """

    folder: Path
    is_online: bool = False
    _unpacked: dict[str, Path | None] = field(default_factory=dict)
    _held: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Remove what was unpacked."""
        self._held.close()

    def read(self, item: Item) -> bytes | None:
        """One file of a package; after `!` its name in a ZIP archive of the package."""
        if PACKAGE.fullmatch(item.where) is None or VERSION.fullmatch(item.revision) is None:
            raise ConfigError(f"{item.where} {item.revision}: not a package and its version")
        key = f"{item.where}={item.revision}"
        if key not in self._unpacked:
            self._unpacked[key] = self._tar(item.where, item.revision)
        tar = self._unpacked[key]
        if tar is None:
            return None
        outer, _, inner = item.path.partition("!")
        return self._file(tar, outer, inner)

    @staticmethod
    def _file(tar: Path, path: str, inner: str) -> bytes | None:
        with tarfile.open(tar) as archive:
            for name in (f"./{path}", path):
                try:
                    member = archive.getmember(name)
                except KeyError:
                    continue
                found = archive.extractfile(member) if member.isreg() else None
                if found is None:
                    return None
                return _zipped(found, inner) if inner else found.read(LARGEST)
        return None

    def _tar(self, package: str, version: str) -> Path | None:
        deb = self._deb(package, version)
        if deb is None and self.is_online:
            fetch = ("apt-get", "download", "--quiet", f"{package}={version}")
            _output(fetch, cwd=self.folder)
            deb = self._deb(package, version)
        if deb is None:
            return None
        held = self._held.enter_context(tempfile.TemporaryDirectory(prefix="gathering-"))
        tar = Path(held) / "content.tar"
        with tar.open("wb") as file:
            done = subprocess.run(  # noqa: S603 - our own arguments
                ("dpkg-deb", "--fsys-tarfile", str(deb)),  # noqa: S607 - the system's
                stdout=file,
                check=False,
                timeout=SECONDS,
            )
        return tar if done.returncode == 0 else None

    def _deb(self, package: str, version: str) -> Path | None:
        written = version.replace(":", "%3a")
        found = sorted(self.folder.glob(f"{package}_{written}_*.deb"))
        return found[0] if found else None


def _zipped(package: IO[bytes], name: str) -> bytes | None:
    """A file of a ZIP archive, which may be larger than memory; None when it has none so named."""
    try:
        with zipfile.ZipFile(package) as archive, archive.open(name) as file:
            return file.read(LARGEST)
    except (KeyError, zipfile.BadZipFile, RuntimeError):  # the last: encrypted
        return None


@dataclass(frozen=True, slots=True)
class FolderPlace:
    """A user's own files.

    Attributes:
        folder: that paths begin in.
    """

    folder: Path

    def read(self, item: Item) -> bytes | None:
        """The file, if it is one and lies inside."""
        path = (self.folder / item.path).resolve()
        if not path.is_relative_to(self.folder.resolve()) or not path.is_file():
            return None
        return path.read_bytes()


def _output(command: tuple[str, ...], cwd: Path | None = None) -> bytes | None:
    """What a program writes; None when it fails, and where it is not installed."""
    try:
        done = subprocess.run(  # noqa: S603 - arguments are checked by the callers
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=cwd,
            env={**os.environ, **ENVIRONMENT},
            check=False,
            timeout=SECONDS,
        )
    except FileNotFoundError as fault:
        raise ConfigError(f"{command[0]} is not installed", hint="Install it.") from fault
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 else None
