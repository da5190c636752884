"""How is each feed? Its last fetches, what it yields, and how often it is first with a story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from newswatch.storage.tables import articles, feeds, fetches
from newswatch.storage.tables_stories import stories, story_articles

YIELD_DAYS = 7
LEAD_DAYS = 30
SHOWN_FETCHES = 24
HISTORY_DAYS = 30
SHOWN = (
    "feed_id", "name", "publisher", "url", "country", "language", "tier", "urgent", "family", "state_media", "listed",
    "paused_at", "pause_reason", "state", "message", "next_due_at", "seeded_at", "last_attempt_at", "last_success_at",
    "last_new_at", "failure_points", "interval_seconds", "moved_to",
)  # fmt: skip


@dataclass(frozen=True)
class FeedHealth:
    """A feed as it stands. `fetched` has one word for each of the last fetches, oldest first: fetched, not_modified, failed.

    Over the last 7 days: `articles` it was the first to bring, and how many of them are part of a story (`in_stories`).
    Over the last 30 days: of the stories that several publishers told, how many this one told (`told`), was the first to
    tell (`first`), and by how much it was later than the first in the median (`median_lag`, seconds; None for none).
    """

    feed_id: str
    name: str
    publisher: str
    url: str
    country: str | None
    language: str
    tier: int
    urgent: bool
    family: str | None
    state_media: str | None
    listed: bool
    paused_at: datetime | None
    pause_reason: str | None
    state: str
    message: str
    next_due_at: datetime
    seeded_at: datetime | None
    last_attempt_at: datetime | None
    last_success_at: datetime | None
    last_new_at: datetime | None
    failure_points: float
    interval_seconds: float | None
    moved_to: str | None
    fetched: tuple[str, ...]
    articles: int
    in_stories: int
    told: int
    first: int
    median_lag: float | None


@dataclass(frozen=True)
class FetchRow:
    """One fetch of a feed."""

    fetched_at: datetime
    status: str
    reason: str | None
    http_status: int | None
    body_bytes: int
    elapsed_seconds: float
    entries: int
    new_entries: int


@dataclass(frozen=True)
class FeedDay:
    """One day of a feed, UTC: how many fetches, how many of them failed, and how many new entries they brought."""

    day: date
    fetches: int
    failed: int
    new_entries: int


@dataclass(frozen=True)
class FeedArticle:
    """One article that a feed brought."""

    article_id: int
    title: str
    url: str
    published_at: datetime | None
    seen_at: datetime
    fate: str | None
    reason: str | None
    story_id: str | None


def find_feeds(connection: sa.Connection, *, now: datetime, feed_id: str | None = None) -> list[FeedHealth]:
    """Every feed, those that need a look first: failing, then paused, then by name. Or the one named."""
    yields, leads = _yields(now).subquery("yields"), _leads(now).subquery("leads")
    recent = _recent_fetches().lateral("recent")
    trouble = sa.case(
        (~feeds.c.listed, 3), (feeds.c.state == "failing", 0), (feeds.c.paused_at.is_not(None), 1), else_=2
    )
    statement = (
        sa.select(
            *(feeds.c[name] for name in SHOWN),
            recent.c.fetched,
            sa.func.coalesce(yields.c.articles, 0).label("articles"),
            sa.func.coalesce(yields.c.in_stories, 0).label("in_stories"),
            sa.func.coalesce(leads.c.told, 0).label("told"),
            sa.func.coalesce(leads.c.first, 0).label("first"),
            leads.c.median_lag,
        )
        .select_from(feeds)
        .join(recent, sa.true())
        .outerjoin(yields, yields.c.feed_id == feeds.c.feed_id)
        .outerjoin(leads, leads.c.feed_id == feeds.c.feed_id)
        .order_by(trouble, sa.func.lower(feeds.c.name), feeds.c.feed_id)
    )
    if feed_id is not None:
        statement = statement.where(feeds.c.feed_id == feed_id)
    return [_health(dict(row)) for row in connection.execute(statement).mappings()]


def find_fetches(connection: sa.Connection, feed_id: str, *, limit: int = 40) -> list[FetchRow]:
    """The last fetches of a feed, newest first."""
    names = ("fetched_at", "status", "reason", "http_status", "body_bytes", "elapsed_seconds", "entries", "new_entries")
    statement = (
        sa.select(*(fetches.c[name] for name in names))
        .where(fetches.c.feed_id == feed_id)
        .order_by(fetches.c.fetched_at.desc(), fetches.c.fetch_id.desc())
        .limit(limit)
    )
    return [FetchRow(**row) for row in connection.execute(statement).mappings()]


def find_feed_days(connection: sa.Connection, feed_id: str, *, now: datetime) -> list[FeedDay]:
    """The last HISTORY_DAYS days of a feed, oldest first, today last; days without a fetch stand there with zeros."""
    today = now.astimezone(UTC).date()
    days = [today - timedelta(days=back) for back in range(HISTORY_DAYS - 1, -1, -1)]
    day = sa.func.date_trunc("day", fetches.c.fetched_at).label("day")
    statement = (
        sa.select(
            day,
            sa.func.count().label("fetches"),
            sa.func.count().filter(fetches.c.status == "failed").label("failed"),
            sa.func.sum(fetches.c.new_entries).label("new_entries"),
        )
        .where(
            fetches.c.feed_id == feed_id, fetches.c.fetched_at >= datetime.combine(days[0], datetime.min.time(), UTC)
        )
        .group_by(day)
    )
    known = {row.day.date(): row for row in connection.execute(statement)}
    return [
        FeedDay(one, known[one].fetches, known[one].failed, known[one].new_entries)
        if one in known
        else FeedDay(one, 0, 0, 0)
        for one in days
    ]


def find_feed_articles(connection: sa.Connection, feed_id: str, *, limit: int = 20) -> list[FeedArticle]:
    """The last articles that this feed was the first to bring, newest first."""
    statement = (
        sa.select(
            articles.c.article_id, articles.c.title, articles.c.url, articles.c.published_at, articles.c.seen_at,
            articles.c.fate, articles.c.reason, story_articles.c.story_id,
        )
        .outerjoin(story_articles, story_articles.c.article_id == articles.c.article_id)
        .where(articles.c.feed_id == feed_id)
        .order_by(articles.c.seen_at.desc(), articles.c.article_id.desc())
        .limit(limit)
    )  # fmt: skip
    return [FeedArticle(**row) for row in connection.execute(statement).mappings()]


def _health(row: dict[str, Any]) -> FeedHealth:
    row["fetched"] = tuple(row["fetched"] or ())
    return FeedHealth(**row)


def _recent_fetches() -> sa.Select[Any]:
    last = (
        sa.select(fetches.c.status, fetches.c.fetched_at)
        .where(fetches.c.feed_id == feeds.c.feed_id)
        .order_by(fetches.c.fetched_at.desc())
        .limit(SHOWN_FETCHES)
        .correlate(feeds)
        .subquery()
    )
    return sa.select(sa.func.array_agg(aggregate_order_by(last.c.status, last.c.fetched_at)).label("fetched"))


def _yields(now: datetime) -> sa.Select[Any]:
    return (
        sa.select(
            articles.c.feed_id,
            sa.func.count().label("articles"),
            sa.func.count().filter(articles.c.fate == "in_story").label("in_stories"),
        )
        .where(articles.c.seen_at >= now - timedelta(days=YIELD_DAYS), ~articles.c.backlog)
        .group_by(articles.c.feed_id)
    )


def _leads(now: datetime) -> sa.Select[Any]:
    """Who was first, by the moment we saw it: publishers' clocks prove nothing."""
    each = (
        sa.select(story_articles.c.story_id, articles.c.feed_id, sa.func.min(articles.c.seen_at).label("seen_at"))
        .join(articles, articles.c.article_id == story_articles.c.article_id)
        .join(stories, stories.c.story_id == story_articles.c.story_id)
        .where(stories.c.last_at >= now - timedelta(days=LEAD_DAYS), ~articles.c.backlog)
        .group_by(story_articles.c.story_id, articles.c.feed_id)
        .subquery("each")
    )
    ranked = sa.select(
        each.c.feed_id,
        (each.c.seen_at - sa.func.min(each.c.seen_at).over(partition_by=each.c.story_id)).label("lag"),
        sa.func.count().over(partition_by=each.c.story_id).label("tellers"),
    ).subquery("ranked")
    lag = sa.func.extract("epoch", ranked.c.lag)
    return (
        sa.select(
            ranked.c.feed_id,
            sa.func.count().label("told"),
            sa.func.count().filter(lag == 0).label("first"),
            sa.func.percentile_cont(0.5).within_group(lag).cast(sa.Float).label("median_lag"),
        )
        .where(ranked.c.tellers > 1)
        .group_by(ranked.c.feed_id)
    )
