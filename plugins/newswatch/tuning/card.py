"""Which articles does the desk look at today, so that recall and precision on the live stream are known without bias?

Every scored article of a day belongs to exactly one stratum, tried in this order:

    told          its story was told; without these, precision would rest on those who care to complain
    disagreement  the model finds a signal and plain rules do not, or the other way round
    near_miss     no signal, but a score of at least half its threshold
    unalerted     everything else that nobody was told of

From each stratum the same number is drawn at random, and each drawn article stands for population / drawn of its stratum
(stratified sampling: Cochran 1977, Sampling Techniques, chapter 5). Items nobody has answered stand for nothing: their share
passes to the others of their stratum and day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from newswatch.tuning.intervals import Share, weighted_share

STRATA = ("told", "disagreement", "near_miss", "unalerted")
EACH = 5  # drawn from every stratum
NEAR = 0.5  # share of its threshold that a score must reach to be a near miss


@dataclass(frozen=True, slots=True)
class Candidate:
    """One article of the day."""

    article_id: int
    scores: Mapping[str, float]
    found: tuple[str, ...]  # signals of the model
    by_rules: tuple[str, ...]  # signals of the plain rules
    told: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """One article to ask about, with the numbers that give it its weight."""

    article_id: int
    stratum: str
    population: int
    drawn: int
    found: tuple[str, ...]
    told: bool


class Answer(Protocol):
    """An item of a card; `truth` None: nobody has answered, or nobody has approved the answer."""

    @property
    def day(self) -> date: ...
    @property
    def stratum(self) -> str: ...
    @property
    def population(self) -> int: ...
    @property
    def found(self) -> tuple[str, ...]: ...
    @property
    def told(self) -> bool: ...
    @property
    def truth(self) -> tuple[str, ...] | None: ...


@dataclass(frozen=True, slots=True)
class LiveQuality:
    """How well the live stream is read: of all articles of the days asked about.

    `precision`, `recall`: an article with any signal, found by the model. `told_precision`, `told_recall`: the same for what was
    told. `by_signal`: precision and recall of each signal.
    """

    days: int
    answered: int
    waiting: int
    precision: Share
    recall: Share
    told_precision: Share
    told_recall: Share
    by_signal: Mapping[str, tuple[Share, Share]]


def stratum_of(one: Candidate, thresholds: Mapping[str, float]) -> str:
    """The stratum an article belongs to."""
    if one.told:
        return "told"
    if bool(one.found) != bool(one.by_rules):
        return "disagreement"
    near = any(one.scores.get(signal, 0.0) >= NEAR * threshold for signal, threshold in thresholds.items())
    return "near_miss" if near and not one.found else "unalerted"


def draw(candidates: Iterable[Candidate], thresholds: Mapping[str, float], day: date) -> list[Drawn]:
    """The card of a day. The same articles give the same card: chance comes from a hash of day and article."""
    strata: dict[str, list[Candidate]] = {stratum: [] for stratum in STRATA}
    for one in candidates:
        strata[stratum_of(one, thresholds)].append(one)
    found = []
    for stratum, ones in strata.items():
        chosen = sorted(ones, key=lambda one: _chance(day, one.article_id))[:EACH]
        found += [Drawn(one.article_id, stratum, len(ones), len(chosen), one.found, one.told) for one in chosen]
    return found


def live_quality(answers: Sequence[Answer], signals: Sequence[str]) -> LiveQuality:
    """Recall and precision over everything the cards were drawn from, each answer weighted by what it stands for."""
    weighted = [(one, weight) for one, weight in _weights(answers) if one.truth is not None]
    by_signal = {
        signal: (
            weighted_share((signal in _truth(one), weight) for one, weight in weighted if signal in one.found),
            weighted_share((signal in one.found, weight) for one, weight in weighted if signal in _truth(one)),
        )
        for signal in signals
    }
    return LiveQuality(
        days=len({one.day for one, _ in weighted}),
        answered=len(weighted),
        waiting=len(answers) - len(weighted),
        precision=weighted_share((bool(_truth(one)), weight) for one, weight in weighted if one.found),
        recall=weighted_share((bool(one.found), weight) for one, weight in weighted if _truth(one)),
        told_precision=weighted_share((bool(_truth(one)), weight) for one, weight in weighted if one.told),
        told_recall=weighted_share((one.told, weight) for one, weight in weighted if _truth(one)),
        by_signal=by_signal,
    )


def _weights(answers: Sequence[Answer]) -> list[tuple[Answer, float]]:
    """How many articles each answer stands for: those of its stratum that day, shared among the answered."""
    answered: dict[tuple[date, str], int] = {}
    for one in answers:
        if one.truth is not None:
            answered[one.day, one.stratum] = answered.get((one.day, one.stratum), 0) + 1
    return [(one, one.population / answered.get((one.day, one.stratum), 1)) for one in answers]


def _truth(one: Answer) -> tuple[str, ...]:
    return one.truth or ()


def _chance(day: date, article_id: int) -> bytes:
    return hashlib.sha256(f"{day.isoformat()}|{article_id}".encode()).digest()
