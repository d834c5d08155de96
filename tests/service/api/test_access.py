"""Who may do what: every operation with every scope, without a key, and from next door."""

from __future__ import annotations

import datetime as dt

import pytest
from fastapi.testclient import TestClient

from service.api.access import Pace
from service.storage.accounts import Scope

NOW = dt.datetime.now(dt.UTC)

ANY = frozenset(Scope)
UNKNOWN = "scr_" + "0" * 26
OPERATIONS = {
    ("POST", "/v1/screenings"): {Scope.SUBMIT},
    ("GET", "/v1/screenings"): ANY,
    ("GET", f"/v1/screenings/{UNKNOWN}"): ANY,
    ("DELETE", f"/v1/screenings/{UNKNOWN}"): {Scope.ADMINISTER},
    ("GET", f"/v1/screenings/{UNKNOWN}/events"): ANY,
    ("GET", "/v1/reports/rep_x"): ANY,
    ("GET", "/v1/receipts/rep_x"): ANY,
    ("POST", "/v1/reports/rep_x/attestation"): {Scope.ADMINISTER},
    ("DELETE", "/v1/reports/rep_x/attestation"): {Scope.ADMINISTER},
    ("GET", "/v1/log/entries/sig_x"): ANY,
    ("GET", "/v1/reviews"): ANY,
    ("GET", "/v1/reviews/rev_x"): ANY,
    ("PUT", "/v1/reviews/rev_x/assignee"): {Scope.REVIEW},
    ("POST", "/v1/reviews/rev_x/opinions"): {Scope.REVIEW},
    ("POST", f"/v1/screenings/{UNKNOWN}/review"): {Scope.REVIEW},
    ("GET", f"/v1/screenings/{UNKNOWN}/decisions"): ANY,
    ("GET", "/v1/decisions/dec_x"): ANY,
    ("GET", "/v1/reversals"): ANY,
    ("GET", "/v1/calibration"): ANY,
    ("POST", f"/v1/screenings/{UNKNOWN}/appeals"): {Scope.SUBMIT, Scope.REVIEW, Scope.ADMINISTER},
    ("GET", f"/v1/screenings/{UNKNOWN}/appeals"): ANY,
    ("GET", "/v1/policies"): ANY,
    ("POST", "/v1/policies"): {Scope.ADMINISTER},
    ("POST", "/v1/policies/pol_x/dry-run"): {Scope.ADMINISTER},
    ("POST", "/v1/policies/pol_x/activate"): {Scope.ADMINISTER},
    ("POST", "/v1/optout/check"): {Scope.SUBMIT, Scope.AUDIT_READ},
    ("POST", "/v1/optout/origin"): {Scope.SUBMIT, Scope.AUDIT_READ},
    ("GET", "/v1/keys"): {Scope.ADMINISTER},
    ("POST", "/v1/keys"): {Scope.ADMINISTER},
    ("DELETE", "/v1/keys/key_x"): {Scope.ADMINISTER},
    ("POST", "/v1/keys/rot_x/rotate"): {Scope.ADMINISTER},
    ("GET", "/v1/usage"): ANY,
    ("GET", "/v1/webhooks"): {Scope.ADMINISTER},
    ("POST", "/v1/webhooks"): {Scope.ADMINISTER},
    ("DELETE", "/v1/webhooks/whk_x"): {Scope.ADMINISTER},
    ("GET", "/v1/deliveries"): {Scope.ADMINISTER},
    ("POST", "/v1/deliveries/msg_x/again"): {Scope.ADMINISTER},
    ("GET", "/v1/accesses"): {Scope.ADMINISTER, Scope.AUDIT_READ},
    ("GET", "/v1/models"): ANY,
    ("GET", "/v1/trust"): ANY,
}
OPEN = (
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
    ("GET", "/v1/receipt-keys"),
    ("GET", "/v1/log/checkpoint"),
)
BY_LINK = (
    ("GET", "/v1/appeals/tok_x"),
    ("POST", "/v1/appeals/tok_x"),
    ("POST", "/v1/appeals/tok_x/exhibits"),
)
"""Whoever has the secret of a link, and nobody else, whatever key they have."""
OF_OTHERS = {("GET", "/v1/log/consistency"), ("GET", "/verify/{token}")}
"""For everyone too; the log asks for two sizes, and a page for its link (test_attestations)."""


def test_the_matrix_names_every_operation(client):
    paths = client.get("/v1/openapi.json").json()["paths"]
    described = {(method.upper(), path) for path, of in paths.items() for method in of}
    names = {
        UNKNOWN: "{screening}",
        "rep_x": "{report}",
        "sig_x": "{signed}",
        "key_x": "{revoked}",
        "rot_x": "{rotated}",
        "whk_x": "{webhook}",
        "msg_x": "{message}",
        "rev_x": "{review}",
        "dec_x": "{decision}",
        "pol_x": "{policy}",
        "tok_x": "{token}",
    }
    named = set()
    for method, path in (*OPERATIONS, *OPEN, *BY_LINK):
        for example, name in names.items():
            path = path.replace(example, name)  # noqa: PLW2901 - step by step
        named.add((method, path))
    assert named | OF_OTHERS == described


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
@pytest.mark.parametrize("scope", Scope)
def test_a_key_may_do_what_its_scope_says_and_nothing_else(client, bearer, operation, scope):
    answer = client.request(*operation, headers=bearer(scope))
    allowed = scope in OPERATIONS[operation]
    assert (answer.status_code == 403) is not allowed
    assert answer.status_code != 401
    if not allowed:
        assert answer.json()["type"] == "urn:assay:problem:forbidden"


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer x", "Bearer assay_", "Basic YTpi", "assay_x"]
)
def test_without_a_valid_key_there_is_nothing(client, operation, header):
    headers = {} if header is None else {"Authorization": header}
    answer = client.request(*operation, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("operation", OPEN, ids=" ".join)
def test_what_says_nothing_of_anyone_needs_no_key(client, operation):
    assert client.request(*operation).status_code == 200


@pytest.mark.parametrize("operation", BY_LINK, ids=" ".join)
def test_a_link_that_was_never_given_opens_nothing(client, bearer, operation):
    body = {"json": {"statement": "I made it."}} if operation[0] == "POST" else {}
    for headers in ({}, bearer(Scope.ADMINISTER)):
        answer = client.request(*operation, headers=headers, **body)
        assert answer.status_code == 404
        assert answer.json()["detail"] == "there is no such appeal"


class TestNextDoor:
    """What another organisation has is answered as what nobody has, word for word."""

    def test_a_screening(self, client, bearer, submitted):
        one = submitted()
        for path in (f"/v1/screenings/{one['id']}", f"/v1/screenings/{one['id']}/events"):
            theirs = client.get(path, headers=bearer(organisation="rival"))
            nobody = client.get(path.replace(one["id"], UNKNOWN), headers=bearer())
            assert theirs.status_code == nobody.status_code == 404
            assert theirs.content == nobody.content

    def test_a_report(self, client, bearer, submitted):
        done = submitted(wait=True)
        for what in ("reports", "receipts"):
            path = f"/v1/{what}/{done['report']}"
            assert client.get(path, headers=bearer()).status_code == 200
            theirs = client.get(path, headers=bearer(organisation="rival"))
            nobody = client.get(f"/v1/{what}/rep_" + "0" * 26, headers=bearer())
            assert theirs.status_code == nobody.status_code == 404
            assert theirs.content == nobody.content

    def test_a_list_by_digest(self, client, bearer, submitted):
        done = submitted(wait=True)
        asked = f"/v1/screenings?sha256={done['sha256']}"
        mine = client.get(asked, headers=bearer()).json()["items"]
        assert done["id"] in {one["id"] for one in mine}
        theirs = client.get(asked, headers=bearer(organisation="rival")).json()["items"]
        assert not {one["id"] for one in mine} & {one["id"] for one in theirs}

    def test_the_same_bytes_get_a_report_of_their_own(self, submitted):
        mine = submitted("ai_text.txt", wait=True)
        theirs = submitted("ai_text.txt", wait=True, organisation="rival")
        assert mine["sha256"] == theirs["sha256"]
        assert mine["report"] != theirs["report"]

    def test_a_key(self, client, bearer, served):
        _, service = served
        made = service.issue("theirs", "rival", [Scope.SUBMIT])
        answer = client.delete(f"/v1/keys/{made.key.id}", headers=bearer(Scope.ADMINISTER))
        assert answer.status_code == 404
        headers = {"Authorization": f"Bearer {made.secret}"}
        assert client.get("/v1/screenings", headers=headers).status_code == 200


class TestKeys:
    def test_one_is_made_shown_once_and_ended(self, client, bearer):
        admin = bearer(Scope.ADMINISTER)
        asked = {"name": "ingest", "scopes": ["submit"]}
        answer = client.post("/v1/keys", headers=admin, json=asked)
        assert answer.status_code == 201
        made, secret = answer.json()["key"], answer.json()["secret"]
        headers = {"Authorization": f"Bearer {secret}"}
        assert client.get("/v1/screenings", headers=headers).status_code == 200
        listed = client.get("/v1/keys", headers=admin)
        assert secret not in listed.text
        assert made["id"] in {one["id"] for one in listed.json()["items"]}
        assert client.delete(f"/v1/keys/{made['id']}", headers=admin).status_code == 204
        assert client.get("/v1/screenings", headers=headers).status_code == 401

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"name": "x", "scopes": []},
            {"name": "x", "scopes": ["everything"]},
            {"name": "", "scopes": ["submit"]},
            {"name": "x", "scopes": ["submit"], "organisation": "rival"},
            {"name": "x", "scopes": ["submit"], "expires_at": "2020-01-01T00:00:00Z"},
            {"name": "x", "scopes": ["submit"], "expires_at": "2027-01-01T00:00:00"},
        ],
    )
    def test_one_that_makes_no_sense_is_refused(self, client, bearer, body):
        answer = client.post("/v1/keys", headers=bearer(Scope.ADMINISTER), json=body)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"

    def test_one_that_ends_in_a_while_works_until_then(self, client, bearer):
        end = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
        asked = {"name": "x", "scopes": ["submit"], "expires_at": end.isoformat()}
        answer = client.post("/v1/keys", headers=bearer(Scope.ADMINISTER), json=asked)
        assert answer.status_code == 201


@pytest.mark.parametrize("path", ["/v1/keys", "/v1/webhooks"])
@pytest.mark.parametrize("key", [True, False])
def test_a_body_that_is_held_in_memory_is_a_small_one(client, bearer, path, key):
    """Whoever sends it, also before anyone asks for the key; read whole, it would be a 422."""
    headers = bearer(Scope.ADMINISTER) if key else {}
    headers |= {"content-type": "application/json"}
    pieces = (b'"' + b"a" * 10_000 for _ in range(100))
    answer = client.post(path, headers=headers, content=pieces)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


class TestPace:
    def test_a_key_that_asks_too_often_waits_and_others_do_not(self):
        pace = Pace(3)
        assert [pace.wait("a") for _ in range(3)] == [0, 0, 0]
        assert 1 <= pace.wait("a") <= 61
        assert pace.wait("b") == 0

    @pytest.mark.parametrize(
        ("one", "other", "together"),
        [
            ("93.184.216.34", "93.184.216.34", True),
            ("93.184.216.34", "93.184.216.35", False),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),  # one subscriber has a /64
            ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
            ("::ffff:93.184.216.34", "::ffff:93.184.216.35", False),
        ],
    )
    def test_what_all_may_see_has_a_pace_for_each_place(self, client, one, other, together):
        state, usual = client.app.state, client.app.state.public_pace
        state.public_pace = Pace(1)
        try:
            answers = [
                TestClient(client.app, client=(place, 1)).get("/v1/log/checkpoint")
                for place in (one, other)
            ]
        finally:
            state.public_pace = usual
        assert [each.status_code for each in answers] == [200, 429 if together else 200]

    def test_it_is_told_when_to_come_back(self, client, bearer):
        state, usual = client.app.state, client.app.state.pace
        state.pace = Pace(2)
        try:
            answers = [client.get("/v1/screenings", headers=bearer()) for _ in range(3)]
        finally:
            state.pace = usual
        assert [one.status_code for one in answers] == [200, 200, 429]
        assert int(answers[2].headers["retry-after"]) >= 1
        assert answers[2].json()["type"] == "urn:assay:problem:too_many_requests"
        assert client.get("/healthz").status_code == 200
