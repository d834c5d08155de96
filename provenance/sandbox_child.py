"""The inside of a sandboxed worker: give up rights, load the task, answer jobs until told to stop.

What is given up, before anything untrusted is read: core dumps, writing files, new privileges,
most descriptors, and life beyond the parent's; on Linux also the network (a namespace of its own),
every file but those that programs are made of (Landlock), and the calls that this leaves (seccomp).
What the operating system refuses is skipped; the limits on memory and time are set for each job and
hold everywhere `setrlimit` does. Run by `provenance.sandbox` only.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import resource
import select
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable
from itertools import accumulate
from typing import Any

from provenance import landlock, seccomp

HEADER = struct.Struct(">I")
MOST_FDS = 16
RECEIVE = 1 << 16
YOUNG_OBJECTS = 20_000

PROGRAMS = (
    *("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/localtime", "/dev/null", "/dev/urandom"),
    *("/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/sys/devices/system/cpu"),
)
"""What loading a library, or asking how many processors there are, may read."""

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
PR_SET_DUMPABLE = 4
PR_SET_NO_NEW_PRIVS = 38

Answer = Callable[[dict[str, Any], list[int], list[bytes]], bytes]


def main(channel_fd: int, shared_fd: int) -> None:
    """Serve the parent at the other end of `channel_fd` until it hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    give_up_rights()
    channel = socket.socket(fileno=channel_fd)
    start, _ = _receive(channel)
    if start is None:
        return
    _cap(resource.RLIMIT_AS, start["memory"], hard=True)
    try:
        module, _, name = start["factory"].partition(":")
        answer: Answer = getattr(importlib.import_module(module), name)(**start["arguments"])
    except Exception as fault:
        _send(channel, json.dumps({"error": f"{type(fault).__name__}: {fault}"}).encode())
        return
    threading.Thread(target=_end_with_parent, args=(channel_fd,), daemon=True).start()
    gc.collect()
    gc.freeze()  # what is loaded stays: the collector need not look at it again for each file
    gc.set_threshold(YOUNG_OBJECTS)
    _send(channel, b"{}")
    while True:
        message, fds = _receive(channel)
        if message is None:
            return
        _send(channel, _answer(answer, message, fds, _blobs(shared_fd, message["blobs"])))
        for fd in fds:
            os.close(fd)


def _end_with_parent(channel_fd: int) -> None:
    """Stop at once when the parent is gone, also in the middle of a job.

    Not the parent-death signal of Linux: that is sent when the *thread* that started this process
    ends, and threads come and go in a service.
    """
    hang_up = select.poll()
    hang_up.register(channel_fd, getattr(select, "POLLRDHUP", select.POLLHUP))
    hang_up.poll()
    os._exit(1)


def _blobs(shared_fd: int, sizes: list[int]) -> list[bytes]:
    """The pieces of data the parent laid one after the other into the shared memory."""
    starts = accumulate(sizes, initial=0)
    return [os.pread(shared_fd, size, start) for size, start in zip(sizes, starts, strict=False)]


def _answer(answer: Answer, message: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
    caps = message["caps"]
    used = resource.getrusage(resource.RUSAGE_SELF)
    _cap(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + caps["cpu"] + 1)
    _cap(resource.RLIMIT_AS, caps["memory"])
    try:
        return b"+" + answer(message["job"], fds, blobs)
    except MemoryError:
        return b"M"


def give_up_rights() -> None:
    """Drop what reading a file does not need."""
    _cap(resource.RLIMIT_CORE, 0, hard=True)
    _cap(resource.RLIMIT_FSIZE, 0, hard=True)
    _cap(resource.RLIMIT_NOFILE, 64, hard=True)
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.unshare(CLONE_NEWNET):
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
    landlock.confine([*PROGRAMS, sys.prefix, sys.base_prefix, *filter(None, sys.path)])
    seccomp.refuse()


def _cap(what: int, value: int, *, hard: bool = False) -> None:
    highest = resource.getrlimit(what)[1]
    if highest != resource.RLIM_INFINITY:
        value = min(value, highest)
    resource.setrlimit(what, (value, value if hard else highest))


def _receive(channel: socket.socket) -> tuple[dict[str, Any] | None, list[int]]:
    """The next message and the descriptors that came with it; None when the parent is gone."""
    data, fds, _, _ = socket.recv_fds(channel, RECEIVE, MOST_FDS)
    got = bytearray(data)
    while data and (len(got) < HEADER.size or len(got) < HEADER.size + HEADER.unpack_from(got)[0]):
        data = channel.recv(RECEIVE)
        got += data
    return (json.loads(got[HEADER.size :]) if data else None), fds


def _send(channel: socket.socket, payload: bytes) -> None:
    channel.sendall(HEADER.pack(len(payload)) + payload)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
