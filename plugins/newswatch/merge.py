"""How are several streams of results, each made in a thread of its own, read as one?

Results wait in a short queue: when the reader is slow the threads stop, so that no more lies in memory than the queue
holds.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Result = TypeVar("Result")

LOOK_UP_SECONDS = 0.5  # how soon a thread that waits for room notices that the reader has gone


@dataclass(frozen=True, slots=True)
class _End:
    """A stream is over, or broke with `error`."""

    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class _One(Generic[Result]):
    result: Result


def merged(streams: Sequence[Iterator[Result]], *, waiting: int) -> Iterator[Result]:
    """Everything the `streams` yield, as it comes; at most `waiting` results lie unread. An exception of a stream is raised.

    Closing the iterator stops each thread at its next result.
    """
    results: queue.Queue[_One[Result] | _End] = queue.Queue(waiting)
    gone = threading.Event()
    for number, stream in enumerate(streams):
        threading.Thread(target=_pump, args=(stream, results, gone), name=f"stream-{number}", daemon=True).start()
    try:
        yield from _read(results, len(streams))
    finally:
        gone.set()


def _pump(stream: Iterator[Result], results: queue.Queue[_One[Result] | _End], gone: threading.Event) -> None:
    error: BaseException | None = None
    try:
        for result in stream:
            if not _offered(_One(result), results, gone):
                return
    except BaseException as raised:
        error = raised  # raised again where it can be seen: in the reader
    _offered(_End(error), results, gone)


def _offered(one: _One[Result] | _End, results: queue.Queue[_One[Result] | _End], gone: threading.Event) -> bool:
    while not gone.is_set():
        try:
            results.put(one, timeout=LOOK_UP_SECONDS)
        except queue.Full:
            continue
        return True
    return False


def _read(results: queue.Queue[_One[Result] | _End], streams: int) -> Iterator[Result]:
    while streams:
        one = results.get()
        if isinstance(one, _One):
            yield one.result
            continue
        if one.error is not None:
            raise one.error
        streams -= 1
