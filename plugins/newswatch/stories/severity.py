"""How grave is a story? A product of disclosed factors, each from config/classifier.yaml, each shown in the alert.

score = signal × certainty × belief × pair × modality × intensity × surge        severity = 1 + how many `levels` it reaches
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from newswatch.domain import Dyad, Factor, Severity
from newswatch.patterns import occurs
from newswatch.stories.settings import SeveritySettings, WatchedPair

CLEARLY = 1.1  # a story that leads with a launch does not turn nuclear for a hair
DISPUTED = ("denied", "false_alarm", "corrected")


@dataclass(frozen=True, slots=True)
class Gravity:
    """What severity reads of a story."""

    signal: str  # the leading one
    scores: Mapping[str, float]  # of each signal that fired, the highest probability among the reports
    modality: str
    dyad: Dyad
    state: str
    origins: int
    text: str  # titles and leads, for the intensities
    surging: bool = False


def severity(gravity: Gravity, settings: SeveritySettings) -> Severity:
    """Severity 1 (note) to 5 (critical) with its score and factors; the score has no unit and no upper bound."""
    factors = (
        _signal(gravity, settings),
        _certainty(gravity, settings),
        _belief(gravity, settings),
        _pair(gravity, settings),
        Factor("modality", gravity.modality, settings.modalities[gravity.modality]),
        _intensity(gravity, settings),
        Factor("surge", "surging" if gravity.surging else "none", settings.surge if gravity.surging else 1.0),
    )
    score = 1.0
    for factor in factors:
        score *= factor.weight
    return Severity(1 + sum(score >= level for level in settings.levels), round(score, 4), factors)


def leading_signal(scores: Mapping[str, float], settings: SeveritySettings, *, before: str | None = None) -> str:
    """The signal that makes a story gravest: the greatest weight × certainty. The one `before` stays unless outweighed."""

    def gravity(signal: str) -> float:
        return _weight(signal, settings) * _certain(scores[signal], settings)

    gravest = max(scores, key=lambda signal: (gravity(signal), signal))
    if before in scores and gravity(gravest) <= CLEARLY * gravity(str(before)):
        return str(before)
    return gravest


def _signal(gravity: Gravity, settings: SeveritySettings) -> Factor:
    return Factor("signal", gravity.signal, _weight(gravity.signal, settings))


def _certainty(gravity: Gravity, settings: SeveritySettings) -> Factor:
    score = gravity.scores[gravity.signal]
    return Factor("score", f"{score:.2f}", round(_certain(score, settings), 4))


def _belief(gravity: Gravity, settings: SeveritySettings) -> Factor:
    if gravity.state in DISPUTED:
        return Factor("belief", gravity.state, settings.disputed)
    by_origins = settings.origins[min(max(gravity.origins, 1), len(settings.origins)) - 1]
    if gravity.state == "official" and settings.official > by_origins:
        return Factor("belief", "official", settings.official)
    return Factor("belief", f"{gravity.origins} origin{'s' if gravity.origins != 1 else ''}", by_origins)


def _pair(gravity: Gravity, settings: SeveritySettings) -> Factor:
    fitting = [
        pair
        for pair in settings.pairs
        if _fits(pair.source, gravity.dyad.source) and _fits(pair.target, gravity.dyad.target)
    ]
    watched = max(fitting, key=_specificity, default=None)
    return Factor("pair", str(gravity.dyad), watched.weight if watched else 1.0)


def _fits(wanted: str, found: str | None) -> bool:
    return wanted in ("*", found)


def _specificity(pair: WatchedPair) -> tuple[int, float]:
    return (pair.source != "*") + (pair.target != "*"), pair.weight


def _intensity(gravity: Gravity, settings: SeveritySettings) -> Factor:
    found = [one for one in settings.intensities if _occurs(one.pattern, gravity.text)]
    heaviest = max(found, key=lambda one: one.weight, default=None)
    return Factor("intensity", heaviest.name, heaviest.weight) if heaviest else Factor("intensity", "none", 1.0)


def _weight(signal: str, settings: SeveritySettings) -> float:
    return settings.signals.get(signal, 0.0)


def _certain(score: float, settings: SeveritySettings) -> float:
    return settings.certainty_floor + (1 - settings.certainty_floor) * score


@lru_cache(maxsize=1024)  # a story is weighed at each report, while its text soon stays the same
def _occurs(pattern: str, text: str) -> bool:
    return occurs(pattern, text)
