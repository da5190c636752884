"""The daily digest: gather the day, write one message a receiver into the outbox, once a day by the receiver's own clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from newswatch.alerts.digest import Day, IndexChange, daily_digest, is_due
from newswatch.alerts.plan import notification_key
from newswatch.stories.index import Mention, index_at

if TYPE_CHECKING:
    import sqlalchemy as sa

    from newswatch.settings import Settings
    from newswatch.storage.session import Database

TREND_DAYS = 14
DAY = timedelta(days=1)
INDEX_HALF_LIVES = 8  # of reports older than this nothing is left to count


def send_digests(db: Database, settings: Settings, *, now: datetime, quiet_feeds: tuple[str, ...] = ()) -> list[str]:
    """Enqueue the digests that are due; returns their receivers. The sender delivers them like any message."""
    from newswatch.storage.outbox import last_digest_at

    due = []
    with db.begin() as connection:
        for name in settings.alerts.digest.receivers:
            zone = settings.alerts.receivers_by_name[name].zone
            if is_due(settings.alerts.digest.at, zone, now, last_digest_at(connection, name)):
                due.append(name)
        if due:
            day = gather(connection, settings, now=now, quiet_feeds=quiet_feeds)
            for name in due:
                _enqueue(connection, settings, name, day, now)
    return due


def gather(connection: sa.Connection, settings: Settings, *, now: datetime, quiet_feeds: tuple[str, ...] = ()) -> Day:
    """The 24 hours before `now`, from the database."""
    from newswatch.storage.alerts import count_held, count_told_per_day
    from newswatch.storage.stories import find_mentions, find_stories

    told = count_told_per_day(connection, now=now, days=TREND_DAYS)
    since = now - DAY - timedelta(hours=INDEX_HALF_LIVES * settings.index.half_life_hours)
    mentions = [Mention(at, dyad, signals) for at, dyad, signals in find_mentions(connection, since=since)]
    return Day(
        stories=tuple(story for story in find_stories(connection, since=now - DAY) if not story.backlog),
        told=told[-1],
        held=count_held(connection, since=now - DAY),
        told_per_day=told,
        index=_changes(mentions, settings, now),
        quiet_feeds=quiet_feeds,
    )


def _changes(mentions: list[Mention], settings: Settings, now: datetime) -> tuple[IndexChange, ...]:
    weights = settings.severity.signals
    today = {value.dyad: value.total for value in index_at(mentions, weights, settings.index, now)}
    yesterday = {value.dyad: value.total for value in index_at(mentions, weights, settings.index, now - DAY)}
    pairs = today.keys() | yesterday.keys()
    changes = (IndexChange(str(pair), yesterday.get(pair, 0.0), today.get(pair, 0.0)) for pair in pairs)
    return tuple(sorted(changes, key=lambda one: (-abs(one.change), one.pair)))


def _enqueue(connection: sa.Connection, settings: Settings, name: str, day: Day, now: datetime) -> None:
    from newswatch.storage.outbox import enqueue

    zone = ZoneInfo(settings.alerts.receivers_by_name[name].zone)
    message = daily_digest(day, settings.alerts.receivers_by_name[name], now, top=settings.alerts.digest.top_stories)
    row: dict[str, Any] = {
        "notification_key": notification_key(f"digest:{now.astimezone(zone):%Y-%m-%d}", name, "digest"),
        "alert_key": "",
        "story_id": "",
        "receiver": name,
        "kind": "digest",
        "severity": 1,
        "text": message.text,
        "blocks": [dict(block) for block in message.blocks],
        "created_at": now,
        "not_before_at": now,
    }
    enqueue(connection, [row])
    if settings.alerts.receivers_by_name[name].kind == "slack" and any(day.told_per_day):
        enqueue(connection, [row | _chart(row["notification_key"], name, day)])


def _chart(root_key: str, name: str, day: Day) -> dict[str, Any]:
    """The row of the picture that follows the digest into its thread; it is drawn when it is sent."""
    counts = list(day.told_per_day)
    return {
        "notification_key": notification_key(root_key, name, "chart"),
        "kind": "chart",
        "root_key": root_key,
        "text": f"Alerts a day, the last {len(counts)} days: {', '.join(map(str, counts))}",
        "blocks": [{"type": "chart", "counts": counts}],
    }
