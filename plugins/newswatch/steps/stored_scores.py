"""What would other thresholds find in the stored history? Counted on stored scores; nothing is scored again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newswatch.domain import SIGNALS
from newswatch.tuning.curves import CountCurve, DayCounts, PrecisionRecall, count_curves, day_counts, precision_recall

if TYPE_CHECKING:
    from newswatch.storage.session import Database


@dataclass(frozen=True)
class LiveCounts:
    """Counts under the thresholds asked about beside those in force."""

    days: tuple[DayCounts, ...]
    curves: tuple[CountCurve, ...]
    articles: int


@dataclass(frozen=True)
class LabelledCurves:
    """Precision and recall a signal, by threshold, on approved labels. `sampled`: on review cards alone, without bias."""

    items: int
    sampled: bool
    signals: Mapping[str, tuple[PrecisionRecall, ...]]


def live_counts(
    db: Database,
    *,
    thresholds: Mapping[str, float],
    in_force: Mapping[str, float],
    now: datetime,
    days: int = 30,
) -> LiveCounts:
    """What `thresholds` would find in the articles of the last `days`; signals left out keep the threshold in force."""
    from newswatch.storage.tuning.scored import find_scored

    with db.read() as connection:
        scored = find_scored(connection, since=now - timedelta(days=days), until=now)
    wanted = dict(in_force) | dict(thresholds)
    return LiveCounts(day_counts(scored, wanted, in_force), count_curves(scored, in_force), len(scored))


def labelled_curves(db: Database, *, sampled: bool = False) -> LabelledCurves:
    """Precision and recall at every hundredth, with 95 % intervals, on the approved labels."""
    from newswatch.storage.tuning.labels import find_approved

    with db.read() as connection:
        approved = [one for one in find_approved(connection) if one.source == "review" or not sampled]
    return LabelledCurves(len(approved), sampled, {signal: precision_recall(approved, signal) for signal in SIGNALS})
