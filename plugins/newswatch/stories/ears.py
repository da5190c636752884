"""Is today's count more than chance? The robust surge test of epitweetr, `ears_t_reweighted`.

    threshold = mean + t(1 - alpha, n - 1) * sd * sqrt(1 + 1/n)         n days of base line (7)

Days of the base line that stick out themselves weigh less: where an outlier's studentised residual r exceeds its critical
value c, its weight is (c / r)^4, and mean and sd are computed once more with these weights. After epitweetr, see
"Epitweetr: Early warning of public health threats using Twitter data", Eurosurveillance 2022;27(39).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

TINY = 1e-6  # keeps the residual of a day that alone differs from all others finite
MIN_DEVIATION = 0.1  # of the mean: a week of equal counts would call any change a surge


@dataclass(frozen=True, slots=True)
class Surge:
    """The tested value, the threshold it had to exceed, and whether it did."""

    value: float
    threshold: float
    is_surge: bool


def surge_of(baseline: Sequence[float], value: float, *, alpha: float, outlier_alpha: float, tests: int = 1) -> Surge:
    """Test `value` against `baseline` (oldest first, any unit). `tests`: how many series share `alpha` (Bonferroni).

    A base line of fewer than three values or without spread and without counts never shows a surge.
    """
    count = len(baseline)
    if count < 3:
        return Surge(value, math.inf, is_surge=False)
    weights = _weights(baseline, critical=_quantile(1 - outlier_alpha, count - 2))
    mean, deviation = _mean_and_deviation(baseline, weights)
    spread = max(deviation, MIN_DEVIATION * max(mean, 0.0))
    threshold = mean + _quantile(1 - alpha / max(tests, 1), count - 1) * spread * math.sqrt(1 + 1 / count)
    return Surge(value, threshold, is_surge=value > threshold and value > 0)


@lru_cache(maxsize=512)
def _quantile(share: float, freedom: int) -> float:
    """The quantile of Student's t. It costs a hundred times the rest of the test, and few are ever asked for."""
    from scipy.stats import t

    return float(t.ppf(share, freedom))


def _weights(values: Sequence[float], *, critical: float) -> list[float]:
    """1 for an ordinary day, (critical / residual)^4 for one whose studentised residual exceeds the critical value."""
    residuals = (_studentised(value, values) for value in values)
    return [1.0 if residual <= critical else (critical / residual) ** 4 for residual in residuals]


def _studentised(value: float, values: Sequence[float]) -> float:
    """The externally studentised residual: how far a day sticks out, measured by the spread of the others."""
    count = len(values)
    mean, deviation = _mean_and_deviation(values, [1.0] * count)
    if deviation == 0:
        return 0.0
    inner = (value - mean) / (deviation * math.sqrt(1 - 1 / count))
    return inner * math.sqrt((count - 2) / max(count - 1 - inner**2, TINY))


def _mean_and_deviation(values: Sequence[float], weights: Sequence[float]) -> tuple[float, float]:
    total = sum(weights)
    mean = sum(value * weight for value, weight in zip(values, weights, strict=True)) / total
    square = sum(weight * (value - mean) ** 2 for value, weight in zip(values, weights, strict=True))
    return mean, math.sqrt(square / (total * (len(values) - 1) / len(values)))
