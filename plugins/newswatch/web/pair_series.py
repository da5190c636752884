"""How did the escalation index of every pair move? The index of `newswatch.stories.index`, at many moments in one pass. Pure.

A report weighs 2^(age / half-life) less with age. Numerator and denominator of the index age alike, so it is enough to let
later reports weigh more: then the sums only grow, and each moment reads them as they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newswatch.domain import Dyad
from newswatch.storage.pages.pairs import Weighed
from newswatch.stories.index import surging_pairs
from newswatch.stories.settings import IndexSettings

STEPS = {7: timedelta(hours=3), 30: timedelta(hours=12), 365: timedelta(days=6)}
"""Days shown, and how far apart the points are: about sixty of them."""

MEMORY_HALF_LIVES = 12  # what is older counts less than a four-thousandth


@dataclass(frozen=True)
class Point:
    """The index at one moment, in per cent of all reports' weight."""

    at: datetime
    acts: float
    threats: float


def moments(now: datetime, days: int) -> tuple[datetime, ...]:
    """The points of time shown, the last of them now."""
    step = STEPS[days]
    count = int(timedelta(days=days) / step)
    return tuple(now - step * back for back in range(count, -1, -1))


def series(
    weighed: Iterable[Weighed], weights: Mapping[str, float], settings: IndexSettings, at: Sequence[datetime]
) -> dict[Dyad, tuple[Point, ...]]:
    """A point for each moment of `at`, of every pair reported; `Weighed.place` counts these moments."""
    fresh: list[dict[Dyad, list[float]]] = [{} for _ in at]
    everything = [0.0 for _ in at]
    for one in weighed:
        if one.signals:
            pair = fresh[one.place].setdefault(one.dyad, [0.0, 0.0])
            pair[0] += one.weight * _heaviest(one.signals, settings.act_signals, weights)
            pair[1] += one.weight * _heaviest(one.signals, settings.threat_signals, weights)
            everything[one.place] += one.weight
    sums = {dyad: [0.0, 0.0] for place in fresh for dyad in place}
    found: dict[Dyad, list[Point]] = {dyad: [] for dyad in sums}
    total = 0.0
    for moment, place, weight in zip(at, fresh, everything, strict=True):
        total += weight
        for dyad, (acts, threats) in place.items():
            sums[dyad][0] += acts
            sums[dyad][1] += threats
        share = 100 / total if total else 0.0
        for dyad, points in found.items():
            points.append(Point(moment, sums[dyad][0] * share, sums[dyad][1] * share))
    return {dyad: tuple(points) for dyad, points in found.items()}


@dataclass(frozen=True)
class _Days:
    """A base line of days and the day tested, as the surge test takes them."""

    dyad: Dyad
    counts: tuple[int, ...]
    totals: tuple[int, ...]


def surge_ages(
    counts: Mapping[Dyad, Sequence[int]], totals: Sequence[int], settings: IndexSettings
) -> dict[Dyad, tuple[int, ...]]:
    """On which days each pair surged, by the test that severity uses; days ago, 0 being the last 24 hours.

    Days that have no whole base line before them are not tested.
    """
    found: dict[Dyad, list[int]] = {}
    for last in range(settings.baseline_days, len(totals)):
        window = slice(last - settings.baseline_days, last + 1)
        reported = [
            _Days(dyad, tuple(each[window]), tuple(totals[window])) for dyad, each in counts.items() if each[last]
        ]
        for dyad in surging_pairs(reported, settings):
            found.setdefault(dyad, []).append(len(totals) - 1 - last)
    return {dyad: tuple(ages) for dyad, ages in found.items()}


def _heaviest(signals: tuple[str, ...], wanted: tuple[str, ...], weights: Mapping[str, float]) -> float:
    return max((weights.get(signal, 0.0) for signal in signals if signal in wanted), default=0.0)
