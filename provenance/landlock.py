"""Confines a process to reading what a program is made of: Landlock, of the Linux kernel.

After `confine` this process, and every one it starts, can open files only below the given folders
and only to read them; it makes and removes none, changes the content of none, opens no TCP
connection, reaches no abstract Unix socket and signals no process outside. Modes, owners, times and
sockets in the file system are not Landlock's: see `provenance.seccomp`. Descriptors that are open
stay so. There is no way back, and no privilege is needed.

Source: the kernel's `userspace-api/landlock`; what a kernel does not know yet is left out. The
system calls have the same numbers on every architecture. Standard library only, because a worker
loads this before anything else.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

__all__ = ["abi", "confine"]

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
GIVE_VERSION = 1
PATH_BENEATH = 1

EXECUTE, READ_FILE, READ_DIR = 1 << 0, 1 << 2, 1 << 3
RIGHTS = ((1, 1 << 13), (2, 1 << 14), (3, 1 << 15), (5, 1 << 16))
"""By the version that brought the last of them: all rights to files that exist below a bit."""

BIND_AND_CONNECT = 0b11
OF_NETWORK, OF_SCOPE = 4, 6
SOCKETS_AND_SIGNALS = 0b11


def abi() -> int:
    """The version of Landlock this kernel offers, 0 when there is none."""
    if not sys.platform.startswith("linux"):
        return 0
    return max(0, int(_libc().syscall(CREATE_RULESET, None, 0, GIVE_VERSION)))


def confine(readable: Iterable[str | Path]) -> bool:
    """Give up all files but those below `readable`; for this thread and what it starts.

    Args:
        readable: folders or files; those that are not there are passed over.

    Returns:
        Whether the kernel did it. Where it cannot, nothing has changed.
    """
    version = abi()
    if not version:
        return False
    handled = _handled(version)
    attributes = struct.pack("=Q", handled)
    if version >= OF_NETWORK:
        attributes += struct.pack("=Q", BIND_AND_CONNECT)
    if version >= OF_SCOPE:
        attributes += struct.pack("=Q", SOCKETS_AND_SIGNALS)
    libc = _libc()
    ruleset = libc.syscall(CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    try:
        for path in readable:
            with suppress(OSError):
                _allow_reading(libc, ruleset, Path(path), handled)
        return not libc.syscall(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _handled(version: int) -> int:
    """Every right to files that this version knows."""
    beyond = max(bit for since, bit in RIGHTS if version >= since)
    return beyond - 1


def _allow_reading(libc: ctypes.CDLL, ruleset: int, path: Path, handled: int) -> None:
    rights = EXECUTE | READ_FILE | (READ_DIR if path.is_dir() else 0)
    fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = struct.pack("=Qi", rights & handled, fd)
        libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, rule, 0)
    finally:
        os.close(fd)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
