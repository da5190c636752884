"""Which messages wait to be sent, who may send them now, and what became of them?

A claim raises the row's fence; only the holder of the latest fence may write the outcome. Leases run by the database's clock.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from newswatch.storage.tables_alerts import channels, outbox

Row = dict[str, Any]
_root = outbox.alias("root")
CLOCK = sa.func.clock_timestamp()
UNSENT = ("waiting", "sending", "parked", "held")
DAILY_SEVERITY = 1  # of the daily digest; that of a storm has the severity of its gravest story


def enqueue(connection: sa.Connection, rows: Iterable[Row]) -> int:
    """Put messages into the outbox; one that is there already stays as it is. Returns how many are new."""
    statement = insert(outbox).on_conflict_do_nothing().returning(outbox.c.notification_key)
    return sum(connection.execute(statement.values(row)).first() is not None for row in rows)


def find_root(connection: sa.Connection, story_id: str, receiver: str) -> Row | None:
    """The latest message of a story's own, or the thread it was put into; None before either."""
    statement = (
        sa.select(outbox)
        .where(outbox.c.story_id == story_id, outbox.c.receiver == receiver, outbox.c.kind.in_(("root", "reply")))
        .where(outbox.c.state.not_in(("superseded", "dead")))
        .order_by((outbox.c.kind == "root").desc(), outbox.c.sequence.desc())
        .limit(1)
    )
    row = connection.execute(statement).mappings().first()
    return dict(row) if row else None


def find_standing(connection: sa.Connection, story_ids: Iterable[str]) -> list[Row]:
    """Each story's own message to each receiver: the root's row, with `shown` as its latest edit, sent or not, shows it."""
    edit = outbox.alias("edit")
    latest = (
        sa.select(edit.c.shown)
        .where(edit.c.root_key == outbox.c.notification_key, edit.c.kind == "update", edit.c.shown.is_not(None))
        .where(edit.c.state != "dead")
        .order_by(edit.c.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = (
        sa.select(outbox, sa.func.coalesce(latest, outbox.c.shown).label("shows"))
        .where(outbox.c.story_id.in_(list(story_ids)), outbox.c.kind == "root", outbox.c.shown.is_not(None))
        .where(outbox.c.state.not_in(("superseded", "dead")))
        .order_by(outbox.c.sequence)
    )
    rows = {(row["story_id"], row["receiver"]): dict(row) for row in connection.execute(statement).mappings()}
    return [row | {"shown": row.pop("shows")} for row in rows.values()]


def refresh_waiting(
    connection: sa.Connection, notification_key: str, *, text: str, blocks: Any, severity: int, shown: str | None
) -> bool:
    """Bring a message that nobody has tried to send up to date; False when it is on its way or gone."""
    statement = (
        sa.update(outbox)
        .where(outbox.c.notification_key == notification_key, outbox.c.state == "waiting", outbox.c.attempts == 0)
        .values(text=text, blocks=blocks, severity=severity, shown=shown)
    )
    return connection.execute(statement).rowcount == 1


def supersede_updates(connection: sa.Connection, root_key: str) -> None:
    """An edit that still waits is replaced by the one to come, so that an old state never overwrites a new one."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.root_key == root_key, outbox.c.kind == "update", outbox.c.state == "waiting")
        .values(state="superseded")
    )


def claim_next(
    connection: sa.Connection, *, now: datetime, lease_seconds: float, skip: Iterable[str] = ()
) -> Row | None:
    """The message to send next, now ours until the lease ends; the gravest first, then the oldest. None: nothing is due.

    Messages that belong to another wait until that one is sent; receivers in `skip` are passed over. The row tells whether an
    earlier attempt may have got through (`uncertain`).
    """
    row = (
        connection.execute(_due(now, tuple(skip)).limit(1).with_for_update(skip_locked=True, of=outbox))
        .mappings()
        .first()
    )
    if row is None:
        return None
    was_sending = row["state"] == "sending"
    claimed = (
        sa.update(outbox)
        .where(outbox.c.notification_key == row["notification_key"])
        .values(
            state="sending",
            fence=outbox.c.fence + 1,
            attempts=outbox.c.attempts + 1,
            first_attempt_at=sa.func.coalesce(outbox.c.first_attempt_at, CLOCK),
            lease_until=CLOCK + sa.func.make_interval(0, 0, 0, 0, 0, 0, lease_seconds),
            uncertain=sa.or_(outbox.c.uncertain, sa.literal(was_sending)),
        )
        .returning(outbox)
    )
    claim = dict(connection.execute(claimed).mappings().one())
    return claim | {"root_channel": row["root_channel"], "root_ts": row["root_ts"]}


def _due(now: datetime, skip: tuple[str, ...]) -> sa.Select[Any]:
    waiting = sa.and_(outbox.c.state.in_(("waiting", "parked")), outbox.c.not_before_at <= now)
    died = sa.and_(outbox.c.state == "sending", outbox.c.lease_until < CLOCK)
    attached = sa.or_(outbox.c.root_key.is_(None), _root.c.ts.is_not(None))
    statement = (
        sa.select(outbox, _root.c.channel.label("root_channel"), _root.c.ts.label("root_ts"))
        .outerjoin(_root, _root.c.notification_key == outbox.c.root_key)
        .where(sa.or_(waiting, died), attached)
        .order_by(outbox.c.severity.desc(), outbox.c.created_at, outbox.c.sequence)
    )
    return statement.where(outbox.c.receiver.not_in(skip)) if skip else statement


def count_due(connection: sa.Connection, now: datetime) -> int:
    """Messages that may be sent by `now`."""
    return int(connection.scalar(sa.select(sa.func.count()).select_from(_due(now, ()).subquery())) or 0)


def seconds_until_due(
    connection: sa.Connection, *, now: datetime, within: float, skip: Iterable[str] = ()
) -> float | None:
    """Seconds until the next message may be sent; None when none may `within` so many seconds."""
    due = _due(now + timedelta(seconds=within), tuple(skip)).subquery()
    at: datetime | None = connection.scalar(sa.select(sa.func.min(due.c.not_before_at)).where(due.c.state == "waiting"))
    return max(0.0, (at - now).total_seconds()) if at else None


def save_outcome(connection: sa.Connection, notification_key: str, fence: int, values: Row) -> bool:
    """Write what became of a claimed message; False when the claim was lost to another, who decides then."""
    statement = (
        sa.update(outbox)
        .where(outbox.c.notification_key == notification_key, outbox.c.fence == fence, outbox.c.state == "sending")
        .values(lease_until=None, **values)
    )
    return connection.execute(statement).rowcount == 1


def reattach(connection: sa.Connection, old_root: str, new_root: str) -> None:
    """What waited for a message that is gone belongs to its successor."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.root_key == old_root, outbox.c.notification_key != new_root, outbox.c.state != "sent")
        .values(root_key=new_root)
    )


def reserve_slot(connection: sa.Connection, channel: str, *, seconds: float) -> float:
    """Take the channel's next turn; returns the seconds to wait for it, whoever else is sending."""
    connection.execute(insert(channels).values(channel=channel).on_conflict_do_nothing())
    row = connection.execute(
        sa.select(channels.c.next_at, channels.c.paused_until, CLOCK.label("clock"))
        .where(channels.c.channel == channel)
        .with_for_update()
    ).one()
    turn = max([row.clock, *(moment for moment in (row.next_at, row.paused_until) if moment)])
    connection.execute(
        sa.update(channels)
        .where(channels.c.channel == channel)
        .values(next_at=sa.literal(turn) + sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds))
    )
    return float((turn - row.clock).total_seconds())


def pause_channel(connection: sa.Connection, channel: str, seconds: float) -> None:
    """Slack asked for patience: nothing goes to this channel before."""
    until = CLOCK + sa.func.make_interval(0, 0, 0, 0, 0, 0, seconds)
    connection.execute(sa.update(channels).where(channels.c.channel == channel).values(paused_until=until))


def seconds_paused(connection: sa.Connection, channel: str) -> float:
    """How long the channel is still paused; 0 when it is not."""
    left = sa.func.extract("epoch", channels.c.paused_until - CLOCK)
    found = connection.scalar(sa.select(left).where(channels.c.channel == channel))
    return max(float(found or 0), 0.0)


def count_states(connection: sa.Connection) -> dict[str, int]:
    """Messages by state."""
    statement = sa.select(outbox.c.state, sa.func.count().label("number")).group_by(outbox.c.state)
    return {row.state: row.number for row in connection.execute(statement)}


def count_waiting(connection: sa.Connection) -> dict[str, int]:
    """Messages that are not sent yet, by receiver."""
    statement = (
        sa.select(outbox.c.receiver, sa.func.count().label("number"))
        .where(outbox.c.state.in_(UNSENT))
        .group_by(outbox.c.receiver)
    )
    return {row.receiver: row.number for row in connection.execute(statement)}


def oldest_waiting(connection: sa.Connection) -> datetime | None:
    """When the oldest message that still waits was written."""
    found: datetime | None = connection.scalar(
        sa.select(sa.func.min(outbox.c.created_at)).where(outbox.c.state.in_(UNSENT))
    )
    return found


def last_sent_at(connection: sa.Connection) -> datetime | None:
    """When anything was sent last."""
    found: datetime | None = connection.scalar(sa.select(sa.func.max(outbox.c.sent_at)))
    return found


def find_messages(
    connection: sa.Connection, *, story_id: str | None = None, states: tuple[str, ...] = (), limit: int = 200
) -> list[Row]:
    """Messages, newest first, of one story or in some states."""
    statement = sa.select(outbox).order_by(outbox.c.sequence.desc()).limit(limit)
    if story_id is not None:
        statement = statement.where(outbox.c.story_id == story_id)
    if states:
        statement = statement.where(outbox.c.state.in_(states))
    return [dict(row) for row in connection.execute(statement).mappings()]


def last_digest_at(connection: sa.Connection, receiver: str) -> datetime | None:
    """When the latest daily digest for a receiver was written; a storm's digest names alerts and does not count."""
    found: datetime | None = connection.scalar(
        sa.select(sa.func.max(outbox.c.created_at)).where(
            outbox.c.kind == "digest", outbox.c.receiver == receiver, outbox.c.severity == DAILY_SEVERITY
        )
    )
    return found
