"""What an operator sees over HTTP, and what no client can make of it."""

from __future__ import annotations

import socket

import pytest
from prometheus_client.parser import text_string_to_metric_families

from service.api.measuring import Measured
from service.metrics import Metrics
from service.running import Service
from service.settings import Settings

HOSTILE = (
    "/a%0a%20b",
    "/%0a%0dassay_fake%201",
    '/v1/screenings/x"}1',
    "/" + "a" * 5_000,
    "/v1/screenings/<script>",
    "/\u202e",
    "/verify/what-opens-a-page",
)


def samples(client):
    return {
        (one.name, *sorted(one.labels.items())): one.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for one in family.samples
        if not one.name.endswith("_created")
    }


def value(found, name, **labels):
    return found.get((name, *sorted(labels.items())), 0.0)


def test_a_work_leaves_its_numbers_and_nothing_of_itself(client, submitted):
    before = samples(client)
    one = submitted("prompt_in_metadata.png", wait=True, fresh="true")
    after = samples(client)

    def more(name, **labels):
        return value(after, name, **labels) - value(before, name, **labels)

    assert more("assay_upload_bytes_total") == one["bytes"]
    assert more("assay_attempts_total") == 1
    assert more("assay_screening_seconds_count", end="examined") == 1
    assert more("assay_verdicts_total", origin=one["origin"]) == 1
    assert {f: more("assay_findings_total", finding=f) for f in one["findings"]} == dict.fromkeys(
        one["findings"], 1
    )
    assert more("assay_not_run_total", check="detect", reason="disabled") == 1
    assert more("assay_screenings", state="done") == 1
    assert more("assay_http_requests_total", operation="submit", status="202") == 1
    assert more("assay_http_seconds_count", operation="submit") == 1
    assert value(after, "assay_database_up") == 1
    assert value(after, "assay_queue_depth", queue="screenings") == 0
    text = client.get("/metrics").text
    for secret in (one["id"], one["sha256"], one["name"], "label"):
        assert secret not in text


def test_the_stored_report_is_an_end_and_no_second_look(client, submitted):
    submitted("unsigned.txt", wait=True)
    before = samples(client)
    submitted("unsigned.txt", wait=True)
    after = samples(client)
    for end, count in (("reused", 1), ("examined", 0)):
        key = ("assay_screening_seconds_count", ("end", end))
        assert after.get(key, 0) - before.get(key, 0) == count


def test_what_cannot_be_fetched_is_counted(client, bearer, monkeypatch):
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)
    before = samples(client)
    url = "http://a.example/latest"
    one = client.post("/v1/screenings", headers=bearer(), json={"url": url}).json()
    with client.stream("GET", f"/v1/screenings/{one['id']}/events", headers=bearer()) as stream:
        assert any('"failed"' in line for line in stream.iter_lines())
    after = samples(client)
    labels = {"by": "screening", "code": "blocked_address"}
    name = "assay_fetch_failures_total"
    assert value(after, name, **labels) - value(before, name, **labels) == 1
    assert url not in client.get("/metrics").text


def test_no_path_and_no_method_adds_a_label(client, bearer):
    def series():
        return {key for key in samples(client) if key[0].startswith("assay_http")}

    def ask(n):
        for path in HOSTILE:
            client.get(f"{path}{n}", headers=bearer())
        client.request(f"BREW{n}", "/v1/keys")
        client.request(f"BREW{n}", f"/x{n}")

    ask(0)
    before = series()
    for n in range(1, 30):
        ask(n)
    assert series() == before
    text = client.get("/metrics").text
    for trace in ("aaaa", "script", "BREW", "what-opens", "assay_fake"):
        assert trace not in text


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/v1/screenings/scr_x", "screening"),
        ("/v1/reports/rep_x", "report"),
        ("/works/scr_x", "/works/{screening}"),
        ("/static/pages.css", "/static/pages.css"),
        ("/static/unheard-of.js", "/static/{name}"),
        ("/unheard-of", "none"),
    ],
)
def test_a_request_is_called_by_its_route(client, bearer, path, operation):
    before = samples(client)
    status = str(client.get(path, headers=bearer(), follow_redirects=False).status_code)
    labels = {"operation": operation, "status": status}
    name = "assay_http_requests_total"
    after = samples(client)
    assert value(after, name, **labels) - value(before, name, **labels) == 1


class TestMeasuring:
    """What the middleware itself does with applications that break."""

    def run(self, app):
        import asyncio

        metrics, moments = Metrics(), iter([1.0, 3.5])
        measured = Measured(app, metrics, clock=lambda: next(moments))

        async def nothing(*_):
            return {"type": "http.disconnect"}

        fault = None
        try:
            asyncio.run(measured({"type": "http", "path": "/x"}, nothing, nothing))
        except RuntimeError as raised:
            fault = raised
        return metrics.text().decode(), fault

    def test_a_fault_is_a_500(self):
        async def broken(scope, receive, send):
            raise RuntimeError("no")

        text, fault = self.run(broken)
        assert str(fault) == "no"
        assert 'assay_http_requests_total{operation="none",status="500"} 1.0' in text

    def test_the_time_ends_when_the_answer_begins(self):
        async def slow(scope, receive, send):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"x"})

        text, _ = self.run(slow)
        assert 'assay_http_seconds_sum{operation="none"} 2.5' in text

    def test_a_fault_after_the_answer_began_is_counted_once(self):
        async def broken(scope, receive, send):
            await send({"type": "http.response.start", "status": 200, "headers": []})
            raise RuntimeError("cut")

        text, fault = self.run(broken)
        assert str(fault) == "cut"
        assert text.count("assay_http_requests_total{") == 1

    def test_a_client_that_goes_away_before_is_not_an_answer(self):
        async def gone(scope, receive, send):
            await receive()

        text, _ = self.run(gone)
        assert "assay_http_requests_total{" not in text


@pytest.mark.enable_socket
def test_with_a_port_of_their_own_they_are_nowhere_else(tmp_path):
    """And a worker has them there too, without what the database holds."""
    import socket
    import urllib.request

    from fastapi.testclient import TestClient

    from service.api.app import make_app

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = Settings.read(data=tmp_path / "data", metrics_port=port, work=False)

    def asked():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
            return answer.read().decode()

    with TestClient(make_app(Service(settings))) as client:
        answer = client.get("/metrics")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        text = asked()
        assert 'assay_http_requests_total{operation="metrics",status="404"} 1.0' in text
        assert "assay_database_up 1.0" in text
    with Service(settings, role="worker"):
        text = asked()
        assert "assay_attempts_total 0.0" in text
        assert "assay_database_up" not in text
        assert "assay_screenings{" not in text
    with pytest.raises(OSError, match="refused"):
        asked()


def test_two_services_in_one_process_count_apart():
    one, other = Metrics(), Metrics()
    one.taken_in(5)
    assert b"assay_upload_bytes_total 5.0" in one.text()
    assert b"assay_upload_bytes_total 0.0" in other.text()
