"""How much was reported of each pair, when, and which stories were it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from newswatch.domain import Dyad
from newswatch.storage.pages.story import EarlierStory
from newswatch.storage.stories import stories_at
from newswatch.storage.tables_stories import stories, story_articles

DAY_SECONDS = 86400


@dataclass(frozen=True)
class Weighed:
    """Reports of one pair with the same signals that came between two points of a line; `place` is the later one's number.

    `weight` is the sum of 2^(age / half-life), the age counted from the first point on: later reports weigh more.
    """

    dyad: Dyad
    signals: tuple[str, ...]
    place: int
    weight: float
    reports: int


def weigh_reports(
    connection: sa.Connection,
    *,
    since: datetime,
    start: datetime,
    step: timedelta,
    until: datetime,
    half_life_hours: float,
) -> list[Weighed]:
    """Everything reported of any pair since then, summed up between points `step` apart, the first of them at `start`.

    What came before `start` is at place 0.
    """
    age = sa.func.extract("epoch", stories_at - sa.literal(start)).cast(sa.Float)
    place = sa.func.greatest(0, sa.func.ceil(age / step.total_seconds()).cast(sa.Integer)).label("place")
    weight = sa.func.sum(sa.func.power(2.0, age / (3600 * half_life_hours)).cast(sa.Float)).label("weight")
    signals = sa.func.array_to_string(stories.c.signals, " ").label("signals")
    statement = (
        sa.select(stories.c.source, stories.c.target, signals, place, weight, sa.func.count().label("reports"))
        .join(story_articles, story_articles.c.story_id == stories.c.story_id)
        .where(stories_at >= since, stories_at <= until)
        .where(sa.or_(stories.c.source.is_not(None), stories.c.target.is_not(None)))
        .group_by(stories.c.source, stories.c.target, signals, place)
    )
    return [
        Weighed(Dyad(row.source, row.target), tuple(row.signals.split()), row.place, row.weight, row.reports)
        for row in connection.execute(statement)
    ]


def count_days(
    connection: sa.Connection, *, now: datetime, days: int
) -> tuple[dict[Dyad, tuple[int, ...]], tuple[int, ...]]:
    """Reports of each pair in each of the last `days` days (24 h each, the last ends now; oldest first), and those of all."""
    age = sa.func.floor(sa.func.extract("epoch", sa.literal(now) - stories_at) / DAY_SECONDS).cast(sa.Integer)
    statement = (
        sa.select(stories.c.source, stories.c.target, age.label("age"), sa.func.count().label("count"))
        .join(story_articles, story_articles.c.story_id == stories.c.story_id)
        .where(stories_at > now - timedelta(days=days), stories_at <= now)
        .group_by(stories.c.source, stories.c.target, sa.text("age"))
    )
    counts: dict[Dyad, list[int]] = {}
    totals = [0] * days
    for source, target, days_ago, count in connection.execute(statement):
        place = days - 1 - days_ago
        totals[place] += count
        if source or target:
            counts.setdefault(Dyad(source, target), [0] * days)[place] += count
    return {dyad: tuple(each) for dyad, each in counts.items()}, tuple(totals)


def find_pair_stories(
    connection: sa.Connection, dyad: Dyad, *, since: datetime, until: datetime, limit: int = 50
) -> list[EarlierStory]:
    """Stories of exactly this pair that were reported between the two moments, gravest first."""
    columns = [stories.c[name] for name in ("story_id", "title", "signal", "modality", "state", "severity", "last_at")]
    statement = (
        sa.select(*columns)
        .where(stories.c.source.is_not_distinct_from(dyad.source), stories.c.target.is_not_distinct_from(dyad.target))
        .where(stories.c.last_at >= since, stories.c.first_at < until)
        .order_by(stories.c.severity.desc(), stories.c.last_at.desc(), stories.c.story_id)
        .limit(limit)
    )
    return [EarlierStory(**row) for row in connection.execute(statement).mappings()]
