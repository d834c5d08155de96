"""Webhooks over HTTP: registered by who administers, told what ended, and nobody else's."""

from __future__ import annotations

import socket
import time

import pytest

from service.storage.accounts import Scope


@pytest.fixture
def admin(bearer):
    return bearer(Scope.ADMINISTER)


@pytest.fixture
def registered(client, admin):
    answer = client.post("/v1/webhooks", headers=admin, json={"url": "http://hook.example/h"})
    assert answer.status_code == 201
    yield answer.json()
    client.delete(f"/v1/webhooks/{answer.json()['webhook']['id']}", headers=admin)


def test_the_secret_is_shown_once(client, admin, registered):
    assert registered["secret"].startswith("whsec_")
    listed = client.get("/v1/webhooks", headers=admin)
    assert registered["webhook"] in listed.json()["items"]
    assert registered["secret"] not in listed.text


@pytest.mark.parametrize("url", ["", "ftp://a.example/", "http://u:p@a.example/", "http://a:22/"])
def test_one_that_could_never_be_reached_is_refused(client, admin, url):
    assert client.post("/v1/webhooks", headers=admin, json={"url": url}).status_code == 422


def test_every_end_is_delivered_or_says_why_not(client, admin, registered, submitted, monkeypatch):
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)
    one = submitted(wait=True)
    until = time.monotonic() + 30
    while True:
        found = client.get("/v1/deliveries", headers=admin).json()["items"]
        mine = [m for m in found if m["webhook"] == registered["webhook"]["id"] and m["attempts"]]
        if mine:
            break
        assert time.monotonic() < until, found
        time.sleep(0.2)
    assert one["state"] == "done"
    assert (mine[0]["event"], mine[0]["state"]) == ("screening.done", "pending")
    assert "public address" in mine[0]["fault"], "the guard holds at delivery"
    again = client.post(f"/v1/deliveries/{mine[0]['id']}/again", headers=admin)
    assert again.status_code == 204


def test_another_organisation_sees_none_of_it(client, bearer, registered, submitted):
    submitted(wait=True)
    theirs = bearer(Scope.ADMINISTER, "rival")
    webhook = registered["webhook"]["id"]
    assert client.get("/v1/webhooks", headers=theirs).json()["items"] == []
    assert client.delete(f"/v1/webhooks/{webhook}", headers=theirs).status_code == 404
    found = client.get("/v1/deliveries", headers=bearer(Scope.ADMINISTER)).json()["items"]
    rivals = client.get("/v1/deliveries", headers=theirs).json()["items"]
    assert not {m["id"] for m in found} & {m["id"] for m in rivals}
    for message in found[:1]:
        answer = client.post(f"/v1/deliveries/{message['id']}/again", headers=theirs)
        assert answer.status_code == 404
