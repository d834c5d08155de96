"""The one door to the network: downloads a URL that someone else chose, or sends to one.

A URL is an instruction from a stranger to connect somewhere. What is refused:

- every scheme but http and https, user names in URLs, ports other than 80 and 443;
- every address that is not public (`provenance.addresses`). The check is made on the addresses the
  name resolved to, and the connection goes to the very address that was checked: a name that
  answers differently a moment later (DNS rebinding) gains nothing;
- more than `limits.redirects` redirects, a redirect from https to http, and a redirect to any URL
  that would not have been accepted as the first;
- a body over `limits.fetch_bytes` once decompressed, and anything longer than
  `limits.fetch_seconds` in all, however busy the server keeps the line.

The environment is not read: no proxies, no `.netrc`, no CA overrides. There are no cookies and no
credentials, and TLS certificates are verified. The body goes to an unlinked temporary file, so a
large file costs no memory.

Any HTTP status is an answer (a missing robots.txt says something); the caller looks at it. This
module does not decide whether a URL may be fetched at all, keeps no cache and retries nothing.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import ipaddress
import socket
import tempfile
import zlib
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address
from typing import IO, TYPE_CHECKING, Self

import httpcore2
import httpx2

from provenance.addresses import AddressPolicy, PublicOnly, UnsafeAllowAll
from provenance.connections import HINT_PUBLIC, Deadline, GuardedBackend
from provenance.errors import BlockedAddress, FetchError, FetchTooLarge
from provenance.limits import DEFAULT, MIB, Limits

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator, Mapping

__all__ = ["Fetched", "PublicOnly", "UnsafeAllowAll", "fetch", "post"]

USER_AGENT = "assay-provenance"
REDIRECTS = frozenset({301, 302, 303, 307, 308})
DEFAULT_PORTS = {"http": 80, "https": 443}
LOOPBACK = IPv4Address("127.0.0.1")
INFLATE_STEP = MIB
GZIP_MAGIC = b"\x1f"
"""First byte of a member; the second may be in the next piece."""
LIBRARY_ERRORS = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.UnsupportedProtocol,
)

PUBLIC_ONLY = PublicOnly()


@dataclass(slots=True)
class Fetched:
    """A downloaded body and where it came from. Close it, or use it as a context manager.

    Attributes:
        url: as asked for.
        final_url: after redirects; the URL the body is of.
        status: HTTP status of the final answer.
        headers: of the final answer, names case-insensitive.
        size: bytes of the body, decompressed.
        redirects: the URLs passed on the way, in order, without the final one.
        fetched_at: when the answer began, UTC.
    """

    url: str
    final_url: str
    status: int
    headers: httpx2.Headers
    size: int
    redirects: tuple[str, ...]
    fetched_at: datetime.datetime
    _body: IO[bytes] = field(repr=False)

    @property
    def fd(self) -> int:
        """Descriptor of the body, seekable, at offset 0 unless the caller moved it."""
        return self._body.fileno()

    def read(self) -> bytes:
        """The whole body in memory; for small documents."""
        self._body.seek(0)
        return self._body.read()

    def close(self) -> None:
        """Closes the descriptor; the body is gone with it."""
        self._body.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def fetch(
    url: str,
    *,
    limits: Limits = DEFAULT,
    user_agent: str = USER_AGENT,
    allow: AddressPolicy = PUBLIC_ONLY,
) -> Fetched:
    """Downloads `url` with GET.

    Args:
        url: absolute http or https URL.
        limits: `fetch_bytes`, `fetch_seconds` and `redirects` apply.
        user_agent: what the request calls itself.
        allow: addresses and ports that may be connected to.

    Raises:
        BlockedAddress: the URL, or one it redirects to, leads where the policy does not allow.
        FetchTooLarge: the body is over the cap.
        FetchError: any other reason there is no answer.
    """
    deadline = Deadline(limits.fetch_seconds)
    target = checked_url(url, allow)
    with httpcore2.ConnectionPool(
        ssl_context=tls_context(),
        max_connections=1,
        network_backend=GuardedBackend(allow, deadline),
    ) as pool:
        passed: list[str] = []
        while True:
            with _Exchange(pool, target, user_agent, deadline) as answer:
                following = answer.redirect()
                if following is None:
                    body, size = answer.save(limits.fetch_bytes)
                    return Fetched(
                        url=url,
                        final_url=str(target),
                        status=answer.status,
                        headers=answer.headers,
                        size=size,
                        redirects=tuple(passed),
                        fetched_at=answer.began,
                        _body=body,
                    )
            passed.append(str(target))
            if len(passed) > limits.redirects:
                raise FetchError(
                    f"{url} redirects more than {limits.redirects} times",
                    hint="Give the address the redirects end at.",
                )
            target = checked_redirect(target, following, allow)


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    limits: Limits = DEFAULT,
    user_agent: str = USER_AGENT,
    allow: AddressPolicy = PUBLIC_ONLY,
) -> int:
    """Sends `body` to `url` with POST; redirects are answers, and what is answered is not read.

    Args:
        url: absolute http or https URL.
        body: what is sent.
        headers: of the request, ASCII.
        limits: `fetch_seconds` applies.
        user_agent: what the request calls itself.
        allow: addresses and ports that may be connected to.

    Returns:
        The HTTP status.

    Raises:
        BlockedAddress: the URL leads where the policy does not allow.
        FetchError: any other reason there is no answer.
    """
    deadline = Deadline(limits.fetch_seconds)
    target = checked_url(url, allow)
    with (
        httpcore2.ConnectionPool(
            ssl_context=tls_context(),
            max_connections=1,
            network_backend=GuardedBackend(allow, deadline),
        ) as pool,
        _Exchange(pool, target, user_agent, deadline, (body, headers)) as answer,
    ):
        return answer.status


# URLs


def checked_url(url: str, allow: AddressPolicy) -> httpx2.URL:
    """The URL parsed, without its fragment, or the reason it is not fetched."""
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL as error:
        raise FetchError(f"{url!r} is not a URL: {error}", hint="Give an absolute URL.") from error
    if parsed.scheme not in DEFAULT_PORTS or not parsed.host:
        raise FetchError(f"{url!r} is not an http or https URL", hint="Give an absolute URL.")
    if parsed.userinfo:
        # Said without the URL: the password must not reach a log.
        raise FetchError(
            f"the URL on host {parsed.host!r} carries a user name or password",
            hint="Remove the part before '@': credentials are never sent.",
        )
    if "%" in parsed.host:
        raise BlockedAddress(
            f"{parsed.host!r} names a network interface of this machine", hint=HINT_PUBLIC
        )
    port = DEFAULT_PORTS[parsed.scheme] if parsed.port is None else parsed.port
    if not allow.allows_port(port):
        raise BlockedAddress(
            f"{url}: nothing is fetched from port {port}", hint="Only ports 80 and 443 are used."
        )
    return parsed.copy_with(fragment=None)


def checked_address(url: str, allow: AddressPolicy) -> None:
    """`checked_url`, and the address where the URL names one, in any notation a resolver reads.

    What a name leads to is looked at when it is connected to, and not before.
    """
    host = checked_url(url, allow).host
    address = _written_address(host)
    if address is not None and not allow.allows_address(address):
        raise BlockedAddress(f"{host!r} does not lead to a public address", hint=HINT_PUBLIC)


def _written_address(host: str) -> IPv4Address | IPv6Address | None:
    host = host.lower().removesuffix(".")
    if host == "localhost" or host.endswith(".localhost"):
        return LOOPBACK  # RFC 6761, section 6.3
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host)
    try:
        return IPv4Address(socket.inet_aton(host))  # also 2130706433, 0x7f.1 and 127.1
    except (OSError, UnicodeError):
        return None


def checked_redirect(source: httpx2.URL, location: str, allow: AddressPolicy) -> httpx2.URL:
    """The URL a redirect leads to, held to the same rules as the first and to one more."""
    try:
        joined = str(source.join(location))
    except httpx2.InvalidURL as error:
        raise FetchError(f"{source} redirects to {location!r}, which is not a URL") from error
    target = checked_url(joined, allow)
    if source.scheme == "https" and target.scheme == "http":
        raise FetchError(
            f"{source} redirects from https to http",
            hint="An answer that anyone on the way can change is not taken; give the http URL "
            "itself if that is what you want.",
        )
    return target


@functools.cache
def tls_context() -> ssl.SSLContext:
    """Certificates verified against the system's store, host names checked."""
    return httpx2.create_ssl_context(trust_env=False)


# Answers


class _Exchange:
    """One request and its answer; errors of the HTTP library become ours."""

    def __init__(
        self,
        pool: httpcore2.ConnectionPool,
        url: httpx2.URL,
        user_agent: str,
        deadline: Deadline,
        sent: tuple[bytes, Mapping[str, str]] | None = None,
    ) -> None:
        self._url, self._deadline = url, deadline
        body, more = sent or (b"", {})
        request = httpcore2.Request(
            "POST" if sent else "GET",
            httpcore2.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=[
                (b"Host", url.netloc),
                (b"User-Agent", user_agent.encode("ascii", "replace")),
                (b"Accept", b"*/*"),
                # The one coding that is unpacked here, in steps of a known size.
                (b"Accept-Encoding", b"gzip"),
                *([(b"Content-Length", str(len(body)).encode())] if sent else []),
                *((name.encode("ascii"), value.encode("ascii")) for name, value in more.items()),
            ],
            content=body if sent else None,
        )
        self.began = datetime.datetime.now(datetime.UTC)
        try:
            self._response = pool.handle_request(request)
        except LIBRARY_ERRORS as error:
            raise self._failed(error) from error
        self.status = self._response.status
        self.headers = httpx2.Headers(self._response.headers)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._response.close()

    def redirect(self) -> str | None:
        """Where the answer sends us, or None when it is the answer."""
        return self.headers.get("location") if self.status in REDIRECTS else None

    def save(self, cap: int) -> tuple[IO[bytes], int]:
        """The decompressed body in an unlinked file, at its start, and its size."""
        declared = self.headers.get("content-length", "")
        if declared.isdecimal():
            self._hold(int(declared), cap)
        body = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - handed to the caller
        try:
            size = 0
            for piece in self._decoded(cap):
                size += len(piece)
                self._hold(size, cap)
                view = memoryview(piece)
                while view:
                    view = view[body.write(view) :]
                self._deadline.left()
        except BaseException:
            body.close()
            raise
        body.seek(0)
        return body, size

    def _decoded(self, cap: int) -> Iterator[bytes]:
        coding = self.headers.get("content-encoding", "identity").strip().lower()
        if coding in {"", "identity"}:
            return self._raw(cap)
        if coding in {"gzip", "x-gzip"}:
            return gunzip(self._raw(cap), str(self._url))
        raise FetchError(
            f"{self._url} answered in the coding {coding!r}, which was not asked for",
            hint="Download the file and check it by path.",
        )

    def _raw(self, cap: int) -> Iterator[bytes]:
        """The body as sent; under the same cap, for a coded body may be long and hold nothing."""
        size = 0
        try:
            for piece in self._response.iter_stream():
                size += len(piece)
                self._hold(size, cap)
                yield piece
        except LIBRARY_ERRORS as error:
            raise self._failed(error) from error

    def _failed(self, error: Exception) -> FetchError:
        self._deadline.left()
        what = str(error) or type(error).__name__
        return FetchError(
            f"{self._url} was not fetched: {what}",
            hint="Try again later, or download the file and check it by path.",
        )

    def _hold(self, size: int, cap: int) -> None:
        if size > cap:
            raise FetchTooLarge(
                f"{self._url} is larger than {cap} bytes",
                hint="Download the file and check it by path, or raise the limit fetch_bytes.",
            )


def gunzip(pieces: Iterable[bytes], name: str) -> Iterator[bytes]:
    """The bytes of a gzip stream (RFC 1952, several members allowed), at most a mebibyte at a time.

    Inflating step by step is what makes a small bomb harmless: one read of 64 KiB can hold 64 MiB.
    """
    inflater = zlib.decompressobj(wbits=31)
    empty = True
    for piece in pieces:
        left, empty = piece, empty and not piece
        while left:
            if inflater.eof:
                if not left.startswith(GZIP_MAGIC):
                    return  # bytes after the last member are ignored, as gunzip does
                inflater = zlib.decompressobj(wbits=31)
            try:
                yield inflater.decompress(left, INFLATE_STEP)
            except zlib.error as error:
                raise FetchError(f"{name} sent a damaged gzip body: {error}") from error
            left = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
    while not inflater.eof and (rest := inflater.decompress(b"", INFLATE_STEP)):
        yield rest
    if not inflater.eof and not empty:
        raise FetchError(f"{name} sent a gzip body that ends early")
