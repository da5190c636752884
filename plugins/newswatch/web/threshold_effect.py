"""What would other thresholds have found and told? Counted on the scores that are stored; nothing is scored again. Pure.

What is lost is exact as far as thresholds go: a told story goes when not one of its articles keeps a signal. What is gained is
an estimate, for nobody knows yet how the new findings group: each counts as much of an alert as findings of its signal did
in these days. A replay tells both exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from newswatch.domain import SIGNALS
from newswatch.storage.pages.tuning import ToldStory
from newswatch.web.score_history import DayScores

STEPS = 100  # thresholds are hundredths


@dataclass(frozen=True)
class DayEffect:
    """One day: articles scored, those with any signal now, and with the thresholds asked about."""

    day: date
    articles: int
    found_now: int
    found: int


@dataclass(frozen=True)
class SignalEffect:
    """One signal. `above[i]` articles have a score of at least i/100, so that a slider needs no question to the server."""

    signal: str
    found_now: int
    found: int
    above: tuple[int, ...]


@dataclass(frozen=True)
class Gained:
    """An article that would be found anew, by the signal whose threshold it passes by most."""

    article_id: int
    signal: str
    score: float


@dataclass(frozen=True)
class Effect:
    """All of it. Alerts are stories told for the first time; a day: over the days since the first that has any article."""

    articles: int
    days: tuple[DayEffect, ...]
    counted_days: int
    signals: tuple[SignalEffect, ...]
    alerts_a_day_now: float
    alerts_a_day: float
    lost: tuple[ToldStory, ...]
    gained: tuple[Gained, ...]


def effect_of(
    history: Sequence[DayScores],
    now: Mapping[str, float],
    asked: Mapping[str, float],
    told: Sequence[ToldStory],
) -> Effect:
    """What `asked` would change beside the thresholds in force `now`."""
    ids = np.concatenate([day.ids for day in history]) if history else np.zeros(0, np.int64)
    scores = np.concatenate([day.scores for day in history]) if history else np.zeros((0, len(SIGNALS)))
    at_now, at_asked = _vector(now), _vector(asked)
    fired_now, fired = scores >= at_now, scores >= at_asked
    any_now, any_asked = np.asarray(fired_now.any(axis=1)), np.asarray(fired.any(axis=1))
    lost = _lost(told, ids, any_now, any_asked)
    gained = _gained(ids, scores, at_asked, any_asked & ~any_now)
    first = next((place for place, day in enumerate(history) if len(day.ids)), len(history) - 1)
    days = max(1, len(history) - first)
    rates = _rates(told, fired_now)
    return Effect(
        articles=len(ids),
        days=_days(history, any_now, any_asked),
        counted_days=days,
        signals=_signals(scores, fired_now, fired),
        alerts_a_day_now=len(told) / days,
        alerts_a_day=(len(told) - len(lost) + sum(rates[one.signal] for one in gained)) / days,
        lost=lost,
        gained=gained,
    )


def _vector(thresholds: Mapping[str, float]) -> NDArray[np.float64]:
    return np.array([thresholds.get(signal, 1.1) for signal in SIGNALS])  # one that is not known never fires


def _lost(
    told: Sequence[ToldStory], ids: NDArray[np.int64], any_now: NDArray[np.bool_], any_asked: NDArray[np.bool_]
) -> tuple[ToldStory, ...]:
    """Told stories that had a finding and of whose articles none is found any more; the gravest first.

    A story with an article that was not scored in these days is kept.
    """
    dropped = frozenset(ids[any_now & ~any_asked].tolist())
    silent = frozenset(ids[~any_asked].tolist())
    gone = [story for story in told if dropped.intersection(story.article_ids) and silent.issuperset(story.article_ids)]
    return tuple(sorted(gone, key=lambda story: (-story.severity, -story.first_told_at.timestamp())))


def _gained(
    ids: NDArray[np.int64], scores: NDArray[np.float64], at: NDArray[np.float64], new: NDArray[np.bool_]
) -> tuple[Gained, ...]:
    """The surest first."""
    rows = np.flatnonzero(new)
    if not len(rows):
        return ()
    above = scores[rows] - at
    best = above.argmax(axis=1)
    order = np.argsort(-above[np.arange(len(rows)), best], kind="stable")
    return tuple(
        Gained(int(ids[rows[i]]), SIGNALS[int(best[i])], round(float(scores[rows[i], best[i]]), 4)) for i in order
    )


def _rates(told: Sequence[ToldStory], fired_now: NDArray[np.bool_]) -> dict[str, float]:
    """For each signal: alerts for an article found, in these days; where a signal was never found, that of all of them."""
    alerts, found = Counter(story.signal for story in told), fired_now.sum(axis=0)
    overall = min(1.0, len(told) / max(1, int(fired_now.any(axis=1).sum())))
    return {
        signal: min(1.0, alerts[signal] / int(count)) if count else overall
        for signal, count in zip(SIGNALS, found, strict=True)
    }


def _days(
    history: Sequence[DayScores], any_now: NDArray[np.bool_], any_asked: NDArray[np.bool_]
) -> tuple[DayEffect, ...]:
    found, start = [], 0
    for day in history:
        part = slice(start, start + len(day.ids))
        found.append(DayEffect(day.day, len(day.ids), int(any_now[part].sum()), int(any_asked[part].sum())))
        start += len(day.ids)
    return tuple(found)


def _signals(
    scores: NDArray[np.float64], fired_now: NDArray[np.bool_], fired: NDArray[np.bool_]
) -> tuple[SignalEffect, ...]:
    steps = np.arange(STEPS + 1) / STEPS
    found = []
    for place, signal in enumerate(SIGNALS):
        column = np.sort(scores[:, place])
        above = len(column) - np.searchsorted(column, steps, side="left")
        found.append(
            SignalEffect(
                signal, int(fired_now[:, place].sum()), int(fired[:, place].sum()), tuple(int(one) for one in above)
            )
        )
    return tuple(found)
