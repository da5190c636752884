"""Do other thresholds change what an article carries? Then it must be scored again; else what is stored stands.

With the signals a classifier finds, everything else it says follows from the text alone. So a stored finding is exact under any
thresholds that leave its signals, and those of its head, as they are; only the few articles that change are read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from newswatch.domain import SIGNALS


class Stored(Protocol):
    """What deciding needs of a stored finding."""

    @property
    def signals(self) -> tuple[str, ...]: ...
    @property
    def head(self) -> tuple[str, ...]: ...
    @property
    def scores(self) -> Mapping[str, float]: ...
    @property
    def head_scores(self) -> Mapping[str, float] | None: ...


def stands_under(found: Stored, thresholds: Mapping[str, float]) -> bool:
    """Whether the finding is the same under these thresholds. Where the head's own scores are not known its signals decide."""
    fired = {signal for signal in SIGNALS if found.scores.get(signal, -1.0) >= thresholds[signal]}
    if fired != set(found.signals):
        return False
    if not found.head_scores:
        return True
    return {signal for signal in fired if found.head_scores[signal] >= thresholds[signal]} == set(found.head)
