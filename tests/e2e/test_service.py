"""The running service: started as anyone starts it, and killed while it works."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx2
import pytest

from provenance.attest.dsse import Envelope
from provenance.attest.log import TreeHead
from provenance.errors import ConfigError
from service import check
from service.client import Client, Refused, Unfinished
from tests.e2e.running import COMMAND, SETTLED_SECONDS, Running

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"

pytestmark = pytest.mark.enable_socket


def all_of(client: httpx2.Client) -> dict[str, dict[str, object]]:
    found, after = {}, None
    while True:
        query = {"limit": 200} | ({"after": after} if after else {})
        page = client.get("/v1/screenings", params=query).json()
        found |= {one["id"]: one for one in page["items"]}
        after = page["next"]
        if after is None:
            return found


def settled(one: Running, accepted: set[str]) -> dict[str, dict[str, object]]:
    """All screenings, once every accepted one has ended."""
    until = time.monotonic() + SETTLED_SECONDS
    with one.client() as client:
        while True:
            found = all_of(client)
            open_ = [s for s in found.values() if s["state"] in ("queued", "running")]
            if not open_ and accepted <= set(found):
                return found
            assert time.monotonic() < until, (open_[:3], one.log()[-3000:])
            time.sleep(0.5)


class Uploaders:
    """Two clients that hand in samples for as long as they may, and note what was accepted."""

    def __init__(self, one: Running) -> None:
        self.accepted: dict[str, str] = {}
        self._one, self._ended = one, threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(2)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        names = sorted(one.name for one in SAMPLES.iterdir() if one.suffix in (".jpg", ".txt"))
        count = 0
        while not self._ended.is_set():
            count += 1
            name = names[count % len(names)]
            key = {"Idempotency-Key": f"{number}-{count}"}
            while not self._ended.is_set():  # the same until it is accepted, as a client should
                try:
                    with self._one.client(timeout=10) as client:
                        answer = client.post(
                            "/v1/screenings",
                            headers=key,
                            files={"file": (name, (SAMPLES / name).read_bytes())},
                            data={"fresh": "true"},
                        )
                    if answer.status_code == 202:
                        self.accepted[key["Idempotency-Key"]] = answer.json()["id"]
                        break
                except httpx2.HTTPError:
                    time.sleep(0.1)
            time.sleep(0.05)


def survives(one: Running, kills: int) -> None:
    one.start()
    random_ = random.Random(kills)  # noqa: S311 - when to kill
    uploaders = Uploaders(one)
    try:
        for _ in range(kills):
            time.sleep(random_.uniform(0.3, 2.5))
            one.kill()
            one.start()
        time.sleep(1)
    finally:
        uploaders.stop()
    accepted = set(uploaders.accepted.values())
    assert len(accepted) == len(uploaders.accepted), "each idempotency key has its own screening"
    assert len(accepted) > kills
    found = settled(one, accepted)
    with one.client() as client:
        for screening in found.values():
            assert screening["state"] == "done", screening
            report = client.get(f"/v1/reports/{screening['report']}").json()
            assert report["schema"] == "assay/report/1"
            assert report["asset"]["sha256"] == screening["sha256"]
    reports = [screening["report"] for screening in found.values()]
    assert len(set(reports)) == len(reports)
    assert logged(one, len(reports)) == len(reports), "each report once, and nothing else"
    one.stop()


def logged(one: Running, expected: int) -> int:
    """How many entries the log has, once it has as many as are expected."""
    until = time.monotonic() + SETTLED_SECONDS
    with one.client() as client:
        while True:
            envelope = Envelope.model_validate(client.get("/v1/log/checkpoint").json())
            size = TreeHead.of(envelope).size
            if size >= expected:
                return size
            assert time.monotonic() < until, one.log()[-3000:]
            time.sleep(0.2)


def test_no_accepted_upload_is_lost_however_often_it_is_killed(running):
    survives(running(ASSAY_ATTEMPTS="20", ASSAY_REQUESTS_PER_MINUTE="100000"), kills=5)


@pytest.mark.scale
def test_nor_when_it_is_killed_fifty_times(running):
    survives(running(ASSAY_ATTEMPTS="20", ASSAY_REQUESTS_PER_MINUTE="100000"), kills=50)


def test_works_are_taken_in_by_one_process_and_examined_by_another(running, postgres_url):
    front = running(ASSAY_DATABASE=postgres_url, ASSAY_WORK="false")
    front.start()
    with front.client() as client:
        data = (SAMPLES / "ai_image.png").read_bytes()
        one = client.post("/v1/screenings", files={"file": ("a.png", data)}).json()
        time.sleep(2)
        waiting = client.get(f"/v1/screenings/{one['id']}").json()
        assert waiting["state"] == "queued"
    back = subprocess.Popen(
        [*COMMAND, "worker"], env=front.environment, stderr=subprocess.DEVNULL, cwd=front.folder
    )
    try:
        found = settled(front, {one["id"]})
        assert found[one["id"]]["state"] == "done"
    finally:
        back.terminate()
        assert back.wait(timeout=60) == 0


class TestStarting:
    def run(self, folder: Path, *arguments: str, **settings: str):
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LC_ALL": "C.UTF-8",
            **settings,
        }
        return subprocess.run(
            [*COMMAND, "serve", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def test_settings_are_shown_and_secrets_are_not(self, tmp_path):
        done = self.run(
            tmp_path, "--show-config", ASSAY_DATABASE="postgresql+psycopg://u:s3cret@h/d"
        )
        assert done.returncode == 0
        assert "s3cret" not in done.stdout
        assert "ASSAY_PORT=8000" in done.stdout
        assert len(re.findall(r"^# .+\nASSAY_", done.stdout, re.M)) > 10

    def test_one_that_is_wrong_is_named(self, tmp_path):
        done = self.run(tmp_path, ASSAY_PORT="many")
        assert done.returncode == 2
        assert "ASSAY_PORT" in done.stderr

    def test_a_key_is_made_without_running_anything(self, tmp_path):
        done = self.run(
            tmp_path, "--issue-key", "ingest", "--organisation", "label", "--scope", "submit"
        )
        assert done.returncode == 0
        assert re.fullmatch(r"assay_[\w-]{43}\n", done.stdout)
        wrong = self.run(tmp_path, "--issue-key", "x", "--scope", "everything")
        assert wrong.returncode == 2
        assert "audit-read" in wrong.stderr


def test_the_first_key_is_printed_once(running):
    one = running()
    one.start()
    one.stop()
    one.start()
    assert len(re.findall(r"assay_[\w-]{43}", one.log())) == 1
    with one.client() as client:
        assert client.get("/v1/screenings").json() == {"items": [], "next": None}


def test_the_log_is_json_and_holds_nothing_of_a_work(running):
    one = running()
    one.start()
    with one.client() as client:
        title = "name of a song nobody shall know"
        client.post("/v1/screenings", files={"file": (title, b"words nobody shall read")})
        settled(one, set())
        assert client.get("/verify/what-opens-a-page").status_code == 404
    one.stop()
    log = one.log()
    assert title not in log
    assert "what-opens-a-page" not in log
    assert "nobody shall read" not in log
    lines = [line for line in log.splitlines() if line.startswith("{")]
    assert lines
    for line in lines:
        assert {"event", "level", "timestamp"} <= set(json.loads(line))


def test_every_answer_is_one_that_the_description_names(running):
    """Requests made from OpenAPI, right and wrong ones: no fault, no status, no shape unnamed."""
    one = running(ASSAY_UPLOAD_BYTES="100000", ASSAY_REQUESTS_PER_MINUTE="100000")
    one.start()
    checks = (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
        "unsupported_method",
    )
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "run", "--seed", "1"),
        *("--header", f"Authorization: Bearer {one.key}", "--checks", ",".join(checks)),
        *("--exclude-path-regex", "events$", "--max-examples", "25", "--no-color"),
        f"http://127.0.0.1:{one.port}/v1/openapi.json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=one.folder)
    assert done.returncode == 0, done.stdout[-5000:]
    counted = re.search(r"Selected: (\d+)/(\d+)\s+Tested: (\d+)", done.stdout)
    assert counted, done.stdout[-2000:]
    selected, described, tested = map(int, counted.groups())
    assert tested == selected == described - 1, "all but the events, which go on"
    with one.client() as client:
        assert client.get("/v1/models").status_code == 200, "the key was valid to the end"


class TestClient:
    def test_a_work_goes_in_and_a_report_comes_out(self, running):
        one = running()
        one.start()
        with Client(f"http://127.0.0.1:{one.port}", one.key) as assay:
            screening = assay.submit(SAMPLES / "ai_image.png", idempotency_key="a")
            assert (
                assay.submit(SAMPLES / "ai_image.png", idempotency_key="a")["id"] == screening["id"]
            )
            report = assay.report(assay.wait(screening))
            assert report.asset.name == "ai_image.png"
            assert report.verdict.origin == check(SAMPLES / "ai_image.png").verdict.origin
            assert [found["id"] for found in assay.screenings()] == [screening["id"]]
            assert assay.wait(assay.submit(b"words", name="w.txt"))["name"] == "w.txt"

    def test_what_is_declared_goes_in_with_a_work_or_a_url(self, running, tmp_path):
        one = running()
        one.start()
        (tmp_path / "labels.json").write_text('{"ai": "none"}')
        plain = SAMPLES / "prompt_in_metadata.png"
        with Client(f"http://127.0.0.1:{one.port}", one.key) as assay:
            for declared in (tmp_path / "labels.json", b'{"ai": "none"}'):
                report = assay.report(assay.wait(assay.submit(plain, declared=declared)))
                assert "undeclared_ai" in report.verdict.findings
                assert report.supplied.bytes == 14
            with pytest.raises(Refused, match="resource"):
                assay.submit(plain, resource="A1")
            url = "http://a.example/x"
            told = assay.submit_url(url, declared={"ai": "none"}, resource="A1")
            assert told["url"] == url

    def test_what_the_service_refuses_says_why(self, running):
        one = running()
        one.start()
        address = f"http://127.0.0.1:{one.port}"
        with Client(address, "assay_wrong") as stranger, pytest.raises(Refused) as refused:
            stranger.submit(b"x")
        assert refused.value.status == 401
        assert refused.value.hint
        with Client(address, one.key) as assay:
            with pytest.raises(Refused, match="user name or password"):
                assay.submit_url("http://u:p@a.example/")
            with pytest.raises(Refused, match="public address"):
                assay.submit_url("http://127.0.0.1/x")
            with pytest.raises(Unfinished, match=r"a\.example"):
                assay.wait(assay.submit_url("http://a.example/x"))
        with pytest.raises(ConfigError):
            Client("localhost:8000", "k")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_walk_of_the_docs_does_what_it_says(running):
    """Every command of docs/service.md, in order, on a server of its own."""
    one = running()
    one.start()
    page = (ROOT / "docs" / "service.md").read_text("utf-8")
    blocks = re.findall(r"```sh\n# walk\n(.*?)```", page, re.S)
    assert blocks
    script = "set -eu\n" + "\n".join(blocks)
    environment = {
        "PATH": os.environ["PATH"],
        "KEY": one.key,
        "ASSAY": f"http://127.0.0.1:{one.port}",
    }
    done = subprocess.run(
        ["sh", "-c", script], env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert '"schema":"assay/report/1"' in done.stdout
    assert "urn:assay:problem:" in done.stdout
