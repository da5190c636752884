"""Where does each report stand on a story's timeline? Lanes by origin, places in per cent of the time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

MOST_LANES = 9
OTHERS = "others"
SHORTEST = timedelta(minutes=10)  # a story of one report still has a line to stand on


@dataclass(frozen=True)
class Moment:
    """A report as the timeline sees it."""

    article_id: int | str
    at: datetime
    origin: str
    publisher: str
    title: str
    is_copy: bool


@dataclass(frozen=True)
class Dot:
    """A report at `x` per cent of the width."""

    x: float
    moment: Moment


@dataclass(frozen=True)
class Lane:
    """One origin with its reports."""

    origin: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class Timeline:
    """Lanes from the first origin to the last, between two moments."""

    start: datetime
    end: datetime
    lanes: tuple[Lane, ...]


def timeline(moments: Sequence[Moment]) -> Timeline | None:
    """The reports in lanes; origins beyond MOST_LANES share the last. None without reports."""
    if not moments:
        return None
    ordered = sorted(moments, key=lambda moment: (moment.at, str(moment.article_id)))
    start = ordered[0].at
    end = max(ordered[-1].at, start + SHORTEST)
    origins = list(dict.fromkeys(moment.origin for moment in ordered))
    shown = origins if len(origins) <= MOST_LANES else origins[: MOST_LANES - 1]
    lanes: dict[str, list[Dot]] = {origin: [] for origin in shown}
    for moment in ordered:
        lane = moment.origin if moment.origin in lanes else OTHERS
        lanes.setdefault(lane, []).append(Dot(round(100 * ((moment.at - start) / (end - start)), 2), moment))
    return Timeline(start, end, tuple(Lane(origin, tuple(dots)) for origin, dots in lanes.items()))
