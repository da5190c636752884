"""What do the operators have to know, and what does the desk learn when a silence ends? Silence is never left unexplained."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from newswatch.alerts.plain import clean, cut
from newswatch.alerts.plan import notification_key
from newswatch.alerts.silence import what_was_held
from newswatch.steps.telling import silence_of

if TYPE_CHECKING:
    import sqlalchemy as sa

    from newswatch.alerts.settings import AlertSettings
    from newswatch.settings import Settings
    from newswatch.storage.session import Database

NOTICE_SEVERITY = 1  # a notice never overtakes an alert
LINE = 2_000


def tell_operators(
    db: Database, settings: Settings, troubles: Mapping[str, str], *, prefix: str, now: datetime
) -> list[str]:
    """Tell troubles (key -> text), each no sooner again than `operators.repeat`; returns the texts told now.

    Keys begin with `prefix` ("feed:", "run:", "model:"); a trouble of that prefix that is not named any more is resolved, and
    that is told too.
    """
    from newswatch.storage.alerts import is_new_trouble, resolve_troubles

    repeat = settings.alerts.operators.repeat.total_seconds()
    with db.begin() as connection:
        told = [
            text
            for key, text in sorted(troubles.items())
            if is_new_trouble(connection, key, text, now, repeat_seconds=repeat)
        ]
        told += [f"Resolved: {key}" for key in resolve_troubles(connection, troubles, prefix, now)]
        for text in told:
            enqueue_notice(connection, settings.alerts, settings.alerts.operators.receiver, text, now)
    return told


def check_queue(db: Database, settings: Settings, *, now: datetime) -> list[str]:
    """Is anything stuck, and has anything been said lately? Returns the notices told."""
    from newswatch.storage.outbox import find_messages, oldest_waiting

    with db.read() as connection:
        oldest = oldest_waiting(connection)
        dead = find_messages(connection, states=("dead",), limit=50)
    troubles = {
        f"queue:dead:{row['notification_key'][:12]}": f"A message to {row['receiver']} was given up: {row['last_error']}. "
        f"It said: {cut(clean(row['text']), 120)}"
        for row in dead
    }
    if oldest and now - oldest > settings.alerts.operators.queue_older_than:
        minutes = int((now - oldest).total_seconds() // 60)
        troubles["queue:old"] = (
            f"The oldest message has waited {minutes} minutes; see `newswatch alerts queue`. None is lost."
        )
    return tell_operators(db, settings, troubles, prefix="queue:", now=now) + _heartbeat(db, settings, now)


def tell_ended_silences(connection: sa.Connection, settings: Settings, now: datetime) -> int:
    """One line per silence that has ended: what it held back. Returns how many were told."""
    from newswatch.storage.alerts import close_silence, find_ended_silences, held_titles

    ended = find_ended_silences(connection, now)
    for row in ended:
        line = what_was_held(silence_of(row), [clean(title) for title in held_titles(connection, row["silence_id"])])
        for name in settings.alerts.receivers_by_name if row["receiver"] is None else (row["receiver"],):
            enqueue_notice(connection, settings.alerts, name, line, now)
        close_silence(connection, row["silence_id"], now)
    return len(ended)


def enqueue_notice(
    connection: sa.Connection, alerts: AlertSettings, receiver: str | None, text: str, now: datetime
) -> None:
    """Put a notice into the outbox; one without a receiver stands in the task's log alone."""
    from newswatch.storage.outbox import enqueue

    if receiver not in alerts.receivers_by_name:
        return
    name, line = str(receiver), cut(text, LINE)
    digest = hashlib.sha256(f"{line}|{now.isoformat()}".encode()).hexdigest()
    row = {
        "notification_key": notification_key(digest, name, "notice"),
        "alert_key": "",
        "story_id": "",
        "receiver": name,
        "kind": "notice",
        "severity": NOTICE_SEVERITY,
        "text": line,
        "blocks": [{"type": "section", "text": {"type": "plain_text", "text": line}}],
        "created_at": now,
        "not_before_at": now,
    }
    enqueue(connection, [row])


def _heartbeat(db: Database, settings: Settings, now: datetime) -> list[str]:
    """All is well, said aloud when nothing else was said for so long."""
    from newswatch.storage.outbox import last_sent_at

    operators = settings.alerts.operators
    if operators.heartbeat is None or operators.receiver is None:
        return []
    with db.begin() as connection:
        last = last_sent_at(connection)
        if last is not None and now - last < operators.heartbeat:
            return []
        since = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "yet"
        text = f"All is well: Newswatch is running, and nothing was worth a message {since}."
        enqueue_notice(
            connection, settings.alerts, operators.receiver, text, now.replace(minute=0, second=0, microsecond=0)
        )
    return [text]
