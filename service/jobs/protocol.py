"""What the service sees of its queue of jobs."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Jobs"]


class Jobs(Protocol):
    """A queue of jobs; each is named by what it is for, and done at least once.

    A job may be begun more than once: by another process when the first was killed, or because it
    was submitted again. What it does must be no different then.
    """

    def start(self) -> None:
        """Begin to work on what is queued, where this process works."""
        ...

    def submit(self, job: str) -> None:
        """Queue a job; the same name again changes nothing."""
        ...

    def stop(self) -> None:
        """Take no more jobs, and wait for those that are being done."""
        ...
