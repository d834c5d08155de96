"""Tokens of an OpenID provider: what opens, what never does, and what a flood may cost."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from service.api.oidc import TOKEN_BYTES, Provider, Tokens, Unproven
from service.running import Service
from service.settings import Settings

pytestmark = pytest.mark.enable_socket
NOW = dt.datetime.now(dt.UTC)
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "two"})
STRANGER = RSAKey.generate_key(2048, {"kid": "one"})


class Issuer:
    """An OpenID provider on this machine."""

    def __init__(self):
        self.keys = KeySet([KEY, OTHER])
        self.asked = []
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                told = (
                    {"issuer": issuer.url, "jwks_uri": f"{issuer.url}/keys"}
                    if self.path.startswith("/.well-known")
                    else issuer.keys.as_dict(private=False)
                )
                body = json.dumps(told).encode()
                self.send_response(200 if issuer.up else 500)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Nothing."""

        self.up = True
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture(scope="module")
def issuer():
    one = Issuer()
    yield one
    one.close()


def claims(issuer, **changed):
    told = {
        "iss": issuer.url,
        "aud": "assay",
        "sub": "u-1",
        "name": "Ana\x1b[31m",
        "exp": int(time.time()) + 600,
        "assay_organisation": "label",
        "assay_roles": ["submit", "review", "fly"],
        **changed,
    }
    return {name: value for name, value in told.items() if value is not None}


def token(issuer, key=KEY, algorithm="RS256", header=None, **changed):
    head = {"alg": algorithm, "kid": key.kid, **(header or {})}
    return jwt.encode(head, claims(issuer, **changed), key, algorithms=[algorithm])


@pytest.fixture(scope="module")
def client(issuer, tmp_path_factory):
    from fastapi.testclient import TestClient

    from service.api.app import make_app

    service = Service(
        Settings.read(
            data=tmp_path_factory.mktemp("oidc"), oidc_issuer=issuer.url, uploads_per_day=2
        ),
        works=False,
    )
    for name in ("label", "rival"):
        service.accounts.found(name)
    with TestClient(make_app(service), raise_server_exceptions=False) as made:
        yield made


def asked(client, token, method="GET", path="/v1/screenings", **options):
    headers = {"Authorization": f"Bearer {token}"}
    return client.request(method, path, headers=headers, **options)


class TestWhatOpens:
    @pytest.mark.parametrize("roles", [["review"], "review submit", ["review", "unknown"]])
    def test_a_token_of_the_provider_is_a_caller_of_its_organisation(self, client, issuer, roles):
        answer = asked(client, token(issuer, assay_roles=roles))
        assert answer.status_code == 200

    @pytest.mark.parametrize(
        ("algorithm", "key"),
        [
            ("PS256", KEY),
            ("ES256", ECKey.generate_key("P-256", {"kid": "ec"})),
            ("Ed25519", OKPKey.generate_key("Ed25519", {"kid": "ed"})),
        ],
    )
    def test_each_kind_of_signature(self, issuer, client, algorithm, key):
        tokens = Tokens(Provider(issuer.url, "assay"), client.app.state.accounts)
        issuer.keys = KeySet([KEY, OTHER, key])
        assert tokens.opened_by(token(issuer, key, algorithm)).name == "Ana<U+001B>[31m"

    def test_scopes_are_those_of_the_roles(self, client, issuer):
        only = token(issuer, assay_roles=["review"])
        assert asked(client, only, "POST").status_code == 403
        none = token(issuer, assay_roles=None)
        assert asked(client, none).status_code == 403

    def test_another_organisation_sees_its_own(self, client, issuer):
        mine = token(issuer)
        files = {"file": ("a.txt", b"mine")}
        one = asked(client, mine, "POST", files=files).json()
        theirs = token(issuer, assay_organisation="rival", sub="u-2")
        assert asked(client, theirs, path=f"/v1/screenings/{one['id']}").status_code == 404

    def test_the_subject_is_told_apart_and_not_told(self, client, issuer):
        tokens = client.app.state.tokens
        first, second = (tokens.opened_by(token(issuer, sub=sub)) for sub in ("a", "b"))
        assert first.id != second.id
        assert "u-1" not in tokens.opened_by(token(issuer)).id


def forged(issuer, header, signature=b""):
    parts = [json.dumps(header).encode(), json.dumps(claims(issuer)).encode(), signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


class TestWhatNeverDoes:
    @pytest.mark.parametrize(
        "changed",
        [
            {"iss": "https://evil.example"},
            {"aud": "another"},
            {"exp": int(NOW.timestamp()) - 120},
            {"exp": None},
            {"nbf": int(NOW.timestamp()) + 86_400},
            {"sub": None},
            {"assay_organisation": "nobody"},
            {"assay_organisation": None},
            {"assay_organisation": ["label"]},
            {"iss": None},
            {"aud": None},
        ],
        ids=lambda changed: next(iter(changed)),
    )
    def test_a_claim_that_is_wrong(self, client, issuer, changed):
        answer = asked(client, token(issuer, **changed))
        assert answer.status_code == 401
        assert answer.json()["detail"] == "the key is not valid, or no longer"
        assert answer.headers["www-authenticate"] == "Bearer"

    def test_a_signature_of_somebody_else(self, client, issuer):
        assert asked(client, token(issuer, STRANGER)).status_code == 401

    def test_the_key_of_another_name(self, client, issuer):
        assert asked(client, token(issuer, KEY, header={"kid": "two"})).status_code == 401

    def test_no_signature_at_all(self, client, issuer):
        for algorithm in ("none", "None", "NONE"):
            made = forged(issuer, {"alg": algorithm, "kid": "one"})
            assert asked(client, made).status_code == 401

    def test_the_public_key_as_a_secret(self, client, issuer):
        header = {"alg": "HS256", "kid": "one"}
        signed = forged(issuer, header).rpartition(".")[0].encode()
        for secret in (KEY.as_pem(private=False), KEY.as_der(private=False)):
            made = forged(issuer, header, hmac.digest(secret, signed, "sha256"))
            assert asked(client, made).status_code == 401

    @pytest.mark.parametrize("header", ["jku", "x5u", "jwk"])
    def test_a_key_that_the_token_brings(self, client, issuer, header):
        before = len(issuer.asked)
        value = STRANGER.as_dict(private=False) if header == "jwk" else f"{issuer.url}/evil"
        made = token(issuer, STRANGER, header={header: value})
        assert asked(client, made).status_code == 401
        assert "/evil" not in issuer.asked[before:]

    @pytest.mark.parametrize(
        "made", ["eyJ", "a.b.c", "..", "é.é.é", "x" * (TOKEN_BYTES + 1), "eyJhbGciOiJSUzI1NiJ9..x"]
    )
    def test_what_is_no_token(self, client, made):
        answer = client.get("/v1/screenings", headers={"Authorization": f"Bearer {made}".encode()})
        assert answer.status_code == 401


class TestTheProvider:
    def test_a_flood_of_unknown_keys_asks_it_once_a_minute(self, issuer, client):
        now = [0.0]
        tokens = Tokens(Provider(issuer.url, "assay"), client.app.state.accounts, lambda: now[0])
        tokens.opened_by(token(issuer))
        before = len(issuer.asked)
        for number in range(50):
            with pytest.raises(Unproven):
                tokens.opened_by(token(issuer, header={"kid": f"unknown-{number}"}))
        assert len(issuer.asked) == before
        now[0] += 61
        with pytest.raises(Unproven):
            tokens.opened_by(token(issuer, header={"kid": "unknown"}))
        assert len(issuer.asked) == before + 2

    def test_a_new_key_is_found_and_an_old_one_forgotten(self, issuer, client):
        now = [0.0]
        tokens = Tokens(Provider(issuer.url, "assay"), client.app.state.accounts, lambda: now[0])
        tokens.opened_by(token(issuer))
        fresh = RSAKey.generate_key(2048, {"kid": "three"})
        issuer.keys = KeySet([fresh])
        now[0] += 61
        assert tokens.opened_by(token(issuer, fresh)).organisation
        with pytest.raises(Unproven):
            tokens.opened_by(token(issuer))
        issuer.keys = KeySet([KEY, OTHER])

    def test_while_it_is_away_the_keys_there_are_still_open(self, issuer, client):
        now = [0.0]
        tokens = Tokens(Provider(issuer.url, "assay"), client.app.state.accounts, lambda: now[0])
        tokens.opened_by(token(issuer))
        issuer.up = False
        now[0] += 7200
        assert tokens.opened_by(token(issuer)).organisation
        issuer.up = True

    def test_without_one_in_the_settings_tokens_open_nothing(self, issuer, tmp_path):
        from fastapi.testclient import TestClient

        from service.api.app import make_app

        service = Service(Settings.read(data=tmp_path), works=False)
        with TestClient(make_app(service)) as plain:
            assert asked(plain, token(issuer)).status_code == 401


def test_a_caller_hands_in_no_more_than_the_quota(client, issuer):
    made = token(issuer, sub="u-quota")

    def hand_in(data, **headers):
        return client.post(
            "/v1/screenings",
            headers={"Authorization": f"Bearer {made}", **headers},
            files={"file": ("a.txt", data)},
        )

    assert hand_in(b"one", **{"Idempotency-Key": "q1"}).status_code == 202
    assert hand_in(b"one", **{"Idempotency-Key": "q1"}).status_code == 202  # counts once
    assert hand_in(b"two").status_code == 202
    third = hand_in(b"three")
    assert third.status_code == 429
    assert "2 works a day" in third.json()["detail"]
    assert 0 < int(third.headers["retry-after"]) <= 86_400
    usage = asked(client, made, path="/v1/usage").json()
    assert usage == {"uploads": 2, "bytes": 6, "uploads_per_day": 2, "bytes_per_day": None}
