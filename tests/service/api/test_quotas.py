"""What a key may hand in a day, and how its secret is replaced."""

from __future__ import annotations

import pytest

from service.storage.accounts import Scope


@pytest.fixture
def issued(client, bearer):
    def issue(**quota):
        body = {"name": "ingest", "scopes": ["submit"], **quota}
        answer = client.post("/v1/keys", headers=bearer(Scope.ADMINISTER), json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return issue


def hand_in(client, secret, data=b"a text", **more):
    headers = {"Authorization": f"Bearer {secret}"}
    return client.post("/v1/screenings", headers=headers, files={"file": ("a.txt", data)}, **more)


def test_bytes_are_counted_over_all_works(client, issued):
    made = issued(bytes_per_day=10)
    assert made["key"]["bytes_per_day"] == 10
    assert hand_in(client, made["secret"], b"12345678").status_code == 202
    refused = hand_in(client, made["secret"], b"123")
    assert refused.status_code == 429
    assert "10 bytes a day" in refused.json()["detail"]
    assert hand_in(client, made["secret"], b"12").status_code == 202


def test_a_body_that_says_it_is_over_is_not_read(client, issued, served, monkeypatch):
    from service.api.uploads import Upload

    async def unread(*_, **__):
        pytest.fail("it was read")

    made = issued(bytes_per_day=1000)
    monkeypatch.setattr(Upload, "received", unread)
    assert hand_in(client, made["secret"], b"x" * 2_000_000).status_code == 429


def test_a_url_counts_as_a_work(client, issued):
    made = issued(uploads_per_day=1)
    headers = {"Authorization": f"Bearer {made['secret']}"}
    body = {"url": "https://label.example/a.png"}
    assert client.post("/v1/screenings", headers=headers, json=body).status_code == 202
    assert client.post("/v1/screenings", headers=headers, json=body).status_code == 429


@pytest.mark.parametrize("quota", [{"uploads_per_day": 0}, {"bytes_per_day": -1}])
def test_a_quota_is_something(client, bearer, quota):
    body = {"name": "ingest", "scopes": ["submit"], **quota}
    answer = client.post("/v1/keys", headers=bearer(Scope.ADMINISTER), json=body)
    assert answer.status_code == 422


def test_a_secret_is_replaced_with_or_without_an_overlap(client, bearer, issued):
    admin = bearer(Scope.ADMINISTER)
    old = issued(uploads_per_day=5)
    path = f"/v1/keys/{old['key']['id']}/rotate"
    new = client.post(path, headers=admin, json={"overlap_seconds": 3600})
    assert new.status_code == 201
    assert new.json()["key"]["scopes"] == ["submit"]
    assert new.json()["key"]["uploads_per_day"] == 5
    for secret in (old["secret"], new.json()["secret"]):
        assert hand_in(client, secret).status_code == 202
    at_once = f"/v1/keys/{new.json()['key']['id']}/rotate"
    last = client.post(at_once, headers=admin, json={"overlap_seconds": 0})
    assert last.status_code == 201
    assert hand_in(client, new.json()["secret"]).status_code == 401
    assert hand_in(client, last.json()["secret"]).status_code == 202
    assert client.post(at_once, headers=admin).status_code == 404


def test_next_door_cannot_rotate_it(client, bearer, issued):
    made = issued()
    theirs = bearer(Scope.ADMINISTER, "rival")
    answer = client.post(f"/v1/keys/{made['key']['id']}/rotate", headers=theirs)
    assert answer.status_code == 404
    assert hand_in(client, made["secret"]).status_code == 202
