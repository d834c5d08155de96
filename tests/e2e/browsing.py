"""A service on a port of its own, a receiver of its webhooks, and a real browser to look at it."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx2

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
STARTED_SECONDS = 60


def browser_program() -> str | None:
    """A browser of this machine that can be driven."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


@contextmanager
def browser(**context):
    """A page of a new browser, which keeps what its console complained of in `complaints`."""
    from playwright.sync_api import sync_playwright

    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=browser_program(), args=sandbox)
        page = opened.new_context(**context).new_page()
        page.set_default_timeout(30_000)
        page.complaints = []
        page.on(
            "console",
            lambda said: said.type == "error" and page.complaints.append(said.text),
        )
        page.on("pageerror", lambda fault: page.complaints.append(str(fault)))
        yield page
        opened.close()


@contextmanager
def serving(service):
    """The address of a service that runs in this process."""
    import uvicorn

    from service.api.app import make_app

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = uvicorn.Config(
        make_app(service), port=port, log_config=None, access_log=False, ws="none"
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run)
    thread.start()
    until = time.monotonic() + STARTED_SECONDS
    while not server.started:
        assert thread.is_alive()
        assert time.monotonic() < until
        time.sleep(0.05)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def receiver():
    """An address that takes webhooks, and what came there: headers and body of each."""
    taken = []

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append((dict(self.headers), body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", taken
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def unguarded(address):
    """Sends a message where the test listens, since the guard lets nothing go to this machine."""

    def send(_url, body, headers, **_):
        return httpx2.post(address, content=body, headers=headers, trust_env=False).status_code

    return send


SAMPLES = Path(__file__).parents[2] / "samples"
