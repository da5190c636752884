"""What was told, together with the story it was about: for exports and the outgoing feed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newswatch.storage.tables_alerts import alerts
from newswatch.storage.tables_stories import stories

OF_STORY = ("signal", "signals", "source", "target", "title", "url", "origins", "publishers", "evidence")


def find_told(
    connection: sa.Connection, *, since: datetime, receiver: str | None = None, min_severity: int = 1, limit: int = 500
) -> list[dict[str, Any]]:
    """Alerts decided since then, newest first, each with its story's signals, pair, title, address and first evidence."""
    of_story = [stories.c[name] for name in OF_STORY if name != "evidence"]
    evidence = stories.c.evidence[0][0].astext.label("evidence")
    statement = (
        sa.select(alerts, *of_story, evidence)
        .join(stories, stories.c.story_id == alerts.c.story_id)
        .where(alerts.c.decided_at >= since, alerts.c.severity >= min_severity)
        .order_by(alerts.c.decided_at.desc(), alerts.c.alert_key)
        .limit(limit)
    )
    if receiver is not None:
        statement = statement.where(alerts.c.receiver == receiver)
    return [dict(row) for row in connection.execute(statement).mappings()]
