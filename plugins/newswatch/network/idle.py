"""Which open connections can the next request to the same origin use?"""

from __future__ import annotations

import threading
from collections import OrderedDict

from newswatch.network.connection import GuardedConnection

Origin = tuple[str, str, int]
MOST_IDLE = 64  # over all origins; the one unused longest is closed first


class IdleConnections:
    """Open connections that nobody uses, by origin. Safe for threads."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[int, tuple[Origin, GuardedConnection]] = OrderedDict()
        self._lock = threading.Lock()
        self._closed = False

    def take(self, origin: Origin) -> GuardedConnection | None:
        """A connection to `origin` that the server has not closed and that holds no leftover bytes; None when there
        is none.
        """
        while connection := self._pop(origin):
            if connection.is_connected:
                return connection
            connection.close()
        return None

    def put(self, origin: Origin, connection: GuardedConnection) -> None:
        """Keeps `connection` for `take`, or closes it when the server wants it closed or there are too many."""
        if connection.is_closed:
            return
        with self._lock:
            if not self._closed:
                self._waiting[id(connection)] = (origin, connection)
                surplus = [self._waiting.popitem(last=False)[1][1]] if len(self._waiting) > MOST_IDLE else []
            else:
                surplus = [connection]
        for one in surplus:
            one.close()

    def close(self) -> None:
        """Closes them all, and whatever is put back later."""
        with self._lock:
            self._closed = True
            waiting = [connection for _, connection in self._waiting.values()]
            self._waiting.clear()
        for connection in waiting:
            connection.close()

    def _pop(self, origin: Origin) -> GuardedConnection | None:
        with self._lock:
            for key in reversed(self._waiting):
                if self._waiting[key][0] == origin:
                    return self._waiting.pop(key)[1]
        return None
