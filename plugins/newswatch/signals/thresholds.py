"""From which probability on does a signal fire? Chosen on cross-validated scores, for a stated precision.

The seeds hold far more items with signals than the news does (about one in two against one in five), so precision is reckoned as
it would be in the news: items without a signal weigh `SILENT_WEIGHT` times as much as the others.
"""

from __future__ import annotations

import numpy as np

from newswatch.domain import SIGNALS
from newswatch.signals.evaluate import Flags, Floats

PRECISION = 0.70
LOWEST, HIGHEST = 0.55, 0.75  # lower, false alarms on real headlines pass 7 %; higher, a few items decide
SILENT_WEIGHT = 3.0


def choose_thresholds(scores: Floats, truth: Flags) -> dict[str, float]:
    """Per signal the lowest threshold with a precision of at least `PRECISION`, within bounds, to two decimals."""
    silent = ~truth.any(axis=1)
    weight = np.where(silent, SILENT_WEIGHT, 1.0)
    return {signal: _lowest(scores[:, i], truth[:, i], weight) for i, signal in enumerate(SIGNALS)}


def _lowest(scores: Floats, truth: Flags, weight: Floats) -> float:
    for threshold in np.arange(LOWEST, HIGHEST, 0.01):
        fired = scores >= threshold
        alarms = weight[fired].sum()
        if alarms and weight[fired & truth].sum() / alarms >= PRECISION:
            return round(float(threshold), 2)
    return HIGHEST
