"""Which probabilities did the stored articles get? For counts under other thresholds, without scoring anything again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.sql.selectable import LateralFromClause

from newswatch.storage.tables import articles, classifications
from newswatch.storage.tables_alerts import alerts
from newswatch.storage.tables_stories import story_articles


@dataclass(frozen=True, slots=True)
class ScoredArticle:
    """One stored finding, reduced to its numbers. `told`: the story it belongs to was told to somebody."""

    article_id: int
    classified_at: datetime
    scores: Mapping[str, float]
    signals: tuple[str, ...]
    told: bool


def latest_finding_of(article_id: sa.ColumnElement[int]) -> LateralFromClause:
    """The latest finding of one article, with the columns of `classifications`: to be joined by `true`, looked up for each."""
    return (
        sa.select(classifications)
        .where(classifications.c.article_id == article_id)
        .order_by(classifications.c.classified_at.desc())
        .limit(1)
        .lateral("latest")
    )


def find_scored(connection: sa.Connection, *, since: datetime, until: datetime) -> list[ScoredArticle]:
    """Articles that were scored in [since, until), oldest first; those without usable text were not."""
    found = _in_time(since, until)
    told = sa.exists().where(
        story_articles.c.article_id == found.c.article_id, alerts.c.story_id == story_articles.c.story_id
    )
    statement = (
        sa.select(found.c.article_id, found.c.classified_at, found.c.scores, found.c.signals, told.label("told"))
        .where(found.c.reason.is_(None))
        .order_by(found.c.classified_at, found.c.article_id)
    )
    return [
        ScoredArticle(row.article_id, row.classified_at, row.scores, tuple(row.signals), row.told)
        for row in connection.execute(statement)
    ]


def find_day(connection: sa.Connection, *, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """As `find_scored`, with title and lead, for drawing a review card."""
    found = _in_time(since, until)
    told = sa.exists().where(
        story_articles.c.article_id == found.c.article_id, alerts.c.story_id == story_articles.c.story_id
    )
    statement = (
        sa.select(
            found.c.article_id, found.c.scores, found.c.signals, told.label("told"), articles.c.title, articles.c.lead
        )
        .join(articles, articles.c.article_id == found.c.article_id)
        .where(found.c.reason.is_(None), articles.c.backlog.is_(False))
        .order_by(found.c.article_id)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def _in_time(since: datetime, until: datetime) -> sa.Subquery:
    return (
        sa.select(classifications)
        .ext(distinct_on(classifications.c.article_id))
        .where(classifications.c.classified_at >= since, classifications.c.classified_at < until)
        .order_by(classifications.c.article_id, classifications.c.classified_at.desc())
        .subquery("found")
    )
