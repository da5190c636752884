"""When is a feed asked again, and what is its state?

Our own clock decides, never a publisher's date. A feed that brings more is asked more often; one that fails is asked
ever more rarely, but is never given up before a person has looked.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from newswatch.domain import Feed, FeedHistory, FeedState, Fetched, ParsedFeed
from newswatch.feeds.outcome import settle_fetch
from newswatch.feeds.settings import HOUR, MINUTE, FeedSettings

MOST_MAX_AGE = 15 * MINUTE  # longer `max-age` values are obeyed no further: many publishers set an hour by default
FASTER, SLOWER = 0.5, 1.25  # one step of adaptation; the way down is quicker, for entries missed are lost
_GONE = 410

__all__ = ["after_fetch", "is_conditional", "next_due_at", "settle_fetch", "state_of"]


def is_conditional(history: FeedHistory, now: datetime, *, settings: FeedSettings) -> bool:
    """Whether to send validators. Once a day none are sent: some servers answer `not modified` for ever."""
    if history.last_unconditional_at is None:
        return False
    return now - history.last_unconditional_at < timedelta(hours=settings.unconditional_hours)


def after_fetch(
    history: FeedHistory,
    fetched: Fetched,
    *,
    new_entries: int,
    total_entries: int,
    settings: FeedSettings,
    now: datetime,
) -> FeedHistory:
    """What is remembered after `fetched`, in which `new_entries` of `total_entries` had not been seen before."""
    if fetched.status == "failed":
        return replace(
            history,
            last_attempt_at=now,
            failure_points=history.failure_points + fetched.failure_weight,
            gone_count=history.gone_count + 1 if fetched.http_status == _GONE else 0,
        )
    moved = fetched.permanent_url
    return replace(
        history,
        etag=fetched.etag or (history.etag if fetched.http_status == 304 else None),
        last_modified=fetched.last_modified or (history.last_modified if fetched.http_status == 304 else None),
        content_hash=fetched.content_hash or history.content_hash,
        last_attempt_at=now,
        last_success_at=now,
        last_unconditional_at=now if fetched.unconditional else history.last_unconditional_at,
        failure_points=0.0,
        interval_seconds=_adapted(history, new_entries, total_entries, settings),
        gone_count=0,
        moved_to=moved,
        moved_count=0 if not moved else history.moved_count + 1 if moved == history.moved_to else 1,
    )


def next_due_at(
    feed: Feed, history: FeedHistory, fetched: Fetched, *, settings: FeedSettings, now: datetime, jitter: float
) -> datetime:
    """When `feed` is asked again; `jitter` (0..1, drawn by the caller) delays it by up to `settings.jitter` of the wait.

    `history` is the one after the fetch. After failures the wait is the feed's interval times one plus its failure
    points. `Retry-After` is obeyed, up to `settings.longest_backoff_hours`; how long an answer stays fresh (`max-age`, or
    the feed's own `ttl`) is not by an urgent feed: asked whether something changed, its server says no in a few bytes.
    """
    interval = _interval(feed, history, settings)
    if fetched.status == "failed":
        wait = min(interval * (1 + history.failure_points), settings.longest_backoff_hours * HOUR)
    elif feed.urgent:
        wait, jitter = interval, 0.0  # the DAG of the urgent feeds keeps the beat
    else:
        wait = max(interval, min(fetched.max_age_seconds or 0, MOST_MAX_AGE))
    asked_for = min(fetched.retry_after_seconds or 0, settings.longest_backoff_hours * HOUR)
    return now + timedelta(seconds=max(wait, asked_for) * (1 + settings.jitter * jitter))


def state_of(
    feed: Feed,
    history: FeedHistory,
    fetched: Fetched,
    parsed: ParsedFeed | None,
    *,
    settings: FeedSettings,
    now: datetime,
) -> tuple[FeedState, str]:
    """The state of `feed` after `fetched`, and a sentence about it for a person. `history` is the one after the
    fetch.
    """
    if paused := _why_paused(history, fetched, settings):
        return "paused", f"{paused} Check the address, then take it up again, or remove the feed."
    if fetched.status == "failed":
        return "failing", f"{fetched.reason} ({history.failure_points:g} of {settings.pause_points:g} failure points)"
    if fetched.status == "not_modified":
        return "not_modified", _moved_words(history, settings) or "nothing new since the last fetch"
    if parsed is None or not parsed.entries:
        return "empty", "a proper feed without entries"
    newest = max((entry.published_at for entry in parsed.entries if entry.published_at), default=None)
    if newest is None:
        return "undated", f"{_count(parsed)}, none with a date that can be believed"
    if now - newest > timedelta(days=settings.stale_days):
        return "stale", f"the newest entry is of {newest:%Y-%m-%d}"
    return "ok", "; ".join(filter(None, (_entry_words(parsed), _moved_words(history, settings))))


def _adapted(history: FeedHistory, new: int, total: int, settings: FeedSettings) -> float:
    """The interval after a success, in seconds: shorter when much is new, longer when nothing is."""
    interval = history.interval_seconds or settings.interval_minutes * MINUTE
    if history.last_success_at is None:
        return interval  # all is new on a first visit, which says nothing about the feed's pace
    if new == 0:
        interval *= SLOWER
    elif new == total:
        interval *= FASTER * FASTER  # nothing known is left in the feed: entries may have passed unseen
    elif new > settings.new_entries_wanted:
        interval *= max(FASTER, settings.new_entries_wanted / new)
    return min(max(interval, settings.shortest_interval_minutes * MINUTE), settings.longest_interval_minutes * MINUTE)


def _interval(feed: Feed, history: FeedHistory, settings: FeedSettings) -> float:
    if feed.urgent:
        return settings.urgent_interval_minutes * MINUTE
    return history.interval_seconds or settings.interval_minutes * MINUTE


def _why_paused(history: FeedHistory, fetched: Fetched, settings: FeedSettings) -> str | None:
    if fetched.status != "failed":
        return None
    if history.gone_count >= settings.gone_answers:
        return f"Paused: the publisher has said {history.gone_count} times that the feed is gone."
    if history.failure_points >= settings.pause_points:
        return f"Paused after {history.failure_points:g} failure points without a success; last: {fetched.reason}."
    return None


def _moved_words(history: FeedHistory, settings: FeedSettings) -> str | None:
    if history.moved_count < settings.moved_answers:
        return None
    return f"has moved for good to {history.moved_to}: change the address in feeds.yaml"


def _entry_words(parsed: ParsedFeed) -> str:
    words = _count(parsed)
    if parsed.truncated:
        words += f", {parsed.truncated} more left out"
    return words + (", document broken but readable" if parsed.salvaged else "")


def _count(parsed: ParsedFeed) -> str:
    return "1 entry" if len(parsed.entries) == 1 else f"{len(parsed.entries)} entries"
