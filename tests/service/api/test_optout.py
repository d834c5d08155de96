"""Questions about reservations over HTTP, answered as the commands answer them."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from types import SimpleNamespace

import pytest

from provenance import fetch as fetching
from provenance.errors import FetchError
from provenance.fetch import Fetched
from provenance.rights.finding import Finding
from service.api.optout import MOST_DOCUMENTS, MOST_URLS, MOST_WAITING
from service.cli import _run
from service.optout.answering import Answering
from service.storage.accounts import Scope

PAGE = b"<!doctype html><html><head><title>t</title>%s</head><body><p>text</p></body></html>"
CLOSED = "User-agent: GPTBot\nDisallow: /\n"
OPEN = "User-agent: *\nDisallow: /admin/\n"
URL = "https://a.example/p"
HISTORY = [
    {"seen": "2024-01-01", "text": OPEN},
    {"seen": "2024-03-01", "text": CLOSED},
    {"seen": "2024-04-01", "text": CLOSED},
]


@pytest.fixture
def web(monkeypatch):
    """A host; its pages are set by the test, and what was asked for is kept."""
    import httpx2

    pages, asked = {URL: (200, PAGE % b"")}, []

    def fetch(url, *, limits):
        asked.append((url, limits))
        answer = pages.get(url, (404, b""))
        if isinstance(answer, Exception):
            raise answer
        held = tempfile.TemporaryFile()  # noqa: SIM115 - closed with what holds it
        held.write(answer[1])
        held.seek(0)
        now = dt.datetime.now(dt.UTC)
        headers = httpx2.Headers({})
        return Fetched(url, url, answer[0], headers, len(answer[1]), (), now, held)

    monkeypatch.setattr(fetching, "fetch", fetch)
    pages["asked"] = asked
    return pages


@pytest.fixture
def ask(client, bearer):
    def send(what, body, scope=Scope.SUBMIT, **headers):
        return client.post(f"/v1/optout/{what}", headers=bearer(scope) | headers, json=body)

    return send


class TestCheck:
    def test_it_says_what_the_command_says(self, ask, web, monkeypatch, capsys, tmp_path):
        monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
        web["https://a.example/robots.txt"] = (200, CLOSED.encode())
        answer = ask("check", {"urls": [URL], "agent": "GPTBot"})
        assert answer.status_code == 200
        (told,) = answer.json()["items"]
        asked = ["optout", "check", URL, "--agent", "GPTBot", "--format", "json"]
        monkeypatch.setattr(
            fetching, "fetch", lambda url, limits=None, get=fetching.fetch: get(url, limits=limits)
        )
        assert _run(asked) == 0
        command = json.loads(capsys.readouterr().out)
        for one in (told, command):
            for record in one["reservations"]:
                record.pop("observed_at")
        assert told == command
        assert list(told) == list(command)
        assert told["rights"] == "reserved"

    def test_each_input_has_its_place_also_one_that_is_not_there(self, ask, web):
        web["https://b.example/x"] = FetchError("https://b.example/x: no answer")
        web["https://c.example/x"] = (503, b"")
        urls = ["https://b.example/x", URL, "https://c.example/x"]
        items = ask("check", {"urls": urls}, Scope.AUDIT_READ).json()["items"]
        assert [one["input"] for one in items] == urls
        assert "no answer" in items[0]["fault"]
        assert items[1]["rights"] == "undeclared"
        assert "answered 503" in items[2]["fault"]

    def test_a_use_is_asked_about_by_name(self, ask, web):
        web[URL] = (200, PAGE % b'<meta name="tdm-reservation" content="1">')
        answers = {
            use: ask("check", {"urls": [URL], "use": use}).json()["items"][0]["rights"]
            for use in ("tdm", "search")
        }
        assert answers == {"tdm": "reserved", "search": "undeclared"}

    def test_a_work_that_was_examined_answers_by_its_report(self, ask, submitted, web):
        one = submitted("ai_image.png", wait=True)
        (told,) = ask("check", {"screening": one["id"]}).json()["items"]
        assert told["input"] == "ai_image.png"
        assert told["coverage"]["embedded"] == "read"
        assert told["coverage"]["robots.txt"] == "not_looked"
        assert web["asked"] == []

    def test_all_of_one_question_ends_within_a_time(self, web):
        from provenance.c2pa.trust import TrustStore
        from service.jobs.protocol import Unobserved

        moments = iter([0.0, *(59.0,) * 4, *(61.0,) * 10])
        answering = Answering(TrustStore.shipped(), Unobserved(), clock=lambda: next(moments))
        try:
            first, second = answering.check([URL, "https://b.example/"], "tdm", None)
        finally:
            answering.close()
        assert {limits.fetch_seconds for _, limits in web["asked"]} == {1.0}
        assert first.input == URL
        assert "longer than 60 seconds" in str(second.error)
        assert len(web["asked"]) == 4, "nothing was asked for after the end"

    @pytest.mark.parametrize(
        "url", ["ftp://a.example/", "http://u:s3cret@a.example/", "http://a.example:22/", "x"]
    )
    def test_what_is_never_fetched_is_refused(self, ask, web, url):
        answer = ask("check", {"urls": [URL, url]})
        assert answer.status_code == 422
        assert "s3cret" not in answer.text
        assert web["asked"] == []

    @pytest.mark.parametrize(
        "url", ["http://127.0.0.1/", "http://169.254.169.254/", "http://[64:ff9b::7f00:1]/"]
    )
    def test_what_leads_inside_is_told_in_its_place(self, ask, url):
        (told,) = ask("check", {"urls": [url]}).json()["items"]
        assert "public address" in told["fault"]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"urls": []},
            {"urls": [URL] * (MOST_URLS + 1)},
            {"urls": [URL], "screening": "scr_x"},
            {"urls": [URL], "use": "everything"},
            {"urls": [URL], "agent": "123"},
            {"urls": [""]},
            {"urls": ["https://a.example/" + "a" * 5000]},
            {"urls": [URL], "get": 1},
        ],
    )
    def test_what_is_no_question_is_refused(self, ask, web, body):
        answer = ask("check", body)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert web["asked"] == []

    def test_a_question_is_short(self, ask):
        assert ask("check", {"urls": ["x" * 100_000]}).status_code == 400

    def test_a_screening_without_a_report_or_of_a_url_cannot_answer(
        self, ask, client, bearer, served, keys, submitted
    ):
        from service.storage.screenings import Intake

        _, service = served
        secret = keys["label", Scope.SUBMIT]
        mine = service.accounts.opened_by(secret).organisation
        waiting, _ = service.screenings.accept(Intake(mine, "key_x", "x", "a" * 64, 1))
        assert ask("check", {"screening": waiting.id}).status_code == 409
        service.screenings.fail(waiting.id, "over")
        fetched, _ = service.screenings.accept(Intake(mine, "key_x", "x", url=URL))
        assert ask("check", {"screening": fetched.id}).status_code == 422
        service.screenings.fail(fetched.id, "over")
        done = submitted(wait=True)
        asked = {"screening": done["id"], "agent": "GPTBot"}
        assert ask("check", asked).status_code == 422

    def test_next_door_has_no_such_screening(self, client, bearer, submitted):
        done = submitted(wait=True)
        theirs = bearer(organisation="rival")
        answers = [
            client.post("/v1/optout/check", headers=theirs, json={"screening": one})
            for one in (done["id"], "scr_" + "0" * 26)
        ]
        assert [one.status_code for one in answers] == [404, 404]
        assert answers[0].content == answers[1].content

    def test_when_too_many_wait_the_next_is_sent_away(self, client, ask):
        class Full:
            def statistics(self):
                return SimpleNamespace(tasks_waiting=MOST_WAITING)

        state, usual = client.app.state, client.app.state.questions
        state.questions = Full()
        try:
            answer = ask("check", {"urls": [URL]})
        finally:
            state.questions = usual
        assert answer.status_code == 429
        assert answer.headers["retry-after"] == "60"


class TestOrigin:
    @pytest.mark.parametrize(
        ("at", "agent", "verdict"),
        [
            ("2024-03-01", "GPTBot", "violation"),
            ("2024-01-01", "GPTBot", "post_hoc"),
            ("2024-02-01", "GPTBot", "undetermined"),
            ("2024-03-01", "CCBot", "no_reservation_found"),
        ],
    )
    def test_a_date_is_judged_by_what_was_in_force(self, ask, web, at, agent, verdict):
        answer = ask("origin", {"url": URL, "agent": agent, "at": at, "history": HISTORY})
        assert answer.status_code == 200
        finding = Finding.model_validate_json(answer.content)
        assert finding.verdict == verdict
        assert finding.input == URL
        assert finding.coverage["robots.txt"] == "read"
        assert web["asked"] == [], "a history is all that is asked"

    def test_it_says_what_the_command_says(self, ask, monkeypatch, capsys, tmp_path):
        monkeypatch.setenv("ASSAY_HOME", str(tmp_path))
        for one in HISTORY:
            name = f"a.example_{one['seen'].replace('-', '')}.txt"
            (tmp_path / name).write_text(one["text"])
        told = ask(
            "origin", {"url": URL, "agent": "GPTBot", "at": "2024-03-15", "history": HISTORY}
        )
        asked = ["optout", "origin", URL, "--agent", "GPTBot", "--at", "2024-03-15"]
        assert _run([*asked, "--history", str(tmp_path), "--format", "json"]) in (0, 1)
        assert told.json() == json.loads(capsys.readouterr().out)

    @pytest.mark.parametrize(
        ("document", "text"),
        [
            ("robots.txt", CLOSED),
            ("tdmrep.json", '[{"location": "/", "tdm-reservation": 1}]'),
            ("ai.txt", "# Spawning AI\nUser-agent: *\nDisallow: *.jpg\n"),
        ],
    )
    def test_each_document_of_a_host_can_be_given(self, ask, document, text):
        given = [{"document": document, "seen": "2024-03-01", "text": text}]
        asked = {"url": f"{URL}.jpg", "agent": "GPTBot", "at": "2024-03-01", "history": given}
        finding = ask("origin", asked).json()
        assert finding["coverage"][document] == "read"
        assert finding["reservations"], finding

    def test_a_host_is_asked_as_it_is_now(self, ask, web):
        web["https://a.example/robots.txt"] = (200, CLOSED.encode())
        finding = ask("origin", {"url": URL, "agent": "GPTBot", "online": True}).json()
        assert finding["verdict"] == "violation"
        assert [url for url, _ in web["asked"]] == [
            "https://a.example/robots.txt",
            "https://a.example/.well-known/tdmrep.json",
            "https://a.example/ai.txt",
        ]

    def test_one_that_does_not_answer_leaves_it_undetermined(self, ask, web):
        web["https://a.example/robots.txt"] = FetchError("no answer")
        finding = ask("origin", {"url": URL, "agent": "GPTBot", "online": True}).json()
        assert (finding["verdict"], finding["undetermined_because"]) == ("undetermined", "fetch")

    @pytest.mark.parametrize("text", ["\x00" * 1000, "{[" * 50_000, "\u202e" * 9])
    @pytest.mark.parametrize("document", ["robots.txt", "tdmrep.json", "ai.txt", "rsl"])
    def test_whatever_a_document_holds_there_is_an_answer(self, ask, document, text):
        given = [{"document": document, "seen": "2024-03-01", "text": text}]
        answer = ask("origin", {"url": URL, "at": "2024-03-01", "history": given})
        assert answer.status_code == 200
        Finding.model_validate_json(answer.content)

    @pytest.mark.parametrize(
        "changed",
        [
            {"history": []},
            {"online": True},
            {"at": "spring"},
            {"at": "0001-01-01"},
            {"at": "9999-12-31"},
            {"at": "0001-01-01T00:00:00+23:59"},
            {"agent": "123"},
            {"use": "everything"},
            {"url": "ftp://a.example/"},
            {"url": "http://10.0.0.1:22/"},
            {"history": [{"seen": "x", "text": ""}]},
            {"history": [{"seen": "9999", "text": ""}]},
            {"history": [{"seen": "2024", "text": "", "document": "passwd"}]},
            {"history": [{"seen": "2024", "text": ""}] * (MOST_DOCUMENTS + 1)},
            {"history": [{"seen": "2024", "text": "a" * (512 * 1024 + 1)}]},
        ],
        ids=lambda changed: str(changed)[:40],
    )
    def test_what_is_no_question_is_refused(self, ask, web, changed):
        question = {"url": URL, "at": "2024-03-01", "history": HISTORY} | changed
        answer = ask("origin", question)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert web["asked"] == []

    def test_a_history_has_an_end(self, ask):
        given = [{"seen": "2024", "text": "a" * (500 * 1024)}] * 5
        assert ask("origin", {"url": URL, "at": "2024", "history": given}).status_code == 413

    def test_it_is_not_read_before_it_is_known_who_sends_it(self, client):
        def endless():
            yield b'{"url": "'
            pytest.fail("it was read on")

        answer = client.post("/v1/optout/origin", content=endless())
        assert answer.status_code == 401
