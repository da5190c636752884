"""Has what comes in moved away from what used to come in? Four measures, each as shares of bins, compared by one number.

    score          the highest probability of any signal
    length         characters of title, lead and text
    language       as identified
    unknown_words  share of stems in title and lead that the model does not know

The number is the population stability index, sum over bins of (now - usual) * ln(now / usual): below 0.1 nothing has changed,
above 0.25 a model should be looked at (Siddiqi 2006, Credit Risk Scorecards, chapter 6; Yurdakul and Naranjo 2020 on its
distribution: with few articles chance alone makes it large, hence FEWEST).
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

MOVED = 0.25
FEWEST = 300  # articles on either side; with ten bins chance stays below 0.06 (2 * 9 / 300)
FLOOR = 0.001  # an empty bin counts as this share, so that one article in a new bin is no infinity
EDGES: Mapping[str, tuple[float, ...]] = {
    "score": (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9),
    "length": (100, 250, 500, 1000, 2000, 4000, 8000, 16000),
    "unknown_words": (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6),
}
MEASURES = ("score", "length", "language", "unknown_words")


@dataclass(frozen=True, slots=True)
class Reading:
    """One measure: how far it has moved, and the shares by bin before and now."""

    measure: str
    distance: float
    usual: Mapping[str, float]
    lately: Mapping[str, float]
    articles: int

    @property
    def has_moved(self) -> bool:
        return self.distance > MOVED


def compared(measure: str, usual: Sequence[float | str], lately: Sequence[float | str]) -> Reading | None:
    """The reading of one measure; None when there are too few articles to tell."""
    if min(len(usual), len(lately)) < FEWEST:
        return None
    before, now = _shares(measure, usual), _shares(measure, lately)
    return Reading(measure, round(stability_index(before, now), 6), before, now, len(lately))


def stability_index(usual: Mapping[str, float], lately: Mapping[str, float]) -> float:
    """The population stability index of two lists of shares by bin."""
    found = 0.0
    for name in sorted(usual.keys() | lately.keys()):
        before, now = max(usual.get(name, 0.0), FLOOR), max(lately.get(name, 0.0), FLOOR)
        found += (now - before) * math.log(now / before)
    return found


def told(reading: Reading) -> str:
    """What the operators are told of a measure that has moved: the bin that grew most, and what to do."""
    names = reading.usual.keys() | reading.lately.keys()
    name = max(sorted(names), key=lambda one: reading.lately.get(one, 0.0) - reading.usual.get(one, 0.0))
    before, now = reading.usual.get(name, 0.0), reading.lately.get(name, 0.0)
    return (
        f"{reading.measure.replace('_', ' ').capitalize()} of the articles has moved (stability index {reading.distance:.2f}, "
        f"above {MOVED:g}): {name} was {before:.0%} and is {now:.0%} of {reading.articles:,}. The model may read them less well: "
        "look at the Model page, answer review cards, and train anew when labels are approved."
    )


def _shares(measure: str, values: Iterable[float | str]) -> dict[str, float]:
    counts = Counter(_bin(measure, value) for value in values)
    total = counts.total()
    return {name: round(count / total, 6) for name, count in sorted(counts.items())}


def _bin(measure: str, value: float | str) -> str:
    if isinstance(value, str):
        return value
    edges = EDGES[measure]
    place = bisect_right(edges, value)
    if place == 0:
        return f"below {edges[0]:g}"
    return f"from {edges[place - 1]:g}"
