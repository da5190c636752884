"""Which kind of failure is this exception of the network libraries?"""

from __future__ import annotations

import ssl
from http.client import HTTPException

from urllib3.exceptions import DecodeError, HTTPError, IncompleteRead, ProtocolError, ReadTimeoutError, SSLError

from newswatch.network.failure import Failure, Stopped
from newswatch.plain_text import one_line


def failure_of(error: BaseException, url: str) -> Failure:
    """The failure that `error`, raised while fetching `url`, amounts to. Looks through the wrappers of urllib3."""
    for cause in _chain(error):
        if isinstance(cause, Stopped):
            return cause.failure
        if found := _known(cause):
            return found
    if isinstance(error, OSError):
        return Failure("unreachable", f"{error.strerror or type(error).__name__} ({url[:200]})")
    said = one_line(str(error), 150)  # the server's own bytes stand in it; they end up in logs
    return Failure("broken_answer", f"not a proper HTTP answer: {type(error).__name__}: {said}")


def _known(cause: BaseException) -> Failure | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return Failure("tls", f"the certificate is not to be trusted: {cause.verify_message or cause.reason}")
    if isinstance(cause, TimeoutError | ReadTimeoutError):
        return Failure("timeout", "the server went silent")
    if isinstance(cause, ssl.SSLError | SSLError):
        return Failure("tls", f"the TLS handshake failed: {getattr(cause, 'reason', None) or cause}")
    if isinstance(cause, IncompleteRead):
        return Failure("broken_answer", "the connection closed before the announced end")
    if isinstance(cause, DecodeError):
        return Failure("broken_answer", "the body cannot be unpacked")
    if isinstance(cause, ConnectionError):
        return Failure("unreachable", cause.strerror or "the connection was closed without an answer")
    return None


def _chain(error: BaseException) -> list[BaseException]:
    """`error`, then what it wraps, outermost first; urllib3 keeps causes in arguments as well."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(found) < 10:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and one not in found:
            found.append(one)
            waiting += [one.__cause__, one.__context__]
            if isinstance(one, ProtocolError | HTTPError | HTTPException):
                waiting += list(one.args)
    return found
