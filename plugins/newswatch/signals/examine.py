"""How does a model do on items that it has not learnt from? Figures with intervals, and the mistakes it is surest of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from newswatch.domain import SIGNALS, Reading
from newswatch.signals.classify import Classifier
from newswatch.signals.evaluate import Figures, f1_interval, figures

EXAMPLES = 12


@dataclass(frozen=True, slots=True)
class Item:
    """One labelled item to examine a model with."""

    title: str
    lead: str
    text: str
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """The figures of one model on some items; `intervals` are the middle 95 % of each signal's F1 over items drawn anew."""

    figures: Figures
    intervals: dict[str, tuple[float, float]]
    mistakes: tuple[str, ...]
    items: int

    def as_json(self) -> dict[str, Any]:
        """Plain values, for storage and pages."""
        rows = {
            signal: {
                "precision": round(one.precision, 4), "recall": round(one.recall, 4), "f1": round(one.f1, 4),
                "support": one.support, "low": round(self.intervals[signal][0], 4), "high": round(self.intervals[signal][1], 4),
            }
            for signal, one in self.figures.per_signal.items()
        }  # fmt: skip
        return {
            "items": self.items, "macro_f1": round(self.figures.macro_f1, 4), "any_f1": round(self.figures.any_f1, 4),
            "false_alarms": round(self.figures.false_alarms, 4), "per_signal": rows, "mistakes": list(self.mistakes),
        }  # fmt: skip


def examine(classifier: Classifier, items: Sequence[Item]) -> Examined:
    """What `classifier` finds in `items` against their labels; without items every figure is 0."""
    found = classifier.classify([Reading(one.title, one.lead, one.text, "en") for one in items])
    shape = (len(items), len(SIGNALS))
    fired = np.array([[signal in one.signals for signal in SIGNALS] for one in found], dtype=bool).reshape(shape)
    truth = np.array([[signal in one.signals for signal in SIGNALS] for one in items], dtype=bool).reshape(shape)
    scores = np.array([[one.scores.get(signal, 0.0) for signal in SIGNALS] for one in found]).reshape(shape)
    intervals = {
        signal: f1_interval(fired[:, i], truth[:, i]) if len(items) else (0.0, 0.0) for i, signal in enumerate(SIGNALS)
    }
    return Examined(figures(fired, truth), intervals, _mistakes(items, scores, fired, truth), len(items))


def _mistakes(items: Sequence[Item], scores: Any, fired: Any, truth: Any) -> tuple[str, ...]:
    """The surest first: a score far from one half on the wrong side."""
    wrong = sorted(zip(*np.nonzero(fired != truth), strict=True), key=lambda at: -abs(float(scores[at]) - 0.5))
    return tuple(
        f"{'missed' if truth[i, j] else 'false'} {SIGNALS[j]} ({scores[i, j]:.2f}): {items[i].title}"
        for i, j in wrong[:EXAMPLES]
    )
