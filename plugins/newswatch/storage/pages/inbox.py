"""What was told lately, and what was not and why? One row a story, as it was last decided on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from newswatch.storage.tables_alerts import alerts, decisions, feedback, outbox
from newswatch.storage.tables_stories import stories

Select = sa.Select[Any]


@dataclass(frozen=True)
class Wanted:
    """Which rows, in which order. None: whatever it is. `before` is the place of the last row of the page before."""

    view: Literal["told", "held"] = "told"
    signal: str | None = None
    source: str | None = None
    target: str | None = None
    severity_from: int | None = None
    state: str | None = None
    receiver: str | None = None
    reason: str | None = None
    open_only: bool = False
    since: datetime | None = None
    order: Literal["newest", "gravest"] = "newest"
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True)
class Verdict:
    """What somebody answered to an alert."""

    user: str
    kind: str
    verdict: str
    signal: str | None
    given_at: datetime


@dataclass(frozen=True)
class InboxRow:
    """A story with the latest that was decided about it. `alert_key` is None where nobody was told."""

    story_id: str
    title: str
    url: str | None
    signal: str
    modality: str
    source: str | None
    target: str | None
    state: str
    severity: int
    score: float
    events: int
    origins: tuple[str, ...]
    publishers: tuple[str, ...]
    first_at: datetime
    last_at: datetime
    receivers: tuple[str, ...]
    reason: str
    explanation: str
    decided_at: datetime
    alert_key: str | None = None
    delivery: tuple[str, ...] = ()
    verdicts: tuple[Verdict, ...] = field(default=())

    @property
    def acknowledged_by(self) -> str | None:
        """Who took this on, the latest; None while nobody has."""
        return next((one.user for one in reversed(self.verdicts) if one.kind == "acknowledged"), None)


def find_inbox(connection: sa.Connection, wanted: Wanted) -> list[InboxRow]:
    """Rows in the order wanted, `wanted.limit` at most."""
    latest = _latest_told(wanted) if wanted.view == "told" else _latest_held(wanted)
    statement = _sorted(_narrowed(_with_story(latest), wanted), latest, wanted)
    rows = connection.execute(statement.limit(wanted.limit).offset(wanted.offset)).mappings().all()
    return _completed(connection, [dict(row) for row in rows])


def find_row(connection: sa.Connection, alert_key: str) -> InboxRow | None:
    """The row of the story that this alert told of, as it stands now; None for an unknown key."""
    story_id = connection.scalar(sa.select(alerts.c.story_id).where(alerts.c.alert_key == alert_key))
    if story_id is None:
        return None
    latest = _latest_told(Wanted())
    statement = _with_story(latest).where(stories.c.story_id == story_id)
    return _completed(connection, [dict(row) for row in connection.execute(statement).mappings()])[0]


def find_receivers(connection: sa.Connection) -> list[str]:
    """Every receiver that was ever told anything."""
    return list(connection.scalars(sa.select(alerts.c.receiver).distinct().order_by(alerts.c.receiver)))


def find_pairs(connection: sa.Connection, *, since: datetime, limit: int = 200) -> list[tuple[str | None, str | None]]:
    """The pairs of stories reported since then, the most frequent first."""
    statement = (
        sa.select(stories.c.source, stories.c.target)
        .where(stories.c.last_at >= since, sa.or_(stories.c.source.is_not(None), stories.c.target.is_not(None)))
        .group_by(stories.c.source, stories.c.target)
        .order_by(sa.func.count().desc(), stories.c.source, stories.c.target)
        .limit(limit)
    )
    return [(source, target) for source, target in connection.execute(statement)]


def _latest_told(wanted: Wanted) -> sa.Subquery:
    statement = sa.select(
        alerts.c.story_id, alerts.c.alert_key, alerts.c.reason, alerts.c.explanation, alerts.c.decided_at,
        alerts.c.receiver,
    )  # fmt: skip
    if wanted.since:
        statement = statement.where(alerts.c.decided_at >= wanted.since)
    if wanted.receiver:
        statement = statement.where(alerts.c.receiver == wanted.receiver)
    return _latest(statement, alerts.c.story_id, alerts.c.decided_at, alerts.c.alert_key)


def _latest_held(wanted: Wanted) -> sa.Subquery:
    """The latest reason why a story was not told to a receiver that has heard nothing of it."""
    heard = sa.exists().where(alerts.c.story_id == decisions.c.story_id, alerts.c.receiver == decisions.c.receiver)
    statement = sa.select(
        decisions.c.story_id, sa.null().label("alert_key"), decisions.c.reason, decisions.c.explanation,
        decisions.c.last_at.label("decided_at"), decisions.c.receiver,
    ).where(decisions.c.outcome == "hold", ~heard)  # fmt: skip
    if wanted.since:
        statement = statement.where(decisions.c.last_at >= wanted.since)
    if wanted.receiver:
        statement = statement.where(decisions.c.receiver == wanted.receiver)
    if wanted.reason:
        statement = statement.where(decisions.c.reason == wanted.reason)
    return _latest(statement, decisions.c.story_id, decisions.c.last_at, decisions.c.decision_id)


def _latest(statement: Select, story_id: sa.Column[Any], moment: sa.Column[Any], tie: sa.Column[Any]) -> sa.Subquery:
    return statement.ext(distinct_on(story_id)).order_by(story_id, moment.desc(), tie.desc()).subquery("latest")


def _with_story(latest: sa.Subquery) -> Select:
    return sa.select(
        stories.c.story_id, stories.c.title, stories.c.url, stories.c.signal, stories.c.modality, stories.c.source,
        stories.c.target, stories.c.state, stories.c.severity, stories.c.score, stories.c.events, stories.c.origins,
        stories.c.publishers, stories.c.first_at, stories.c.last_at,
        latest.c.alert_key, latest.c.reason, latest.c.explanation, latest.c.decided_at, latest.c.receiver,
    ).join(latest, latest.c.story_id == stories.c.story_id)  # fmt: skip


def _narrowed(statement: Select, wanted: Wanted) -> Select:
    if wanted.signal:
        statement = statement.where(sa.any_(stories.c.signals) == wanted.signal)
    if wanted.source:
        statement = statement.where(stories.c.source == wanted.source)
    if wanted.target:
        statement = statement.where(stories.c.target == wanted.target)
    if wanted.severity_from:
        statement = statement.where(stories.c.severity >= wanted.severity_from)
    if wanted.state:
        statement = statement.where(stories.c.state == wanted.state)
    return statement


def _sorted(statement: Select, latest: sa.Subquery, wanted: Wanted) -> Select:
    if wanted.open_only and wanted.view == "told":
        statement = statement.where(~_taken(latest))
    newest, gravest = latest.c.decided_at.desc(), stories.c.severity.desc()
    by = (newest, gravest) if wanted.order == "newest" else (gravest, newest)
    return statement.order_by(*by, stories.c.severity_score.desc(), stories.c.story_id)


def _taken(latest: sa.Subquery) -> sa.Exists:
    """Whether somebody acknowledged the latest telling, in whichever receiver's message."""
    return (
        sa.exists()
        .where(alerts.c.story_id == latest.c.story_id, alerts.c.decided_at == latest.c.decided_at)
        .where(feedback.c.alert_key == alerts.c.alert_key)
        .where(feedback.c.kind == "acknowledged", feedback.c.undone_at.is_(None))
    )


def _completed(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> list[InboxRow]:
    story_ids = [row["story_id"] for row in rows]
    told, sent = _receivers_of(connection, story_ids), _deliveries_of(connection, story_ids)
    answered = _verdicts_of(connection, [(row["story_id"], row["decided_at"]) for row in rows if row["alert_key"]])
    return [_row(row, told, sent, answered) for row in rows]


def _row(
    row: dict[str, Any],
    told: dict[str, tuple[str, ...]],
    sent: dict[str, tuple[str, ...]],
    answered: dict[str, tuple[Verdict, ...]],
) -> InboxRow:
    receiver, key, story_id = row.pop("receiver"), row["alert_key"], row["story_id"]
    row["origins"], row["publishers"] = tuple(row["origins"]), tuple(row["publishers"])
    receivers = told.get(story_id, ()) if key else tuple(filter(None, (receiver,)))
    delivery = sent.get(story_id, ()) if key else ()
    return InboxRow(**row, receivers=receivers, delivery=delivery, verdicts=answered.get(story_id, ()))


def _receivers_of(connection: sa.Connection, story_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    statement = sa.select(alerts.c.story_id, alerts.c.receiver).distinct().where(alerts.c.story_id.in_(story_ids))
    return _gathered(connection.execute(statement.order_by(alerts.c.receiver)))


def _deliveries_of(connection: sa.Connection, story_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """States of the messages of each story that are not simply sent or replaced."""
    statement = (
        sa.select(outbox.c.story_id, outbox.c.state)
        .distinct()
        .where(outbox.c.story_id.in_(story_ids), outbox.c.state.not_in(("sent", "superseded")))
        .order_by(outbox.c.state)
    )
    return _gathered(connection.execute(statement))


def _gathered(pairs: Iterable[Any]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for key, value in pairs:
        found[key] = (*found.get(key, ()), value)
    return found


def _verdicts_of(connection: sa.Connection, tellings: Sequence[tuple[str, datetime]]) -> dict[str, tuple[Verdict, ...]]:
    """Standing answers to the latest telling of each story, oldest first, in whichever receiver's message they were given."""
    statement = (
        sa.select(
            alerts.c.story_id,
            feedback.c.user_id,
            feedback.c.kind,
            feedback.c.verdict,
            feedback.c.signal,
            feedback.c.given_at,
        )
        .join(feedback, feedback.c.alert_key == alerts.c.alert_key)
        .where(sa.tuple_(alerts.c.story_id, alerts.c.decided_at).in_(tellings), feedback.c.undone_at.is_(None))
        .order_by(feedback.c.given_at, feedback.c.user_id, feedback.c.kind)
    )
    found: dict[str, tuple[Verdict, ...]] = {}
    for story_id, *answer in connection.execute(statement):
        found[story_id] = (*found.get(story_id, ()), Verdict(*answer))
    return found
