"""What do we remember of each feed, and which of its entries are new?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from newswatch.domain import Entry, Feed, FeedHistory, FeedState, Fetched
from newswatch.storage.tables import articles, entries, feeds, fetches

CONFIGURED = tuple(one.name for one in fields(Feed) if one.name != "feed_id")
REMEMBERED = tuple(one.name for one in fields(FeedHistory))


@dataclass(frozen=True)
class KnownFeed:
    """A feed with its history. `seeded` tells whether an earlier visit has already taken in its backlog."""

    feed: Feed
    history: FeedHistory
    seeded: bool


@dataclass(frozen=True)
class FoundEntry:
    """An entry with the canonical URL of its article, which decides whether two entries are one article."""

    entry: Entry
    canonical_url: str


def save_feeds(connection: sa.Connection, configured: Sequence[Feed], now: datetime) -> None:
    """Make the table say what the configuration says. A feed no longer listed keeps its history and is not fetched."""
    connection.execute(
        sa.update(feeds).values(listed=False).where(feeds.c.feed_id.not_in([f.feed_id for f in configured]))
    )
    if not configured:
        return
    statement = insert(feeds)
    moved = feeds.c.url != statement.excluded.url  # another address: validators of the old one mean nothing
    forgotten = {
        name: sa.case((moved, sa.null()), else_=feeds.c[name]) for name in ("etag", "last_modified", "content_hash")
    }
    due = sa.case((sa.or_(moved, ~feeds.c.listed), statement.excluded.next_due_at), else_=feeds.c.next_due_at)
    statement = statement.on_conflict_do_update(
        index_elements=[feeds.c.feed_id],
        set_={name: statement.excluded[name] for name in CONFIGURED} | forgotten | {"listed": True, "next_due_at": due},
    )
    connection.execute(statement, [asdict(feed) | {"next_due_at": now} for feed in configured])


def find_due_feeds(
    connection: sa.Connection, now: datetime, *, urgent_late_by: timedelta = timedelta(0)
) -> list[tuple[str, str]]:
    """(feed_id, name) of every feed to fetch now; urgent ones first, then the longest overdue.

    Urgent feeds are left to their own DAG until they are late by `urgent_late_by`: it may be paused.
    """
    due_at = sa.case((feeds.c.urgent, now - urgent_late_by), else_=now)
    statement = (
        sa.select(feeds.c.feed_id, feeds.c.name)
        .where(feeds.c.listed, feeds.c.paused_at.is_(None), feeds.c.next_due_at <= due_at)
        .order_by(feeds.c.urgent.desc(), feeds.c.next_due_at, feeds.c.feed_id)
    )
    return [(row.feed_id, row.name) for row in connection.execute(statement)]


def find_due_urgent_feeds(connection: sa.Connection, now: datetime, *, early: timedelta) -> list[str]:
    """feed_id of every urgent feed that is due within `early`: runs a minute apart are never a minute apart to the second."""
    statement = (
        sa.select(feeds.c.feed_id)
        .where(feeds.c.listed, feeds.c.paused_at.is_(None), feeds.c.urgent, feeds.c.next_due_at <= now + early)
        .order_by(feeds.c.next_due_at, feeds.c.feed_id)
    )
    return list(connection.scalars(statement))


def get_known_feeds(connection: sa.Connection, feed_ids: Sequence[str]) -> list[KnownFeed]:
    """The named feeds with their histories, in the order asked for; unknown ids are left out."""
    rows = {row.feed_id: row for row in connection.execute(sa.select(feeds).where(feeds.c.feed_id.in_(feed_ids)))}
    return [_known(rows[feed_id]) for feed_id in feed_ids if feed_id in rows]


def _known(row: sa.Row[tuple[object, ...]]) -> KnownFeed:
    columns = row._mapping
    return KnownFeed(
        feed=Feed(feed_id=columns["feed_id"], **{name: columns[name] for name in CONFIGURED}),
        history=FeedHistory(**{name: columns[name] for name in REMEMBERED}),
        seeded=columns["seeded_at"] is not None,
    )


def save_fetch(
    connection: sa.Connection,
    fetched: Fetched,
    history: FeedHistory,
    *,
    run_id: str,
    now: datetime,
    next_due_at: datetime,
    state: FeedState,
    message: str,
    entry_count: int,
    new_count: int,
    paused: bool,
) -> None:
    """Store what one fetch taught: the feed's new history and a row of the fetch itself."""
    changed: dict[str, object] = asdict(history) | {"next_due_at": next_due_at, "state": state, "message": message}
    if fetched.status != "failed":
        changed["seeded_at"] = sa.func.coalesce(feeds.c.seeded_at, now)
    if fetched.status == "fetched":
        changed["listed_at"] = now
    if new_count:
        changed["last_new_at"] = now
    if paused:
        changed |= {"paused_at": sa.func.coalesce(feeds.c.paused_at, now), "pause_reason": message}
    connection.execute(sa.update(feeds).values(changed).where(feeds.c.feed_id == fetched.feed_id))
    connection.execute(
        sa.insert(fetches).values(
            feed_id=fetched.feed_id,
            run_id=run_id,
            fetched_at=now,
            status=fetched.status,
            reason=fetched.reason,
            http_status=fetched.http_status,
            body_bytes=len(fetched.body),
            elapsed_seconds=fetched.elapsed_seconds,
            entries=entry_count,
            new_entries=new_count,
        )
    )


def save_entries(
    connection: sa.Connection, feed: Feed, found: Sequence[FoundEntry], *, backlog: bool, now: datetime
) -> int:
    """Store the entries of one fetch and the articles they point to; returns how many entries were new.

    An article that several feeds carry is stored once. Rows are written in one order, so that two writers cannot deadlock.
    """
    by_key = {one.entry.key: one for one in found}
    new = _new_keys(connection, feed.feed_id, by_key, now)
    if new:
        article_ids = _save_articles(connection, feed, [by_key[key] for key in new], backlog=backlog, now=now)
        connection.execute(
            sa.update(entries)
            .where(entries.c.feed_id == feed.feed_id, entries.c.entry_key == sa.bindparam("key"))
            .values(article_id=sa.bindparam("article")),
            [{"key": key, "article": article_ids[by_key[key].canonical_url]} for key in new],
        )
    return len(new)


def _new_keys(connection: sa.Connection, feed_id: str, by_key: Mapping[str, FoundEntry], now: datetime) -> list[str]:
    if not by_key:
        return []
    known = set(
        connection.scalars(
            sa.update(entries)
            .where(entries.c.feed_id == feed_id, entries.c.entry_key.in_(list(by_key)))
            .values(listed_at=now)
            .returning(entries.c.entry_key)
        )
    )
    fresh = [
        {
            "feed_id": feed_id,
            "entry_key": key,
            "link": one.entry.link,
            "published_at": one.entry.published_at,
            "flags": list(one.entry.flags),
            "seen_at": now,
            "listed_at": now,
        }
        for key, one in sorted(by_key.items())
        if key not in known
    ]
    if not fresh:
        return []
    statement = insert(entries).on_conflict_do_nothing().returning(entries.c.entry_key)
    return sorted(connection.execute(statement, fresh).scalars())


def _save_articles(
    connection: sa.Connection, feed: Feed, found: Sequence[FoundEntry], *, backlog: bool, now: datetime
) -> dict[str, int]:
    """canonical_url -> article_id of every entry. `backlog` of an article that is already known stays as it is."""
    by_url = {one.canonical_url: one.entry for one in reversed(found)}
    statement = insert(articles).on_conflict_do_nothing()
    connection.execute(
        statement,
        [
            {
                "canonical_url": url,
                "url": entry.link or "",
                "feed_id": feed.feed_id,
                "publisher": feed.publisher,
                "outlet": entry.outlet,
                "title": entry.title,
                "lead": entry.summary,
                "text": entry.text,
                "published_at": entry.published_at,
                "seen_at": now,
                "backlog": backlog,
            }
            for url, entry in sorted(by_url.items())
        ],
    )
    rows = connection.execute(
        sa.select(articles.c.canonical_url, articles.c.article_id).where(articles.c.canonical_url.in_(list(by_url)))
    )
    return {row.canonical_url: row.article_id for row in rows}


def count_feed_states(connection: sa.Connection) -> dict[str, int]:
    """Listed feeds by their state."""
    statement = sa.select(feeds.c.state, sa.func.count()).where(feeds.c.listed).group_by(feeds.c.state)
    return {str(state): int(number) for state, number in connection.execute(statement)}


def find_silent_feeds(connection: sa.Connection, now: datetime, quiet_for: timedelta) -> list[tuple[str, str]]:
    """(feed_id, why) of every listed feed from which nothing is to be expected: paused, or nothing new for `quiet_for`."""
    last = sa.func.coalesce(feeds.c.last_new_at, feeds.c.seeded_at)
    statement = (
        sa.select(feeds.c.feed_id, feeds.c.state, feeds.c.message, feeds.c.pause_reason, last.label("last_new_at"))
        .where(feeds.c.listed, feeds.c.last_attempt_at.is_not(None))
        .where(sa.or_(feeds.c.paused_at.is_not(None), last < now - quiet_for, last.is_(None)))
        .order_by(feeds.c.feed_id)
    )
    return [(row["feed_id"], _why_silent(row)) for row in map(dict, connection.execute(statement).mappings())]


def _why_silent(columns: Mapping[str, Any]) -> str:
    if columns["pause_reason"]:
        return f"paused: {columns['pause_reason']}"
    since = f"since {columns['last_new_at']:%Y-%m-%d %H:%M} UTC" if columns["last_new_at"] else "ever"
    return f"nothing new {since}; {columns['state']}: {columns['message']}"
