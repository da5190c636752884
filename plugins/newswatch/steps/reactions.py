"""What follows from a click under an alert? Stored per user, once, and answered with one line in the alert's thread.

Feedback never trains anything by itself: it is stored, can be undone, and is reviewed before it becomes a label.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from newswatch.alerts.interactions import SILENCE_HOURS, Click
from newswatch.alerts.plain import clean, cut
from newswatch.alerts.plan import notification_key

if TYPE_CHECKING:
    import sqlalchemy as sa

    from newswatch.storage.session import Database

NAME = 60  # characters of a user's name that are shown


def react(db: Database, click: Click, *, now: datetime) -> str | None:
    """Store what was clicked; returns the line that answers it, or None for an alert that is not ours. Idempotent."""
    from newswatch.storage.alerts import find_alert, save_feedback

    with db.begin() as connection:
        alert = find_alert(connection, click.alert_key)
        if alert is None:
            return None
        line: str | None
        if click.action == "silence":
            line = _silence(connection, click, alert, now)
        elif click.action == "undo":
            line = _undo(connection, click, alert, now)
        else:
            verdict = click.choice or "acknowledged"
            kind = "acknowledged" if click.action == "acknowledge" else "wrong"
            save_feedback(
                connection,
                {
                    "alert_key": alert["alert_key"],
                    "user_id": click.user_id,
                    "kind": kind,
                    "verdict": verdict,
                    "signal": click.signal,
                    "given_at": now,
                },
            )
            line = _answer(click)
        if line:
            _reply(connection, alert, click, line, now)
    return line


def _silence(connection: sa.Connection, click: Click, alert: dict[str, Any], now: datetime) -> str:
    """Timed silences cover the pair up to the alert's severity, so that graver breaks through; `quiet` covers the story."""
    from newswatch.storage.alerts import add_silence, find_silences

    pair = alert["labels"].get("pair")
    timed = click.choice in SILENCE_HOURS
    matchers = [f"pair={pair[0]}"] if timed and pair else [f"story={alert['story_id']}"]
    ends_at = now + timedelta(hours=SILENCE_HOURS[click.choice]) if timed else None
    ceiling = int(alert["severity"])
    author = f"slack:{click.user_id}"
    standing = [
        one for one in find_silences(connection, now=now) if (one["matchers"], one["author"]) == (matchers, author)
    ]
    if not standing:
        reason = f"clicked under {alert['alert_key'][:12]} by {cut(clean(click.user_name), NAME)}"
        add_silence(
            connection,
            {
                "matchers": matchers,
                "receiver": alert["receiver"],
                "ceiling": ceiling,
                "author": author,
                "reason": reason,
                "starts_at": now,
                "ends_at": ends_at,
            },
        )
    until = f"for {click.choice}" if timed else "until quiet"
    name = cut(clean(click.user_name), NAME)
    return f"🔕 {name} silenced {matchers[0]} {until}, up to severity {ceiling}; graver breaks through"


def _undo(connection: sa.Connection, click: Click, alert: dict[str, Any], now: datetime) -> str | None:
    """Everybody takes back what they said themselves; None for one who has said nothing that stands."""
    from newswatch.storage.alerts import undo_feedback

    name = cut(clean(click.user_name), NAME)
    taken_back = undo_feedback(connection, alert["alert_key"], click.user_id, now)
    return f"↩️ {name} takes that back" if taken_back else None


def _answer(click: Click) -> str:
    name = cut(clean(click.user_name), NAME)
    if click.action == "acknowledge":
        return f"✅ {name} has seen this"
    instead = f": {click.signal}" if click.signal else ""
    return f"✏️ {name}: {click.choice.replace('_', ' ')}{instead}"


def _reply(connection: sa.Connection, alert: dict[str, Any], click: Click, line: str, now: datetime) -> None:
    """One line in the thread per user and action; a double click makes the same key."""
    from newswatch.storage.outbox import enqueue, find_root

    root = find_root(connection, alert["root_id"], alert["receiver"])
    if root is None:
        return
    key = notification_key(alert["alert_key"], alert["receiver"], f"{click.action}:{click.choice}:{click.user_id}")
    blocks: list[dict[str, Any]] = [{"type": "context", "elements": [{"type": "plain_text", "text": line}]}]
    if click.action in ("acknowledge", "wrong"):
        label = {"type": "plain_text", "text": "Undo"}
        undo = {"type": "button", "action_id": "undo", "text": label, "value": alert["alert_key"]}
        blocks.append({"type": "actions", "elements": [undo]})
    row = {
        "notification_key": key,
        "alert_key": alert["alert_key"],
        "story_id": alert["story_id"],
        "receiver": alert["receiver"],
        "kind": "reply",
        "root_key": root["root_key"] or root["notification_key"],
        "severity": alert["severity"],
        "text": line,
        "blocks": blocks,
        "created_at": now,
        "not_before_at": now,
    }
    enqueue(connection, [row])
