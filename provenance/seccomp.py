"""Refuses the system calls that Landlock leaves alone: sockets, and changes to what a file is like.

Landlock (`provenance.landlock`) decides which files may be opened. It does not keep a process from
changing the mode, owner, times or attributes of a file it knows by name, nor from speaking to a
service through a Unix socket. A filter of system calls does (seccomp, of the Linux kernel): after
`refuse` these answer "operation not permitted", for this thread and all it starts. What is open
stays open.

The numbers are those of the kernel's system-call tables; a machine without a table here gets no
filter. Standard library only, because a worker loads this before anything else.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
import sys

__all__ = ["KNOWN", "refuse"]

PR_SET_SECCOMP, MODE_FILTER = 22, 2
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ARCHITECTURE, NUMBER = 4, 0
"""Where they stand in what a filter is shown."""
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
OTHER_NUMBERING = 0x40000000
"""System calls of the x32 interface, which would pass by other numbers."""

ON_ALL = (425, 452)  # io_uring_setup, which can do any of these unseen; fchmodat2
KNOWN: dict[str, tuple[int, tuple[int, ...]]] = {
    "x86_64": (
        0xC000003E,
        (
            *(41, 42, 101),  # socket, connect, ptrace
            *(90, 91, 268, 92, 93, 94, 260),  # chmod, chown and theirs
            *(132, 235, 261, 280),  # utime and its successors
            *(188, 189, 190, 197, 198, 199),  # setxattr, removexattr and theirs
        ),
    ),
    "aarch64": (
        0xC00000B7,
        (
            *(198, 203, 117),
            *(52, 53, 54, 55),
            88,
            *(5, 6, 7, 14, 15, 16),
        ),
    ),
}
"""By machine: what a filter is shown as its architecture, and the numbers that are refused."""


def refuse() -> bool:
    """Give these calls up. Needs `PR_SET_NO_NEW_PRIVS`, or privilege.

    Returns:
        Whether the kernel did it. Where it cannot, nothing has changed.
    """
    if not sys.platform.startswith("linux") or platform.machine() not in KNOWN:
        return False
    architecture, numbers = KNOWN[platform.machine()]
    program = _program(architecture, (*numbers, *ON_ALL))
    code = ctypes.create_string_buffer(program)
    given = struct.pack("=HxxxxxxQ", len(program) // 8, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    return not libc.prctl(PR_SET_SECCOMP, MODE_FILTER, given, 0, 0)


def _program(architecture: int, numbers: tuple[int, ...]) -> bytes:
    """The filter, in the kernel's own small language: eight bytes an instruction."""
    checks = [(EQUAL, number) for number in numbers]
    checks.insert(0, (AT_LEAST, OTHER_NUMBERING))
    lines = [
        _line(LOAD, ARCHITECTURE),
        _line(EQUAL, architecture, otherwise=len(checks) + 2),
        _line(LOAD, NUMBER),
    ]
    for left, (test, value) in zip(range(len(checks), 0, -1), checks, strict=True):
        lines.append(_line(test, value, then=left))
    return b"".join([*lines, _line(RETURN, ALLOW), _line(RETURN, REFUSE)])


def _line(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    """One instruction; the jumps are over so many lines that follow."""
    return struct.pack("=HBBI", code, then, otherwise, value)
