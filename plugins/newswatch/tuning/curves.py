"""What would other thresholds find in the stored scores, and how well would they find it? Counting only: nothing is scored."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from newswatch.domain import SIGNALS
from newswatch.tuning.intervals import Share, weighted_share

STEPS = 100  # thresholds are looked at in hundredths


class Scored(Protocol):
    """What counting needs of a stored finding."""

    @property
    def classified_at(self) -> datetime: ...
    @property
    def scores(self) -> Mapping[str, float]: ...


class Labelled(Protocol):
    """What judging needs of an article with an approved label. `weight`: how many articles it stands for."""

    @property
    def scores(self) -> Mapping[str, float]: ...
    @property
    def signals(self) -> tuple[str, ...]: ...
    @property
    def weight(self) -> float: ...


@dataclass(frozen=True, slots=True)
class CountCurve:
    """For one signal: `above[i]` articles have a score of at least i/100; `now` have one at the threshold in force."""

    signal: str
    threshold: float
    now: int
    above: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DayCounts:
    """One day (UTC): articles scored, and those with each signal under the thresholds asked about and under those in force."""

    day: date
    articles: int
    found: Mapping[str, int]
    found_now: Mapping[str, int]
    any_signal: int
    any_signal_now: int


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """One threshold of one signal on labelled items."""

    threshold: float
    precision: Share
    recall: Share


def count_curves(scored: Iterable[Scored], thresholds: Mapping[str, float]) -> tuple[CountCurve, ...]:
    """One curve a signal. A page draws it once and answers a slider from it without asking again."""
    columns: dict[str, list[float]] = {signal: [] for signal in SIGNALS}
    for one in scored:
        for signal in SIGNALS:
            columns[signal].append(one.scores.get(signal, 0.0))
    found = []
    for signal, column in columns.items():
        column.sort()
        above = tuple(len(column) - bisect_left(column, step / STEPS) for step in range(STEPS + 1))
        now = len(column) - bisect_left(column, thresholds[signal])
        found.append(CountCurve(signal, thresholds[signal], now, above))
    return tuple(found)


def day_counts(
    scored: Iterable[Scored], thresholds: Mapping[str, float], now: Mapping[str, float]
) -> tuple[DayCounts, ...]:
    """Counts a day under `thresholds` beside those under `now`, oldest first."""
    days: dict[date, list[Scored]] = {}
    for one in scored:
        days.setdefault(one.classified_at.date(), []).append(one)
    return tuple(_day(day, ones, thresholds, now) for day, ones in sorted(days.items()))


def fired(scores: Mapping[str, float], thresholds: Mapping[str, float]) -> frozenset[str]:
    """The signals whose score reaches its threshold."""
    return frozenset(signal for signal in SIGNALS if scores.get(signal, 0.0) >= thresholds[signal] and scores)


def precision_recall(labelled: Sequence[Labelled], signal: str) -> tuple[PrecisionRecall, ...]:
    """Precision and recall of one signal at every hundredth, with 95 % intervals."""
    return tuple(_point(labelled, signal, step / STEPS) for step in range(STEPS + 1))


def precision_at(
    labelled: Sequence[Labelled], thresholds: Mapping[str, float]
) -> dict[str, tuple[Share, Share]]:  # fmt: skip
    """Precision and recall of every signal under one set of thresholds."""
    points = {signal: _point(labelled, signal, thresholds[signal]) for signal in SIGNALS}
    return {signal: (point.precision, point.recall) for signal, point in points.items()}


def _day(day: date, ones: Sequence[Scored], thresholds: Mapping[str, float], now: Mapping[str, float]) -> DayCounts:
    asked = [fired(one.scores, thresholds) for one in ones]
    standing = [fired(one.scores, now) for one in ones]
    return DayCounts(
        day,
        len(ones),
        Counter(signal for found in asked for signal in found),
        Counter(signal for found in standing for signal in found),
        sum(map(bool, asked)),
        sum(map(bool, standing)),
    )


def _point(labelled: Sequence[Labelled], signal: str, threshold: float) -> PrecisionRecall:
    finds = [(one, one.scores.get(signal, 0.0) >= threshold) for one in labelled if one.scores]
    return PrecisionRecall(
        threshold,
        weighted_share((signal in one.signals, one.weight) for one, found in finds if found),
        weighted_share((found, one.weight) for one, found in finds if signal in one.signals),
    )
