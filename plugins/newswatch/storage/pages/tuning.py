"""What would other thresholds change? Scores by day, stories that were told with their articles, and titles for examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import array, distinct_on

from newswatch.domain import SIGNALS
from newswatch.storage.tables import articles, classifications
from newswatch.storage.tables_alerts import alerts
from newswatch.storage.tables_stories import stories, story_articles
from newswatch.storage.tables_tuning import labels, review_items


@dataclass(frozen=True)
class ToldStory:
    """A story that somebody was told of, with the articles it was made of."""

    story_id: str
    title: str
    signal: str
    severity: int
    first_told_at: datetime
    article_ids: tuple[int, ...]


@dataclass(frozen=True)
class ArticleTitle:
    """An article by name; `story_id` None while it is part of no story."""

    article_id: int
    title: str
    url: str
    publisher: str
    story_id: str | None


def find_scores(connection: sa.Connection, *, since: datetime, until: datetime) -> list[tuple[int, list[float]]]:
    """(article, its scores in the order of SIGNALS) of everything scored between the two moments; its latest scores."""
    each = [sa.func.coalesce(classifications.c.scores[signal].as_float(), 0.0) for signal in SIGNALS]
    statement = (
        sa.select(classifications.c.article_id, array(each).label("scores"))
        .ext(distinct_on(classifications.c.article_id))
        .where(classifications.c.classified_at >= since, classifications.c.classified_at < until)
        .where(classifications.c.reason.is_(None))
        .order_by(classifications.c.article_id, classifications.c.classified_at.desc())
    )
    return [(row.article_id, row.scores) for row in connection.execute(statement)]


def find_told(connection: sa.Connection, *, since: datetime) -> list[ToldStory]:
    """Stories told for the first time since then, with all their articles."""
    told = (
        sa.select(alerts.c.story_id, sa.func.min(alerts.c.decided_at).label("first_told_at"))
        .group_by(alerts.c.story_id)
        .having(sa.func.min(alerts.c.decided_at) >= since)
        .subquery("told")
    )
    statement = (
        sa.select(
            stories.c.story_id, stories.c.title, stories.c.signal, stories.c.severity, told.c.first_told_at,
            sa.func.array_agg(story_articles.c.article_id).label("article_ids"),
        )
        .join(told, told.c.story_id == stories.c.story_id)
        .join(story_articles, story_articles.c.story_id == stories.c.story_id)
        .group_by(stories.c.story_id, told.c.first_told_at)
    )  # fmt: skip
    return [
        ToldStory(row.story_id, row.title, row.signal, row.severity, row.first_told_at, tuple(row.article_ids))
        for row in connection.execute(statement)
    ]


def find_titles(connection: sa.Connection, article_ids: Iterable[int]) -> Mapping[int, ArticleTitle]:
    """The articles by their ids."""
    statement = (
        sa.select(
            articles.c.article_id, articles.c.title, articles.c.url, articles.c.publisher, story_articles.c.story_id
        )
        .outerjoin(story_articles, story_articles.c.article_id == articles.c.article_id)
        .where(articles.c.article_id.in_(list(article_ids)))
    )
    return {row.article_id: ArticleTitle(**row._mapping) for row in connection.execute(statement)}


def labels_stand(connection: sa.Connection) -> tuple[int, datetime | None]:
    """How many labels are approved, and when the last was decided or taken back: while this stands, so do curves over them."""
    usable = sa.and_(labels.c.decision == "approved", labels.c.undone_at.is_(None))
    row = connection.execute(
        sa.select(
            sa.func.count().filter(usable), sa.func.max(sa.func.greatest(labels.c.decided_at, labels.c.undone_at))
        )
    ).one()
    return row[0], row[1]


def find_item_day(connection: sa.Connection, item_id: int) -> date | None:
    """The day of whose review card an item is part; None for an unknown one."""
    return connection.scalar(sa.select(review_items.c.day).where(review_items.c.item_id == item_id))
