"""Which scores did the articles of each day get? Days that are over do not change, so a server reads each of them once."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from newswatch.domain import SIGNALS
from newswatch.storage.pages.tuning import find_scores
from newswatch.storage.session import Connection, Database

KEPT_DAYS = 100  # a month twice over for a desk, and for tests; a day of 3,000 articles is 300 kB
_kept: dict[tuple[str, date], DayScores] = {}
_reading = threading.Lock()


@dataclass(frozen=True)
class DayScores:
    """One day (UTC): ids of the articles scored in it, and their scores, (articles, 11)."""

    day: date
    ids: NDArray[np.int64]
    scores: NDArray[np.float64]


def score_history(db: Database, *, days: int, now: datetime) -> tuple[DayScores, ...]:
    """The last `days` days, oldest first, today last as far as it has come."""
    today = now.astimezone(UTC).date()
    wanted = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    place = str(db.url)
    with _reading:
        missing = [day for day in wanted if day == today or (place, day) not in _kept]
        with db.read() as connection:
            fresh = {day: _read(connection, day) for day in missing}
        found = tuple(fresh.get(day) or _kept[place, day] for day in wanted)
        _kept.update({(place, day): one for day, one in fresh.items() if day != today})
        while len(_kept) > KEPT_DAYS:
            _kept.pop(next(iter(_kept)))
    return found


def _read(connection: Connection, day: date) -> DayScores:
    since = datetime.combine(day, time(), UTC)
    rows = find_scores(connection, since=since, until=since + timedelta(days=1))
    ids = np.array([article_id for article_id, _ in rows], dtype=np.int64)
    scores = np.array([scores for _, scores in rows], dtype=np.float64).reshape(len(rows), len(SIGNALS))
    return DayScores(day, ids, scores)
