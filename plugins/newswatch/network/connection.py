"""How is a connection opened to a vetted address, and kept from outlasting its deadline?

urllib3 speaks HTTP here; this module replaces the two places where it would trust a stranger: where it looks a name
up, and where it waits. A timeout per read is no deadline (a server that sends a byte every nine seconds is never
late), so every read is given only what is left of the whole.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection

from newswatch.network.failure import Failure, Stopped
from newswatch.network.resolve import Resolver
from newswatch.network.settings import NetworkSettings

ADDRESSES_TRIED = 3  # of a name that has many


class Deadline:
    """A moment on the monotonic clock by which a request must be over."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds
        self._seconds = seconds

    def remaining(self, at_most: float) -> float:
        """Seconds left, cut to `at_most`. Raises Stopped when none are left."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise Stopped(Failure("timeout", f"not over after {self._seconds:g} s"))
        return min(left, at_most)


class _PatientUntil:
    """A socket whose every read ends by the deadline of the request in progress (mixed into both kinds of socket)."""

    deadline: Deadline | None = None
    read_seconds: float = 10.0

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        if self.deadline is not None:
            self.settimeout(self.deadline.remaining(self.read_seconds))  # type: ignore[attr-defined]
        return super().recv_into(*args, **kwargs)  # type: ignore[misc,no-any-return]


class _Socket(_PatientUntil, socket.socket):
    pass


class _TlsSocket(_PatientUntil, ssl.SSLSocket):
    pass


def tls_context(ca_file: str | None) -> ssl.SSLContext:
    """A context that verifies certificates and names, with no way to turn that off."""
    import certifi

    context = ssl.create_default_context(cafile=ca_file or certifi.where())
    context.sslsocket_class = _TlsSocket
    return context


class GuardedConnection(HTTPConnection):
    """A plain HTTP connection to a vetted address; `deadline` is set anew for each request."""

    def __init__(self, host: str, port: int, *, resolver: Resolver, settings: NetworkSettings, **more: Any) -> None:
        super().__init__(host, port, timeout=settings.connect_seconds, **more)
        self._resolver = resolver
        self._settings = settings
        self._deadline = Deadline(settings.total_seconds)

    @property
    def deadline(self) -> Deadline:
        """When the request in progress must be over."""
        return self._deadline

    @deadline.setter
    def deadline(self, deadline: Deadline) -> None:
        self._deadline = deadline
        if isinstance(self.sock, _PatientUntil):
            self.sock.deadline = deadline

    def connect(self) -> None:
        """Connects, shakes hands, and puts every later read under the deadline."""
        super().connect()
        if isinstance(self.sock, _PatientUntil):
            self.sock.deadline, self.sock.read_seconds = self._deadline, self._settings.read_seconds

    def _new_conn(self) -> socket.socket:
        wait = self._deadline.remaining(self._settings.connect_seconds)
        addresses = self._resolver.addresses(self.host, self.port, seconds=wait)
        return _connected(addresses[:ADDRESSES_TRIED], self.port, self._deadline, self._settings.connect_seconds)


class GuardedTlsConnection(GuardedConnection, HTTPSConnection):
    """The same over TLS; the certificate is checked against the name in the URL, not the address."""


def _connected(addresses: tuple[str, ...], port: int, deadline: Deadline, at_most: float) -> socket.socket:
    """A socket to the first address that answers. Raises the last OSError when none does."""
    last: OSError = OSError("no address")
    for address in addresses:
        family = socket.AF_INET6 if ipaddress.ip_address(address).version == 6 else socket.AF_INET
        sock = _Socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(deadline.remaining(at_most))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect((address, port))
            return sock
        except OSError as error:
            sock.close()
            last = error
        except Stopped:
            sock.close()
            raise
    raise last
