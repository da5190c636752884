"""How good is the model by its own figures? figures.json as training wrote it, for charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from newswatch.signals.figures_file import FIGURES
from newswatch.web.manifest import read_json, read_manifest, read_text


@dataclass(frozen=True)
class Bin:
    """Scores of one tenth: their mean, the share that is true, and how many there are."""

    mean: float
    share: float
    items: int


@dataclass(frozen=True)
class CurvePoint:
    """Precision and recall at a threshold; precision None where nothing is found."""

    threshold: float
    precision: float | None
    recall: float


@dataclass(frozen=True)
class SignalQuality:
    """One signal at the model's own threshold, and its curves. `f1_low`, `f1_high`: the middle 95 % of draws."""

    precision: float
    recall: float
    f1: float
    f1_low: float
    f1_high: float
    items: int
    calibration_error: float
    reliability: tuple[Bin, ...]
    curve: tuple[CurvePoint, ...]


@dataclass(frozen=True)
class ModelFigures:
    """All of it, cross-validated on the seeds. `false_alarms`: share of items without a signal on which any fired."""

    items: int
    macro_f1: float
    any_f1: float
    false_alarms: float
    calibration_error: float
    reliability: tuple[Bin, ...]
    signals: Mapping[str, SignalQuality]


def read_figures(folder: Path) -> ModelFigures | None:
    """The figures of the model in `folder`; None when there are none, or they were left by another model."""
    manifest, _ = read_manifest(folder)
    found = read_json(read_text(folder / FIGURES))
    if found is None or manifest is None or found.get("corpus") != manifest.get("corpus_sha"):
        return None
    try:
        return _figures(found)
    except (KeyError, TypeError, ValueError):  # written by another version
        return None


def _figures(found: Mapping[str, Any]) -> ModelFigures:
    names = ("items", "macro_f1", "any_f1", "false_alarms", "calibration_error")
    return ModelFigures(
        **{name: found[name] for name in names},
        reliability=tuple(Bin(*one) for one in found["reliability"]),
        signals={signal: _signal(one) for signal, one in found["signals"].items()},
    )


def _signal(one: Mapping[str, Any]) -> SignalQuality:
    names = ("precision", "recall", "f1", "f1_low", "f1_high", "items", "calibration_error")
    return SignalQuality(
        **{name: one[name] for name in names},
        reliability=tuple(Bin(*each) for each in one["reliability"]),
        curve=tuple(CurvePoint(*each) for each in one["curve"]),
    )
