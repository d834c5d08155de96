"""The fetch guard against hostile URLs, hostile names and hostile servers.

Servers are real ones on the loopback interface. The default policy refuses that, so these tests
name a policy of their own that allows one loopback port, and nothing else.
"""

from __future__ import annotations

import datetime
import gzip
import ipaddress
import itertools
import os
import socket
import ssl
import threading
import time
import tracemalloc
import zlib
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

import httpcore2
import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from provenance import fetch as fetching
from provenance.addresses import PublicOnly, UnsafeAllowAll
from provenance.connections import Deadline, GuardedBackend
from provenance.errors import BlockedAddress, FetchError, FetchTooLarge
from provenance.fetch import fetch
from provenance.limits import DEFAULT

QUICK = replace(DEFAULT, fetch_bytes=1 << 20, fetch_seconds=5.0, redirects=3)
OK = b"HTTP/1.1 200 OK\r\n"
LOOPBACK = ipaddress.ip_address("127.0.0.1")


@dataclass(frozen=True)
class OneLoopbackServer:
    """Allows the test's own server only, so that a redirect anywhere else is still refused."""

    port: int

    def allows_address(self, address):
        return address == LOOPBACK

    def allows_port(self, port):
        return port == self.port


class Server:
    """Answers each request with whatever bytes `answer(path)` gives, in the pieces it gives them.

    Every request is kept as it came, in `requests`.
    """

    def __init__(self, answer, tls=None):
        self.answer, self.tls, self.requests = answer, tls, []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.allow = OneLoopbackServer(self.port)
        self._threads = [threading.Thread(target=self._run, daemon=True)]
        self._threads[0].start()

    def url(self, path="/"):
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}{path}"

    def _run(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        with connection, suppress(OSError):
            connection.settimeout(10)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection:
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    head += piece
                self.requests.append(head)
                for piece in self.answer(head.split(b" ")[1].decode()):
                    connection.sendall(piece)

    def close(self):
        # Closing alone does not wake a thread that waits in accept().
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(timeout=10)


@pytest.fixture
def serve():
    servers = []

    def start(answer, tls=None):
        servers.append(Server(answer, tls))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def ok(body, *headers):
    lines = "".join(f"{line}\r\n" for line in (f"Content-Length: {len(body)}", *headers))
    return [OK + lines.encode() + b"\r\n" + body]


def redirect(location, *headers):
    lines = "".join(f"{line}\r\n" for line in (f"Location: {location}", *headers))
    return [b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n" + lines.encode() + b"\r\n"]


# URLs that are refused before any connection


@pytest.mark.enable_socket  # the notations that only a resolver reads
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "127.1",
        "0",
        "localhost",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "168.63.129.16",
        "[::1]",
        "[::]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
        "[fd00::1]",
        "[fe80::1]",
    ],
)
def test_hosts_inside_are_refused_however_they_are_written(host):
    with pytest.raises(BlockedAddress, match="public"):
        fetch(f"http://{host}/latest/meta-data/", limits=QUICK)


@pytest.mark.parametrize("host", ["[fe80::1%25eth0]", "[fe80::1%eth0]", "[::1%251]"])
def test_zone_ids_are_refused(host):
    with pytest.raises(FetchError):
        fetch(f"http://{host}/", limits=QUICK)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://example.com/",
        "gopher://example.com/",
        "data:text/plain,hello",
        "//example.com/",
        "example.com",
        "/etc/passwd",
        "http://",
        "https:///path",
        "http://exa mple.com/",
        "http://example.com:99999/",
        "http://[::1/",
        "http://0177.0.0.1/",
        "",
    ],
)
def test_only_absolute_http_urls_are_fetched(url):
    with pytest.raises(FetchError):
        fetch(url, limits=QUICK)


@pytest.mark.parametrize("port", [0, 22, 25, 6379, 8080])
def test_other_ports_are_refused(port):
    with pytest.raises(BlockedAddress, match=f"port {port}"):
        fetch(f"http://example.com:{port}/", limits=QUICK)


def test_a_password_is_refused_and_not_repeated():
    with pytest.raises(FetchError) as caught:
        fetch("https://alice:s3cret@example.com/", limits=QUICK)
    assert "s3cret" not in caught.value.diagnostics()
    assert "alice" not in caught.value.diagnostics()


def test_every_refusal_says_what_to_do_next():
    for url in ("http://127.0.0.1/", "http://example.com:22/", "http://a@b/", "file:///x"):
        with pytest.raises(FetchError) as caught:
            fetch(url, limits=QUICK)
        assert caught.value.hint


# Names that change their mind


class Recorder(httpcore2.NetworkBackend):
    """Stands below the guard and notes where it was told to connect."""

    def __init__(self, failing=()):
        self.connected, self.failing = [], failing

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.connected.append((host, port))
        if host in self.failing:
            raise httpcore2.ConnectError("refused")
        return httpcore2.MockStream([])


def guarded(answers, below, allow=None, seconds=5.0):
    """A guard whose resolver gives the next of `answers` at each call."""
    turns = iter(answers)

    def resolver(host, port):
        return [address and ipaddress.ip_address(address) for address in next(turns)]

    return GuardedBackend(allow or PublicOnly(), Deadline(seconds), resolver=resolver, below=below)


def test_a_rebinding_name_gains_nothing():
    """One resolution a connection: the address that was checked is the one connected to."""
    below = Recorder()
    backend = guarded([["93.184.216.34"], ["127.0.0.1"]], below)
    backend.connect_tcp("rebind.example", 80)
    assert below.connected == [("93.184.216.34", 80)]
    with pytest.raises(BlockedAddress):
        backend.connect_tcp("rebind.example", 80)
    assert below.connected == [("93.184.216.34", 80)]


@pytest.mark.parametrize(
    "answer",
    [["93.184.216.34", "10.0.0.1"], ["::1", "93.184.216.34"], ["93.184.216.34", None]],
)
def test_a_name_with_one_inner_address_is_refused_whole(answer):
    below = Recorder()
    with pytest.raises(BlockedAddress):
        guarded([answer], below).connect_tcp("mixed.example", 80)
    assert below.connected == []


def test_the_refusal_does_not_tell_the_inner_address():
    with pytest.raises(BlockedAddress) as caught:
        guarded([["10.11.12.13"]], Recorder()).connect_tcp("intranet.example", 80)
    assert "10.11.12.13" not in caught.value.diagnostics()


def test_the_next_address_is_tried_when_one_does_not_answer():
    below = Recorder(failing={"2606:4700:4700::1111"})
    guarded([["2606:4700:4700::1111", "1.1.1.1"]], below).connect_tcp("two.example", 443)
    assert below.connected == [("2606:4700:4700::1111", 443), ("1.1.1.1", 443)]


def test_a_name_without_addresses_is_an_error():
    with pytest.raises(httpcore2.ConnectError):
        guarded([[]], Recorder()).connect_tcp("empty.example", 80)


def test_a_resolver_that_hangs_does_not_hold_the_fetch():
    release = threading.Event()
    backend = GuardedBackend(
        PublicOnly(), Deadline(0.2), resolver=lambda host, port: release.wait(30), below=Recorder()
    )
    with pytest.raises(FetchError, match="not resolved in time"):
        backend.connect_tcp("slow.example", 80)
    release.set()


def test_an_unknown_name_says_so(monkeypatch):
    def unknown(*_args, **_kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(FetchError, match="cannot be resolved"):
        fetch("http://no-such-name.example/", limits=QUICK)


def test_unix_sockets_are_never_connected_to():
    with pytest.raises(BlockedAddress):
        guarded([], Recorder()).connect_unix_socket("/run/docker.sock")


# Servers


@pytest.mark.enable_socket
def test_a_body_comes_as_a_descriptor_at_its_start(serve):
    server = serve(lambda path: ok(b"hello", "Content-Type: text/plain", "X-A: 1", "X-A: 2"))
    before = datetime.datetime.now(datetime.UTC)
    with fetch(server.url("/a?b=c#d"), allow=server.allow) as fetched:
        assert os.read(fetched.fd, 100) == b"hello"
        assert fetched.read() == b"hello"
        assert os.fstat(fetched.fd).st_nlink == 0
    assert (fetched.status, fetched.size) == (200, 5)
    assert fetched.url == server.url("/a?b=c#d")
    assert fetched.final_url == server.url("/a?b=c")
    assert fetched.headers["content-type"] == "text/plain"
    assert fetched.headers.get_list("x-a") == ["1", "2"]
    assert before <= fetched.fetched_at <= datetime.datetime.now(datetime.UTC)
    assert fetched.redirects == ()


@pytest.mark.enable_socket
def test_the_unsafe_policy_reaches_anything(serve):
    server = serve(lambda path: ok(b"x"))
    with fetch(server.url(), allow=UnsafeAllowAll()) as fetched:
        assert fetched.size == 1


@pytest.mark.enable_socket
def test_the_request_says_who_asks_and_nothing_else(serve, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9/")
    server = serve(lambda path: ok(b""))
    with fetch(server.url("/p"), allow=server.allow, user_agent="Robot/1"):
        pass
    lines = server.requests[0].decode().strip().split("\r\n")
    assert lines[0] == "GET /p HTTP/1.1"
    assert {line.split(":")[0] for line in lines[1:]} == {
        "Host",
        "User-Agent",
        "Accept",
        "Accept-Encoding",
    }
    assert f"Host: localhost:{server.port}" in lines
    assert "User-Agent: Robot/1" in lines


@pytest.mark.enable_socket
@pytest.mark.parametrize("status", [404, 410, 429, 503])
def test_every_status_is_an_answer(serve, status):
    server = serve(lambda path: [f"HTTP/1.1 {status} No\r\nContent-Length: 2\r\n\r\nno".encode()])
    with fetch(server.url(), allow=server.allow) as fetched:
        assert (fetched.status, fetched.read()) == (status, b"no")


# Redirects


@pytest.mark.enable_socket
def test_redirects_are_followed_without_cookies(serve):
    answers = {
        "/a": redirect("/b?x=1", "Set-Cookie: session=1"),
        "/b?x=1": redirect("c", "Set-Cookie: session=2"),
        "/c": ok(b"end"),
    }
    server = serve(answers.get)
    with fetch(server.url("/a"), limits=QUICK, allow=server.allow) as fetched:
        assert fetched.read() == b"end"
    assert fetched.final_url == server.url("/c")
    assert fetched.redirects == (server.url("/a"), server.url("/b?x=1"))
    assert not any(b"cookie" in request.lower() for request in server.requests)


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("http://10.0.0.1/", BlockedAddress),
        ("http://169.254.169.254/latest/meta-data/", BlockedAddress),
        ("http://[::1]/", BlockedAddress),
        ("//2130706434/", BlockedAddress),
        ("http://localhost:22/", BlockedAddress),
        ("file:///etc/passwd", FetchError),
        ("http://user:word@localhost/", FetchError),
        ("http://[", FetchError),
    ],
)
def test_a_redirect_is_held_to_the_same_rules(serve, location, error):
    """The server's own port is allowed, and no other address or port is."""
    server = serve(lambda path: redirect(location))

    @dataclass(frozen=True)
    class TestServerAndPort80(OneLoopbackServer):
        def allows_port(self, port):
            return port in {80, self.port}

    with pytest.raises(error):
        fetch(server.url(), limits=QUICK, allow=TestServerAndPort80(server.port))
    assert len(server.requests) == 1


@pytest.mark.enable_socket
def test_a_redirect_loop_ends(serve):
    server = serve(lambda path: redirect("/again"))
    with pytest.raises(FetchError, match="more than 3 times"):
        fetch(server.url(), limits=QUICK, allow=server.allow)
    assert len(server.requests) == QUICK.redirects + 1


def test_a_redirect_from_https_to_http_is_refused():
    source = httpx2.URL("https://example.com/a")
    with pytest.raises(FetchError, match="from https to http"):
        fetching.checked_redirect(source, "http://example.com/b", PublicOnly())
    there = fetching.checked_redirect(source, "/b", PublicOnly())
    assert str(there) == "https://example.com/b"


# Bodies


@pytest.mark.enable_socket
def test_a_gzip_body_is_unpacked(serve):
    text = b"User-agent: *\nDisallow: /\n" * 1000
    members = gzip.compress(text[:500]) + gzip.compress(text[500:])
    server = serve(lambda path: ok(members, "Content-Encoding: gzip"))
    with fetch(server.url(), allow=server.allow) as fetched:
        assert fetched.read() == text
        assert fetched.size == len(text)


@pytest.mark.enable_socket
def test_a_gzip_bomb_is_stopped_by_its_size_unpacked(serve):
    bomb = gzip.compress(bytes(256 << 20), compresslevel=9)
    assert len(bomb) < QUICK.fetch_bytes
    server = serve(lambda path: ok(bomb, "Content-Encoding: gzip"))
    tracemalloc.start()
    try:
        with pytest.raises(FetchTooLarge, match="larger than 1048576 bytes"):
            fetch(server.url(), limits=QUICK, allow=server.allow)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 16 << 20


@pytest.mark.enable_socket
def test_a_gzip_body_that_holds_nothing_still_has_an_end(serve):
    nothing = gzip.compress(b"") * 4096
    server = serve(
        lambda path: itertools.chain(
            [OK + b"Content-Encoding: gzip\r\n\r\n"], itertools.repeat(nothing)
        )
    )
    with pytest.raises(FetchTooLarge):
        fetch(server.url(), limits=QUICK, allow=server.allow)


@pytest.mark.parametrize("step", [1, 7, 100_000])
def test_gzip_is_read_the_same_in_pieces_of_any_size(step):
    text = os.urandom(3000) + bytes(3 << 20)
    packed = gzip.compress(text) + gzip.compress(b"more") + b"\0\0 padding"
    pieces = (packed[at : at + step] for at in range(0, len(packed), step))
    assert b"".join(fetching.gunzip(pieces, "x")) == text + b"more"
    assert max(map(len, fetching.gunzip([packed], "x"))) <= fetching.INFLATE_STEP


@pytest.mark.parametrize(
    "body",
    [gzip.compress(b"x" * 1000)[:-4], b"not gzip at all", zlib.compress(b"x"), b"\x1f"],
    ids=["cut", "plain", "zlib", "one byte"],
)
def test_a_damaged_gzip_body_is_an_error(body):
    with pytest.raises(FetchError, match="gzip"):
        list(fetching.gunzip([body], "x"))


def test_an_empty_body_needs_no_gzip():
    assert list(fetching.gunzip([], "x")) == []


@pytest.mark.enable_socket
@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip", "deflate"])
def test_a_coding_that_was_not_asked_for_is_an_error(serve, coding):
    server = serve(lambda path: ok(b"x", f"Content-Encoding: {coding}"))
    with pytest.raises(FetchError, match="coding"):
        fetch(server.url(), allow=server.allow)


@pytest.mark.enable_socket
def test_an_endless_body_is_stopped(serve):
    server = serve(
        lambda path: itertools.chain([OK + b"\r\n"], itertools.repeat(b"endless " * 4096))
    )
    with pytest.raises(FetchTooLarge):
        fetch(server.url(), limits=QUICK, allow=server.allow)


@pytest.mark.enable_socket
def test_a_body_at_the_cap_passes_and_one_byte_more_does_not(serve):
    server = serve(lambda path: ok(bytes(1000 + int(path[1:]))))
    limits = replace(QUICK, fetch_bytes=1000)
    with fetch(server.url("/0"), limits=limits, allow=server.allow) as fetched:
        assert fetched.size == 1000
    with pytest.raises(FetchTooLarge):
        fetch(server.url("/1"), limits=limits, allow=server.allow)


@pytest.mark.enable_socket
def test_a_declared_length_over_the_cap_is_not_waited_for(serve):
    def answer(path):
        yield OK + b"Content-Length: 99999999999\r\n\r\n"
        time.sleep(1.0)

    server = serve(answer)
    with pytest.raises(FetchTooLarge):
        fetch(server.url(), limits=replace(QUICK, fetch_seconds=0.9), allow=server.allow)


@pytest.mark.enable_socket
def test_a_body_shorter_than_declared_is_an_error(serve):
    server = serve(lambda path: [OK + b"Content-Length: 100\r\n\r\nshort"])
    with pytest.raises(FetchError, match="not fetched"):
        fetch(server.url(), limits=QUICK, allow=server.allow)


@pytest.mark.enable_socket
def test_a_body_longer_than_declared_is_cut_there(serve):
    server = serve(lambda path: [OK + b"Content-Length: 4\r\n\r\nbodyHTTP/1.1 200 OK\r\n\r\n"])
    with fetch(server.url(), allow=server.allow) as fetched:
        assert fetched.read() == b"body"


@pytest.mark.enable_socket
@pytest.mark.parametrize("answer", [b"", b"\0" * 100, b"HTTP/1.1 200 OK\r\nbad", b"SSH-2.0-x\r\n"])
def test_a_server_that_speaks_no_http_is_an_error(serve, answer):
    server = serve(lambda path: [answer])
    with pytest.raises(FetchError, match="not fetched"):
        fetch(server.url(), limits=QUICK, allow=server.allow)


# Time


def drip(first, drop):
    def answer(path):
        yield first
        while True:
            time.sleep(0.02)
            yield drop

    return answer


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "answer",
    [
        drip(OK + b"\r\n", b"."),
        drip(OK + b"X: ", b"a"),
        drip(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        lambda path: time.sleep(0.8) or [],
    ],
    ids=["body", "header", "continue", "silence"],
)
def test_a_slow_server_is_left_when_the_time_is_over(serve, answer):
    server = serve(answer)
    began = time.monotonic()
    with pytest.raises(FetchError, match=r"0\.4 seconds"):
        fetch(server.url(), limits=replace(QUICK, fetch_seconds=0.4), allow=server.allow)
    assert time.monotonic() - began < 2


@pytest.mark.enable_socket
def test_the_time_is_for_all_redirects_together(serve):
    def answer(path):
        time.sleep(0.15)
        return redirect("/again")

    server = serve(answer)
    limits = replace(QUICK, fetch_seconds=0.4, redirects=100)
    with pytest.raises(FetchError, match=r"0\.4 seconds"):
        fetch(server.url(), limits=limits, allow=server.allow)


# TLS


@contextmanager
def certificate_for(name, folder):
    """A self-signed certificate as a server context, and its PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    both = folder / "server.pem"
    pem = certificate.public_bytes(Encoding.PEM)
    both.write_bytes(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(both)
    yield context, pem.decode()


@pytest.mark.enable_socket
def test_an_unknown_certificate_is_refused(serve, tmp_path):
    with certificate_for("localhost", tmp_path) as (context, _):
        server = serve(lambda path: ok(b"x"), tls=context)
        with pytest.raises(FetchError, match=r"(?i)certificate"):
            fetch(server.url(), limits=QUICK, allow=server.allow)
    assert server.requests == []


@pytest.mark.enable_socket
@pytest.mark.parametrize("name", ["localhost", "other.example"])
def test_the_certificate_is_verified_against_the_name_not_the_address(
    serve, tmp_path, monkeypatch, name
):
    with certificate_for(name, tmp_path) as (context, pem):
        trusting = ssl.create_default_context(cadata=pem)
        monkeypatch.setattr(fetching, "tls_context", lambda: trusting)
        server = serve(lambda path: ok(b"secure"), tls=context)
        if name == "localhost":
            with fetch(server.url(), limits=QUICK, allow=server.allow) as fetched:
                assert fetched.read() == b"secure"
        else:
            with pytest.raises(FetchError, match=r"(?i)hostname"):
                fetch(server.url(), limits=QUICK, allow=server.allow)
