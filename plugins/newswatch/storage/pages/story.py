"""What is there to know of one story? Its reports, with what the model found in each, and what came before it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newswatch.domain import Dyad, Evidence, Report, Story
from newswatch.storage.tables import articles, classifications, feeds, revisions
from newswatch.storage.tables_alerts import alerts, decisions, outbox
from newswatch.storage.tables_stories import stories, story_articles

OPENING = 600  # characters of a text from which its origin is read
MOST_REPORTS = 300


@dataclass(frozen=True)
class StoryReport:
    """An article of a story: as it was published, and how it came to be part of the story."""

    article_id: int
    report: Report
    how: str
    seen_at: datetime
    text_source: str


@dataclass(frozen=True)
class Making:
    """With what a story was made."""

    model_sha: str
    config_rev: str
    waiting: bool
    closed_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True)
class EarlierStory:
    """Another story of the same pair."""

    story_id: str
    title: str
    signal: str
    modality: str
    state: str
    severity: int
    last_at: datetime


@dataclass(frozen=True)
class AlertRow:
    """One time that a receiver was to be told of a story."""

    alert_key: str
    receiver: str
    reason: str
    explanation: str
    severity: int
    ordinal: int
    decided_at: datetime
    config_rev: str
    model_sha: str


@dataclass(frozen=True)
class DecisionRow:
    """One thing decided about a story for a receiver, and how often the same was decided. `receiver` "": nobody."""

    receiver: str
    route: str
    outcome: str
    reason: str
    explanation: str
    severity: int
    decided_at: datetime
    last_at: datetime
    times: int


@dataclass(frozen=True)
class MessageRow:
    """A message about a story, and what became of it."""

    receiver: str
    kind: str
    state: str
    severity: int
    text: str
    created_at: datetime
    sent_at: datetime | None
    permalink: str | None
    last_error: str | None
    possible_duplicate: bool
    late: bool


def get_making(connection: sa.Connection, story_id: str) -> Making | None:
    """How a story came to be; None when there is no such story."""
    columns = (stories.c.model_sha, stories.c.config_rev, stories.c.waiting, stories.c.closed_at, stories.c.updated_at)
    row = connection.execute(sa.select(*columns).where(stories.c.story_id == story_id)).mappings().first()
    return Making(**row) if row else None


def find_reports(connection: sa.Connection, story_id: str) -> list[StoryReport]:
    """The articles of a story in the order they were published, MOST_REPORTS at most."""
    latest = (
        sa.select(classifications)
        .where(classifications.c.article_id == articles.c.article_id)
        .order_by(classifications.c.classified_at.desc())
        .limit(1)
        .lateral("latest")
    )
    published = sa.func.coalesce(articles.c.published_at, articles.c.seen_at)
    statement = (
        sa.select(
            articles.c.article_id, articles.c.title, articles.c.lead, articles.c.url, articles.c.publisher,
            articles.c.outlet, articles.c.backlog, articles.c.text_source, articles.c.seen_at,
            sa.func.left(articles.c.text, OPENING).label("text"), published.label("published_at"),
            feeds.c.family, feeds.c.tier, feeds.c.country, feeds.c.state_media, story_articles.c.how,
            latest.c.signals, latest.c.head, latest.c.scores, latest.c.modality, latest.c.source, latest.c.target,
            latest.c.actors, latest.c.evidence,
        )
        .select_from(story_articles)
        .join(articles, articles.c.article_id == story_articles.c.article_id)
        .join(feeds, feeds.c.feed_id == articles.c.feed_id)
        .outerjoin(latest, sa.true())
        .where(story_articles.c.story_id == story_id)
        .order_by(published, articles.c.article_id)
        .limit(MOST_REPORTS)
    )  # fmt: skip
    return [_report(dict(row)) for row in connection.execute(statement).mappings()]


def _report(row: dict[str, Any]) -> StoryReport:
    how, seen_at, text_source = row.pop("how"), row.pop("seen_at"), row.pop("text_source")
    evidence = tuple(
        Evidence(sentence, tuple((term, weight) for term, weight in terms))
        for sentence, terms in row.pop("evidence") or ()
    )
    found: dict[str, Any] = {"signals": tuple(row.pop("signals") or ()), "actors": tuple(row.pop("actors") or ())}
    found["head"] = tuple(row.pop("head") or ())
    found |= {"scores": row.pop("scores") or {}, "modality": row.pop("modality") or "none"}
    dyad = Dyad(row.pop("source"), row.pop("target"))
    report = Report(**row, **found, dyad=dyad, evidence=evidence)
    return StoryReport(row["article_id"], report, how, seen_at, text_source)


def find_earlier(connection: sa.Connection, story: Story, *, limit: int = 6) -> list[EarlierStory]:
    """The stories of the same pair last before this one, those of the same signal first; none for an unknown pair."""
    source, target = story.dyad.source, story.dyad.target
    if source is None and target is None:
        return []
    columns = [stories.c[name] for name in ("story_id", "title", "signal", "modality", "state", "severity", "last_at")]
    statement = (
        sa.select(*columns)
        .where(stories.c.source.is_not_distinct_from(source), stories.c.target.is_not_distinct_from(target))
        .where(stories.c.first_at <= story.first_at, stories.c.story_id != story.story_id)
        .order_by((stories.c.signal == story.signal).desc(), stories.c.last_at.desc(), stories.c.story_id)
        .limit(limit)
    )
    return [EarlierStory(**row) for row in connection.execute(statement).mappings()]


def find_alerts(connection: sa.Connection, story_id: str) -> list[AlertRow]:
    """Every alert of a story, oldest first."""
    return [
        AlertRow(**row) for row in _all(connection, AlertRow, alerts, story_id, alerts.c.decided_at, alerts.c.receiver)
    ]


def find_decisions(connection: sa.Connection, story_id: str) -> list[DecisionRow]:
    """Everything decided about a story, oldest first."""
    return [DecisionRow(**row) for row in _all(connection, DecisionRow, decisions, story_id, decisions.c.decision_id)]


def find_messages(connection: sa.Connection, story_id: str) -> list[MessageRow]:
    """Every message about a story, oldest first."""
    return [MessageRow(**row) for row in _all(connection, MessageRow, outbox, story_id, outbox.c.sequence)]


def _all(
    connection: sa.Connection, shown: type[Any], table: sa.Table, story_id: str, *order: sa.Column[Any]
) -> list[dict[str, Any]]:
    columns = [table.c[one.name] for one in fields(shown)]
    statement = sa.select(*columns).where(table.c.story_id == story_id).order_by(*order)
    return [dict(row) for row in connection.execute(statement).mappings()]


def find_revision(connection: sa.Connection, kind: str, revision: str) -> dict[str, Any] | None:
    """The content of a configuration or model by its revision; None when it was never stored."""
    statement = sa.select(revisions.c.content).where(revisions.c.kind == kind, revisions.c.revision == revision)
    found: dict[str, Any] | None = connection.scalar(statement)
    return found
