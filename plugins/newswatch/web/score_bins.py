"""How are the scores of lately spread, signal by signal? Twentieths, by the logarithm: most are near nothing. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from newswatch.domain import SIGNALS
from newswatch.web.score_history import DayScores

BINS = 20


@dataclass(frozen=True)
class ScoreBins:
    """`counts[i]` articles have a score from i/20 to (i+1)/20; `above` reach the threshold."""

    counts: tuple[int, ...]
    above: int

    @property
    def heights(self) -> tuple[float, ...]:
        """0..1 by the logarithm of the count."""
        most = math.log1p(max(self.counts, default=0)) or 1.0
        return tuple(round(math.log1p(count) / most, 3) for count in self.counts)


def score_bins(history: Sequence[DayScores], thresholds: Mapping[str, float]) -> dict[str, ScoreBins]:
    """The bins of every signal over all these days."""
    scores = np.concatenate([day.scores for day in history]) if history else np.zeros((0, len(SIGNALS)))
    found = {}
    for place, signal in enumerate(SIGNALS):
        column = scores[:, place]
        counts = np.bincount(np.minimum((column * BINS).astype(int), BINS - 1), minlength=BINS)
        found[signal] = ScoreBins(tuple(int(one) for one in counts), int((column >= thresholds.get(signal, 1.1)).sum()))
    return found
