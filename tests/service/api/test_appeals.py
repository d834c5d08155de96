"""Appeals: a link, a case, exhibits, and a decision by people; nothing else opens with it."""

from __future__ import annotations

import datetime as dt
import json
import time

import pytest
from sqlalchemy import update

from provenance.attest.verifying import Verifier
from service.receipts import PREDICATES
from service.storage.accounts import Scope
from service.storage.tables import appeals


@pytest.fixture
def offered(client, bearer, flagged):
    """A flagged screening and the path of a link to appeal against it."""

    def offer():
        one, _ = flagged()
        answer = client.post(f"/v1/screenings/{one['id']}/appeals", headers=bearer())
        assert answer.status_code == 201
        return one, f"/v1/appeals/{answer.json()['token']}"

    return offer


class TestTheLink:
    def test_it_shows_what_is_held_against_the_work_and_why(self, client, offered):
        one, path = offered()
        case = client.get(path, params={"lang": "fr"}).json()
        assert case["organisation"] == "label"
        assert case["work"] == "cover.png"
        assert case["findings"] == ["fully_synthetic"]
        assert case["state"] == "offered"
        assert any("métadonnées" in each for each in case["reasons"])
        assert one["id"] not in str(case)  # nothing that leads further

    def test_it_is_shown_once_and_kept_as_a_digest(self, client, bearer, served, offered):
        one, path = offered()
        secret = path.rpartition("/")[2]
        listed = client.get(f"/v1/screenings/{one['id']}/appeals", headers=bearer())
        assert secret not in listed.text
        _, service = served
        with service._engine.connect() as connection:
            kept = connection.execute(appeals.select()).all()
        assert secret not in str(kept)

    def test_nobody_next_door_can_make_one(self, client, bearer, flagged):
        one, _ = flagged()
        theirs = bearer(organisation="rival")
        made = client.post(f"/v1/screenings/{one['id']}/appeals", headers=theirs)
        assert made.status_code == 404
        assert client.get(f"/v1/screenings/{one['id']}/appeals", headers=theirs).status_code == 404

    def test_a_work_without_a_report_has_none(self, client, bearer):
        answer = client.post("/v1/screenings/scr_" + "0" * 26 + "/appeals", headers=bearer())
        assert answer.status_code == 404

    def test_it_ends(self, client, served, bearer, offered):
        one, path = offered()
        _, service = served
        past = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=1)
        with service._engine.begin() as connection:
            mine = appeals.c.screening == one["id"]
            connection.execute(update(appeals).where(mine).values(expires_at=past))
        assert client.get(path).json()["state"] == "expired"
        assert client.post(path, json={"statement": "late"}).status_code == 409
        late = client.post(f"{path}/exhibits", files={"file": ("a.txt", b"late")})
        assert late.status_code == 409


class TestTheCase:
    def test_it_is_stated_once_and_comes_to_people_with_a_deadline(self, client, offered, reviewer):
        one, path = offered()
        stated = client.post(path, json={"statement": "I painted it."})
        assert stated.status_code == 200
        assert stated.json()["state"] == "stated"
        assert stated.json()["due_at"] is not None
        assert client.post(path, json={"statement": "again"}).status_code == 409
        queue = client.get("/v1/reviews?limit=200", headers=reviewer("ana")).json()["items"]
        stages = {each["stage"] for each in queue if each["screening"] == one["id"]}
        assert stages == {"review", "appeal"}

    @pytest.mark.parametrize("body", [{}, {"statement": ""}, {"statement": "x" * 20_001}])
    def test_it_says_something_and_not_too_much(self, client, offered, body):
        _, path = offered()
        assert client.post(path, json=body).status_code == 422

    def test_what_is_decided_is_told_with_its_reason_and_without_names(
        self, client, offered, reviewer
    ):
        one, path = offered()
        client.post(path, json={"statement": "I painted it."})
        ana = reviewer("ana-of-the-desk")
        queue = client.get("/v1/reviews?state=open&limit=200", headers=ana).json()["items"]
        (review,) = [
            each["id"]
            for each in queue
            if each["screening"] == one["id"] and each["stage"] == "appeal"
        ]
        body = {"outcome": "reversed", "reason": "The layers show every stroke."}
        client.post(f"/v1/reviews/{review}/opinions", headers=ana, json=body)
        case = client.get(path)
        assert case.json()["state"] == "decided"
        assert case.json()["outcome"] == "reversed"
        assert case.json()["explanation"] == ["The layers show every stroke."]
        assert "ana-of-the-desk" not in case.text
        more = client.post(f"{path}/exhibits", files={"file": ("a.txt", b"more")})
        assert more.status_code == 409


class TestExhibits:
    def test_one_is_hashed_time_stamped_and_checked(
        self, client, served, bearer, offered, reviewer
    ):
        _, service = served
        one, path = offered()
        answer = client.post(
            f"{path}/exhibits?kind=draft", files={"file": ("draft <1>.txt", b"first draft")}
        )
        assert answer.status_code == 201, answer.text
        (shown,) = answer.json()["exhibits"]
        assert (shown["kind"], shown["name"]) == ("draft", "draft <1>.txt")
        until = time.monotonic() + 60
        while not client.get(path).json()["exhibits"][0]["checked"]:
            assert time.monotonic() < until
            time.sleep(0.1)
        listed = client.get(f"/v1/screenings/{one['id']}/appeals", headers=bearer()).json()
        (exhibit,) = listed["items"][0]["exhibits"]
        raw = json.dumps(exhibit["receipt"]).encode()
        verified = Verifier(service.key_set(), predicates=PREDICATES).verify(raw)
        assert verified.valid
        assert verified.statement.has_subject(exhibit["sha256"])
        assert verified.statement.predicate["received_at"]
        report = client.get(f"/v1/reports/{exhibit['report']}", headers=bearer())
        assert report.json()["asset"]["sha256"] == exhibit["sha256"]

    def test_one_that_looks_like_ai_is_evidence_and_accuses_nobody(
        self, client, bearer, offered, reviewer, flagged
    ):
        _, path = offered()
        _, data = flagged()
        client.post(f"{path}/exhibits", files={"file": ("x.png", data + b"1")})
        until = time.monotonic() + 60
        while not client.get(path).json()["exhibits"][0]["checked"]:
            assert time.monotonic() < until
            time.sleep(0.1)
        exhibits = [
            each
            for each in client.get("/v1/screenings?limit=200", headers=bearer()).json()["items"]
            if each["exhibit"]
        ]
        queue = client.get("/v1/reviews?limit=200", headers=reviewer("ana")).json()["items"]
        assert not {each["id"] for each in exhibits} & {each["screening"] for each in queue}

    def test_there_are_no_more_than_twenty(self, client, offered, monkeypatch):
        _, path = offered()
        monkeypatch.setattr("service.storage.appeals.MOST_EXHIBITS", 1)
        first = client.post(f"{path}/exhibits", files={"file": ("a.txt", b"a")})
        assert first.status_code == 201
        second = client.post(f"{path}/exhibits", files={"file": ("b.txt", b"b")})
        assert second.status_code == 409

    def test_a_body_that_is_no_form_is_told(self, client, offered):
        _, path = offered()
        assert client.post(f"{path}/exhibits", content=b"x").status_code == 415
        assert client.post(f"{path}/exhibits", files={"nope": b"x"}).status_code == 422
        big = client.post(f"{path}/exhibits", files={"file": ("a", b"x" * 3_100_000)})
        assert big.status_code == 413


def test_two_people_who_decided_do_not_decide_the_appeal(client, bearer, flagged, reviewer):
    admin = bearer(Scope.ADMINISTER, "rival")
    document = 'run = ["provenance"]\n[reviewing]\ntwo_person = true\n'
    made = client.post("/v1/policies", headers=admin, json={"document": document}).json()
    client.post(f"/v1/policies/{made['id']}/activate", headers=admin)
    one, _ = flagged(organisation="rival")
    people = {name: reviewer(name, "rival") for name in ("ana", "ben", "cyd", "dov")}

    def give(name, stage):
        queue = client.get("/v1/reviews?state=open&limit=200", headers=people[name]).json()
        (review,) = [
            each["id"]
            for each in queue["items"]
            if each["screening"] == one["id"] and each["stage"] == stage
        ]
        body = {"outcome": "upheld", "reason": "x"}
        return client.post(
            f"/v1/reviews/{review}/opinions", headers=people[name], json=body
        ).status_code

    assert [give(name, "review") for name in ("ana", "ben")] == [201, 201]
    token = client.post(
        f"/v1/screenings/{one['id']}/appeals", headers=bearer(organisation="rival")
    ).json()["token"]
    client.post(f"/v1/appeals/{token}", json={"statement": "mine"})
    assert [give(name, "appeal") for name in ("ana", "cyd", "dov")] == [409, 201, 201]


def test_exhibits_over_what_may_be_handed_in_a_day_wait_for_the_next(client, served, offered):
    _, service = served
    _, path = offered()
    usual = service.settings
    service.settings = usual.model_copy(update={"uploads_per_day": 1})
    try:
        answers = [
            client.post(f"{path}/exhibits", files={"file": ("a.txt", data)})
            for data in (b"1", b"2")
        ]
    finally:
        service.settings = usual
    assert [one.status_code for one in answers] == [201, 429]
    assert int(answers[1].headers["retry-after"]) >= 1
