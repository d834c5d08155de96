"""A sandboxed task that does what it is told, however bad. Not a test: workers import it."""

from __future__ import annotations

import ctypes
import os
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any


class Misbehaving:
    """Does one bad thing a job."""

    def __init__(self, *, refuse: str = "") -> None:
        if refuse:
            raise RuntimeError(refuse)

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """Runs the method that `job` names."""
        answer: bytes = getattr(self, job["do"])(job, fds)
        return answer

    def echo(self, job, fds):
        return str(job.get("text", "")).encode()

    def pid(self, job, fds):
        return str(os.getpid()).encode()

    def read_descriptor(self, job, fds):
        return os.pread(fds[0], 100, 0)

    def count_descriptors(self, job, fds):
        return str(len(list(Path("/proc/self/fd").iterdir()))).encode()

    def environment(self, job, fds):
        return repr(dict(os.environ)).encode()

    def sleep(self, job, fds):
        time.sleep(job.get("seconds", 60))
        return b"slept"

    def allocate(self, job, fds):
        return str(len(bytearray(2 << 30))).encode()

    def crash(self, job, fds):
        return ctypes.string_at(0)

    def abort(self, job, fds):
        os.abort()

    def leave(self, job, fds):
        os._exit(0)

    def fail(self, job, fds):
        raise ValueError("this task has a bug")

    def shout(self, job, fds):
        for _ in range(2000):
            with suppress(BlockingIOError):
                os.write(2, b"x" * 8192)
        return b"hoarse"

    def write_file(self, job, fds):
        try:
            with Path(job["path"]).open("wb") as file:
                file.write(b"exfiltrated")
        except OSError as refused:
            return (refused.strerror or "").encode()
        return b"written"

    def address_space(self, job, fds):
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        return str(pages * os.sysconf("SC_PAGESIZE")).encode()

    def address_space_of_threads(self, job, fds):
        threading.stack_size(256 * 1024)
        malloc = ctypes.CDLL(None).malloc
        malloc.restype = ctypes.c_void_p
        barrier = threading.Barrier(9)

        def work():
            barrier.wait()
            for _ in range(20_000):
                malloc(32)
            barrier.wait()

        threads = [threading.Thread(target=work, daemon=True) for _ in range(8)]
        for one in threads:
            one.start()
        barrier.wait()
        barrier.wait()
        return self.address_space(job, fds)

    def touch(self, job, fds):
        path = Path(job["path"])
        try:
            TOUCHES[job["how"]](path)
        except OSError as refused:
            return (refused.strerror or "").encode()
        return b"done"

    def signal(self, job, fds):
        try:
            os.kill(job["pid"], 0)
        except OSError as refused:
            return (refused.strerror or "").encode()
        return b"done"

    def connect(self, job, fds):
        try:
            with socket.create_connection(("127.0.0.1", job["port"]), timeout=2):
                return b"connected"
        except OSError as refused:
            return f"refused: {refused}".encode()

    def spin(self, job, fds):
        while True:
            pass

    def work(self, job, fds):
        end = time.process_time() + job["seconds"]
        while time.process_time() < end:
            pass
        return b"worked"

    def flood(self, job, fds):
        return b"x" * job["size"]

    def answer_nonsense(self, job, fds):
        return "a text and not bytes"


TOUCHES = {
    "read": Path.read_bytes,
    "list": lambda path: list(path.iterdir()),
    "truncate": lambda path: os.truncate(path, 0),
    "unlink": Path.unlink,
    "rename": lambda path: path.rename(path.with_name("renamed")),
    "mkdir": lambda path: path.with_name("made").mkdir(),
    "link": lambda path: path.with_name("linked").symlink_to(path),
    "open_to_write": lambda path: os.close(os.open(path, os.O_RDWR)),
    "chmod": lambda path: path.chmod(0o777),
    "chown": lambda path: os.chown(path, os.getuid(), os.getgid()),
    "utime": lambda path: os.utime(path, (0, 0)),
    "setxattr": lambda path: os.setxattr(path, "user.seen", b"1"),
    "socket": lambda _path: socket.socket(socket.AF_UNIX).close(),
}
