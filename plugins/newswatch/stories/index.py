"""How tense is it between two sides? An escalation index per directed pair, in two series: acts and threats.

    index(pair, series, t) = 100 * (sum of weight * 2^(-age / half-life) of the pair's reports) / (the same sum without weights
                             of all reports of any pair)

The share makes a busy news day weigh no more than a quiet one. Weights are those of `severity.signals`; no pair has a base
line of its own. Two series, as in the Geopolitical Risk index of Caldara and Iacoviello (2022).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from newswatch.domain import Dyad
from newswatch.stories.ears import surge_of
from newswatch.stories.settings import IndexSettings

PLACES = 6  # beyond these the order of summation shows


@dataclass(frozen=True, slots=True)
class Mention:
    """One report of a pair: when, and which signals it carried."""

    at: datetime
    dyad: Dyad
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexValue:
    """The index of one pair at one moment, in per cent of all reports' weight."""

    dyad: Dyad
    acts: float
    threats: float

    @property
    def total(self) -> float:
        return self.acts + self.threats


class PairCounts(Protocol):
    """Reports of one pair in the days (24 h each, the last ends now) and of all pairs in the same days, oldest first."""

    @property
    def dyad(self) -> Dyad: ...
    @property
    def counts(self) -> tuple[int, ...]: ...
    @property
    def totals(self) -> tuple[int, ...]: ...


def index_at(
    mentions: Iterable[Mention], weights: Mapping[str, float], settings: IndexSettings, at: datetime
) -> tuple[IndexValue, ...]:
    """The index of every pair mentioned, highest first. Mentions after `at` do not count."""
    sums: dict[Dyad, list[float]] = {}
    everything = 0.0
    for mention in mentions:
        if mention.at > at or not mention.signals:
            continue
        decay = 0.5 ** ((at - mention.at).total_seconds() / 3600 / settings.half_life_hours)
        everything += decay
        pair = sums.setdefault(mention.dyad, [0.0, 0.0])
        pair[0] += decay * _heaviest(mention.signals, settings.act_signals, weights)
        pair[1] += decay * _heaviest(mention.signals, settings.threat_signals, weights)
    found = [
        IndexValue(dyad, round(100 * acts / everything, PLACES), round(100 * threats / everything, PLACES))
        for dyad, (acts, threats) in sums.items()
    ]
    return tuple(sorted(found, key=lambda value: (-value.total, str(value.dyad))))


def surging_pairs(pairs: Iterable[PairCounts], settings: IndexSettings) -> frozenset[Dyad]:
    """The pairs whose share of the reports in the last day is more than chance explains."""
    tested = [pair for pair in pairs if pair.counts[-1] >= settings.min_reports]
    return frozenset(pair.dyad for pair in tested if _is_surging(pair, settings, tests=len(tested)))


def _is_surging(pair: PairCounts, settings: IndexSettings, *, tests: int) -> bool:
    shares = [count / total if total else 0.0 for count, total in zip(pair.counts, pair.totals, strict=True)]
    return surge_of(
        shares[:-1], shares[-1], alpha=settings.alpha, outlier_alpha=settings.outlier_alpha, tests=tests
    ).is_surge


def _heaviest(signals: tuple[str, ...], series: tuple[str, ...], weights: Mapping[str, float]) -> float:
    return max((weights.get(signal, 0.0) for signal in signals if signal in series), default=0.0)
