"""Why was this alert made, and what would have had to be otherwise? Arithmetic over what the story keeps of itself. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from newswatch.domain import Factor, Severity

LEVELS = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class WeighedFactor:
    """One factor of the severity, and what the severity would be without it (weight 1)."""

    name: str
    value: str
    weight: float
    severity_without: int | None


@dataclass(frozen=True)
class Why:
    """The sum behind an alert. `needed` is the lowest severity that any receiver is told of; None when that is not known.

    `otherwise` says, in whole sentences, which single changes would have kept the story below that.
    """

    signal: str
    score: float
    threshold: float | None
    factors: tuple[WeighedFactor, ...]
    severity_score: float
    severity: int
    levels: tuple[float, ...]
    needed: int | None
    otherwise: tuple[str, ...]


def why(
    *,
    signal: str,
    score: float,
    threshold: float | None,
    severity: Severity,
    levels: Sequence[float],
    needed: int | None,
) -> Why:
    """The card. `levels` are the scores from which the severity is 2, 3, 4 and 5, as configured then; empty: not known."""
    factors = tuple(_weighed(factor, severity, levels) for factor in severity.factors)
    return Why(
        signal=signal,
        score=score,
        threshold=threshold,
        factors=factors,
        severity_score=severity.score,
        severity=severity.level,
        levels=tuple(levels),
        needed=needed,
        otherwise=_otherwise(signal, score, threshold, factors, severity, needed),
    )


def level_of(score: float, levels: Sequence[float]) -> int:
    """Severity 1 to 5 of a score."""
    return 1 + sum(score >= level for level in levels)


def _weighed(factor: Factor, severity: Severity, levels: Sequence[float]) -> WeighedFactor:
    without = level_of(severity.score / factor.weight, levels) if levels and factor.weight else None
    return WeighedFactor(factor.name, factor.value, factor.weight, without)


def _otherwise(
    signal: str,
    score: float,
    threshold: float | None,
    factors: Sequence[WeighedFactor],
    severity: Severity,
    needed: int | None,
) -> tuple[str, ...]:
    found = []
    if threshold is not None:
        found.append(f"the threshold of {signal} stood above {score:.2f} (it is {threshold:.2f})")
    if needed is None or severity.level < needed:
        return tuple(found)
    found += [
        f"{factor.name} counted nothing: without “{factor.value}” (× {factor.weight:g}) severity {factor.severity_without}"
        for factor in factors
        if factor.weight > 1 and factor.severity_without is not None and factor.severity_without < needed
    ]
    if needed > 1:
        found.append("every report were a denial, a comment or a look back (× 0)")
    if needed <= severity.level < max(LEVELS):
        found.append(f"the route asked for severity {severity.level + 1} (it asks for {needed})")
    return tuple(found)
