"""What would the model find at another threshold, and how well? figures.json beside the card, for pages and commands.

Everything is cross-validated on the seeds: each item was scored by a model that had not seen it.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from newswatch.domain import SIGNALS
from newswatch.signals.evaluate import Flags, Floats, calibration_error, f1_interval, figures, fired_at, reliability
from newswatch.signals.model_store import Model

FIGURES = "figures.json"
STEPS = 50  # thresholds of a curve, 0.02 apart
PLACES = 4


def figures_json(model: Model, scores: Floats, truth: Flags) -> str:
    """The file. `scores`, `truth`: (items, 11). `corpus` names the corpus, so that a reader sees a file left from another model.

    For each signal: precision, recall, F1 with the middle 95 % of draws at the model's own threshold; `curve` of
    [threshold, precision or null where nothing is found, recall]; `reliability` of [mean score, share true, items].
    """
    fired = fired_at(scores, model.thresholds)
    whole = figures(fired, truth)
    found: dict[str, Any] = {
        "corpus": model.corpus_sha,
        "items": len(truth),
        "macro_f1": round(whole.macro_f1, PLACES),
        "any_f1": round(whole.any_f1, PLACES),
        "false_alarms": round(whole.false_alarms, PLACES),
        "calibration_error": round(calibration_error(scores.ravel(), truth.ravel()), PLACES),
        "reliability": _rounded(reliability(scores.ravel(), truth.ravel())),
        "signals": {},
    }
    for place, signal in enumerate(SIGNALS):
        column, true = scores[:, place], truth[:, place]
        one = whole.per_signal[signal]
        low, high = f1_interval(fired[:, place], true)
        found["signals"][signal] = {
            "threshold": model.thresholds[signal],
            "precision": round(one.precision, PLACES),
            "recall": round(one.recall, PLACES),
            "f1": round(one.f1, PLACES),
            "f1_low": round(low, PLACES),
            "f1_high": round(high, PLACES),
            "items": one.support,
            "calibration_error": round(calibration_error(column, true), PLACES),
            "reliability": _rounded(reliability(column, true)),
            "curve": _curve(column, true),
        }
    return json.dumps(found, separators=(",", ":")) + "\n"


def _curve(column: Floats, true: Flags) -> list[list[float | None]]:
    points: list[list[float | None]] = []
    for threshold in np.arange(STEPS + 1) / STEPS:
        fired = column >= threshold
        hits, alarms = int((fired & true).sum()), int(fired.sum())
        precision = round(hits / alarms, PLACES) if alarms else None
        points.append([round(float(threshold), 2), precision, round(hits / max(1, int(true.sum())), PLACES)])
    return points


def _rounded(points: list[tuple[float, float, int]]) -> list[list[float | int]]:
    return [[round(mean, PLACES), round(share, PLACES), size] for mean, share, size in points]
