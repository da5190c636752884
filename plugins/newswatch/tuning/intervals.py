"""How sure is a share that was counted on a few items?

Wilson's score interval (Wilson 1927, eq. for p in Brown, Cai and DasGupta 2001, "Interval estimation for a binomial
proportion", section 3.1.1): it keeps its promise for few items and for shares near 0 or 1, where the textbook interval fails.
Items that stand for different numbers of others count by their weight; their effective number is Kish's (sum w)² / sum w²
(Kish 1965, Survey Sampling), as Korn and Graubard (1998) do for weighted proportions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

Z = 1.959963984540054  # 95 %, two-sided


@dataclass(frozen=True, slots=True)
class Share:
    """A share (0..1) with its 95 % interval. `items` were counted; without any, the value is None and nothing is known."""

    value: float | None
    low: float
    high: float
    items: int

    def __str__(self) -> str:
        if self.value is None:
            return "–"
        return f"{self.value:.2f} ({self.low:.2f}–{self.high:.2f})"


def share(hits: int, items: int) -> Share:
    """`hits` of `items`, every item counting the same."""
    return _share(hits / items if items else 0.0, float(items), items)


def weighted_share(counted: Iterable[tuple[bool, float]]) -> Share:
    """The share of weight that is true, of (true, weight) pairs."""
    pairs = [(hit, weight) for hit, weight in counted if weight > 0]
    total = sum(weight for _, weight in pairs)
    squares = sum(weight * weight for _, weight in pairs)
    if not pairs:
        return _share(0.0, 0.0, 0)
    return _share(sum(weight for hit, weight in pairs if hit) / total, total * total / squares, len(pairs))


def _share(p: float, n: float, items: int) -> Share:
    if n == 0:
        return Share(None, 0.0, 1.0, 0)
    p = min(p, 1.0)  # sums of floats
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return Share(round(p, 6), round(max(0.0, middle - half), 6), round(min(1.0, middle + half), 6), items)
