"""The service in a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2

__all__ = ["COMMAND", "SETTLED_SECONDS", "Running"]

COMMAND = (sys.executable, "-c", "from service.cli import main; main()")
STARTED_SECONDS, SETTLED_SECONDS = 60, 120


class Running:
    """`assay serve` in a process of its own, which may be killed and started again."""

    def __init__(self, folder: Path, **settings: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.folder, self.key = folder, "none"
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            "ASSAY_DATA": str(folder / "data"),
            "ASSAY_PORT": str(self.port),
            "ASSAY_WORKER_NAME": "tested",
            **settings,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *arguments: str) -> None:
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [*COMMAND, *(arguments or ("serve",))],
            env=self.environment,
            stdout=log,
            stderr=log,
            cwd=self.folder,
            start_new_session=True,
        )
        log.close()
        until = time.monotonic() + STARTED_SECONDS
        while not self.is_ready():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < until, self.log()
            time.sleep(0.1)
        if self.key == "none":
            self.key = re.findall(r"assay_[\w-]+", self.log())[0]

    def is_ready(self) -> bool:
        try:
            with self.client(timeout=2) as client:
                return client.get("/readyz").status_code == 200
        except httpx2.HTTPError:
            return False

    def client(self, timeout: float = 30) -> httpx2.Client:
        return httpx2.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=timeout,
            trust_env=False,
        )

    def kill(self) -> None:
        """All of it at once, as when the machine goes: nothing can be tidied up."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """As an operator stops it: it finishes what it does, and says which signal it was."""
        assert self.process is not None
        self.process.terminate()
        assert self.process.wait(timeout=60) == -signal.SIGTERM

    @property
    def proc(self) -> Path:
        assert self.process is not None
        return Path("/proc") / str(self.process.pid)

    @staticmethod
    def wait_until_idle(client: httpx2.Client) -> None:
        """Until nothing waits to be examined."""
        until = time.monotonic() + SETTLED_SECONDS
        while any(
            client.get("/v1/screenings", params={"state": state, "limit": 1}).json()["items"]
            for state in ("queued", "running")
        ):
            assert time.monotonic() < until
            time.sleep(0.1)

    def log(self) -> str:
        return (self.folder / "log").read_text()
