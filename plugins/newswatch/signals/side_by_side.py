"""How do all processors classify at once? Each has a process with a model of its own; order is kept."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from newswatch.domain import Classification, Reading
from newswatch.signals.classify import Classifier, load_classifier
from newswatch.signals.settings import ActorList, SignalSettings

SHARE = 128  # readings given to a process at a time: a vectorised batch, and even shares at the end

_classifier: Classifier | None = None  # of a child process; set once when it starts


class SideBySide:
    """A classifier that spreads its readings over one process per processor this one may use.

    Children are started afresh, not forked: a fork would inherit locks of numerical libraries and could hang.
    """

    def __init__(
        self, folder: Path, *, settings: SignalSettings, actors: ActorList, processes: int | None = None
    ) -> None:
        self._executor = ProcessPoolExecutor(
            processes or len(os.sched_getaffinity(0)),
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_load,
            initargs=(folder, settings, actors),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._executor.shutdown(cancel_futures=True)

    def classify(self, readings: Sequence[Reading]) -> list[Classification]:
        """As `Classifier.classify`: one finding a reading, in the same order, with the same scores."""
        shares = [list(readings[start : start + SHARE]) for start in range(0, len(readings), SHARE)]
        return [finding for found in self._executor.map(_classify, shares) for finding in found]


def _load(folder: Path, settings: SignalSettings, actors: ActorList) -> None:
    global _classifier  # noqa: PLW0603  # a process pool hands nothing else from its initializer to its work
    _classifier = load_classifier(folder, settings=settings, actors=actors)


def _classify(readings: list[Reading]) -> list[Classification]:
    assert _classifier is not None  # noqa: S101  # the initializer ran before any work
    return _classifier.classify(readings)
