"""A service in this process, with two organisations and a key for each scope."""

from __future__ import annotations

import secrets
import time
from pathlib import Path

import pytest

from service.running import Service
from service.settings import Settings
from service.storage.accounts import Scope

SAMPLES = Path(__file__).parents[3] / "samples"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A client of a running service, and the service."""
    from fastapi.testclient import TestClient

    from service.api.app import make_app

    folder = tmp_path_factory.mktemp("service")
    policy = folder / "policy.toml"
    policy.write_text('run = ["provenance", "rights"]\n')
    settings = Settings.read(
        data=folder / "data",
        policy=policy,
        upload_bytes=3_000_000,
        requests_per_minute=100_000,
        public_requests_per_minute=100_000,
    )
    service = Service(settings)
    with TestClient(make_app(service), raise_server_exceptions=False) as client:
        yield client, service


@pytest.fixture(scope="module")
def client(served):
    return served[0]


@pytest.fixture(scope="module")
def keys(served):
    """Secrets by organisation and scope."""
    _, service = served
    return {
        (organisation, scope): service.issue(str(scope), organisation, [scope]).secret
        for organisation in ("label", "rival")
        for scope in Scope
    }


@pytest.fixture(scope="module")
def bearer(keys):
    """Headers of a request with a key."""

    def headers(scope=Scope.SUBMIT, organisation="label"):
        return {"Authorization": f"Bearer {keys[organisation, scope]}"}

    return headers


@pytest.fixture
def submitted(client, bearer):
    """Hands in a sample and gives its screening, at once or once it has ended."""

    def submit(name="unsigned.txt", *, wait=False, organisation="label", **form):
        headers = bearer(organisation=organisation)
        with (SAMPLES / name).open("rb") as file:
            answer = client.post(
                "/v1/screenings", headers=headers, files={"file": (name, file)}, data=form
            )
        assert answer.status_code == 202, answer.text
        one = answer.json()
        until = time.monotonic() + 60
        while wait and one["state"] in ("queued", "running"):
            assert time.monotonic() < until, one
            time.sleep(0.1)
            one = client.get(f"/v1/screenings/{one['id']}", headers=headers).json()
        return one

    return submit


@pytest.fixture
def flagged(client, bearer):
    """Hands in a picture whose metadata declares AI, new each time, and gives what came of it."""
    picture = (SAMPLES / "prompt_in_metadata.png").read_bytes()

    def submit(*, organisation="label", data=None):
        given = data or picture + secrets.token_bytes(8)
        headers = bearer(organisation=organisation)
        answer = client.post(
            "/v1/screenings", headers=headers, files={"file": ("cover.png", given)}
        )
        one = answer.json()
        until = time.monotonic() + 60
        while one["state"] in ("queued", "running"):
            assert time.monotonic() < until, one
            time.sleep(0.1)
            one = client.get(f"/v1/screenings/{one['id']}", headers=headers).json()
        assert one["findings"] == ["fully_synthetic"], one
        return one, given

    return submit


@pytest.fixture
def reviewer(served):
    """Headers of a new reviewer."""
    _, service = served

    def new(name, organisation="label"):
        secret = service.issue(name, organisation, [Scope.REVIEW]).secret
        return {"Authorization": f"Bearer {secret}"}

    return new


@pytest.fixture
def decide(client, reviewer):
    """Decides the open review of a screening."""

    def give(screening, outcome, reason="heard the stems", headers=None):
        who = headers or reviewer("ana")
        queue = client.get("/v1/reviews?state=open&limit=200", headers=who).json()["items"]
        (review,) = [one["id"] for one in queue if one["screening"] == screening["id"]]
        body = {"outcome": outcome, "reason": reason}
        answer = client.post(f"/v1/reviews/{review}/opinions", headers=who, json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return give
