"""Which replays were asked for, and what did they say?"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from newswatch.storage.tables_tuning import replays


def save_replay(
    connection: sa.Connection, replay_id: str, report: dict[str, Any], *, asked_by: str, now: datetime
) -> None:
    """Keep the report of a replay; the same replay asked for again replaces it."""
    statement = insert(replays).values(replay_id=replay_id, asked_by=asked_by, asked_at=now, report=report)
    changed = {"report": statement.excluded.report, "asked_at": now, "asked_by": asked_by}
    connection.execute(statement.on_conflict_do_update(index_elements=["replay_id"], set_=changed))


def find_replays(connection: sa.Connection, *, limit: int = 20) -> list[dict[str, Any]]:
    """The latest replays (`replay_id`, `asked_by`, `asked_at`, `report`), the newest first."""
    statement = sa.select(replays).order_by(replays.c.asked_at.desc(), replays.c.replay_id).limit(limit)
    return [dict(row) for row in connection.execute(statement).mappings()]


def get_replay(connection: sa.Connection, replay_id: str) -> dict[str, Any] | None:
    """One replay, or None."""
    row = connection.execute(sa.select(replays).where(replays.c.replay_id == replay_id)).mappings().one_or_none()
    return dict(row) if row else None
