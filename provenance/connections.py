"""Connections to checked addresses, under one deadline.

What the HTTP library calls to open a connection. The name is resolved here, once, every address it
has is put to the policy, and the library gets a connection to the very address that was checked:
there is no moment between check and use in which the name could answer differently.
"""

from __future__ import annotations

import contextlib
import ipaddress
import logging
import queue
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import httpcore2

from provenance.errors import BlockedAddress, FetchError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable

    from provenance.addresses import AddressPolicy, IPAddress

__all__ = ["Deadline", "GuardedBackend", "TimedStream", "system_resolver"]

log = logging.getLogger(__name__)

OPERATION_SECONDS = 15.0
"""Longest silence of a server; the whole fetch has its own limit."""
HINT_PUBLIC = "Only public internet addresses are fetched; download the file and check it by path."


class Deadline:
    """A moment after which everything stops, however much is arriving."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self, at_most: float = OPERATION_SECONDS) -> float:
        """Seconds the next operation may take; raises when none are left."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise self.passed()
        return min(left, at_most)

    def passed(self) -> FetchError:
        """What to raise when time is up."""
        return FetchError(
            f"not complete after {self.seconds:g} seconds",
            hint="The server is slow or stalls; download the file and check it by path.",
        )


def system_resolver(host: str, port: int) -> list[IPAddress | None]:
    """Addresses of a name, in the system's order; None for one bound to a network interface."""
    found: list[IPAddress | None] = []
    for *_, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        zoned = "%" in str(address[0]) or (len(address) == 4 and address[3] != 0)
        found.append(None if zoned else ipaddress.ip_address(address[0]))
    return found


class GuardedBackend(httpcore2.NetworkBackend):
    """Opens connections for the HTTP library, to checked addresses only.

    The name is resolved here, once, and the library below gets the numeric address; it never
    sees the name. TLS still verifies the certificate against the name.
    """

    def __init__(
        self,
        allow: AddressPolicy,
        deadline: Deadline,
        *,
        resolver: Callable[[str, int], list[IPAddress | None]] = system_resolver,
        below: httpcore2.NetworkBackend | None = None,
    ) -> None:
        self._allow = allow
        self._deadline = deadline
        self._resolver = resolver
        self._below = below or httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Resolves, checks, connects to what was checked."""
        failure: Exception = httpcore2.ConnectError(f"{host!r} has no address")
        for address in self._checked(host, port):
            try:
                stream = self._below.connect_tcp(
                    str(address), port, self._deadline.left(), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
                continue
            return TimedStream(stream, self._deadline)
        raise failure

    def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Never: a URL cannot name one."""
        raise BlockedAddress("unix sockets are not fetched from")

    def _checked(self, host: str, port: int) -> list[IPAddress]:
        """All addresses of the host; refused as a whole when any of them is."""
        addresses = self._resolve(host, port)
        for address in addresses:
            if address is None or not self._allow.allows_address(address):
                # The address itself goes to the log only: in the message it would let a
                # stranger read this network's names.
                log.info("refused to connect to %s for %s", address, host)
                raise BlockedAddress(
                    f"{host!r} does not lead to a public address", hint=HINT_PUBLIC
                )
        return [address for address in addresses if address is not None]

    def _resolve(self, host: str, port: int) -> list[IPAddress | None]:
        """Resolution under the deadline; `getaddrinfo` knows no timeout, so it gets a thread."""
        with contextlib.suppress(ValueError):
            return [ipaddress.ip_address(host)]
        answer: queue.SimpleQueue[list[IPAddress | None] | Exception] = queue.SimpleQueue()

        def run() -> None:
            try:
                answer.put(self._resolver(host, port))
            except Exception as error:
                answer.put(error)

        threading.Thread(target=run, name="assay-resolve", daemon=True).start()
        try:
            result = answer.get(timeout=self._deadline.left())
        except queue.Empty:
            raise FetchError(f"the name {host!r} was not resolved in time") from None
        if isinstance(result, Exception):
            raise FetchError(
                f"the name {host!r} cannot be resolved: {result}",
                hint="Check the spelling of the address and that this machine is online.",
            ) from result
        return result


class TimedStream(httpcore2.NetworkStream):
    """A connection whose every operation ends with the fetch's deadline.

    The library's own timeouts are for one operation each: a server that sends one header byte
    every few seconds would hold them off for ever.
    """

    def __init__(self, below: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._below = below
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Reads what has arrived."""
        return self._below.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Writes all of `buffer`."""
        self._below.write(buffer, self._deadline.left())

    def close(self) -> None:
        """Closes the connection."""
        self._below.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        """The same connection under TLS, under the same deadline."""
        stream = self._below.start_tls(ssl_context, server_hostname, self._deadline.left())
        return TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """As the connection below."""
        return self._below.get_extra_info(info)
