"""What may be forgotten, and how is it forgotten without anybody noticing?

Articles that were part of no story, after `operations.keep_days`; what each fetch and each run told, after
`operations.keep_log_days`. Deleted is in small transactions: a run that fetches meanwhile never waits for a lock.

What a feed still lists is kept: without its key the next fetch would take it for news. A feed that answers "not modified" for
weeks still lists what its last document held, so an entry is gone when a later document came without it; and an article once
none of its entries is left.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from newswatch.storage.session import Database
from newswatch.storage.tables import articles, entries, feeds, fetches, runs
from newswatch.storage.tables_alerts import clicks, decisions
from newswatch.storage.tables_stories import stories, story_articles
from newswatch.storage.tables_tuning import labels

BATCH = 5_000  # rows in one transaction
LISTED_GRACE = timedelta(days=7)  # a feed may leave an entry out for days and list it again


def forget_entries(db: Database, *, before: datetime) -> int:
    """Delete a batch of entries first seen before then that their feed no longer lists; returns how many.

    `feeds.listed_at` is when its last whole document came; what stood in none for a week before that is gone.
    """
    gone = (
        sa.select(entries.c.entry_id)
        .join(feeds, feeds.c.feed_id == entries.c.feed_id)
        .where(entries.c.seen_at < before, entries.c.listed_at < feeds.c.listed_at - LISTED_GRACE)
        .limit(BATCH)
    )
    with db.begin() as connection:
        return connection.execute(sa.delete(entries).where(entries.c.entry_id.in_(gone))).rowcount


def forget_articles(db: Database, *, before: datetime) -> int:
    """Delete a batch of articles seen before then that are done with and belong to no story, label or entry; returns how many."""
    kept = sa.or_(
        sa.exists().where(entries.c.article_id == articles.c.article_id),
        sa.exists().where(story_articles.c.article_id == articles.c.article_id),
        sa.exists().where(labels.c.article_id == articles.c.article_id),
    )
    gone = (
        sa.select(articles.c.article_id)
        .where(articles.c.seen_at < before, articles.c.stage == "placed", sa.not_(kept))
        .order_by(articles.c.seen_at)
        .limit(BATCH)
    )
    with db.begin() as connection:
        return connection.execute(sa.delete(articles).where(articles.c.article_id.in_(gone))).rowcount


def forget_fetches(db: Database, *, before: datetime) -> int:
    """Delete a batch of what fetches before then told; each feed's own state stands in its row. Returns how many."""
    gone = sa.select(fetches.c.fetch_id).where(fetches.c.fetched_at < before).order_by(fetches.c.fetch_id).limit(BATCH)
    with db.begin() as connection:
        return connection.execute(sa.delete(fetches).where(fetches.c.fetch_id.in_(gone))).rowcount


def forget_runs(db: Database, *, before: datetime) -> int:
    """Delete what runs before then told; returns how many."""
    with db.begin() as connection:
        return connection.execute(sa.delete(runs).where(runs.c.finished_at < before)).rowcount


def forget_decisions(db: Database, *, before: datetime) -> int:
    """Delete a batch of old decisions not to tell, of stories that are closed, and old clicks; returns how many decisions."""
    gone = (
        sa.select(decisions.c.decision_id)
        .join(stories, stories.c.story_id == decisions.c.story_id)
        .where(decisions.c.outcome == "hold", decisions.c.last_at < before, stories.c.closed_at.is_not(None))
        .limit(BATCH)
    )
    with db.begin() as connection:
        connection.execute(sa.delete(clicks).where(clicks.c.seen_at < before))
        return connection.execute(sa.delete(decisions).where(decisions.c.decision_id.in_(gone))).rowcount
