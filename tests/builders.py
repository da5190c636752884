"""Short ways to say "a feed", "an entry", "a finding": name only what the test is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from newswatch.domain import Classification, Dyad, Entry, Feed, Fetched

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_feed(feed_id: str = "wire", **changes: Any) -> Feed:
    known = {"name": feed_id.title(), "publisher": feed_id.title(), "url": f"https://{feed_id}.example/rss"}
    return Feed(feed_id=feed_id, **(known | changes))


def an_entry(key: str = "https://wire.example/1", **changes: Any) -> Entry:
    known: dict[str, Any] = {"title": "Talks resume", "link": key, "summary": "", "published_at": NOON}
    return Entry(key=key, **(known | changes))


def a_fetch(feed_id: str = "wire", **changes: Any) -> Fetched:
    known: dict[str, Any] = {"status": "fetched", "http_status": 200, "body": b"<rss/>"}
    return Fetched(feed_id=feed_id, **(known | changes))


def a_finding(*signals: str, **changes: Any) -> Classification:
    known: dict[str, Any] = {
        "scores": dict.fromkeys(signals, 0.9),
        "modality": "act" if signals else "none",
        "dyad": Dyad("PRK", "JPN") if signals else Dyad(),
    }
    return Classification(signals=signals, **(known | changes))
