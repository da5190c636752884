"""What does a run's work in the database cost, when there is no history and when there are millions of articles?

The history is made by SQL alone (short texts: it is the number of rows that counts). Each query that a run sends is explained
with its buffers, on both; a run's cost does not grow when none of them reads a large table from end to end.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from report import Finding

NOW = datetime.now(UTC)
LARGE = (
    "articles",
    "entries",
    "classifications",
    "fetches",
    "stories",
    "story_articles",
    "decisions",
    "outbox",
    "alerts",
)
BLOCK = 20_000
MANY = 10_000  # rows; below, reading a table whole is the quickest way

FEEDS = """
INSERT INTO feeds (feed_id, name, publisher, url, language, tier, urgent, next_due_at, seeded_at, last_success_at, listed_at)
SELECT 'f' || n, 'F', 'P' || n, 'https://f' || n || '.example/rss', 'en', 2, n % 10 = 0, now(), now(), now(), now()
FROM generate_series(0, 199) n
"""
ARTICLES = """
WITH made AS (
  INSERT INTO articles (canonical_url, url, feed_id, publisher, title, lead, text, text_source, language, published_at, seen_at,
                        read_at, backlog, stage, fate, fingerprint)
  SELECT 'https://f' || n % 200 || '.example/' || n, 'https://f' || n % 200 || '.example/' || n, 'f' || n % 200, 'P' || n % 200,
         'Report ' || n, 'Lead of report ' || n, 'Text of report ' || n, 'page', 'en', :until - (:total - n) * interval '30 s',
         :until - (:total - n) * interval '30 s', :until, false, 'placed',
         CASE WHEN n % 20 = 0 THEN 'in_story' ELSE 'no_signal' END,
         decode(repeat('00', 512), 'hex')
  FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) n
  RETURNING article_id, canonical_url, feed_id, seen_at, fate
), listed AS (
  INSERT INTO entries (feed_id, entry_key, article_id, link, flags, seen_at, listed_at)
  SELECT feed_id, canonical_url, article_id, canonical_url, '{}', seen_at, seen_at FROM made
), found AS (
  INSERT INTO classifications (article_id, model_sha, config_rev, classified_at, signals, head, scores, modality, modality_score,
                               actors, evidence)
  SELECT article_id, 'm', 'c', seen_at, CASE WHEN fate = 'in_story' THEN '{launch}'::text[] ELSE '{}' END, '{}',
         '{"launch": 0.5}', 'act', 1, '{}', '[]' FROM made
), told AS (
  INSERT INTO stories (story_id, signal, signals, source, modality, state, title, first_at, last_at, severity, severity_score,
                       factors, origins, publishers, actors, countries, tiers, events, evidence, score, backlog, changes, memory,
                       closed_at, config_rev, model_sha, updated_at)
  SELECT 's' || article_id, 'launch', '{launch}', 'PRK', 'act', 'quiet', 'Story', seen_at, seen_at, 2, 2.0,
         '[]', '{}', '{}', '{}', '{}', '{}', 1, '[]', 0.5, false, '[]', '{}', seen_at, 'c', 'm', seen_at
  FROM made WHERE fate = 'in_story'
  RETURNING story_id, first_at
), joined AS (
  INSERT INTO story_articles (article_id, story_id, how, joined_at)
  SELECT article_id, 's' || article_id, 'opened', seen_at FROM made WHERE fate = 'in_story'
), decided AS (
  INSERT INTO decisions (story_id, receiver, route, outcome, reason, explanation, severity, ordinal, decided_at, last_at)
  SELECT story_id, '', 'route', 'hold', 'below', '', 2, 1, first_at, first_at FROM told
)
INSERT INTO fetches (feed_id, run_id, fetched_at, status, body_bytes, elapsed_seconds, entries, new_entries)
SELECT feed_id, 'r' || article_id / 200, seen_at, 'fetched', 1, 0.1, 20, 1 FROM made
"""


def run(articles: int) -> tuple[list[tuple[str, ...]], list[Finding]]:
    """A line for each query, and whether a run's cost depends on history."""
    from newswatch.runtime.postgres import EmbeddedPostgres
    from newswatch.storage.migrate import migrate
    from newswatch.storage.session import Database

    folder = Path(tempfile.mkdtemp(prefix="nw-hist-", dir="/tmp"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "data")
    server.start()
    try:
        db = Database(server.url("newswatch"))
        migrate(db)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for setting in (
                "fsync = off",
                "full_page_writes = off",
                "max_wal_size = '4GB'",
            ):  # the history is thrown away
                connection.execute(sa.text(f"ALTER SYSTEM SET {setting}"))
            connection.execute(sa.text("SELECT pg_reload_conf()"))
        with db.begin() as connection:
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            connection.execute(sa.text(FEEDS))
        fill(db, 20_000, first=1)
        small = explain_all(db)
        started = time.monotonic()
        fill(db, articles, first=20_001)
        print(f"  history of {articles:,} articles made in {time.monotonic() - started:.0f} s", flush=True)
        large = explain_all(db)
        pruned = prune(db)
        db.close()
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    lines = [
        (name, f"{small[name][0]:,}", f"{large[name][0]:,}", f"{large[name][1]:.1f}", ", ".join(large[name][2]) or "–")
        for name in large
    ]
    grown = [name for name in large if large[name][0] > 10 * max(small[name][0], 50)]
    read_whole = [name for name in large if large[name][2]]
    return lines, [
        Finding(
            f"queries of a run whose pages read grow tenfold from 20,000 to {articles:,} articles", "none",
            ", ".join(grown) or "none", not grown,
        ),
        Finding("queries of a run that read a large table whole", "none", ", ".join(read_whole) or "none", not read_whole),
        Finding("`prune_history` deletes (articles/s)", "–", f"{pruned:,.0f}", None),
    ]  # fmt: skip


def fill(db: Any, last: int, *, first: int) -> None:
    for start in range(first, last + 1, BLOCK):
        with db.begin() as connection:
            connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            values = {"first": start, "last": min(last, start + BLOCK - 1), "total": last, "until": NOW}
            connection.execute(sa.text(ARTICLES), values)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("SET statement_timeout = 0"))
        connection.execute(sa.text("VACUUM ANALYZE"))


def explain_all(db: Any) -> dict[str, tuple[int, float, list[str]]]:
    """Pages read, milliseconds and large tables read whole, for each query of a run."""
    return {name: explain(db, query) for name, query in queries().items()}


def explain(db: Any, query: Callable[[sa.Connection], object]) -> tuple[int, float, list[str]]:
    """Run what a step runs, catch its statements, and explain each in the same state of the database."""
    caught: list[tuple[Any, Any]] = []

    def catch(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        caught.append((statement, parameters))

    pages, milliseconds, whole = 0, 0.0, set()
    with db.engine.connect() as connection:
        sizes = dict(connection.execute(sa.text("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'")).all())
        large = [name for name in LARGE if sizes.get(name, 0) > MANY]
        connection.rollback()
        sa.event.listen(connection, "before_cursor_execute", catch)
        with connection.begin() as transaction:
            query(connection)
            transaction.rollback()
        sa.event.remove(connection, "before_cursor_execute", catch)
        for statement, parameters in caught:
            with connection.begin() as transaction:
                rows = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS) {statement}", parameters).scalars().all()
                transaction.rollback()
            text = "\n".join(rows)
            read = [
                sum(map(int, re.findall(r"(?:hit|read)=(\d+)", line))) for line in re.findall(r"Buffers: (.*)", text)
            ]
            pages += max(read, default=0)  # a node's buffers include those of all below it
            milliseconds += float(re.findall(r"Execution Time: ([\d.]+)", text)[0])
            whole |= {name for name in re.findall(r"Seq Scan on (\w+)", text) if name in large}
    return pages, milliseconds, sorted(whole)


def queries() -> dict[str, Callable[[sa.Connection], object]]:
    """What a run asks of the database, by step."""
    from newswatch.domain import Entry, Feed
    from newswatch.storage import alerts, articles, feeds, outbox, runs, stories

    feed = Feed("f1", "F", "P1", "https://f1.example/rss")
    known = [
        feeds.FoundEntry(Entry(key, "T", key, "L", NOW), key)
        for n in range(20)
        for key in [f"https://f1.example/{1 + 200 * n}"]
    ]
    return {
        "fetch: feeds due": lambda c: feeds.find_due_feeds(c, NOW),
        "fetch: a feed's known entries": lambda c: feeds.save_entries(c, feed, known, backlog=False, now=NOW),
        "gate: fetches of this run": lambda c: runs.count_fetches(c, "r1"),
        "read: claim": lambda c: articles.claim(c, "found", limit=3000, minutes=20, share=(0, 2)),
        "classify: claim": lambda c: articles.claim(c, "read", limit=500, minutes=20),
        "urgent: what waits": articles.count_urgent_waiting,
        "group: reports to place": lambda c: articles.unplaced_reports(c, 1000),
        "group: open stories": stories.find_open_stories,
        "group: waiting stories": stories.find_waiting_stories,
        "group: latest model": stories.latest_model,
        "group: counts of pairs, 28 days": lambda c: stories.find_pair_counts(c, now=NOW, days=28),
        "tell: told lately": lambda c: alerts.find_tellings(c, since=NOW - timedelta(days=2)),
        "send: what is due": lambda c: outbox.claim_next(c, now=NOW, lease_seconds=120),
        "send: what waits": outbox.count_states,
    }


def prune(db: Any) -> float:
    """Articles a second that one batch of pruning deletes."""
    from newswatch.storage import history

    with db.begin() as connection:
        connection.execute(sa.text("DELETE FROM entries WHERE article_id < 5000"))
    started = time.monotonic()
    number = history.forget_articles(db, before=NOW - timedelta(days=1))
    return number / max(time.monotonic() - started, 1e-3)
