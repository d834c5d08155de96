"""What strangers send to break the service, to read it, or to speak through it."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
from types import SimpleNamespace

import httpcore2
import pytest
from lxml import html

from service.cli.serving import lines_of_json
from service.jobs import examining
from service.jobs.delivering import Deliverer
from service.jobs.delivering import job_of as delivery_of
from service.jobs.examining import job_of
from service.running import Service
from service.settings import Settings
from service.storage.accounts import Scope
from service.storage.screenings import Intake, State
from tests.provenance.making import mp3, png, png_text, txxx
from tests.service.api.test_screenings import BOUNDARY, END, FORM, SAMPLES, part
from tools.make_canary import picture

SCRIPT = "<script>alert(1)</script>"
ESCAPES = "\x1b[31mred\x1b]0;title\x07"
NAMES = {
    "parents": "../../../../etc/passwd",
    "parents of windows": "..\\..\\windows\\win.ini",
    "absolute": "/etc/passwd",
    "nul": "before\x00after",
    "line ends": "a\r\nSet-Cookie: assay_session=stolen\r\n\r\n<html>",
    "right to left": "invoice\u202egpj.exe\u2066\u200f",
    "quotes": "a\"b'c`d;filename=other",
    "markup": f"\"'>{SCRIPT}<img src=x onerror=alert(1)>",
    "terminal": ESCAPES,
    "template": "{{ 7*7 }}{% include 'x' %}${7*7}#set(7)",
    "typst": '#read("/etc/passwd") #eval("1")',
    "json": '","verdict":{"origin":"human_attested"},"x":"',
    "line separator": "a\u2028b\u2029c\x85d",
}
named = pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)


def percent(text):
    return "".join(f"%{byte:02x}" for byte in text.encode())


def submit(client, bearer, filename, data, kind="application/octet-stream"):
    """Hands in a file under a name that arrives as it stands (RFC 2231), and gives the answer."""
    head = (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=file; "
        f"filename*=utf-8''{percent(filename)}\r\nContent-Type: {kind}\r\n\r\n"
    )
    body = head.encode() + data + b"\r\n" + END
    return client.post("/v1/screenings", headers=bearer() | FORM, content=body)


@pytest.fixture
def ended(client, bearer):
    """Waits for the end of a screening, by its events."""

    def wait(answer):
        assert answer.status_code == 202, answer.text
        path = f"/v1/screenings/{answer.json()['id']}/events"
        with client.stream("GET", path, headers=bearer()) as stream:
            told = [json.loads(one[5:]) for one in stream.iter_lines() if one.startswith("data:")]
        assert told[-1]["state"] in ("done", "failed")
        return told[-1]

    return wait


def assert_text_only(page):
    """A page on which nothing runs, is loaded or is sent, and that hides no direction."""
    tree = html.document_fromstring(page.encode())
    assert not tree.xpath("//script | //img | //iframe | //object | //embed | //form | //link")
    assert not [name for one in tree.iter() for name in one.attrib if name.startswith("on")]
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", page)
    assert "\u202e" not in page


class TestNames:
    @named
    def test_a_name_is_shown_escaped_and_nowhere_else(self, client, bearer, ended, served, name):
        answer = submit(client, bearer, name, name.encode() + b" is its name")
        assert answer.json()["name"] == name
        one = ended(answer)
        _, service = served
        for stored in service.settings.data.rglob("*"):
            assert not re.search(r"passwd|win\.ini|script|exe|\x1b|[\r\n]", str(stored))
        plain = client.get(f"/v1/reports/{one['report']}", headers=bearer())
        assert plain.json()["asset"]["name"] == name
        assert plain.json()["verdict"]["origin"] == "undetermined"
        assert not re.search(rb"[\x00-\x1f\x7f]|\xe2\x80[\xa8\xa9]|\xc2\x85", plain.content)
        page = client.get(f"/v1/reports/{one['report']}?format=html", headers=bearer())
        assert_text_only(page.text)
        paper = client.get(f"/v1/reports/{one['report']}?format=pdf", headers=bearer())
        assert paper.content.startswith(b"%PDF")
        for each in (answer, plain, page, paper):
            for header, value in each.headers.multi_items():
                assert header != "set-cookie"
                assert value.isascii()
                assert name not in value
            assert each.headers["x-content-type-options"] == "nosniff"
            assert "default-src 'none'" in each.headers["content-security-policy"]

    @pytest.mark.parametrize(
        "named_so",
        [
            "filename*=unicode_escape''%5Cud800",
            "filename*=raw_unicode_escape''%5Cud800",
            "filename*=utf-7''%2B2AA-",
            "filename*=idna''%ff%fe",
            "filename*=punycode''%ff-%ff",
            "filename*=undefined''a",
            "filename*=zip''a",
            "filename*=a%00b''x",
            "filename*='",
            "filename*0*=utf-8''a; filename*2=b; filename*1*=%ff",
            'filename="' + "\\" * 4000 + '"',
            "filename=" + ";" * 4000,
        ],
        ids=lambda given: given[:40],
    )
    def test_a_coding_that_gives_no_text_gives_no_name_either(self, client, bearer, named_so):
        """The sender says in which coding a name is, and Python knows some that are none."""
        head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=file; {named_so}\r\n\r\n"
        body = head.encode() + b"x\r\n" + END
        answer = client.post("/v1/screenings", headers=bearer() | FORM, content=body)
        assert answer.status_code == 202
        assert answer.json()["name"].encode()

    def test_a_name_of_64_kib_is_refused_or_cut(self, client, bearer):
        long = "n" * 65_536
        assert submit(client, bearer, long, b"x").status_code == 400
        body = part("name", long.encode()) + part("file", b"x", "f") + END
        answer = client.post("/v1/screenings", headers=bearer() | FORM, content=body)
        assert answer.status_code == 413
        assert submit(client, bearer, "n" * 1300, b"x").json()["name"] == "n" * 1024


class TestKinds:
    """What a sender says a work is decides nothing: its bytes do."""

    @pytest.mark.parametrize(
        ("name", "kind", "data", "found"),
        [
            ("song.mp3", "audio/mpeg", picture("PNG"), "image/png"),
            ("notes.txt", "text/plain", f"<!doctype html>{SCRIPT}".encode(), "text/html"),
            ("photo.png", "image/png", f"<html>{SCRIPT}</html>".encode(), "text/html"),
            ("a.svg", "image/png", f'<svg xmlns="x">{SCRIPT}</svg>'.encode(), "image/svg+xml"),
            ("a.html", "text/html\r\n\r\n<x>", picture("JPEG"), "image/jpeg"),
        ],
        ids=["picture as sound", "page as text", "page as picture", "drawing", "broken header"],
    )
    def test_a_lie_is_not_repeated(self, client, bearer, ended, name, kind, data, found):
        answer = submit(client, bearer, name, data, kind)
        if "\r" in kind:
            assert answer.status_code in (202, 400)
        if answer.status_code == 400:
            return
        one = ended(answer)
        plain = client.get(f"/v1/reports/{one['report']}", headers=bearer())
        if "\r" not in kind:
            assert plain.json()["asset"]["media_type"] == found
        assert plain.headers["content-type"] == "application/json"
        page = client.get(f"/v1/reports/{one['report']}?format=html", headers=bearer())
        assert page.headers["content-type"].startswith("text/html")
        for each in (plain, page):
            assert each.headers["x-content-type-options"] == "nosniff"
            assert "script-src" not in each.headers["content-security-policy"]
            assert "default-src 'none'" in each.headers["content-security-policy"]
        assert_text_only(page.text)


class TestWhatWorksSay:
    """Strings of manifests and of metadata are those of strangers, too."""

    SAID = f"{SCRIPT}\r\nSet-Cookie: x=1\r\n\"'&{ESCAPES}\u202e{{{{7919*7907}}}}"

    def works(self, authority):
        made = {"action": "c2pa.created", "digitalSourceType": self.SAID, "description": self.SAID}
        prompt = (
            f"{self.SAID}\nNegative prompt: {self.SAID}\n"
            "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 8x8, Model: abc"
        )
        workflow = json.dumps({"1": {"class_type": self.SAID, "inputs": {"text": self.SAID}}})
        label = json.dumps({"AIGC": {"Label": "1", "ContentProducer": self.SAID}})
        return {
            "manifest": authority.sign(picture("PNG"), "image/png", self.SAID, [made]),
            "prompt": png_text(parameters=prompt),
            "workflow": png_text(prompt=workflow, workflow=workflow),
            "tag": mp3(txxx("AIGC", label)),
            "nothing": png(),
        }

    @pytest.mark.parametrize("which", ["manifest", "prompt", "workflow", "tag", "nothing"])
    def test_they_are_shown_as_text_and_steer_nothing(
        self, client, bearer, ended, authority, which
    ):
        one = ended(submit(client, bearer, "a.png", self.works(authority)[which]))
        plain = client.get(f"/v1/reports/{one['report']}", headers=bearer())
        assert not re.search(rb"[\x00-\x1f\x7f]", plain.content)
        said = "alert(1)" in json.dumps(plain.json()["evidence"])
        assert said is (which != "nothing"), "the record holds what the work says"
        for lang in ("en", "fr"):
            page = client.get(
                f"/v1/reports/{one['report']}?format=html&lang={lang}", headers=bearer()
            )
            assert_text_only(page.text)
            assert str(7919 * 7907) not in page.text
        paper = client.get(f"/v1/reports/{one['report']}?format=pdf", headers=bearer())
        assert paper.content.startswith(b"%PDF")
        receipt = client.get(f"/v1/receipts/{one['report']}", headers=bearer())
        assert receipt.status_code == 200
        for each in (plain, paper, receipt):
            assert "set-cookie" not in each.headers


class TestHeaders:
    """Bytes that no client library would send, given to the application as they are."""

    def ask(self, client, headers, body=b"", path="/v1/screenings", method="POST"):
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode("utf-8", "replace"),
            "query_string": b"",
            "headers": headers,
            "server": ("testserver", 80),
            "client": ("testclient", 50000),
        }
        sent = []

        async def run():
            told = [{"type": "http.request", "body": body}]

            async def receive():
                if told:
                    return told.pop()
                return await asyncio.Event().wait()

            async def send(message):
                sent.append(message)

            await client.app(scope, receive, send)

        client.portal.call(run)
        return sent[0]["status"], sent[0]["headers"]

    def headers(self, bearer, *more):
        (authorization,) = bearer().values()
        kind = FORM["content-type"].encode()
        return [(b"authorization", authorization.encode()), (b"content-type", kind), *more]

    @pytest.mark.parametrize(
        "key", [b"a\r\nX-Evil: 1", b"a\nb", b"\x00", b"\xe9", b"a\x7fb", b"a b", b"k" * 65_536]
    )
    def test_an_idempotency_key_is_plain_ascii_or_none(self, client, bearer, key):
        given = self.headers(bearer, (b"idempotency-key", key))
        status, headers = self.ask(client, given, part("file", b"x", "f") + END)
        assert status == 422
        assert b"x-evil" not in dict(headers)

    @pytest.mark.parametrize(
        "header",
        [
            (b"host", b"evil.example\r\nX-Evil: 1"),
            (b"x-forwarded-host", b"evil.example"),
            (b"accept-language", b"fr\r\nX-Evil: 1" + b",x" * 50_000),
            (b"accept", b"text/html;q=" + b"9" * 50_000),
            (b"range", b"bytes=" + b"9" * 5_000 + b"-"),
            (b"cookie", b"assay_session=\xff; assay_lang=\r\nX-Evil: 1"),
            (b"content-length", b"9" * 5_000),
            (b"content-length", b"-1"),
            (b"referer", f"https://a.example/{SCRIPT}".encode()),
        ],
        ids=lambda header: f"{header[0].decode()} {len(header[1])}",
    )
    @pytest.mark.parametrize("path", ["/v1/keys", "/works", "/sign-in", "/unheard-of"])
    def test_no_header_of_a_request_comes_back_in_one_of_its_answer(
        self, client, bearer, header, path
    ):
        status, headers = self.ask(client, self.headers(bearer, header), path=path, method="GET")
        assert status < 500
        for _, value in headers:
            assert not re.search(rb"[\r\n]|evil|script>alert|99999", value)

    @pytest.mark.parametrize(
        ("length", "status"), [(b"9" * 5_000, 413), (b"\xb2", 202), (b"-1", 202), (b"0x10", 202)]
    )
    def test_a_length_that_is_none_is_not_believed(self, client, bearer, length, status):
        """Python calls a superscript a digit, and refuses to read five thousand of them."""
        given = self.headers(bearer, (b"content-length", length))
        assert self.ask(client, given, part("file", b"x", "f") + END)[0] == status

    @pytest.mark.parametrize("scheme", [b"Bearer ", b"Basic ", b""])
    def test_a_key_as_long_as_a_book_is_no_key(self, client, scheme):
        given = [(b"authorization", scheme + b"assay_" + b"a" * 1_000_000)]
        status, _ = self.ask(client, given, path="/v1/keys", method="GET")
        assert status == 401

    @pytest.mark.parametrize("path", ["/v1/keys", "/nope", "/healthz", "/works"])
    def test_every_answer_has_the_headers_that_bind_a_browser(self, client, path):
        answer = client.get(path, follow_redirects=False)
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]

    def test_also_one_that_something_broke(self, client, bearer, monkeypatch):
        """It is made by a layer beyond ours."""
        accounts = client.app.state.accounts
        fault = RuntimeError("s3cret")
        monkeypatch.setattr(accounts, "opened_by", lambda _: (_ for _ in ()).throw(fault))
        answer = client.get("/v1/keys", headers=bearer())
        assert answer.status_code == 500
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "s3cret" not in answer.text


INSIDE = {
    "this machine": "127.0.0.1",
    "any": "0.0.0.0",  # noqa: S104 - as an attacker writes it
    "private": "10.0.0.1",
    "private, another": "192.168.1.1",
    "carrier": "100.64.0.1",
    "link-local": "169.254.1.1",
    "metadata": "169.254.169.254",
    "metadata of Azure": "168.63.129.16",
    "loopback in IPv6": "[::1]",
    "link-local in IPv6": "[fe80::1]",
    "unique local": "[fd00:ec2::254]",
    "mapped": "[::ffff:127.0.0.1]",
    "mapped in hex": "[::ffff:a9fe:a9fe]",
    "NAT64": "[64:ff9b::7f00:1]",
    "NAT64 metadata": "[64:ff9b::a9fe:a9fe]",
    "NAT64 local": "[64:ff9b:1::1]",
    "6to4": "[2002:7f00:1::]",
    "decimal": "2130706433",
    "hex": "0x7f000001",
    "short": "127.1",
    "mixed": "0x7f.1",
}
THIS_MACHINE = ("127.0.0.1.", "localhost", "LocalHost.", "a.localhost")
"""What no resolver need be asked about, though not all of them know."""
inside = pytest.mark.parametrize("host", INSIDE.values(), ids=INSIDE)
NEVER = {
    "userinfo": "http://a.example@127.0.0.1/",
    "password": "http://user:s3cret@a.example/",
    "octal": "http://0177.0.0.1/",
    "zone": "http://[fe80::1%25eth0]/",
    "port": "http://a.example:6379/",
    "file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:6379/_FLUSHALL",
    "line ends": "http://a.example/\r\nHost: b.example",
    "nul": "http://a.example/\x00",
    "no host": "http:///etc/passwd",
    "wide digits": "http://１２７.0.0.1/",  # noqa: RUF001 - as an attacker writes it
    "backslash": "http:\\\\127.0.0.1\\",
}
never = pytest.mark.parametrize("url", NEVER.values(), ids=NEVER)


class Resolver:
    """Names whose addresses change from one question to the next; notes each connection."""

    def __init__(self, monkeypatch, answers, *responses):
        self.answers, self.responses = list(answers), list(responses)
        self.connected = []
        monkeypatch.setattr(socket, "getaddrinfo", self.resolve)
        monkeypatch.setattr(httpcore2, "SyncBackend", lambda: self)

    def resolve(self, host, port, *_, **__):
        address = self.answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect_tcp(self, host, port, *_, **__):
        self.connected.append(host)
        return httpcore2.MockStream([self.responses.pop(0)])


PUBLIC = "93.184.216.34"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
MISSING = b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"


def redirect(to):
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


@pytest.fixture
def idle(tmp_path):
    """A service that was not started, so that a test does its jobs itself."""
    service = Service(Settings.read(data=tmp_path / "data"))
    yield service
    service.close()


def by_url(service, url):
    """What becomes of a URL that is handed in, once a worker has done its job."""
    organisation = service.issue("k", "label", [Scope.SUBMIT]).key.organisation
    one, _ = service.screenings.accept(Intake(organisation, "key_x", "x", url=url))
    service._examiner(job_of(one))
    return service.screenings.any(one.id)


def by_webhook(service, url):
    """What becomes of a message to a URL, once a worker has done its job."""
    organisation = service.issue("k", "label", [Scope.SUBMIT]).key.organisation
    service.webhooks.register(organisation, url)
    one, _ = service.screenings.accept(Intake(organisation, "key_x", "x", "a" * 64, 1))
    service.screenings.fail(one.id, "over")
    (message,) = service.webhooks.deliveries(organisation, limit=1)
    Deliverer(service.webhooks)(delivery_of(message))
    (message,) = service.webhooks.deliveries(organisation, limit=1)
    return message


class TestUrls:
    @never
    def test_what_is_never_fetched_is_refused_at_once_and_not_repeated(self, client, bearer, url):
        admin = bearer(Scope.ADMINISTER)
        asked = (
            client.post("/v1/screenings", headers=bearer(), json={"url": url}),
            client.post("/v1/webhooks", headers=admin, json={"url": url}),
            client.post("/v1/optout/check", headers=bearer(), json={"urls": [url]}),
        )
        for answer in asked:
            assert answer.status_code == 422
            assert "s3cret" not in answer.text
            assert "\r" not in answer.text

    @pytest.mark.parametrize("host", [*INSIDE.values(), *THIS_MACHINE])
    @pytest.mark.parametrize("path", ["/v1/webhooks", "/v1/screenings"])
    def test_an_address_inside_is_refused_at_once(self, client, bearer, path, host):
        who = bearer(Scope.ADMINISTER if path == "/v1/webhooks" else Scope.SUBMIT)
        answer = client.post(path, headers=who, json={"url": f"http://{host}/h"})
        assert answer.status_code == 422
        assert "public address" in answer.json()["detail"]

    @pytest.mark.enable_socket  # the notations that only a resolver reads
    @inside
    def test_nothing_inside_is_fetched_or_sent_to(self, idle, monkeypatch, host):
        connected = []
        backend = SimpleNamespace(connect_tcp=lambda host, *_, **__: connected.append(host))
        monkeypatch.setattr(httpcore2, "SyncBackend", lambda: backend)
        failed = by_url(idle, f"http://{host}/latest/meta-data/")
        assert failed.state is State.FAILED
        assert "public address" in failed.fault
        assert "public address" in by_webhook(idle, f"http://{host}/hook").fault
        assert connected == []

    @pytest.mark.parametrize("host", [*INSIDE.values(), "user:word@a.example", "a.example:22"])
    def test_a_redirect_inside_is_not_followed(self, idle, monkeypatch, host):
        public = Resolver(monkeypatch, [PUBLIC, "127.0.0.1"], redirect(f"http://{host}/"))
        failed = by_url(idle, "http://a.example/")
        assert failed.state is State.FAILED
        assert public.connected == [PUBLIC]

    def test_a_webhook_follows_no_redirect_at_all(self, idle, monkeypatch):
        public = Resolver(monkeypatch, [PUBLIC], redirect("http://b.example/"))
        message = by_webhook(idle, "http://a.example/")
        assert (message.status, message.fault) == (302, "it answered 302")
        assert public.connected == [PUBLIC]

    def test_a_name_that_changes_its_mind_gains_nothing(self, idle, monkeypatch):
        """Public when it is looked at, inside a moment later: connected is to what was checked."""
        files = [MISSING] * 3
        public = Resolver(monkeypatch, [PUBLIC, *["127.0.0.1"] * 3], OK, *files)
        one = by_url(idle, "http://rebind.example/a.txt")
        assert one.state is State.DONE
        assert public.connected == [PUBLIC], "the host's other files were inside by then"
        again = Resolver(monkeypatch, [PUBLIC, "10.0.0.1"], b"HTTP/1.1 500 No\r\n\r\n")
        message = by_webhook(idle, "http://rebind.example/hook")
        Deliverer(idle.webhooks)(delivery_of(message))
        (message,) = idle.webhooks.deliveries(message.organisation, limit=1)
        assert again.connected == [PUBLIC]
        assert "public address" in message.fault
        assert "10.0.0.1" not in message.fault, "nobody learns the names of this network"


def operations(client):
    described = client.get("/v1/openapi.json").json()
    for path, methods in described["paths"].items():
        for method, about in methods.items():
            yield method.upper(), path, about


BODIES = {
    "deep list": b"[" * 60_000,
    "deep object": b'{"a":' * 10_000,
    "half a character as key": b'{"\\ud800": 1}',
    "half a character as value": b'{"name": "\\ud800", "url": "\\ud800", "reason": "\\udfff"}',
    "nul": b'{"\\u0000": "\\u0000", "name": "\\u0000"}',
    "no text": b"\xff\xfe\x00",
    "no number": b'{"name": NaN, "limit": Infinity}',
    "long number": b'{"name": ' + b"9" * 5_000 + b"}",
    "many keys": json.dumps({str(n): n for n in range(4_000)}).encode(),
    "too much": b'{"name": "' + b"a" * 100_000 + b'"}',
    "nothing": b"",
    "null": b"null",
}


class TestSizes:
    @pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
    def test_no_body_breaks_an_operation(self, client, bearer, body):
        """Every operation that takes one answers with a status that its description names."""
        kind = {"content-type": "application/json"}
        asked = 0
        for method, path, about in operations(client):
            if "requestBody" not in about:
                continue
            address = re.sub(r"\{\w+\}", "x", path)
            for scope in Scope:
                headers = bearer(scope) | kind
                answer = client.request(method, address, headers=headers, content=body)
                assert str(answer.status_code) in about["responses"], (path, answer.text)
                assert answer.status_code < 500
                asked += answer.status_code != 403
        assert asked > 8

    @pytest.mark.parametrize(
        "given", ["%00", "%ed%a0%80", "x" * 5_000, "..%2f..%2fetc%2fpasswd", "%0d%0aX-Evil:%201"]
    )
    def test_no_identifier_breaks_an_operation(self, client, bearer, given):
        for method, path, about in operations(client):
            if "{" not in path:
                continue
            for scope in (Scope.SUBMIT, Scope.ADMINISTER, Scope.REVIEW):
                address = re.sub(r"\{\w+\}", given, path)
                answer = client.request(method, address, headers=bearer(scope))
                assert answer.status_code < 500, (address, answer.text)
                assert "x-evil" not in answer.headers
                if "%2f" not in given:
                    assert str(answer.status_code) in about["responses"], address

    def test_a_form_has_few_parts_and_short_headers(self, client, bearer):
        many = b"".join(part("name", b"x") for _ in range(1_000)) + END
        long = b"--xyz\r\nX: " + b"y" * 100_000 + b"\r\n\r\nx\r\n" + END
        named_long = b"--" + b"b" * 10_000
        for body in (many, long, named_long):
            answer = client.post("/v1/screenings", headers=bearer() | FORM, content=body)
            assert answer.status_code == 400
        kind = {"content-type": "multipart/form-data; boundary=" + "b" * 10_000}
        answer = client.post("/v1/screenings", headers=bearer() | kind, content=b"x")
        assert answer.status_code == 400

    def test_a_file_over_the_cap_is_not_kept(self, client, bearer, served):
        _, service = served
        body = part("file", bytes(service.settings.upload_bytes + 1), "f") + END
        answer = client.post("/v1/screenings", headers=bearer() | FORM, content=body)
        assert answer.status_code == 413
        assert not list(service.settings.quarantine.iterdir())


@pytest.mark.parametrize("path", ["/v1/screenings?name=%00", "/v1/screenings/%00", "/v1/keys"])
def test_a_nul_breaks_no_database(postgres_url, tmp_path, path):
    """PostgreSQL keeps none in a text, and says so by a fault."""
    from fastapi.testclient import TestClient

    from service.api.app import make_app

    settings = Settings.read(data=tmp_path / "data", database=postgres_url, work=False)
    service = Service(settings)
    with TestClient(make_app(service), raise_server_exceptions=False) as client:
        secret = service.issue("k", "label", list(Scope)).secret
        headers = {"Authorization": f"Bearer {secret}"}
        assert client.get(path, headers=headers).status_code in (200, 404)
        body = part("file", b"x", "f") + part("name", b"a\x00b") + END
        answer = client.post("/v1/screenings", headers=headers | FORM, content=body)
        assert answer.status_code == 202
        asked = {"name": "a\x00b", "scopes": ["submit"]}
        made = client.post("/v1/keys", headers=headers, json=asked).json()["key"]["id"]
        kept = client.get("/v1/keys", headers=headers).json()["items"]
        assert {one["id"]: one["name"] for one in kept}[made] == "a\N{REPLACEMENT CHARACTER}b"


class TestLogs:
    @named
    def test_a_line_is_one_object_whatever_it_holds(self, name):
        fault = (RuntimeError, RuntimeError(name), None)
        record = logging.LogRecord(
            "x", logging.ERROR, "x.py", 1, "refused %s for %s", (name, name), fault
        )
        line = lines_of_json().format(record)
        assert line.isascii()
        assert line.isprintable()
        told = json.loads(line)
        assert told["event"] == f"refused {name} for {name}"
        assert told["level"] == "error"

    @named
    def test_nothing_of_a_work_is_logged_when_it_is_handed_in(
        self, client, bearer, ended, caplog, name
    ):
        caplog.set_level(logging.DEBUG, logger="service")
        caplog.set_level(logging.DEBUG, logger="provenance")
        data = (SAMPLES / "unsigned.txt").read_bytes() + name.encode()
        ended(submit(client, bearer, f"unheard-of {name}", data))
        assert "unheard-of" not in caplog.text

    def test_nor_when_its_bytes_are_not_what_they_were(self, idle, monkeypatch, caplog, tmp_path):
        """The fault names the work, for whoever asked, and not for the log."""
        from provenance.errors import InputError

        organisation = idle.issue("k", "label", [Scope.SUBMIT]).key.organisation
        path = tmp_path / "upload"
        path.write_bytes(b"x")
        digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
        idle._jobs = SimpleNamespace(submit=lambda _: None)
        one = idle.enter(Intake(organisation, "key_x", "unheard-of", digest, 1), path)
        fault = InputError("unheard-of: changed while it was read")
        monkeypatch.setattr(
            examining.Screener, "screen", lambda *_, **__: (_ for _ in ()).throw(fault)
        )
        idle._examiner(job_of(one))
        assert idle.screenings.any(one.id).fault == "InputError"
        assert one.id in caplog.text
        assert "unheard-of" not in caplog.text
