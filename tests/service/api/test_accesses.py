"""Who read or changed what is known before anyone is answered; what is erased is gone."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from service.api.noting import NOT_NOTED, PUBLIC, Noted
from service.storage.accesses import ERASED, Accesses, salted
from service.storage.accounts import Scope

SAMPLES = Path(__file__).parents[3] / "samples"
UNKNOWN = "scr_" + "0" * 26


@pytest.fixture
def noted(client, bearer):
    """Entries of the log about something, newest first."""

    def read(scope=Scope.AUDIT_READ, organisation="label", **asked):
        headers = bearer(scope, organisation)
        answer = client.get("/v1/accesses", headers=headers, params={"limit": 1000, **asked})
        assert answer.status_code == 200
        return answer.json()["items"]

    return read


@pytest.fixture
def erase(client, bearer):
    def delete(screening, organisation="label", **asked):
        headers = bearer(Scope.ADMINISTER, organisation)
        return client.delete(f"/v1/screenings/{screening}", headers=headers, params=asked)

    return delete


class TestNoting:
    def test_a_work_that_is_handed_in_and_read(self, client, bearer, submitted, noted, served):
        _, service = served
        done = submitted(wait=True)
        client.get(f"/v1/reports/{done['report']}", headers=bearer(Scope.REVIEW))
        about = {one["operation"] for one in noted(subject=done["id"])}
        assert about == {"submit", "screening"}
        (read,) = noted(subject=done["report"])
        assert (read["operation"], read["status"]) == ("report", 200)
        (organisation,) = (o.id for o in service.accounts.organisations() if o.name == "label")
        keys = {key.id: key.name for key in service.accounts.keys(organisation)}
        assert keys[read["caller"]] == "review"

    def test_what_is_refused_too(self, client, bearer, noted):
        client.get(f"/v1/screenings/{UNKNOWN}", headers=bearer())
        client.delete(f"/v1/screenings/{UNKNOWN}", headers=bearer(Scope.REVIEW))
        found = {(one["operation"], one["status"]) for one in noted(subject=UNKNOWN)}
        assert {("screening", 404), ("erase", 403)} <= found

    def test_keys_and_webhooks(self, client, bearer, noted):
        admin = bearer(Scope.ADMINISTER)
        asked = {"name": "x", "scopes": ["submit"]}
        key = client.post("/v1/keys", headers=admin, json=asked).json()["key"]["id"]
        client.delete(f"/v1/keys/{key}", headers=admin)
        assert [one["operation"] for one in noted(subject=key)] == ["revoke_key", "issue_key"]
        hook = client.post("/v1/webhooks", headers=admin, json={"url": "https://a.example/"})
        (made,) = noted(subject=hook.json()["webhook"]["id"])
        assert (made["operation"], made["status"]) == ("register_webhook", 201)

    def test_no_name_and_no_content_stands_in_it(self, client, bearer, served):
        _, service = served
        files = {"file": ("a name nobody shall read", b"words nobody shall read")}
        client.post("/v1/screenings", headers=bearer(), files=files)
        client.get("/v1/screenings/nobody shall read", headers=bearer())
        client.post("/v1/screenings", headers=bearer(), json={"url": "https://nobody.example/x"})
        with service.accesses._engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT * FROM accesses").all()
        assert rows
        assert "nobody" not in repr(rows)

    def test_what_says_nothing_of_an_organisation_is_not_noted(self, client, bearer, noted):
        for path in ("models", "trust"):
            client.get(f"/v1/{path}", headers=bearer())
        assert not NOT_NOTED & {one["operation"] for one in noted()}

    def test_a_fault_is_noted(self, client, bearer, noted, served, monkeypatch):
        _, service = served
        fault = RuntimeError("x")
        monkeypatch.setattr(service.screenings, "report", lambda *_: (_ for _ in ()).throw(fault))
        report = "rep_" + "7" * 26
        assert client.get(f"/v1/reports/{report}", headers=bearer()).status_code == 500
        (read,) = noted(subject=report)
        assert (read["operation"], read["status"]) == ("report", 500)

    @pytest.mark.parametrize("what", ["report", "events", "list"])
    def test_nobody_reads_what_cannot_be_noted(
        self, client, bearer, submitted, served, monkeypatch, what
    ):
        _, service = served
        done = submitted("ai_text.txt", wait=True)
        path = {
            "report": f"/v1/reports/{done['report']}",
            "events": f"/v1/screenings/{done['id']}/events",
            "list": "/v1/screenings?limit=3",
        }[what]

        def broken(*_):
            raise OperationalError("INSERT", {}, Exception("disk full"))

        monkeypatch.setattr(service.accesses, "note", broken)
        answer = client.get(path, headers=bearer(Scope.ADMINISTER, "label"))
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:assay:problem:unavailable"
        assert done["sha256"] not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
        monkeypatch.undo()
        assert client.get(path, headers=bearer(Scope.ADMINISTER, "label")).status_code == 200

    def test_whoever_polls_does_not_fill_the_log(self, served, client):
        _, service = served
        clock, written = [0.0], []

        class Log(Accesses):
            def note(self, *entry):
                written.append(entry)

        async def app(scope, receive, send):
            await send({"type": "http.response.start", "status": 200, "headers": []})

        noted = Noted(app, Log(service.accesses._engine), clock=lambda: clock[0])

        class Caller:
            id, organisation = "key_x", "org_x"

        class Route:
            operation_id = "screening"

        def ask(method="GET", screening=UNKNOWN):
            import anyio

            async def nothing(*_):
                return None

            scope = {
                "type": "http",
                "method": method,
                "state": {"caller": Caller},
                "route": Route,
                "path_params": {"screening": screening},
            }
            anyio.run(noted, scope, nothing, nothing)

        ask()
        ask()
        assert len(written) == 1
        ask(screening="scr_" + "1" * 26)
        ask("DELETE")
        ask("DELETE")
        assert len(written) == 4, "each change, and each other thing"
        clock[0] = 61.0
        ask()
        assert len(written) == 5


class TestReading:
    def test_pages_lead_on(self, client, bearer):
        audit = bearer(Scope.AUDIT_READ)
        for _ in range(4):
            client.post("/v1/keys", headers=bearer(Scope.ADMINISTER), json={})
        first = client.get("/v1/accesses?limit=2&format=json", headers=audit)
        onward = first.headers["link"]
        assert onward.endswith('>; rel="next"')
        second = client.get(onward[1:].partition(">")[0], headers=audit)
        shown = [one["id"] for page in (first, second) for one in page.json()["items"]]
        assert len(set(shown)) == 4
        assert shown == sorted(shown, reverse=True)

    def test_by_whom(self, noted):
        everyone = {one["caller"] for one in noted()}
        some = sorted(everyone)[0]
        assert {one["caller"] for one in noted(caller=some)} == {some}
        assert noted(caller="key_" + "0" * 26) == []

    def test_as_a_table(self, client, bearer, submitted, erase):
        one = submitted("ai_text.txt", fresh="true", wait=True)
        erase(one["id"], reason="requested")
        asked = {"format": "csv", "subject": one["id"], "limit": 1000}
        answer = client.get("/v1/accesses", headers=bearer(Scope.AUDIT_READ), params=asked)
        assert answer.headers["content-type"].startswith("text/csv")
        rows = list(csv.DictReader(io.StringIO(answer.text)))
        (erased,) = (row for row in rows if row["operation"] == ERASED)
        assert erased["reason"] == "requested"
        assert erased["digest"] == salted(one["sha256"], erased["salt"])

    def test_a_cell_is_no_formula(self, client, bearer, served):
        _, service = served
        organisation = next(o.id for o in service.accounts.organisations() if o.name == "label")
        service.accesses.note(organisation, '=HYPERLINK("x")', "report", None, 200)
        asked = {"format": "csv", "caller": '=HYPERLINK("x")'}
        answer = client.get("/v1/accesses", headers=bearer(Scope.AUDIT_READ), params=asked)
        assert list(csv.reader(io.StringIO(answer.text)))[1][2].startswith("'=")

    @pytest.mark.parametrize(
        "query", ["limit=0", "limit=1001", "after=x", "format=xml", "subject=" + "x" * 31]
    )
    def test_what_makes_no_sense_is_refused(self, client, bearer, query):
        answer = client.get(f"/v1/accesses?{query}", headers=bearer(Scope.AUDIT_READ))
        assert answer.status_code == 422

    def test_next_door_has_its_own(self, client, bearer, submitted, noted):
        one = submitted()
        assert noted(subject=one["id"])
        assert noted(subject=one["id"], organisation="rival") == []


class TestErasure:
    def test_what_is_erased_is_gone(self, client, bearer, erase, noted, served):
        _, service = served
        data = b"a work of which nothing shall stay"
        sent = {"file": ("letter.txt", data)}
        one = client.post("/v1/screenings", headers=bearer(), files=sent).json()
        with client.stream("GET", f"/v1/screenings/{one['id']}/events", headers=bearer()) as told:
            list(told.iter_lines())
        done = client.get(f"/v1/screenings/{one['id']}", headers=bearer()).json()
        answer = erase(one["id"], reason="requested")
        assert answer.status_code == 200
        assert answer.json()["work_deleted"]
        assert answer.json()["report_deleted"]
        for path in (f"screenings/{one['id']}", f"reports/{done['report']}"):
            assert client.get(f"/v1/{path}", headers=bearer()).status_code == 404
        assert client.get(f"/v1/receipts/{done['report']}", headers=bearer()).status_code == 404
        assert erase(one["id"]).status_code == 404
        sha256 = hashlib.sha256(data).hexdigest()
        assert not list(service.settings.data.rglob(f"{sha256}*"))
        (entry,) = (e for e in noted(subject=one["id"]) if e["operation"] == ERASED)
        assert (entry["reason"], entry["status"]) == ("requested", 200)
        assert entry["digest"] == salted(sha256, entry["salt"])

    def test_one_of_another_organisation_is_not_there(self, client, bearer, submitted, erase):
        one = submitted()
        theirs, nobody = erase(one["id"], "rival"), erase(UNKNOWN, "rival")
        assert theirs.status_code == nobody.status_code == 404
        assert theirs.content == nobody.content
        assert client.get(f"/v1/screenings/{one['id']}", headers=bearer()).status_code == 200

    def test_a_reason_is_one_of_a_few(self, submitted, erase):
        one = submitted()
        assert erase(one["id"], reason="Jean asked for it").status_code == 422
        assert erase(one["id"]).status_code == 200

    def test_the_same_work_may_come_again(self, submitted, erase):
        first = submitted("ai_text.txt", wait=True)
        erase(first["id"])
        again = submitted("ai_text.txt", wait=True)
        assert again["state"] == "done"
        assert again["work_kept"]

    def test_bytes_that_went_while_they_were_entered_are_asked_for_again(
        self, client, bearer, served, monkeypatch
    ):
        _, service = served
        monkeypatch.setattr(service._blobs, "has", lambda *_: False)
        sent = {"file": ("a.txt", b"a work that is erased just now")}
        answer = client.post("/v1/screenings", headers=bearer(), files=sent)
        assert answer.status_code == 503
        sha256 = hashlib.sha256(b"a work that is erased just now").hexdigest()
        listed = client.get(f"/v1/screenings?sha256={sha256}", headers=bearer())
        assert listed.json()["items"] == []
        monkeypatch.undo()
        assert client.post("/v1/screenings", headers=bearer(), files=sent).status_code == 202


def test_every_operation_that_is_noted_may_answer_503(client):
    for of in client.get("/v1/openapi.json").json()["paths"].values():
        for operation in of.values():
            needs_caller = "429" in operation["responses"]
            is_noted = needs_caller and operation["operationId"] not in NOT_NOTED | PUBLIC
            assert is_noted <= ("503" in operation["responses"]), operation["operationId"]


def test_a_copy_that_came_twice_does_not_stay(client, bearer, served):
    """Bytes with an idempotency key that came before, and the key with other bytes."""
    _, service = served
    headers = {**bearer(), "Idempotency-Key": "copies-1"}
    for data in (b"the first", b"the first", b"another"):
        client.post("/v1/screenings", headers=headers, files={"file": ("a", data)})
    kept = {one.name for one in service._blobs.listed()}
    assert hashlib.sha256(b"the first").hexdigest() in kept
    assert hashlib.sha256(b"another").hexdigest() not in kept


class TestPages:
    """What is read on a page, or through the link of an appeal, is read too."""

    @pytest.fixture
    def signed_in(self, served, keys):
        from fastapi.testclient import TestClient

        with_cookies = TestClient(served[0].app, follow_redirects=False)
        form = {"key": keys["label", Scope.REVIEW]}
        assert with_cookies.post("/sign-in", data=form).status_code == 303
        return with_cookies

    def test_a_page_is_noted(self, signed_in, submitted, noted):
        done = submitted(wait=True)
        assert signed_in.get(f"/works/{done['id']}").status_code == 200
        found = {one["operation"] for one in noted(subject=done["id"])}
        assert "page:work" in found
        assert "page:sign_in" in {one["operation"] for one in noted()}

    def test_nor_is_a_page_read_unseen(self, signed_in, submitted, served, monkeypatch):
        done = submitted(wait=True)

        def broken(*_):
            raise OperationalError("INSERT", {}, Exception("disk full"))

        monkeypatch.setattr(served[1].accesses, "note", broken)
        accept = {"accept": "text/html"}
        answer = signed_in.get(f"/works/{done['id']}", headers=accept)
        assert answer.status_code == 503
        assert answer.headers["content-type"].startswith("text/html")
        assert done["sha256"] not in answer.text

    def test_the_link_of_an_appeal_is_a_caller(self, client, bearer, submitted, noted):
        done = submitted(wait=True)
        path = f"/v1/screenings/{done['id']}/appeals"
        offered = client.post(path, headers=bearer()).json()
        assert client.get(f"/v1/appeals/{offered['token']}").status_code == 200
        (read,) = noted(caller=offered["appeal"]["id"])
        assert (read["operation"], read["subject"]) == ("appeal", done["id"])
        assert offered["token"] not in repr(noted())
