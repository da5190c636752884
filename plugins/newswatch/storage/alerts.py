"""What was decided, told and held back, and who silenced what?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert

from newswatch.storage.tables_alerts import alerts, clicks, decisions, feedback, notices, silences

DAY = 86_400  # seconds
Row = dict[str, Any]


def save_decisions(connection: sa.Connection, rows: Iterable[Row]) -> None:
    """Every decision with its reason; the same decision met again counts up instead of filling the table."""
    values = [row | {"last_at": row["decided_at"]} for row in rows]
    if not values:
        return
    statement = insert(decisions)
    again = {
        "last_at": statement.excluded.last_at,
        "explanation": statement.excluded.explanation,
        "times": decisions.c.times + 1,
    }
    key = ["story_id", "receiver", "route", "outcome", "reason", "severity", "ordinal"]
    for value in values:
        connection.execute(statement.on_conflict_do_update(index_elements=key, set_=again), value)


def save_alerts(connection: sa.Connection, rows: Iterable[Row]) -> None:
    """Alerts; one that was written before stays as it is."""
    values = list(rows)
    if values:
        connection.execute(insert(alerts).on_conflict_do_nothing(), values)


def find_tellings(connection: sa.Connection, *, since: datetime) -> list[Row]:
    """What was told since then, and everything ever told of stories still open, oldest first."""
    from newswatch.storage.tables_stories import stories

    still_open = sa.select(stories.c.story_id).where(sa.or_(stories.c.closed_at.is_(None), stories.c.waiting))
    statement = (
        sa.select(alerts)
        .where(sa.or_(alerts.c.decided_at >= since, alerts.c.story_id.in_(still_open)))
        .order_by(alerts.c.decided_at, alerts.c.alert_key)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def find_alerts(connection: sa.Connection, *, since: datetime, limit: int = 200) -> list[Row]:
    """Alerts since then, newest first."""
    statement = (
        sa.select(alerts)
        .where(alerts.c.decided_at >= since)
        .order_by(alerts.c.decided_at.desc(), alerts.c.alert_key)
        .limit(limit)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def find_last_alerts(connection: sa.Connection, story_ids: Iterable[str]) -> list[Row]:
    """The latest alert of each of these stories for each receiver."""
    statement = (
        sa.select(alerts)
        .where(alerts.c.story_id.in_(list(story_ids)))
        .ext(distinct_on(alerts.c.story_id, alerts.c.receiver))
        .order_by(alerts.c.story_id, alerts.c.receiver, alerts.c.ordinal.desc())
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def find_alert(connection: sa.Connection, key: str) -> Row | None:
    """The alert whose key begins with `key`; None when there is none or more than one."""
    rows = (
        connection.execute(sa.select(alerts).where(alerts.c.alert_key.startswith(key, autoescape=True)).limit(2))
        .mappings()
        .all()
    )
    return dict(rows[0]) if len(rows) == 1 else None


def find_decisions(connection: sa.Connection, story_id: str) -> list[Row]:
    """Everything decided about a story, in order: why it was told, and why it was not."""
    statement = sa.select(decisions).where(decisions.c.story_id == story_id).order_by(decisions.c.decision_id)
    return [dict(row) for row in connection.execute(statement).mappings()]


def held_titles(connection: sa.Connection, silence_id: int) -> list[str]:
    """Headlines of the stories that a silence held back and nobody has heard of since."""
    from newswatch.storage.tables_stories import stories

    silence = connection.execute(sa.select(silences).where(silences.c.silence_id == silence_id)).mappings().one()
    told = sa.select(alerts.c.story_id).where(alerts.c.decided_at >= silence["starts_at"])
    statement = (
        sa.select(stories.c.title)
        .join(decisions, decisions.c.story_id == stories.c.story_id)
        .where(
            decisions.c.reason == "silenced",
            decisions.c.explanation.contains(f"#{silence_id} ", autoescape=True),
            stories.c.story_id.not_in(told),
        )
        .group_by(stories.c.story_id, stories.c.title, stories.c.severity)
        .order_by(stories.c.severity.desc(), stories.c.story_id)
    )
    return list(connection.scalars(statement))


def add_silence(connection: sa.Connection, row: Row) -> int:
    """Store a silence and return its number."""
    return int(connection.execute(insert(silences).values(row).returning(silences.c.silence_id)).scalar_one())


def find_silences(connection: sa.Connection, *, now: datetime, include_ended: bool = False) -> list[Row]:
    """Silences in force or to come; with `include_ended` the others too, newest first."""
    statement = sa.select(silences).order_by(silences.c.silence_id.desc())
    if not include_ended:
        statement = statement.where(
            silences.c.closed_at.is_(None), sa.or_(silences.c.ends_at.is_(None), silences.c.ends_at > now)
        )
    return [dict(row) for row in connection.execute(statement).mappings()]


def find_ended_silences(connection: sa.Connection, now: datetime) -> list[Row]:
    """Silences that have ended and whose end nobody was told of yet."""
    statement = (
        sa.select(silences)
        .where(silences.c.closed_at.is_(None), silences.c.ends_at <= now)
        .order_by(silences.c.silence_id)
    )
    return [dict(row) for row in connection.execute(statement.with_for_update(skip_locked=True)).mappings()]


def end_silence(connection: sa.Connection, silence_id: int, now: datetime) -> bool:
    """End a silence now; False when there is none of that number in force."""
    statement = (
        sa.update(silences)
        .where(silences.c.silence_id == silence_id, silences.c.closed_at.is_(None))
        .where(sa.or_(silences.c.ends_at.is_(None), silences.c.ends_at > now))
        .values(ends_at=now)
    )
    return connection.execute(statement).rowcount == 1


def close_silence(connection: sa.Connection, silence_id: int, now: datetime) -> None:
    """The end of this silence has been told."""
    connection.execute(sa.update(silences).where(silences.c.silence_id == silence_id).values(closed_at=now))


def save_feedback(connection: sa.Connection, row: Row) -> None:
    """One verdict per alert, user and kind; a second click changes it, a click after an undo gives it again."""
    statement = insert(feedback).values(row)
    changed = {name: statement.excluded[name] for name in ("verdict", "signal", "given_at")} | {"undone_at": None}
    connection.execute(statement.on_conflict_do_update(index_elements=["alert_key", "user_id", "kind"], set_=changed))


def undo_feedback(connection: sa.Connection, alert_key: str, user_id: str, now: datetime) -> int:
    """Take back what this user said of an alert; returns how many verdicts that were."""
    statement = (
        sa.update(feedback)
        .where(feedback.c.alert_key == alert_key, feedback.c.user_id == user_id, feedback.c.undone_at.is_(None))
        .values(undone_at=now)
    )
    return connection.execute(statement).rowcount


def find_feedback(connection: sa.Connection, alert_key: str) -> list[Mapping[str, Any]]:
    """Standing verdicts on an alert."""
    statement = sa.select(feedback).where(feedback.c.alert_key == alert_key, feedback.c.undone_at.is_(None))
    return [dict(row) for row in connection.execute(statement.order_by(feedback.c.given_at)).mappings()]


def end_silences_of(connection: sa.Connection, story_ids: Iterable[str], now: datetime) -> None:
    """Silences "until quiet" of stories that are quiet now end."""
    wanted = [[f"story={story_id}"] for story_id in story_ids]
    if wanted:
        connection.execute(
            sa.update(silences)
            .where(silences.c.ends_at.is_(None), silences.c.closed_at.is_(None), silences.c.matchers.in_(wanted))
            .values(ends_at=now)
        )


def is_first_click(connection: sa.Connection, signature: str, now: datetime, *, keep_seconds: int) -> bool:
    """Whether this signed request was never seen; what is older than `keep_seconds` is forgotten, its signature is stale."""
    connection.execute(sa.delete(clicks).where(clicks.c.seen_at < now - timedelta(seconds=keep_seconds)))
    statement = insert(clicks).values(signature=signature, seen_at=now).on_conflict_do_nothing()
    return connection.execute(statement.returning(clicks.c.signature)).first() is not None


def is_new_trouble(
    connection: sa.Connection, notice_key: str, text: str, now: datetime, *, repeat_seconds: float
) -> bool:
    """Note a trouble; true when it is new, was resolved since, or was told longer ago than `repeat_seconds`."""
    row = (
        connection.execute(sa.select(notices).where(notices.c.notice_key == notice_key).with_for_update())
        .mappings()
        .first()
    )
    due = row is None or row["resolved_at"] is not None or (now - row["told_at"]).total_seconds() >= repeat_seconds
    statement = insert(notices).values(notice_key=notice_key, text=text, first_at=now, told_at=now)
    changed: Row = {"times": notices.c.times + 1, "text": text, "resolved_at": None}
    if due:
        changed["told_at"] = now
    connection.execute(statement.on_conflict_do_update(index_elements=["notice_key"], set_=changed))
    return due


def resolve_troubles(connection: sa.Connection, still_there: Iterable[str], prefix: str, now: datetime) -> list[str]:
    """Troubles whose key begins with `prefix` and that are no longer there are resolved; returns their keys."""
    statement = (
        sa.update(notices)
        .where(notices.c.notice_key.startswith(prefix, autoescape=True), notices.c.resolved_at.is_(None))
        .where(notices.c.notice_key.not_in(list(still_there)))
        .values(resolved_at=now)
        .returning(notices.c.notice_key)
    )
    return list(connection.scalars(statement))


def count_told_per_day(connection: sa.Connection, *, now: datetime, days: int) -> list[int]:
    """Stories told for the first time in each of the last `days` times 24 hours, oldest first."""
    age = sa.func.floor(sa.func.extract("epoch", sa.literal(now) - alerts.c.decided_at) / DAY).cast(sa.Integer)
    statement = (
        sa.select(age.label("age"), sa.func.count(alerts.c.story_id.distinct()).label("number"))
        .where(alerts.c.ordinal == 1, alerts.c.decided_at > now - timedelta(days=days), alerts.c.decided_at <= now)
        .group_by(sa.text("age"))
    )
    counts = [0] * days
    for row in connection.execute(statement):
        counts[days - 1 - row.age] = row.number
    return counts


def count_held(connection: sa.Connection, *, since: datetime) -> dict[str, int]:
    """Stories held back since then, by reason; that the same was told already is no loss and not counted."""
    statement = (
        sa.select(decisions.c.reason, sa.func.count(decisions.c.story_id.distinct()).label("number"))
        .where(decisions.c.outcome == "hold", decisions.c.reason != "duplicate", decisions.c.last_at >= since)
        .group_by(decisions.c.reason)
    )
    return {row.reason: row.number for row in connection.execute(statement)}
