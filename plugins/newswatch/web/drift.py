"""How far has the news moved from what it used to be? Readings of the population stability index as lines. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from newswatch.storage.tuning.models import DriftRow

MOVED, FAR = 0.1, 0.25  # the usual reading of the index: below 0.1 nothing moved, from 0.25 on a lot (Siddiqi 2006)
TOP = 0.5  # of the scale; what is beyond stands at its edge


@dataclass(frozen=True)
class DriftLine:
    """One measure over time. `path` is an outline in a box of 100 by 100; `latest` the last reading, with its shares by bin."""

    measure: str
    readings: int
    latest: DriftRow
    path: str

    @property
    def verdict(self) -> str:
        """In a word."""
        if self.latest.distance >= FAR:
            return "has moved far"
        return "has moved" if self.latest.distance >= MOVED else "as usual"


def drift_lines(rows: Iterable[DriftRow]) -> tuple[DriftLine, ...]:
    """A line a measure; `rows` oldest first."""
    by_measure: dict[str, list[DriftRow]] = {}
    for row in rows:
        by_measure.setdefault(row.measure, []).append(row)
    return tuple(
        DriftLine(measure, len(readings), readings[-1], _path(readings)) for measure, readings in by_measure.items()
    )


def _path(readings: list[DriftRow]) -> str:
    step = 100 / max(len(readings) - 1, 1)
    points = [
        (round(i * step, 1), round(100 - 100 * min(one.distance / TOP, 1.0), 1)) for i, one in enumerate(readings)
    ]
    return " ".join(f"{'L' if place else 'M'}{x:g} {y:g}" for place, (x, y) in enumerate(points))
