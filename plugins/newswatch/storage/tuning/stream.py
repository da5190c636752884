"""What has been coming in? The few facts about each article that drift is measured by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, distinct_on

from newswatch.domain import Reading
from newswatch.storage.tables import articles, classifications


@dataclass(frozen=True, slots=True)
class Seen:
    """One article. `score` is the highest of its signals, None when it was not scored; `length` in characters."""

    article_id: int
    model_sha: str
    score: float | None
    length: int
    language: str | None


def find_seen(connection: sa.Connection, *, since: datetime, until: datetime) -> list[Seen]:
    """Every article classified in [since, until), backlog left out, in order."""
    each = sa.func.jsonb_each(classifications.c.scores).table_valued(
        sa.column("key", sa.Text), sa.column("value", JSONB)
    )
    score = sa.select(sa.func.max(sa.cast(sa.cast(each.c.value, sa.Text), sa.Float))).scalar_subquery()
    length = sa.func.length(articles.c.title) + sa.func.length(articles.c.lead) + sa.func.length(articles.c.text)
    statement = (
        sa.select(
            articles.c.article_id,
            classifications.c.model_sha,
            score.label("score"),
            length.label("length"),
            articles.c.language,
        )
        .ext(distinct_on(articles.c.article_id))
        .join(articles, articles.c.article_id == classifications.c.article_id)
        .where(classifications.c.classified_at >= since, classifications.c.classified_at < until, ~articles.c.backlog)
        .order_by(articles.c.article_id, classifications.c.classified_at.desc())
    )
    return [Seen(*row) for row in connection.execute(statement)]


def find_heads(connection: sa.Connection, article_ids: Sequence[int]) -> list[Reading]:
    """Title and lead of these articles, in order of their ids."""
    statement = (
        sa.select(articles.c.title, articles.c.lead)
        .where(articles.c.article_id.in_(list(article_ids)))
        .order_by(articles.c.article_id)
    )
    return [Reading(row.title, row.lead) for row in connection.execute(statement)]
