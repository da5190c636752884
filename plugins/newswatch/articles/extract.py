"""How are thousands of pages read, when any of them may hang, crash, or eat the memory of the process that reads it?

Extraction is all processor time (about 10 ms a page), so there is one child process for each core. Children live as
long as the `Extractor`; a page that kills its child costs that page and one second.
"""

from __future__ import annotations

import threading
from collections.abc import Container, Iterable, Iterator
from types import TracebackType
from typing import Self

from newswatch.articles.settings import ArticleSettings
from newswatch.articles.worker import Worker
from newswatch.domain import Downloaded, Extracted
from newswatch.merge import merged

RESULTS_WAITING = 64  # texts, finished and not yet read: a few kilobytes each


class Extractor:
    """Persistent child processes that turn pages into text. Use it in a `with`."""

    def __init__(self, settings: ArticleSettings, *, tasks: int = 1) -> None:
        """`tasks` tells how many such extractors share the machine."""
        self._workers = [Worker(settings) for _ in range(settings.child_count(tasks))]

    def __enter__(self) -> Self:
        for worker in self._workers:
            worker.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for worker in self._workers:
            worker.close()

    def extract_many(
        self, pages: Iterable[tuple[int, Downloaded]], *, metadata_for: Container[int] = frozenset()
    ) -> Iterator[tuple[int, Extracted]]:
        """(id, text or reason) for every page, as they finish. `metadata_for` holds the ids whose title and time are wanted.

        `pages` is read as children become free, from their threads, one at a time: a generator that downloads is never
        further ahead than its own queue. A page without a body passes through with its reason.
        """
        source = _Shared(iter(pages))
        return merged([_texts(worker, source, metadata_for) for worker in self._workers], waiting=RESULTS_WAITING)


class _Shared:
    """An iterator that several threads read, one at a time."""

    def __init__(self, pages: Iterator[tuple[int, Downloaded]]) -> None:
        self._pages = pages
        self._lock = threading.Lock()

    def __iter__(self) -> Iterator[tuple[int, Downloaded]]:
        while True:
            with self._lock:
                page = next(self._pages, None)
            if page is None:
                return
            yield page


def _texts(worker: Worker, pages: _Shared, metadata_for: Container[int]) -> Iterator[tuple[int, Extracted]]:
    for page_id, page in pages:
        if page.reason is not None:
            yield page_id, Extracted(None, "", reason=page.reason)
        else:
            yield page_id, worker.read(page, metadata=page_id in metadata_for)
