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
    seen = (
        sa.select(classifications.c.article_id, classifications.c.signals)
        .join(articles, articles.c.article_id == classifications.c.article_id)
        .where(articles.c.seen_at >= since, articles.c.seen_at < until)
        .where(classifications.c.reason.is_(None))
        .subquery("seen")
    )
    total = connection.scalar(sa.select(sa.func.count(sa.distinct(seen.c.article_id)))) or 0
    signal = sa.func.unnest(seen.c.signals).label("signal")
    each = sa.select(seen.c.article_id, signal).distinct().subquery("each")
    rows = connection.execute(sa.select(each.c.signal, sa.func.count()).group_by(each.c.signal))
    return Found(total, {str(name): int(count) for name, count in rows})


def latest_model(connection: sa.Connection) -> str | None:
    """The model that made the latest finding; None before the first."""
    found: str | None = connection.scalar(
        sa.select(classifications.c.model_sha).order_by(classifications.c.article_id.desc()).limit(1)
    )
    return found
