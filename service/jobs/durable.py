"""The queue on DBOS: in a file of its own with SQLite, or in PostgreSQL for many processes.

One workflow does one job and holds no state but its name: what a job found is in the database of
the service. So a workflow that DBOS recovers and one that was submitted again do the same.
Arguments are JSON; nothing is pickled.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbos import DBOSClient

__all__ = ["DurableJobs"]

NAME, WORKFLOW = "assay", "job"
VERSION = "1"
"""Of the workflow: one that began under an older Assay is done by the newer."""

POLLING_SECONDS = 0.2
STOP_SECONDS = 60
RECOVERIES = 1_000_000
"""Attempts are counted by the job itself, which ends them with a report."""

log = logging.getLogger(__name__)


class DurableJobs:
    """Jobs that outlive the process.

    Args:
        url: of the database, a file of its own with SQLite.
        work: what is done for jobs of each kind, by the letters before the first `_` of their
            names, and how many at once; empty where this process only submits. Each kind has a
            queue of its own, so that none waits for another.
        worker: what this process calls itself, the same after a restart.
    """

    def __init__(
        self, url: str, *, work: Mapping[str, tuple[Callable[[str], None], int]], worker: str
    ) -> None:
        self._url, self._work, self._worker = url, work, worker
        self._client: DBOSClient | None = None

    def start(self) -> None:
        """See `Jobs`."""
        from dbos import DBOS, DBOSClient, DBOSPortableJSONSerializer

        plain = DBOSPortableJSONSerializer()
        DBOS.migrate(self._url)

        if self._work:
            work = self._work
            DBOS(
                config={
                    "name": NAME,
                    "system_database_url": self._url,
                    "application_version": VERSION,
                    "executor_id": self._worker,
                    "serializer": plain,
                    "log_level": "WARNING",
                    "max_executor_threads": 2 * sum(at_once for _, at_once in work.values()),
                }
            )

            @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=RECOVERIES)
            def one(job: str) -> None:
                work[_kind(job)][0](job)

            DBOS.launch()
            for kind, (_, at_once) in work.items():
                DBOS.register_queue(
                    kind, worker_concurrency=at_once, polling_interval_sec=POLLING_SECONDS
                )
        self._client = DBOSClient(
            system_database_url=self._url, serializer=plain, application_name=NAME
        )

    def submit(self, job: str) -> None:
        """See `Jobs`."""
        if self._client is None:
            raise RuntimeError("not started")
        self._client.enqueue(
            {
                "queue_name": _kind(job),
                "workflow_name": WORKFLOW,
                "workflow_id": job,
                "app_version": VERSION,
            },
            job,
        )

    def stop(self) -> None:
        """See `Jobs`."""
        from dbos import DBOS

        if self._work:
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=STOP_SECONDS)
        if self._client is not None:
            self._client.destroy()
            self._client = None


def _kind(job: str) -> str:
    return job.partition("_")[0]
