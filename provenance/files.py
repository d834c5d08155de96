"""Files on a disk: opened without surprises, watched for change, replaced in one step."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from provenance.errors import InputError, NotFound

__all__ = ["State", "open_regular", "replacement", "state_of", "why"]

State = tuple[int, ...]


def open_regular(path: Path) -> int:
    """A descriptor of a regular file, for reading; the caller closes it.

    Raises:
        NotFound: there is no such file.
        InputError: it may not be read, or is a folder, a pipe or a device.
    """
    try:
        # Without O_NONBLOCK, opening a named pipe waits for a writer that may never come.
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as fault:
        raise NotFound(f"{path}: there is no such file") from fault
    except (OSError, ValueError) as fault:
        raise InputError(f"{path}: cannot be opened ({why(fault)})") from fault
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise InputError(f"{path}: is not a regular file")
    return fd


def state_of(file: int | Path) -> State:
    """What changes with every ordinary write to a file, and with another file in its place.

    A write through memory that another process has mapped already changes none of it.
    """
    now = os.stat(file)  # noqa: PTH116 - also of a descriptor
    return now.st_dev, now.st_ino, now.st_size, now.st_mtime_ns, now.st_ctime_ns


def why(fault: Exception) -> str:
    """What the system says of a fault, without the path."""
    return (fault.strerror or str(fault)) if isinstance(fault, OSError) else str(fault)


@contextmanager
def replacement(
    target: Path, *, like: Path | None = None
) -> Iterator[tuple[BinaryIO, Callable[[], None]]]:
    """A new file in the folder of `target`, gone at the end unless it was put in its place.

    Args:
        target: what it may replace; its permissions are kept.
        like: whose permissions to take when there is no target yet; the usual ones when None.

    Yields:
        The new file, and a function that puts it in place in one step.

    Raises:
        InputError: it cannot be written.
    """
    try:
        fd, name = tempfile.mkstemp(prefix=".assay-", suffix=".new", dir=target.parent)
    except OSError as fault:
        raise InputError(f"{target}: cannot be written ({why(fault)})") from fault
    new = Path(name)

    def put_in_place() -> None:
        model = target if target.exists() else like
        if model is not None:
            _permit(fd, model)
        os.fsync(fd)
        new.replace(target)
        folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)  # the name, too, must outlast a power cut
        finally:
            os.close(folder)

    try:
        with os.fdopen(fd, "w+b") as file:
            yield file, put_in_place
    except OSError as fault:
        raise InputError(f"{target}: cannot be written ({why(fault)})") from fault
    finally:
        new.unlink(missing_ok=True)


def _permit(fd: int, like: Path) -> None:
    """Give a file the permissions and, where that is allowed, the owner of another."""
    wanted, now = like.stat(), os.fstat(fd)
    if (wanted.st_uid, wanted.st_gid) != (now.st_uid, now.st_gid):
        with suppress(PermissionError):
            os.fchown(fd, wanted.st_uid, wanted.st_gid)
    os.fchmod(fd, wanted.st_mode & 0o777)
