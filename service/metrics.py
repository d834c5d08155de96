"""What an operator measures: counters of this process, and the state of the shared database.

What a process does (requests, works examined, looks of detectors) it counts itself, and loses when
it ends, as Prometheus expects. What all processes share (works by state, the queue, messages) is
asked of the database when somebody looks, by processes that answer requests alone, so that it is
not told by each worker once more.

No label holds anything of a work or of an organisation: every one is of a closed set, an installed
detector, or an operation as the routes of the application name it.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable, Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    start_http_server,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

import detectors
from provenance.errors import ConfigError, FetchError
from provenance.evidence import Detection, NotRun
from service.jobs.protocol import By, End
from service.policy import Policy
from service.report import Report
from service.storage.screenings import Screening
from service.storage.watching import Counts
from service.verdict.detections import outcome_of

__all__ = ["Door", "Metrics", "SharedState"]

OTHER = "other"
LOOK_SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 80, 160, 320)
SCREENING_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 6 * 3_600)
REQUEST_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

log = logging.getLogger(__name__)


class Metrics:
    """The counters of one process; an `Observer` of its jobs. Thread-safe."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(name, about, labels, registry=self.registry)

        def histogram(name: str, about: str, of: tuple[float, ...], *labels: str) -> Histogram:
            return Histogram(name, about, labels, buckets=of, registry=self.registry)

        self._looks = histogram(
            "assay_detector_seconds", "Time of a detector for one work.", LOOK_SECONDS, "detector"
        )
        self._decisions = counter(
            "assay_decisions", "What measurements of detectors came to.", "detector", "outcome"
        )
        self._abstentions = counter(
            "assay_abstentions", "Measurements that are not to be relied on.", "detector", "reason"
        )
        self._not_run = counter(
            "assay_not_run", "Checks without a result, and why.", "check", "reason"
        )
        self._findings = counter("assay_findings", "Findings of reports.", "finding")
        self._verdicts = counter("assay_verdicts", "Verdicts on the origin.", "origin")
        self._screenings = histogram(
            "assay_screening_seconds",
            "Time from the acceptance of a work to its end.",
            SCREENING_SECONDS,
            "end",
        )
        self._attempts = counter("assay_attempts", "Attempts at works that were begun.")
        self._faults = counter(
            "assay_attempt_faults", "Attempts that a fault of the machinery ended."
        )
        self._unfetched = counter(
            "assay_fetch_failures", "URLs that were not fetched or sent to.", "by", "code"
        )
        self._uploads = counter("assay_upload_bytes", "Bytes of works that were taken in.")
        self._requests = counter(
            "assay_http_requests", "Requests that were answered.", "operation", "status"
        )
        self._latency = histogram(
            "assay_http_seconds",
            "Time of a request until its answer begins, with its body.",
            REQUEST_SECONDS,
            "operation",
        )

    def share(self, counts: Callable[[], Counts]) -> None:
        """Tell the state of the database too, asked for whenever somebody looks."""
        self.registry.register(SharedState(counts))

    def text(self) -> bytes:
        """All of it, in the exposition format of Prometheus."""
        return generate_latest(self.registry)

    # what happens

    def looked(self, detector: str, seconds: float) -> None:
        """A detector was asked about a work."""
        self._looks.labels(_known(detector)).observe(seconds)

    def began(self) -> None:
        """See `Observer`."""
        self._attempts.inc()

    def broke(self) -> None:
        """See `Observer`."""
        self._faults.inc()

    def ended(self, one: Screening, end: End, report: Report | None, policy: Policy) -> None:
        """See `Observer`."""
        waited = (dt.datetime.now(dt.UTC) - one.created_at).total_seconds()
        self._screenings.labels(end).observe(max(0.0, waited))
        if report is None:
            return
        self._verdicts.labels(report.verdict.origin).inc()
        for finding in report.verdict.findings:
            self._findings.labels(finding).inc()
        if end is not End.REUSED:
            self._examined(report, policy)

    def unfetched(self, by: By, fault: FetchError) -> None:
        """See `Observer`."""
        self._unfetched.labels(by, type(fault).code).inc()

    def taken_in(self, size: int) -> None:
        """The bytes of a work were received."""
        self._uploads.inc(size)

    def answered(self, operation: str, status: int, seconds: float) -> None:
        """A request was answered.

        Args:
            operation: as a route names it, never a path.
            status: HTTP status.
            seconds: until the answer began.
        """
        self._requests.labels(operation, str(status)).inc()
        self._latency.labels(operation).observe(seconds)

    def _examined(self, report: Report, policy: Policy) -> None:
        for one in report.evidence:
            match one:
                case Detection(part=None):
                    detector = _known(one.detector)
                    self._decisions.labels(detector, outcome_of(one, policy)).inc()
                    if one.abstain is not None:
                        self._abstentions.labels(detector, one.abstain).inc()
                case NotRun():
                    self._not_run.labels(one.check, one.reason).inc()
                case _:
                    pass


class Door:
    """A port at which the metrics of this process are given, and nothing else.

    Args:
        metrics: of the process.
        host: address to listen on.
        port: to listen on; 0 takes any.

    Raises:
        ConfigError: the port cannot be listened on.
    """

    def __init__(self, metrics: Metrics, host: str, port: int) -> None:
        try:
            self._server, self._thread = start_http_server(port, host, metrics.registry)
        except OSError as fault:
            raise ConfigError(
                f"ASSAY_METRICS_PORT: {host}:{port} cannot be listened on ({fault.strerror})",
                hint="Each process on a machine needs a port of its own.",
            ) from fault
        self.port = int(self._server.server_port)

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class SharedState(Collector):
    """What the database holds at the moment somebody looks.

    Args:
        counts: asks it.
    """

    def __init__(self, counts: Callable[[], Counts]) -> None:
        self._counts = counts

    def describe(self) -> tuple[GaugeMetricFamily, ...]:
        """The family that is always there; nothing is asked for it."""
        return (_up(0.0),)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Ask, and say so when there is no answer: the counters of the process stand without it."""
        try:
            found = self._counts()
        except SQLAlchemyError:
            log.exception("the database does not answer")
            yield _up(0.0)
            return
        yield _up(1.0)
        yield _by("assay_screenings", "Screenings by state.", "state", found.screenings.items())
        yield _by(
            "assay_deliveries", "Messages to webhooks by state.", "state", found.deliveries.items()
        )
        waiting = {"screenings": found.queued, "deliveries": found.due}
        depth = {queue: backlog.count for queue, backlog in waiting.items()}
        yield _by("assay_queue_depth", "What waits to be begun.", "queue", depth.items())
        oldest = {queue: backlog.seconds(found.at) for queue, backlog in waiting.items()}
        yield _by(
            "assay_queue_oldest_seconds",
            "How long the oldest of it has waited.",
            "queue",
            oldest.items(),
        )


def _up(value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily("assay_database_up", "Whether the database answers.", value)


def _by(
    name: str, about: str, label: str, values: Iterable[tuple[str, float]]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, about, labels=[label])
    for one, value in values:
        family.add_metric([str(one)], value)
    return family


def _known(detector: str) -> str:
    """A detector that there is; a plug-in may write any name in its records."""
    known = detector in detectors.BUILT_IN or detector in detectors.installed()
    return detector if known else OTHER
