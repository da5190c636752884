"""How is one thing fetched from a stranger's server?

One GET within bounds: vetted addresses, http and https alone, a total deadline, a cap on bytes after unpacking, few
redirects each vetted anew, certificates always verified, no proxy from the environment. Every fault of the net is a
value; only a fault of ours is an exception.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from types import TracebackType
from typing import Self

from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from newswatch.network.address import Target, next_target, read_target
from newswatch.network.body import ACCEPTED, read_body
from newswatch.network.connection import Deadline, GuardedConnection, GuardedTlsConnection, tls_context
from newswatch.network.failure import Failure, Stopped
from newswatch.network.fault import failure_of
from newswatch.network.guard import is_within
from newswatch.network.idle import IdleConnections
from newswatch.network.resolve import Resolver
from newswatch.network.settings import NetworkSettings

_PERMANENT = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request brought: a status with headers and body, or a failure (then `status` is None or the last one
    seen).
    """

    url: str  # where the answer came from, after redirects
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""
    failure: Failure | None = None
    permanent_url: str | None = None  # where an unbroken chain of permanent redirects led
    elapsed_seconds: float = 0.0


class Client:
    """A bounded GET for many threads at once. Keeps idle connections; `close` them, or use it in a `with`."""

    def __init__(self, settings: NetworkSettings, *, resolver: Resolver | None = None) -> None:
        self.settings = settings
        self._resolver = resolver or Resolver(settings.allow_private)
        self._idle = IdleConnections()
        self._tls: ssl.SSLContext = tls_context(settings.ca_file)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes idle connections."""
        self._idle.close()
        self._resolver.close()

    def is_ours(self, host: str) -> bool:
        """Whether `host` is a machine of our own (a numeric address in `allow_private`), to which no courtesy is
        owed.
        """
        return is_within("127.0.0.1" if host == "localhost" else host, self.settings.allow_private)

    def get(self, url: str, *, max_bytes: int, headers: Mapping[str, str] | None = None) -> Answer:
        """What the server answers, whatever its status. Never raises for anything the server or the net does."""
        started = time.monotonic()
        deadline = Deadline(self.settings.total_seconds)
        trail = _Trail(url)
        try:
            status, answer_headers, body = self._follow(trail, deadline, max_bytes, headers or {})
        except Stopped as stopped:
            return trail.answer(started, failure=stopped.failure)
        except (OSError, HTTPError, HTTPException, ValueError) as error:
            return trail.answer(started, failure=failure_of(error, trail.url))
        return trail.answer(started, status=status, headers=answer_headers, body=body)

    def post(self, url: str, form: bytes, *, max_bytes: int) -> Answer:
        """What the server answers to a form sent to it. A redirect is an answer like any other: a form is sent once."""
        started = time.monotonic()
        trail = _Trail(url)
        sent = {"Content-Type": "application/x-www-form-urlencoded"}
        try:
            target = _or_stop(read_target(url))
            answer, connection = self._send(
                self._new_connection(target), target, Deadline(self.settings.total_seconds), sent, form
            )
            body = self._finish(answer, connection, target, max_bytes)
        except Stopped as stopped:
            return trail.answer(started, failure=stopped.failure)
        except (OSError, HTTPError, HTTPException, ValueError) as error:
            return trail.answer(started, failure=failure_of(error, trail.url))
        return trail.answer(started, status=answer.status, headers=_lowered(answer), body=body)

    def _follow(
        self, trail: _Trail, deadline: Deadline, max_bytes: int, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        """The first answer that is no redirect."""
        target = _or_stop(read_target(trail.url))
        for _ in range(self.settings.redirects + 1):
            trail.reach(target)
            answer, connection = self._ask(target, deadline, headers)
            location = answer.headers.get("location")
            if answer.status in _REDIRECTS and location:
                connection.close()
                trail.leave(answer.status)
                target = _or_stop(next_target(target, location))
                continue
            return answer.status, _lowered(answer), self._finish(answer, connection, target, max_bytes)
        raise Stopped(
            Failure("redirects", f"more than {self.settings.redirects} redirects, last to {target.url[:200]}")
        )

    def _ask(
        self, target: Target, deadline: Deadline, headers: Mapping[str, str]
    ) -> tuple[HTTPResponse, GuardedConnection]:
        """An answer's head, over a waiting connection when there is one the server has not just closed."""
        if waiting := self._idle.take(target.origin):
            with suppress(ConnectionError):
                return self._send(waiting, target, deadline, headers)
        return self._send(self._new_connection(target), target, deadline, headers)

    def _send(
        self,
        connection: GuardedConnection,
        target: Target,
        deadline: Deadline,
        headers: Mapping[str, str],
        form: bytes | None = None,
    ) -> tuple[HTTPResponse, GuardedConnection]:
        connection.deadline = deadline
        sent = {"User-Agent": self.settings.user_agent, "Accept-Encoding": ACCEPTED, "Accept": "*/*", **headers}
        try:
            method = "GET" if form is None else "POST"
            connection.request(method, target.path, body=form, headers=sent, preload_content=False)
            return connection.getresponse(), connection
        except BaseException:
            connection.close()
            raise

    def _finish(self, answer: HTTPResponse, connection: GuardedConnection, target: Target, max_bytes: int) -> bytes:
        """The body; the connection is kept for the next request when the server left it in order."""
        try:
            body = read_body(answer, max_bytes=max_bytes)
        except BaseException:
            connection.close()
            raise
        self._idle.put(target.origin, connection)
        return body

    def _new_connection(self, target: Target) -> GuardedConnection:
        if target.scheme == "https":
            return GuardedTlsConnection(
                target.host, target.port, resolver=self._resolver, settings=self.settings, ssl_context=self._tls
            )
        return GuardedConnection(target.host, target.port, resolver=self._resolver, settings=self.settings)


class _Trail:
    """Where a request has come through redirects."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._redirects: list[int] = []
        self._permanent_url: str | None = None

    def reach(self, target: Target) -> None:
        """The request stands at `target` now."""
        if self._redirects and all(status in _PERMANENT for status in self._redirects):
            self._permanent_url = target.url
        self.url = target.url

    def leave(self, status: int) -> None:
        """The server sent us on, with `status`."""
        self._redirects.append(status)

    def answer(
        self,
        started: float,
        *,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        failure: Failure | None = None,
    ) -> Answer:
        """The answer as the caller gets it."""
        elapsed = time.monotonic() - started
        permanent = None if failure else self._permanent_url
        return Answer(self.url, status, headers or {}, body, failure, permanent, elapsed)


def _or_stop(target: Target | Failure) -> Target:
    if isinstance(target, Failure):
        raise Stopped(target)
    return target


def _lowered(answer: HTTPResponse) -> dict[str, str]:
    return {name.lower(): value for name, value in answer.headers.items()}
