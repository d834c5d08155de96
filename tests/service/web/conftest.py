"""A service with its pages in this process, and visitors who are signed in to it."""

from __future__ import annotations

import re
import secrets
import time
from pathlib import Path

import pytest

from service.running import Service
from service.settings import Settings
from service.storage.accounts import Scope

SAMPLES = Path(__file__).parents[3] / "samples"
PICTURE = SAMPLES / "prompt_in_metadata.png"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """The application of a running service, and the service."""
    from fastapi.testclient import TestClient

    from service.api.app import make_app

    folder = tmp_path_factory.mktemp("pages")
    policy = folder / "policy.toml"
    policy.write_text('run = ["provenance", "rights"]\n')
    settings = Settings.read(
        data=folder / "data", policy=policy, upload_bytes=3_000_000, requests_per_minute=100_000
    )
    service = Service(settings)
    app = make_app(service)
    with TestClient(app):
        yield app, service


class Browser:
    """What a browser does, without one: it keeps cookies, and sends forms as pages hold them."""

    def __init__(self, app, service):
        from fastapi.testclient import TestClient

        self.service = service
        self.http = TestClient(
            app,
            raise_server_exceptions=False,
            follow_redirects=False,
            headers={"Accept": "text/html", "Accept-Language": "en"},
        )

    def sign_in(self, *scopes, organisation="label", name="ana"):
        issued = self.service.issue(name, organisation, scopes or tuple(Scope))
        answer = self.http.post("/sign-in", data={"key": issued.secret, "next": "/works"})
        assert answer.status_code == 303
        return issued

    def get(self, path, **options):
        return self.http.get(path, **options)

    def token(self, path="/works"):
        found = re.search(r'name="form_token" value="(\w+)"', self.get(path).text)
        assert found
        return found[1]

    def post(self, path, data=None, **options):
        return self.http.post(path, data={"form_token": self.token(), **(data or {})}, **options)

    def hand_in(self, name=PICTURE.name, data=None):
        """The path of a work that was handed in by the form, once it was examined."""
        given = PICTURE.read_bytes() + secrets.token_bytes(8) if data is None else data
        answer = self.http.post(
            "/works", data={"form_token": self.token()}, files={"file": (name, given)}
        )
        assert answer.status_code == 303, answer.text
        path = answer.headers["location"]
        until = time.monotonic() + 60
        while "HX-Refresh" not in self.get(f"{path}/progress").headers:
            assert time.monotonic() < until
            time.sleep(0.1)
        return path


@pytest.fixture
def browser(served):
    return lambda: Browser(*served)


@pytest.fixture
def ana(browser):
    """A browser of somebody who may do everything."""
    one = browser()
    one.sign_in()
    return one
