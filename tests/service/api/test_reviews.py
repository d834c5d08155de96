"""Reviews: what comes to people, what their decisions change, and what they never change."""

from __future__ import annotations

import json

import pypdfium2
import pytest

from provenance.attest.verifying import Verifier
from service.receipts import PREDICATES
from service.review.statement import DECISION_PREDICATE
from service.storage.accounts import Scope


def queue(client, headers, **query):
    answer = client.get("/v1/reviews", headers=headers, params={"state": "open", **query})
    assert answer.status_code == 200
    return answer.json()


def open_for(client, headers, screening):
    found = queue(client, headers, limit=200)["items"]
    return [one for one in found if one["screening"] == screening["id"]]


class TestTheQueue:
    def test_what_asks_for_a_person_comes_to_one(self, client, flagged, reviewer, submitted):
        one, _ = flagged()
        quiet = submitted("unsigned.txt", wait=True)
        ana = reviewer("ana")
        (review,) = open_for(client, ana, one)
        assert review["findings"] == ["fully_synthetic"]
        assert (review["stage"], review["state"]) == ("review", "open")
        assert review["due_at"] > review["created_at"]
        assert open_for(client, ana, quiet) == []

    def test_what_is_due_first_comes_first_page_by_page(self, client, flagged, reviewer):
        for _ in range(3):
            flagged()
        ana = reviewer("ana")
        everything = [one["id"] for one in queue(client, ana, limit=200)["items"]]
        page = queue(client, ana, limit=2)
        seen = [one["id"] for one in page["items"]]
        while page["next"]:
            page = queue(client, ana, limit=2, after=page["next"])
            seen += [one["id"] for one in page["items"]]
        assert seen == everything

    def test_a_cursor_that_is_none_is_told(self, client, reviewer):
        answer = client.get("/v1/reviews?after=scr_x", headers=reviewer("ana"))
        assert answer.status_code == 422

    def test_one_is_taken_and_given_back(self, client, flagged, reviewer):
        one, _ = flagged()
        ana, ben = reviewer("ana"), reviewer("ben")
        (review,) = open_for(client, ana, one)
        path = f"/v1/reviews/{review['id']}/assignee"
        assert client.put(path, headers=ana, json={"assignee": "me"}).status_code == 204
        assert review["id"] in {each["id"] for each in queue(client, ana, mine=True)["items"]}
        assert review["id"] not in {each["id"] for each in queue(client, ben, mine=True)["items"]}
        assert client.get(f"/v1/reviews/{review['id']}", headers=ben).json()["assignee"] == "ana"
        assert client.put(path, headers=ana, json={"assignee": None}).status_code == 204
        assert client.get(f"/v1/reviews/{review['id']}", headers=ben).json()["assignee"] is None

    def test_next_door_sees_none(self, client, flagged, reviewer):
        one, _ = flagged()
        theirs = reviewer("eve", organisation="rival")
        (review,) = open_for(client, reviewer("ana"), one)
        assert open_for(client, theirs, one) == []
        body = {"outcome": "reversed", "reason": "mine"}
        for answer in (
            client.get(f"/v1/reviews/{review['id']}", headers=theirs),
            client.post(f"/v1/reviews/{review['id']}/opinions", headers=theirs, json=body),
            client.put(
                f"/v1/reviews/{review['id']}/assignee", headers=theirs, json={"assignee": "me"}
            ),
            client.post(f"/v1/screenings/{one['id']}/review", headers=theirs),
            client.get(f"/v1/screenings/{one['id']}/decisions", headers=theirs),
        ):
            assert answer.status_code == 404


class TestADecision:
    def test_a_reversal_changes_what_the_next_identical_upload_gets(
        self, client, bearer, flagged, decide, reviewer
    ):
        first, data = flagged()
        before = client.get(f"/v1/reports/{first['report']}", headers=bearer()).content
        decision = decide(first, "reversed")["decision"]

        again, _ = flagged(data=data)
        assert again["findings"] == ["fully_synthetic"]  # evidence stays evidence
        assert again["standing_findings"] == []
        assert again["decision"] == decision
        assert open_for(client, reviewer("ben"), again) == []  # nobody is asked twice
        assert client.get(f"/v1/reports/{first['report']}", headers=bearer()).content == before

    def test_it_holds_for_screenings_that_ended_before_it(self, client, bearer, flagged, decide):
        first, data = flagged()
        second, _ = flagged(data=data)
        decide(first, "reversed")
        now = client.get(f"/v1/screenings/{second['id']}", headers=bearer()).json()
        assert now["standing_findings"] == []

    def test_one_that_upholds_leaves_the_findings_and_asks_nobody_again(
        self, client, flagged, decide, reviewer
    ):
        first, data = flagged()
        decide(first, "upheld")
        again, _ = flagged(data=data)
        assert again["standing_findings"] == ["fully_synthetic"]
        assert open_for(client, reviewer("ben"), again) == []

    def test_it_is_nobody_elses(self, flagged, decide):
        first, data = flagged()
        decide(first, "reversed")
        theirs, _ = flagged(data=data, organisation="rival")
        assert theirs["standing_findings"] == ["fully_synthetic"]
        assert theirs["decision"] is None

    def test_a_later_one_replaces_it(self, client, bearer, flagged, decide, reviewer):
        one, _ = flagged()
        first = decide(one, "reversed")["decision"]
        opened = client.post(f"/v1/screenings/{one['id']}/review", headers=reviewer("ana"))
        assert opened.status_code == 201
        second = decide(one, "upheld")["decision"]
        now = client.get(f"/v1/screenings/{one['id']}", headers=bearer()).json()
        assert (now["decision"], now["standing_findings"]) == (second, ["fully_synthetic"])
        listed = client.get(f"/v1/screenings/{one['id']}/decisions", headers=bearer()).json()
        assert [each["id"] for each in listed["items"]] == [first, second]

    def test_what_was_handed_in_twice_is_decided_once(self, client, flagged, decide, reviewer):
        first, data = flagged()
        second, _ = flagged(data=data)
        ana = reviewer("ana")
        assert open_for(client, ana, second)
        decide(first, "reversed")
        assert open_for(client, ana, second) == []

    def test_an_appeal_is_answered_for_itself(self, client, bearer, flagged, decide, reviewer):
        one, _ = flagged()
        made = client.post(f"/v1/screenings/{one['id']}/appeals", headers=bearer()).json()
        ana = reviewer("ana")
        (review,) = open_for(client, ana, one)
        client.post(f"/v1/appeals/{made['token']}", json={"statement": "It is mine."})
        body = {"outcome": "upheld", "reason": "x"}
        client.post(f"/v1/reviews/{review['id']}/opinions", headers=ana, json=body)
        (appeal,) = open_for(client, ana, one)
        assert appeal["stage"] == "appeal"

    def test_whoever_prints_the_report_prints_it_too(self, client, bearer, flagged, decide):
        one, _ = flagged()
        path = f"/v1/reports/{one['report']}"
        said = "found that this does not stand: Fully synthetic"
        assert said not in client.get(f"{path}?format=html", headers=bearer()).text
        decide(one, "reversed")
        assert said in client.get(f"{path}?format=html", headers=bearer()).text
        french = client.get(f"{path}?format=html&lang=fr", headers=bearer()).text
        assert "écarté ceci" in french
        document = pypdfium2.PdfDocument(client.get(f"{path}?format=pdf", headers=bearer()).content)
        first = document[0].get_textpage()
        text = " ".join(first.get_text_bounded().split())
        first.close()
        document.close()
        assert said in text

    def test_its_record_is_signed_and_names_the_report_as_it_was_written(
        self, client, served, bearer, flagged, decide
    ):
        _, service = served
        one, _ = flagged()
        decision = decide(one, "reversed", reason="the stems are theirs")["decision"]
        raw = client.get(f"/v1/decisions/{decision}", headers=bearer()).content
        verified = Verifier(service.key_set(), predicates=PREDICATES).verify(raw)
        assert verified.valid
        statement = verified.statement
        assert statement.predicate_type == DECISION_PREDICATE
        assert statement.has_subject(one["sha256"])
        said = statement.predicate
        assert (said["outcome"], said["replaces"]) == ("reversed", None)
        assert said["opinions"][0]["by"] == "ana"
        assert said["opinions"][0]["reason"] == "the stems are theirs"

    def test_it_is_made_once(self, client, flagged, decide, reviewer):
        one, _ = flagged()
        review = decide(one, "upheld")["review"]["id"]
        body = {"outcome": "reversed", "reason": "no"}
        path = f"/v1/reviews/{review}/opinions"
        assert client.post(path, headers=reviewer("ben"), json=body).status_code == 409
        taken = client.put(
            f"/v1/reviews/{review}/assignee", headers=reviewer("ben"), json={"assignee": "me"}
        )
        assert taken.status_code == 404

    @pytest.mark.parametrize(
        "body", [{}, {"outcome": "maybe", "reason": "x"}, {"outcome": "upheld", "reason": ""}]
    )
    def test_it_has_an_outcome_and_a_reason(self, client, flagged, reviewer, body):
        one, _ = flagged()
        ana = reviewer("ana")
        (review,) = open_for(client, ana, one)
        answer = client.post(f"/v1/reviews/{review['id']}/opinions", headers=ana, json=body)
        assert answer.status_code == 422

    def test_webhooks_are_told(self, client, bearer, served, flagged, decide):
        _, service = served
        one, _ = flagged()
        hook = service.webhooks.register(
            service.screenings.any(one["id"]).organisation, "https://label.example/hook"
        )
        decision = decide(one, "reversed")["decision"]
        told = [
            json.loads(each.body)
            for each in service.webhooks.deliveries(hook.organisation, limit=50)
            if each.webhook == hook.id
        ]
        (message,) = [each for each in told if each["type"] == "decision.made"]
        assert message["data"]["decision"] == decision
        assert message["data"]["outcome"] == "reversed"
        service.webhooks.end(hook.organisation, hook.id)


class TestTwoPeople:
    @pytest.fixture
    def strict(self, client, bearer):
        admin = bearer(Scope.ADMINISTER, "rival")
        document = 'name = "two"\nrun = ["provenance"]\n[reviewing]\ntwo_person = true\n'
        made = client.post("/v1/policies", headers=admin, json={"document": document}).json()
        assert client.post(f"/v1/policies/{made['id']}/activate", headers=admin).status_code == 200

    def test_two_must_agree_and_neither_sees_the_other_first(
        self, client, strict, flagged, reviewer
    ):
        one, _ = flagged(organisation="rival")
        ana, ben, cyd = (reviewer(name, "rival") for name in ("ana", "ben", "cyd"))
        (review,) = open_for(client, ana, one)
        path = f"/v1/reviews/{review['id']}/opinions"

        def give(who, outcome):
            return client.post(path, headers=who, json={"outcome": outcome, "reason": "x"})

        first = give(ana, "upheld").json()
        assert (first["decision"], first["review"]["state"]) == (None, "open")
        assert give(ana, "upheld").status_code == 409
        seen = client.get(f"/v1/reviews/{review['id']}", headers=ben).json()["opinions"]
        assert [(each["by"], each["outcome"], each["reason"]) for each in seen] == [
            ("ana", None, None)
        ]
        assert give(ben, "reversed").json()["decision"] is None
        last = give(cyd, "reversed").json()
        assert last["decision"] is not None
        assert [each["outcome"] for each in last["review"]["opinions"]] == [
            "upheld",
            "reversed",
            "reversed",
        ]


def test_reversals_are_counted_by_what_led_to_them(client, bearer, flagged, decide):
    asked = "/v1/reversals?since=2020-01-01T00:00:00Z"
    before = client.get(asked, headers=bearer()).json()
    for outcome in ("reversed", "upheld"):
        one, _ = flagged()
        decide(one, outcome)
    after = client.get(asked, headers=bearer()).json()
    assert after["decided"] == before["decided"] + 2
    assert after["reversed"] == before["reversed"] + 1
    generators = [each for each in after["items"] if each["by"] == "generator"]
    assert generators
    for each in generators:
        assert 0 <= each["interval"][0] <= each["share"] <= each["interval"][1] <= 1
