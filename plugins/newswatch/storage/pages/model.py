"""What did the model find?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from newswatch.storage.tables import articles, classifications


@dataclass(frozen=True)
class Found:
    """Articles seen in some time: all that were scored, and those that carried each signal."""

    articles: int
    signals: Mapping[str, int]


def count_signals(connection: sa.Connection, *, since: datetime, until: datetime) -> Found:
    """Articles seen between the two moments, by the signals found in them; an article classified twice counts once."""
    in_time = sa.and_(articles.c.seen_at >= since, articles.c.seen_at < until, articles.c.stage == "placed")
    scored = articles.c.fate.in_(("no_signal", "in_story"))
    total = connection.scalar(sa.select(sa.func.count()).select_from(articles).where(in_time, scored)) or 0
    signal = sa.func.unnest(classifications.c.signals).label("signal")
    carried = (
        sa.select(classifications.c.article_id, signal)
        .join(articles, articles.c.article_id == classifications.c.article_id)
        .where(in_time, classifications.c.signals != sa.text("'{}'"))
        .subquery("carried")
    )
    each = sa.select(carried.c.signal, sa.func.count(sa.distinct(carried.c.article_id))).group_by(carried.c.signal)
    return Found(total, {str(name): int(count) for name, count in connection.execute(each)})


def latest_model(connection: sa.Connection) -> str | None:
    """The model that made the latest finding; None before the first."""
    found: str | None = connection.scalar(
        sa.select(classifications.c.model_sha).order_by(classifications.c.article_id.desc()).limit(1)
    )
    return found
