"""Who is asked next, when many servers are asked at once and each wants to be left in peace between two requests?

Each host has as many slots as connections it may be given; a slot that was used rests for the host's pause before it
is used again. A few threads take whichever slot is ready first, so a host with two hundred pages delays nobody but
itself. Results wait in a short queue: when the reader is slow, the threads stop, and no more bodies lie in memory
than the queue holds.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from newswatch.merge import merged

Job = TypeVar("Job")
Result = TypeVar("Result")

OWN_CONNECTIONS = 4  # to a host of our own: enough to keep it busy, too few to hold up the others when it hangs
RESULTS_WAITING = 16  # finished and not yet read: at 5 MiB a page at most 80 MiB


@dataclass(frozen=True, slots=True)
class Pace:
    """How a host is to be treated: `pause` seconds between two requests, at most `connections` at a time."""

    pause: float
    connections: int = 1


def in_turns(
    jobs: Iterable[tuple[str, Job]],
    work: Callable[[Job], Result],
    *,
    pace: Callable[[str], Pace],
    threads: int,
    seconds: float | None = None,
) -> Iterator[Result]:
    """Results of `work` over the (host, job) pairs, as they finish. Jobs not begun after `seconds` are left undone.

    `pace` is asked anew after each request. An exception of `work` is raised here, for it is ours: faults of the net
    are values. Closing the iterator stops the threads.
    """
    turns = _Turns(jobs, pace, None if seconds is None else time.monotonic() + seconds)
    try:
        yield from merged([_served(turns, work) for _ in range(min(threads, turns.left))], waiting=RESULTS_WAITING)
    finally:
        turns.stop()


def _served(turns: _Turns[Job], work: Callable[[Job], Result]) -> Iterator[Result]:
    """The results of one thread, which takes turns until none are left."""
    while (turn := turns.take()) is not None:
        host, job = turn
        result = work(job)
        turns.give_back(host)
        yield result


class _Turns(Generic[Job]):
    """The jobs, by host, and the slots with the moment each is ready."""

    def __init__(self, jobs: Iterable[tuple[str, Job]], pace: Callable[[str], Pace], until: float | None) -> None:
        self._waiting: dict[str, deque[Job]] = {}
        for host, job in jobs:
            self._waiting.setdefault(host, deque()).append(job)
        self._pace = pace
        self._until = until
        self._changed = threading.Condition()
        self.stopped = False
        self.left = sum(map(len, self._waiting.values()))
        self._order = 0
        self._slots: list[tuple[float, int, str]] = []
        slots = {host: min(pace(host).connections, len(queued)) for host, queued in self._waiting.items()}
        for number in range(max(slots.values(), default=0)):  # every host once before any host twice
            for host, count in slots.items():
                if number < count:
                    self._add(0.0, host)

    def take(self) -> tuple[str, Job] | None:
        """The next job whose host is ready, waiting for it; None when there is none, or time is up."""
        with self._changed:
            while self.left and not self.stopped:
                now = time.monotonic()
                if self._until is not None and now >= self._until:
                    return None
                ready_at = self._slots[0][0] if self._slots else float("inf")
                if ready_at > now:
                    self._changed.wait(min(ready_at, self._until or float("inf"), now + 60.0) - now)
                    continue
                host = heapq.heappop(self._slots)[2]
                if queued := self._waiting[host]:
                    self.left -= 1
                    if not self.left:
                        self._changed.notify_all()  # threads that wait for a slot have nothing to wait for
                    return host, queued.popleft()
            return None

    def give_back(self, host: str) -> None:
        """The slot of `host` is free again, after its pause."""
        with self._changed:
            if self._waiting[host]:
                self._add(time.monotonic() + self._pace(host).pause, host)
            self._changed.notify()

    def stop(self) -> None:
        """No further jobs; threads that wait are woken."""
        with self._changed:
            self.stopped = True
            self._changed.notify_all()

    def _add(self, ready_at: float, host: str) -> None:
        self._order += 1  # among slots ready at once, the one given back first goes first
        heapq.heappush(self._slots, (ready_at, self._order, host))
