"""Steps one and two: which feeds are due, and what is new in them? And the gate that judges a run by its feeds."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta

from newswatch.articles.urls import canonical_url
from newswatch.domain import Entry, Fetched, ParsedFeed
from newswatch.errors import ConfigError, GateError
from newswatch.feeds.fetch import host_of
from newswatch.metrics import FEEDS_DUE
from newswatch.steps import measures
from newswatch.steps.desk import Desk, open_desk
from newswatch.steps.result import StepResult, counted, sentence
from newswatch.storage import feeds as feed_storage
from newswatch.storage.feeds import FoundEntry, KnownFeed
from newswatch.storage.push import want_push
from newswatch.storage.runs import count_fetches, find_failures

NO_FEEDS = (
    "feeds.yaml lists no feed, so there is nothing to watch. Add one with `newswatch feeds add ADDRESS`, or many with "
    "`newswatch feeds import FILE.opml`; the list that comes with Newswatch is config/feeds.yaml in the repository."
)


URGENT_LATE = timedelta(minutes=5)  # then the DAG of the urgent feeds is not running, and this one sees to them
FEEDS_WORTH_A_SHARD = 25  # a mapped task costs Airflow as much as polling some ten feeds


def list_due_feeds() -> StepResult:
    """Which feeds to fetch now, cut into at most `operations.fetch_shards` shards. Raises ConfigError when no feed is listed."""
    with open_desk() as desk, desk.db.begin() as connection:
        configured = desk.settings.feed_list.as_feeds()
        if not configured:
            raise ConfigError(NO_FEEDS)
        feed_storage.save_feeds(connection, configured, desk.now)
        due = [feed_id for feed_id, _ in feed_storage.find_due_feeds(connection, desk.now, urgent_late_by=URGENT_LATE)]
        waiting = measures.standing(connection, desk.now)
    hosts = {feed.feed_id: host_of(feed.url) for feed in configured}
    worth = -(-len(due) // FEEDS_WORTH_A_SHARD)
    dealt = deal(due, hosts, min(worth, desk.settings.operations.fetch_shards))
    return StepResult(
        label=f"{counted(len(due), 'feed')} due",
        summary=f"Due: {len(due):,} of {counted(len(configured), 'feed')}, in {counted(len(dealt), 'shard')}.",
        counts={"due": len(due)},
        lines=(desk.warning,) if desk.warning else (),
        shards=tuple(dealt),
        measures=(FEEDS_DUE.of(len(due)), *waiting),
    )


def deal(feed_ids: Sequence[str], hosts: Mapping[str, str], most: int) -> list[tuple[str, ...]]:
    """At most `most` shards of about one size, none empty. A host's feeds stay together: only one task asks it."""
    together: dict[str, list[str]] = {}
    for feed_id in feed_ids:
        together.setdefault(hosts[feed_id], []).append(feed_id)
    dealt: list[list[str]] = [[] for _ in range(min(most, len(together)))]
    for group in sorted(together.values(), key=len, reverse=True):
        min(dealt, key=len).extend(group)
    return [tuple(shard) for shard in dealt]


def fetch_feeds(feed_ids: list[str], *, run_id: str) -> StepResult:
    """Fetch one shard of feeds side by side and store what is new. A dead feed is a row, never an exception."""
    from newswatch.feeds.fetch import fetch_many
    from newswatch.network.client import Client

    with open_desk() as desk:
        with desk.db.begin() as connection:
            known = {one.feed.feed_id: one for one in feed_storage.get_known_feeds(connection, feed_ids)}
        counts: Counter[str] = Counter()
        troubles = []
        due = [(one.feed, one.history) for one in known.values()]
        with Client(desk.settings.network) as client:
            for fetched in fetch_many(due, client=client, settings=desk.settings.feeds, now=desk.now):
                status, new, trouble = _store(desk, known[fetched.feed_id], fetched, run_id)
                counts[status] += 1
                counts["new_entries"] += new
                if trouble:
                    troubles.append(f"{known[fetched.feed_id].feed.name}: {trouble}")
    return StepResult(
        label=f"{counted(len(feed_ids), 'feed')}, {counts['new_entries']} new",
        summary=fetch_summary(counts, troubles),
        counts=dict(counts),
        lines=tuple(troubles),
        measures=measures.of_fetching(counts),
    )


def fetch_summary(counts: Counter[str], troubles: Sequence[str]) -> str:
    told = sentence(
        (counts["fetched"], "fetched"), (counts["not_modified"], "not modified"), (counts["failed"], "failed")
    )
    named = f" Failed: {'; '.join(sorted(troubles)[:5])}" if troubles else ""
    return f"Feeds: {told}. {counted(counts['new_entries'], 'new entry', 'new entries')}.{named}"


def _store(desk: Desk, known: KnownFeed, fetched: Fetched, run_id: str) -> tuple[str, int, str | None]:
    from newswatch.feeds.parse import parse
    from newswatch.feeds.schedule import after_fetch, next_due_at, settle_fetch, state_of

    now, settings = desk.now, desk.settings.feeds
    parsed = (
        parse(fetched.body, url=fetched.final_url, now=now, max_entries=settings.max_entries) if fetched.body else None
    )
    fetched = settle_fetch(fetched, parsed)
    found = _found(known.feed.feed_id, parsed, fetched)
    with desk.db.begin() as connection:
        new = feed_storage.save_entries(connection, known.feed, found, backlog=not known.seeded, now=now)
        history = after_fetch(
            known.history, fetched, new_entries=new, total_entries=len(found), settings=settings, now=now
        )
        state, message = state_of(known.feed, history, fetched, parsed, settings=settings, now=now)
        feed_storage.save_fetch(
            connection,
            fetched,
            history,
            run_id=run_id,
            now=now,
            next_due_at=next_due_at(known.feed, history, fetched, settings=settings, now=now, jitter=random.random()),
            state=state,
            message=message,
            entry_count=len(found),
            new_count=new,
            paused=state == "paused",
        )
        if parsed is not None and parsed.hub and settings.push_address:
            want_push(connection, fetched.feed_id, hub=parsed.hub, topic=parsed.topic or known.feed.url)
    return fetched.status, new, fetched.reason if fetched.status == "failed" else None


def _found(feed_id: str, parsed: ParsedFeed | None, fetched: Fetched) -> list[FoundEntry]:
    if parsed is None or fetched.status != "fetched":
        return []
    return [FoundEntry(entry, article_key(feed_id, entry)) for entry in parsed.entries]


def article_key(feed_id: str, entry: Entry) -> str:
    """The canonical URL of the entry's article; for an entry without a usable link, a name made of feed and key."""
    url = canonical_url(entry.link) if entry.link else None
    return url or f"entry:{feed_id}:{hashlib.sha256(entry.key.encode()).hexdigest()[:32]}"


def check_feed_failures(*, run_id: str) -> StepResult:
    """Judge the run by its feeds. Raises GateError when more than the configured share of them failed."""
    with open_desk() as desk:
        with desk.db.read() as connection:
            counts = count_fetches(connection, run_id)
            failures = find_failures(connection, run_id)
        operations = desk.settings.operations
    total, failed = sum(counts.values()), counts.get("failed", 0)
    summary = (
        f"{failed} of {counted(total, 'feed')} failed (more than {operations.max_failed_feed_share:.0%} fails the run)."
    )
    if total >= operations.min_feeds_for_gate and failed > operations.max_failed_feed_share * total:
        named = "; ".join(f"{feed_id}: {reason}" for feed_id, reason in failures[:10])
        raise GateError(
            f"{summary} The others were read and nothing is lost. {named}. "
            "Check the network of this host first; `newswatch feeds check` tries every feed by hand."
        )
    return StepResult(
        f"{failed} of {counted(total, 'feed')} failed",
        summary,
        counts,
        tuple(f"{feed_id}: {reason}" for feed_id, reason in failures),
    )
