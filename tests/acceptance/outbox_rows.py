"""Messages for the outbox, made as the pipeline makes them, and what became of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from builders_alerts import NOW, DeskSettings, a_report
from newswatch.alerts.slack import SlackSender
from newswatch.domain import Story
from newswatch.steps.alerts import SendSummary, send_alerts
from newswatch.steps.telling import tell_changes
from newswatch.storage.session import Database
from newswatch.storage.stories import save_stories
from newswatch.storage.tables_alerts import outbox
from newswatch.stories.memory import Remembered, to_json
from newswatch.stories.trace import trace_of

TOKEN = "xoxb-canary-token"


def tell(db: Database, settings: DeskSettings, *stories: Story, now: Any = NOW) -> None:
    """Save stories and decide about them, as grouping does."""
    with db.begin() as connection:
        remembered = [(story, _memory(story)) for story in stories]
        save_stories(connection, remembered, model_sha="m" * 64, config_rev=settings.revision, now=now)
        tell_changes(connection, settings, stories, (), model_sha="m" * 64, now=now)


def _memory(story: Story) -> dict[str, Any]:
    trace = trace_of(a_report(story.title, published_at=story.last_at))
    return to_json(Remembered(story, (trace,), {story.signal: story.score}, story.title, story.last_at))


def send(db: Database, settings: DeskSettings, base_url: str, *, now: Any = NOW, **more: Any) -> SendSummary:
    """One run of the sender against the mock."""
    sender = SlackSender(TOKEN, base_url=base_url, timeout_seconds=settings.alerts.slack.timeout_seconds)
    return send_alerts(db, settings, senders={"slack": sender}, now=now, **more)


def rows(db: Database, *states: str) -> list[dict[str, Any]]:
    """Outbox rows in the order they were written."""
    statement = sa.select(outbox).order_by(outbox.c.sequence)
    with db.read() as connection:
        found = [dict(row) for row in connection.execute(statement).mappings()]
    return [row for row in found if not states or row["state"] in states]


def assert_told_once(keys: list[str], db: Database) -> None:
    """Set equality (I2): what stands in the channel is what is marked sent, and nothing stands there twice.

    Aside from messages of which nobody can know yet, and from those that are flagged as possible duplicates.
    """
    unknown = {row["notification_key"] for row in rows(db) if row["uncertain"] and row["state"] != "sent"}
    flagged = {row["notification_key"] for row in rows(db) if row["possible_duplicate"]}
    certain = sorted(key for key in keys if key not in unknown and key not in flagged)
    assert certain == [key for key in sent_keys(db) if key not in flagged]
    assert flagged <= set(keys)


def sent_keys(db: Database) -> list[str]:
    """Keys of the messages marked sent, edits aside: an edit is not a message of its own."""
    return sorted(row["notification_key"] for row in rows(db, "sent") if row["kind"] != "update")
