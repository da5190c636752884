"""Which vetted addresses does a name have?

The check stands after the lookup and before the connect, and what was vetted is what is connected to: a name that
answers differently the second time gains nothing. One refused address among several refuses the name.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LookupTimeout
from typing import Any

from newswatch.network.failure import Failure, Stopped
from newswatch.network.guard import refusal

CACHE_SECONDS = 60.0  # a run asks the same host again within seconds; longer would outlive a publisher's move
LOOKUP_THREADS = 16  # lookups cannot be cancelled; a hanging one holds a thread, not the run

Lookup = Callable[..., Sequence[tuple[Any, ...]]]
"""The shape of `socket.getaddrinfo`."""


class Resolver:
    """Looks names up, vets every address, and remembers both answers for a minute."""

    def __init__(self, allow: tuple[str, ...], lookup: Lookup = socket.getaddrinfo) -> None:
        self._allow = allow
        self._lookup = lookup
        self._known: dict[tuple[str, int], tuple[float, tuple[str, ...]]] = {}
        self._threads = ThreadPoolExecutor(LOOKUP_THREADS, thread_name_prefix="lookup")

    def addresses(self, host: str, port: int, *, seconds: float) -> tuple[str, ...]:
        """Numeric addresses of `host`, all vetted for `port`. Raises Stopped: unknown, unavailable, too slow,
        refused.
        """
        known = self._known.get((host, port))
        if known and known[0] > time.monotonic():
            return known[1]
        found = self._look_up(host, port, seconds)
        for address in found:
            if reason := refusal(address, port, self._allow):
                raise Stopped(Failure("refused", f"{host} leads to {address}: {reason}" if host != address else reason))
        self._known[(host, port)] = (time.monotonic() + CACHE_SECONDS, found)
        return found

    def close(self) -> None:
        """Lets go of the lookup threads without waiting for a name server that hangs."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _look_up(self, host: str, port: int, seconds: float) -> tuple[str, ...]:
        answer = self._threads.submit(self._lookup, host, port, type=socket.SOCK_STREAM)
        try:
            rows = answer.result(timeout=max(0.0, seconds))
        except LookupTimeout:
            raise Stopped(
                Failure("name_unavailable", f"no name server answered for {host} within {seconds:.0f} s")
            ) from None
        except socket.gaierror as error:
            raise Stopped(_failure_of(host, error)) from None
        except (OSError, UnicodeError, ValueError) as error:  # a name too long or malformed for the lookup itself
            raise Stopped(Failure("name_unknown", f"{host[:100]} cannot be looked up: {error}")) from None
        found = tuple(dict.fromkeys(str(row[4][0]) for row in rows))
        if not found:
            raise Stopped(Failure("name_unknown", f"{host} has no address"))
        return found


def _failure_of(host: str, error: socket.gaierror) -> Failure:
    if error.errno in (socket.EAI_AGAIN, socket.EAI_MEMORY, socket.EAI_SYSTEM):
        return Failure("name_unavailable", f"the name servers cannot tell the address of {host} now")
    return Failure("name_unknown", f"the name {host} does not exist")
