"""Works in, reports out, over HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
from pathlib import Path

import pytest

from provenance.attest.keyset import KeySet
from provenance.attest.verifying import Verifier
from service import check
from service.receipts import PREDICATES

SAMPLES = Path(__file__).parents[3] / "samples"
BOUNDARY = "xyz"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}


def part(name, data, filename=None):
    named = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'
    return head.encode() + data + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


@pytest.fixture
def post(client, bearer):
    """Posts a body as it stands."""

    def send(body, headers=FORM, **options):
        return client.post(
            "/v1/screenings", content=body, headers={**bearer(), **headers}, **options
        )

    return send


class TestUploads:
    def test_it_is_accepted_at_once_and_the_report_follows(self, client, bearer, submitted):
        one = submitted("ai_image.png", wait=True)
        data = (SAMPLES / "ai_image.png").read_bytes()
        assert one["state"] == "done"
        assert one["sha256"] == hashlib.sha256(data).hexdigest()
        assert one["bytes"] == len(data)
        report = client.get(f"/v1/reports/{one['report']}", headers=bearer()).json()
        direct = check(data, name="ai_image.png").document()
        assert report["schema"] == "assay/report/1"
        assert report["verdict"]["origin"] == direct["verdict"]["origin"]
        assert report["asset"] == direct["asset"]

    def test_location_says_where_it_will_be(self, post):
        answer = post(part("file", b"x", "a.txt") + END)
        assert answer.status_code == 202
        assert answer.headers["location"] == f"/v1/screenings/{answer.json()['id']}"
        assert answer.json()["state"] == "queued"

    def test_a_report_is_a_page_too_in_both_languages(self, client, bearer, submitted):
        one = submitted("ai_image.png", wait=True)
        for lang, word in (("en", "Origin"), ("fr", "Origine")):
            page = client.get(
                f"/v1/reports/{one['report']}?format=html&lang={lang}", headers=bearer()
            )
            assert page.headers["content-type"].startswith("text/html")
            assert word in page.text
            assert "default-src 'none'" in page.headers["content-security-policy"]

    @pytest.mark.parametrize(
        "name",
        ["../../etc/passwd", "..\\..\\x", "/abs", "a\x00b", "é" * 1024, "<script>", "x\u202ey", ""],
    )
    def test_a_name_is_a_text_and_never_a_path(self, client, bearer, post, served, name):
        body = part("name", name.encode()) + part("file", name.encode() + b"!", "f") + END
        answer = post(body)
        assert answer.status_code == 202
        assert answer.json()["name"] == (name or "f")
        _, service = served
        stored = {p.name for p in service.settings.data.rglob("*") if p.is_file()}
        assert not any("passwd" in one or "script" in one for one in stored)

    def test_the_file_s_own_name_is_taken_where_none_is_given(self, post):
        assert post(part("file", b"x", "l'été.txt") + END).json()["name"] == "l'été.txt"
        assert post(part("file", b"x") + END).json()["name"] == "upload"

    def test_one_as_large_as_allowed_is_taken_and_one_byte_more_is_not(self, post, served):
        _, service = served
        most = service.settings.upload_bytes
        assert post(part("file", bytes(most), "f") + END).status_code == 202
        refused = post(part("file", bytes(most + 1), "f") + END)
        assert refused.status_code == 413
        assert str(most) in refused.json()["detail"]

    def test_one_that_says_it_is_too_large_is_not_read(self, post, served):
        _, service = served

        def endless():
            yield part("file", b"x", "f")
            pytest.fail("it was read on")

        announced = {**FORM, "content-length": str(10 * service.settings.upload_bytes)}
        assert post(endless(), announced).status_code == 413

    def test_nothing_stays_in_quarantine(self, post, served):
        _, service = served
        post(part("file", b"whole", "f") + END)
        post(part("file", b"cut", "f"))
        post(b"nonsense")
        post(part("file", bytes(service.settings.upload_bytes + 1), "f") + END)
        assert list(service.settings.quarantine.iterdir()) == []

    @pytest.mark.parametrize(
        ("status", "body", "headers"),
        [
            (415, b"x", {"content-type": "text/plain"}),
            (415, b"x", {"content-type": "multipart/form-data"}),
            (415, b"x", {}),
            (400, b"", FORM),
            (400, b"nonsense", FORM),
            (400, part("file", b"cut", "f"), FORM),
            (400, b"--xyz\r\n" + b"A: " + b"b" * 9000 + b"\r\n\r\n\r\n" + END, FORM),
            (400, b"".join(part("name", b"x") for _ in range(17)) + END, FORM),
            (422, part("name", b"x") + END, FORM),
            (422, part("file", b"a", "a") + part("file", b"b", "b") + END, FORM),
            (422, part("file", b"a", "a") + part("policy", b"b") + END, FORM),
            (422, part("fresh", b"perhaps") + part("file", b"a", "a") + END, FORM),
            (422, part("name", b"n" * 1025) + part("file", b"a", "a") + END, FORM),
            (413, part("name", b"n" * 5000) + part("file", b"a", "a") + END, FORM),
        ],
    )
    def test_what_is_no_upload_is_told_so(self, post, status, body, headers):
        answer = post(body, headers)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status


class TestIdempotency:
    def test_the_same_key_and_work_give_the_same_screening(self, post):
        key = {**FORM, "Idempotency-Key": "upload-1"}
        body = part("file", b"once", "f") + END
        first, again = post(body, key), post(body, key)
        assert first.status_code == again.status_code == 202
        assert first.json()["id"] == again.json()["id"]

    def test_another_work_with_the_key_is_a_conflict(self, post):
        key = {**FORM, "Idempotency-Key": "upload-2"}
        assert post(part("file", b"one", "f") + END, key).status_code == 202
        answer = post(part("file", b"two", "f") + END, key)
        assert answer.status_code == 409
        assert answer.json()["type"] == "urn:assay:problem:conflict"

    @pytest.mark.parametrize("key", ["", "with space", "x" * 256])
    def test_a_key_that_is_none_is_refused(self, post, key):
        headers = {**FORM, "Idempotency-Key": key}
        assert post(part("file", b"x", "f") + END, headers).status_code == 422


class TestUrls:
    def send(self, client, bearer, body):
        return client.post("/v1/screenings", headers=bearer(), json=body)

    @pytest.mark.parametrize(
        "url",
        [
            "ftp://a.example/x",
            "file:///etc/passwd",
            "//a.example/x",
            "a.example",
            "http://user:s3cret@a.example/",
            "http://a.example:22/",
            "http://[fe80::1%25eth0]/",
        ],
    )
    def test_one_that_is_never_fetched_is_refused_at_once(self, client, bearer, url):
        answer = self.send(client, bearer, {"url": url})
        assert answer.status_code == 422
        assert "s3cret" not in answer.text

    @pytest.mark.parametrize(
        "body", [{}, {"url": ""}, {"url": 3}, {"url": "http://a.example/", "path": "/etc"}]
    )
    def test_a_body_that_is_none_is_refused(self, client, bearer, body):
        assert self.send(client, bearer, body).status_code == 422

    def test_so_are_bytes_that_are_no_json_and_too_many(self, post):
        kind = {"content-type": "application/json"}
        assert post(b"\xff", kind).status_code == 422
        assert post(b'{"url": "' + b"a" * 70_000 + b'"}', kind).status_code == 413

    @pytest.mark.parametrize(
        "url",
        [
            *("http://127.0.0.1/", "http://169.254.169.254/latest", "http://[64:ff9b::7f00:1]/"),
            *("http://2130706433/", "http://127.1/", "http://[::ffff:10.0.0.1]/"),
            *("http://localhost/", "http://a.localhost/x"),
        ],
    )
    def test_one_that_names_an_address_inside_is_refused(self, client, bearer, url):
        answer = self.send(client, bearer, {"url": url})
        assert answer.status_code == 422
        assert "public address" in answer.json()["detail"]

    def test_one_whose_name_leads_inside_ends_without_a_request(self, client, bearer, monkeypatch):
        inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", 80))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: inside)
        one = self.send(client, bearer, {"url": "http://a.example/x"}).json()
        with client.stream("GET", f"/v1/screenings/{one['id']}/events", headers=bearer()) as stream:
            events = [json.loads(e[5:]) for e in stream.iter_lines() if e.startswith("data:")]
        assert events[-1]["state"] == "failed"
        assert "public address" in events[-1]["fault"]
        assert events[-1]["report"] is None


class TestListing:
    def test_pages_hold_each_once(self, client, bearer, submitted):
        made = {submitted(fresh="true")["id"] for _ in range(5)}
        found, after = [], None
        while True:
            params = {"limit": 2} | ({"after": after} if after else {})
            page = client.get("/v1/screenings", headers=bearer(), params=params).json()
            found += [one["id"] for one in page["items"]]
            after = page["next"]
            if after is None:
                break
        assert made <= set(found)
        assert len(found) == len(set(found))
        assert found == sorted(found, reverse=True)

    @pytest.mark.parametrize(
        "query",
        [
            "limit=0",
            "limit=201",
            "limit=x",
            "after=x",
            "state=lost",
            "sha256=x",
            "sha256=" + "A" * 64,
        ],
    )
    def test_a_filter_that_is_none_is_refused(self, client, bearer, query):
        answer = client.get(f"/v1/screenings?{query}", headers=bearer())
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"


def test_events_tell_each_change_and_end(client, bearer, submitted):
    one = submitted("human_capture.jpg", fresh="true")
    with client.stream("GET", f"/v1/screenings/{one['id']}/events", headers=bearer()) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        states = [
            json.loads(line[5:])["state"]
            for line in stream.iter_lines()
            if line.startswith("data:")
        ]
    assert states[-1] == "done"
    assert len(states) == len(set(states))


@pytest.mark.parametrize(("method", "path"), [("GET", "/v1"), ("GET", "/v2"), ("PUT", "/v1/keys")])
def test_what_is_not_there_is_a_problem_too(client, method, path):
    answer = client.request(method, path)
    assert answer.status_code in (404, 405)
    assert answer.headers["content-type"] == "application/problem+json"


def test_metrics_count_and_name_nobody(client, submitted):
    one = submitted(wait=True)
    text = client.get("/metrics").text
    assert 'assay_screenings{state="done"}' in text
    assert one["id"] not in text
    assert "label" not in text


def test_models_and_trust_lists_are_told(client, bearer):
    models = client.get("/v1/models", headers=bearer()).json()["items"]
    assert "music" in {one["name"] for one in models}
    (music,) = (one for one in models if one["name"] == "music")
    assert music["card"]["schema"] == "assay/card/1"
    trust = client.get("/v1/trust", headers=bearer()).json()["items"]
    assert "official" in {one["name"] for one in trust}


class TestReceipts:
    def test_one_is_checked_offline_with_the_published_keys(self, client, bearer, submitted):
        done = submitted("ai_image.png", wait=True)
        receipt = client.get(f"/v1/receipts/{done['report']}", headers=bearer())
        keys = KeySet.parse(client.get("/v1/receipt-keys").content)
        verifier = Verifier(keys, predicates=PREDICATES)
        found = verifier.verify(receipt.content, asset_sha256=done["sha256"])
        assert found.valid
        report = client.get(f"/v1/reports/{done['report']}", headers=bearer()).json()
        assert found.statement.predicate == report

    def test_a_changed_one_is_not_valid(self, client, bearer, submitted):
        done = submitted("ai_image.png", wait=True)
        receipt = client.get(f"/v1/receipts/{done['report']}", headers=bearer()).json()
        payload = bytearray(base64.b64decode(receipt["envelope"]["payload"]))
        payload[payload.index(b"ai_declared")] ^= 1
        receipt["envelope"]["payload"] = base64.b64encode(payload).decode()
        keys = KeySet.parse(client.get("/v1/receipt-keys").content)
        found = Verifier(keys, predicates=PREDICATES).verify(json.dumps(receipt).encode())
        assert not found.valid

    def test_the_private_key_is_the_owner_s_alone(self, served):
        _, service = served
        private = list(service.settings.key_folder.glob("*.pem"))
        assert private
        assert {one.stat().st_mode & 0o077 for one in private} == {0}
