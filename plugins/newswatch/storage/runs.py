"""What did each run do? One row a run, one short text a step."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from newswatch.storage.session import Database
from newswatch.storage.tables import fetches, runs


def save_summary(connection: sa.Connection, run_id: str, step: str, summary: str, now: datetime) -> None:
    """Keep a step's summary with its run; a rerun of the step replaces it."""
    statement = insert(runs).values(run_id=run_id, started_at=now, finished_at=now, summaries={step: summary})
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[runs.c.run_id],
            set_={"finished_at": now, "summaries": runs.c.summaries.op("||")(statement.excluded.summaries)},
        )
    )


def last_run_at(connection: sa.Connection) -> datetime | None:
    """When a step of any run last told what it did."""
    found: datetime | None = connection.scalar(sa.select(sa.func.max(runs.c.finished_at)))
    return found


def count_fetches(connection: sa.Connection, run_id: str) -> dict[str, int]:
    """Feeds of a run by the status of their latest fetch: fetched, not_modified, failed."""
    latest = (
        sa.select(fetches.c.feed_id, fetches.c.status)
        .where(fetches.c.run_id == run_id)
        .distinct(fetches.c.feed_id)
        .order_by(fetches.c.feed_id, fetches.c.fetch_id.desc())
        .subquery()
    )
    rows = connection.execute(sa.select(latest.c.status, sa.func.count()).group_by(latest.c.status))
    return {str(status): int(number) for status, number in rows}


def find_failures(connection: sa.Connection, run_id: str) -> list[tuple[str, str]]:
    """(feed_id, reason) of every fetch of the run that failed."""
    statement = (
        sa.select(fetches.c.feed_id, sa.func.coalesce(fetches.c.reason, "unknown"))
        .where(fetches.c.run_id == run_id, fetches.c.status == "failed")
        .order_by(fetches.c.feed_id)
    )
    return [(feed_id, reason) for feed_id, reason in connection.execute(statement)]


def get_summaries(db: Database) -> list[tuple[str, str, str]]:
    """(run_id, step, summary) of every step of every run; empty while the schema is not there yet."""
    with db.begin() as connection:
        if not sa.inspect(connection).has_table(runs.name):
            return []
        rows = connection.execute(sa.select(runs.c.run_id, runs.c.summaries).order_by(runs.c.started_at)).all()
    return [(run_id, step, summary) for run_id, summaries in rows for step, summary in summaries.items()]
