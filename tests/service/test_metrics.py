"""What is counted, by which labels, and that no stranger can add one."""

from __future__ import annotations

import datetime as dt
import urllib.request

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

from provenance.asset import Modality
from provenance.errors import BlockedAddress, ConfigError, FetchError, FetchTooLarge
from provenance.evidence import (
    AbstainReason,
    Declaration,
    Detection,
    Exceedance,
    NotRun,
    NotRunReason,
    Statement,
    Strength,
)
from service.jobs.protocol import By, End
from service.metrics import Door, Metrics
from service.policy import DEFAULT
from service.report import AssetInfo, Engine, build_report
from service.screening import Screener
from service.storage.screenings import Screening, State
from service.storage.watching import Backlog, Counts
from service.storage.webhooks import DeliveryState

NOW = dt.datetime.now(dt.UTC)
HOSTILE = 'x",reason="y"}\n# HELP a b\nassay_up 1 \u202e' + "a" * 10_000


def values(metrics):
    """Every sample as `name{label=value}`."""
    return {
        (one.name, *sorted(one.labels.items())): one.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for one in family.samples
        if not one.name.endswith("_created")
    }


def value(metrics, name, **labels):
    return values(metrics).get((name, *sorted(labels.items())), 0.0)


def detection(detector="music", upper=0.001, **more):
    rate = Exceedance(value=upper / 2, upper=upper, group="all", n_works=900, n_sources=9)
    given = {"model": "m", "score": 0.9, "exceedance": rate} | more
    return Detection(source=detector, detector=detector, **given)


def report_on(*evidence, name="song.mp3"):
    info = AssetInfo(
        name=name, sha256="0" * 64, media_type="audio/mpeg", modality=Modality.AUDIO, bytes=3
    )
    engine = Engine(assay="0", verified_at=NOW, readers={}, models={}, trust_lists={})
    return build_report(info, evidence, DEFAULT, engine)


def screening(waited=0.0, name="song.mp3"):
    return Screening(
        id="scr_x",
        organisation="org_x",
        state=State.RUNNING,
        name=name,
        url=None,
        sha256="0" * 64,
        bytes=3,
        fresh=False,
        blob=None,
        attempts=1,
        fault=None,
        report=None,
        origin=None,
        findings=(),
        exhibit=False,
        declared=False,
        created_at=dt.datetime.now(dt.UTC) - dt.timedelta(seconds=waited),
        finished_at=None,
    )


@pytest.fixture
def metrics():
    return Metrics()


class TestReports:
    def test_measurements_are_counted_by_what_they_came_to(self, metrics):
        evidence = (
            detection(upper=0.001),
            detection("image", upper=0.5),
            detection("speech", abstain=AbstainReason.TOO_SHORT),
            detection("text", part="page/1"),
        )
        metrics.ended(screening(), End.EXAMINED, report_on(*evidence), DEFAULT)
        found = {
            (dict(key[1:])["detector"], dict(key[1:])["outcome"]): count
            for key, count in values(metrics).items()
            if key[0] == "assay_decisions_total"
        }
        assert found == {
            ("music", "synthetic"): 1,
            ("image", "below_threshold"): 1,
            ("speech", "abstain"): 1,
        }
        labels = {"detector": "speech", "reason": "too_short"}
        assert value(metrics, "assay_abstentions_total", **labels) == 1

    def test_what_did_not_run_is_counted_by_check_and_reason(self, metrics):
        missing = NotRun(source="image", check="detect", reason=NotRunReason.NO_MODEL)
        metrics.ended(screening(), End.EXAMINED, report_on(missing, missing), DEFAULT)
        labels = {"check": "detect", "reason": "no_model"}
        assert value(metrics, "assay_not_run_total", **labels) == 2

    def test_findings_and_verdicts_are_counted_also_of_a_report_that_was_there(self, metrics):
        tag = Declaration(
            source="tags",
            field="TXXX:AIGC",
            value="{}",
            statement=Statement.FULLY_AI,
            strength=Strength.STRONG,
        )
        for end in (End.EXAMINED, End.REUSED):
            metrics.ended(screening(), end, report_on(tag, detection()), DEFAULT)
        assert value(metrics, "assay_verdicts_total", origin="ai_declared") == 2
        assert value(metrics, "assay_findings_total", finding="fully_synthetic") == 2
        labels = {"detector": "music", "outcome": "synthetic"}
        assert value(metrics, "assay_decisions_total", **labels) == 1, "it was measured once"

    @pytest.mark.parametrize("end", End)
    def test_the_time_to_its_end_is_told_for_each_way_to_end(self, metrics, end):
        report = None if end is End.FAILED else report_on()
        metrics.ended(screening(waited=120), end, report, DEFAULT)
        assert value(metrics, "assay_screening_seconds_count", end=end) == 1
        assert value(metrics, "assay_screening_seconds_bucket", end=end, le="60.0") == 0
        assert value(metrics, "assay_screening_seconds_bucket", end=end, le="300.0") == 1

    def test_a_clock_that_went_back_makes_no_negative_time(self, metrics):
        metrics.ended(screening(waited=-50), End.EXAMINED, report_on(), DEFAULT)
        assert value(metrics, "assay_screening_seconds_sum", end="examined") == 0


class TestEverythingElse:
    def test_attempts_and_faults_of_the_machinery(self, metrics):
        metrics.began()
        metrics.began()
        metrics.broke()
        assert value(metrics, "assay_attempts_total") == 2
        assert value(metrics, "assay_attempt_faults_total") == 1

    @pytest.mark.parametrize(
        ("fault", "code"),
        [
            (FetchError, "fetch_failed"),
            (BlockedAddress, "blocked_address"),
            (FetchTooLarge, "fetch_too_large"),
        ],
    )
    @pytest.mark.parametrize("by", By)
    def test_what_was_not_fetched_is_counted_by_code_and_never_by_address(
        self, metrics, by, fault, code
    ):
        metrics.unfetched(by, fault(f"http://a.example/{HOSTILE}: no answer"))
        assert value(metrics, "assay_fetch_failures_total", by=by, code=code) == 1
        assert "a.example" not in metrics.text().decode()

    def test_bytes_that_were_taken_in(self, metrics):
        metrics.taken_in(3)
        metrics.taken_in(4)
        assert value(metrics, "assay_upload_bytes_total") == 7

    def test_requests_by_operation_and_status(self, metrics):
        metrics.answered("submit", 202, 0.02)
        metrics.answered("submit", 413, 0.2)
        labels = {"operation": "submit", "status": "413"}
        assert value(metrics, "assay_http_requests_total", **labels) == 1
        assert value(metrics, "assay_http_seconds_count", operation="submit") == 2

    def test_each_look_of_a_detector_is_timed_where_it_is_made(self, metrics):
        sample = b"RIFF\x00\x00\x00\x00WAVE"
        seen = []
        policy = DEFAULT.only(["detect"])
        with Screener(policy=policy, observe=lambda *told: seen.append(told)) as screener:
            report = screener.under(policy).screen(sample, name="a.wav")
        assert report.asset.modality is Modality.AUDIO
        assert {name for name, _ in seen} == set(report.engine.models)
        assert all(seconds > 0 for _, seconds in seen)
        for told in seen:
            metrics.looked(*told)
        assert value(metrics, "assay_detector_seconds_count", detector="music") == 1


def test_no_work_and_no_plug_in_adds_a_label(metrics):
    """Whatever names, paths and records hold: the same series, and nothing of them."""
    metrics.ended(screening(), End.EXAMINED, report_on(detection("unheard of")), DEFAULT)
    metrics.looked("unheard of", 1.0)
    before = set(values(metrics))
    for n in range(50):
        evidence = (
            detection(f"{HOSTILE}{n}", part=None),
            NotRun(
                source=HOSTILE, check="detect", reason=NotRunReason.UNREADABLE, detail=f"{HOSTILE}"
            ),
        )
        report = report_on(*evidence, name=f"{HOSTILE}{n}")
        metrics.ended(screening(name=HOSTILE), End.EXAMINED, report, DEFAULT)
        metrics.looked(f"{HOSTILE}{n}", 1.0)
    added = {key[0] for key in set(values(metrics)) - before}
    assert added == {"assay_not_run_total"}
    assert value(metrics, "assay_detector_seconds_count", detector="other") == 51
    text = metrics.text().decode()
    assert "aaaa" not in text
    assert "org_x" not in text


class TestTheDatabase:
    def counts(self):
        return Counts(
            screenings={state: n for n, state in enumerate(State)},
            deliveries={state: 10 + n for n, state in enumerate(DeliveryState)},
            queued=Backlog(7, NOW - dt.timedelta(seconds=90)),
            due=Backlog(0, None),
            at=NOW,
        )

    def test_it_is_asked_when_somebody_looks(self, metrics):
        metrics.share(self.counts)
        assert value(metrics, "assay_database_up") == 1
        assert value(metrics, "assay_screenings", state="running") == 1
        assert value(metrics, "assay_deliveries", state="dead") == 12
        assert value(metrics, "assay_queue_depth", queue="screenings") == 7
        assert value(metrics, "assay_queue_oldest_seconds", queue="screenings") == 90
        assert value(metrics, "assay_queue_oldest_seconds", queue="deliveries") == 0

    def test_when_it_is_away_the_counters_stand(self, metrics, caplog):
        def away():
            raise OperationalError("SELECT 1", {}, Exception("no route"))

        metrics.share(away)
        metrics.taken_in(3)
        assert value(metrics, "assay_database_up") == 0
        assert value(metrics, "assay_upload_bytes_total") == 3
        assert "assay_queue_depth" not in metrics.text().decode()
        assert "does not answer" in caplog.text

    def test_a_worker_does_not_tell_it_once_more(self, metrics):
        assert "assay_database_up" not in metrics.text().decode()


@pytest.mark.enable_socket
class TestAPortOfTheirOwn:
    def test_it_gives_what_there_is_and_closes(self, metrics):
        door = Door(metrics, "127.0.0.1", 0)
        try:
            metrics.taken_in(3)
            with urllib.request.urlopen(f"http://127.0.0.1:{door.port}/metrics") as answer:
                assert b"assay_upload_bytes_total 3.0" in answer.read()
            with pytest.raises(ConfigError, match=f"ASSAY_METRICS_PORT: 127.0.0.1:{door.port}"):
                Door(metrics, "127.0.0.1", door.port)
        finally:
            door.close()
        Door(metrics, "127.0.0.1", door.port).close()
