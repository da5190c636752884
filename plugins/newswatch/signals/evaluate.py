"""How good are the findings? Precision, recall and F1 per signal, false alarms, calibration, and how sure these figures are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from newswatch.domain import SIGNALS

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]

CALIBRATION_BINS = 10


@dataclass(frozen=True, slots=True)
class SignalFigures:
    """One signal's figures; `support` counts the items that carry it."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one test. `false_alarms` is the share of items without a signal on which any signal fired."""

    per_signal: Mapping[str, SignalFigures]
    macro_f1: float
    any_f1: float
    false_alarms: float


def figures(fired: Flags, truth: Flags) -> Figures:
    """Figures for (items, 11) findings against (items, 11) truth."""
    per_signal = {signal: _signal_figures(fired[:, i], truth[:, i]) for i, signal in enumerate(SIGNALS)}
    any_fired: Flags = np.any(fired, axis=1)
    any_true: Flags = np.any(truth, axis=1)
    silent = ~any_true
    return Figures(
        per_signal=per_signal,
        macro_f1=float(np.mean([one.f1 for one in per_signal.values()])),
        any_f1=_signal_figures(any_fired, any_true).f1,
        false_alarms=float((any_fired & silent).sum() / max(1, silent.sum())),
    )


def fired_at(scores: Floats, thresholds: Mapping[str, float]) -> Flags:
    """Which of (items, 11) scores reach their signal's threshold."""
    return np.asarray(scores >= np.array([thresholds[signal] for signal in SIGNALS]))


def calibration_error(scores: Floats, truth: Flags) -> float:
    """Expected calibration error in ten equal bins: mean |share that is true - mean score|, weighted by the bin's size.

    Guo et al. 2017, "On Calibration of Modern Neural Networks", equation 3.
    """
    return float(
        sum(abs(share - mean) * size for mean, share, size in reliability(scores, truth)) / max(1, len(scores))
    )


def reliability(scores: Floats, truth: Flags) -> list[tuple[float, float, int]]:
    """(mean score, share that is true, items) of every bin that is not empty: the points of a reliability diagram."""
    bins = np.minimum((scores * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    found = []
    for one in range(CALIBRATION_BINS):
        inside = bins == one
        if inside.any():
            found.append((float(scores[inside].mean()), float(truth[inside].mean()), int(inside.sum())))
    return found


def f1_interval(fired: Flags, truth: Flags, *, draws: int = 400) -> tuple[float, float]:
    """The middle 95 % of one signal's F1 over items drawn again with replacement (percentile bootstrap, fixed seed)."""
    chance = np.random.default_rng(0)
    drawn = chance.integers(0, len(truth), size=(draws, len(truth)))
    values = [_signal_figures(fired[rows], truth[rows]).f1 for rows in drawn]
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _signal_figures(fired: Flags, truth: Flags) -> SignalFigures:
    hits, support, alarms = int((fired & truth).sum()), int(truth.sum()), int(fired.sum())
    return SignalFigures(
        precision=hits / alarms if alarms else 0.0,
        recall=hits / support if support else 0.0,
        f1=2 * hits / (alarms + support) if alarms + support else 0.0,
        support=support,
    )
