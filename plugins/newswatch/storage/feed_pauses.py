"""Which feeds did a person stop, and take up again?"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from newswatch.storage.tables import feeds


def pause_feed(connection: sa.Connection, feed_id: str, *, reason: str, now: datetime) -> bool:
    """Fetch this feed no more until it is resumed; False when it is unknown or paused already."""
    statement = (
        sa.update(feeds)
        .where(feeds.c.feed_id == feed_id, feeds.c.paused_at.is_(None))
        .values(paused_at=now, pause_reason=reason, state="paused", message=reason)
    )
    return connection.execute(statement).rowcount == 1


def resume_feed(connection: sa.Connection, feed_id: str, *, message: str, now: datetime) -> bool:
    """Fetch it again with the next run, its failures forgotten; False when it is unknown or not paused."""
    statement = (
        sa.update(feeds)
        .where(feeds.c.feed_id == feed_id, feeds.c.paused_at.is_not(None))
        .values(
            paused_at=None, pause_reason=None, state="new", message=message, next_due_at=now,
            failure_points=0.0, gone_count=0,
        )
    )  # fmt: skip
    return connection.execute(statement).rowcount == 1
