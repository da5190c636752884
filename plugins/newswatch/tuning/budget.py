"""Which thresholds keep within so many alerts a day, and are worth the most?

What an alert is worth: 1 when it is right, minus the cost of a false alarm when it is not. How likely it is right is told by the
labelled articles of its signal with a score like its own, beginning from the model's calibrated probability, which counts as
PRIOR labels: with few labels the model is believed, with many the desk.

Choosing one threshold a signal so that the alerts left are worth most within a total is a multiple-choice knapsack; with some
hundred alerts dynamic programming solves it exactly (Kellerer, Pferschy and Pisinger 2004, Knapsack Problems, section 11.5).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

PRIOR = 5.0  # labels that the model's own probability counts for
WIDTH = 0.1  # scores this close are alike
STEP = 0.02  # thresholds tried
OFF = 1.0  # a threshold that next to nothing reaches


class Alert(Protocol):
    """What the choice needs of a message."""

    @property
    def signal(self) -> str: ...
    @property
    def score(self) -> float: ...


class Labelled(Protocol):
    """An article with an approved label."""

    @property
    def scores(self) -> Mapping[str, float]: ...
    @property
    def signals(self) -> tuple[str, ...]: ...
    @property
    def verdict(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Choice:
    """One threshold a signal, the alerts that it leaves, and what they are worth together."""

    thresholds: Mapping[str, float]
    alerts: int
    utility: float


@dataclass(frozen=True, slots=True)
class _Option:
    threshold: float
    alerts: int
    utility: float


def chance_of_being_right(signal: str, score: float, labels: Iterable[Labelled], *, unwanted: Sequence[str]) -> float:
    """How likely an alert of this signal and score is right and wanted, by labels of articles like it."""
    right = items = 0.0
    for label in labels:
        if abs(label.scores.get(signal, 0.0) - score) <= WIDTH / 2:
            items += 1
            right += signal in label.signals and label.verdict not in unwanted
    return (PRIOR * score + right) / (PRIOR + items)


def choose_thresholds(
    alerts: Sequence[Alert], worth: Sequence[float], *, lowest: Mapping[str, float], most: int
) -> Choice:
    """The thresholds (none below `lowest`) that leave at most `most` alerts and are worth most; `worth` is one value an alert.

    Of equals the higher thresholds are taken.
    """
    options = {signal: _options(signal, alerts, worth, low) for signal, low in lowest.items()}
    best: dict[int, tuple[float, dict[str, float]]] = {0: (0.0, {})}  # alerts used -> (utility, thresholds)
    for signal, ones in options.items():
        step: dict[int, tuple[float, dict[str, float]]] = {}
        for used, (utility, chosen) in best.items():
            for one in ones:
                total = used + one.alerts
                found = step.get(total)
                if total <= most and (found is None or utility + one.utility > found[0]):
                    step[total] = (utility + one.utility, {**chosen, signal: one.threshold})
        best = step
    count, (utility, thresholds) = max(best.items(), key=lambda one: (round(one[1][0], 9), -one[0]))
    return Choice(thresholds, count, round(utility, 6))


def _options(signal: str, alerts: Sequence[Alert], worth: Sequence[float], low: float) -> list[_Option]:
    """Every threshold that leaves another number of alerts, the highest first."""
    mine = [(alert.score, value) for alert, value in zip(alerts, worth, strict=True) if alert.signal == signal]
    steps = round((OFF - low) / STEP)
    found: dict[int, _Option] = {}
    for n in range(steps + 1):
        threshold = round(OFF - n * STEP, 4)
        left = [value for score, value in mine if score >= threshold]
        found.setdefault(len(left), _Option(threshold, len(left), sum(left)))
    return list(found.values())
