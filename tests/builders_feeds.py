"""Feeds, histories, answers and documents for tests: `a_feed()` with only what matters spelled out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from newswatch.domain import Entry, Feed, FeedHistory, Fetched, ParsedFeed
from newswatch.network.client import Answer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def a_feed(feed_id: str = "alpha", **more: Any) -> Feed:
    """A feed of an established publisher."""
    return Feed(
        **{"feed_id": feed_id, "name": "Alpha News", "publisher": "Alpha", "url": "https://alpha.example/rss"} | more
    )


def a_history(**more: Any) -> FeedHistory:
    """A feed that was fetched before, an hour ago."""
    hour_ago = NOW.replace(hour=11)
    known = {"last_attempt_at": hour_ago, "last_success_at": hour_ago, "last_unconditional_at": hour_ago}
    return FeedHistory(**known | {"interval_seconds": 3600.0} | more)


def a_fetch(status: str = "fetched", **more: Any) -> Fetched:
    """A fetch of `a_feed()`."""
    return Fetched(**{"feed_id": "alpha", "status": status, "http_status": 200} | more)


def an_answer(status: int | None = 200, body: bytes = b"", **more: Any) -> Answer:
    """An answer of the publisher of `a_feed()`."""
    return Answer(**{"url": "https://alpha.example/rss", "status": status, "body": body} | more)


def an_entry(**more: Any) -> Entry:
    """An entry published an hour ago."""
    known = {"key": "k", "title": "Talks go on", "link": "https://alpha.example/1", "summary": "They go on."}
    return Entry(**known | {"published_at": NOW.replace(hour=11)} | more)


def a_parsed_feed(*entries: Entry, **more: Any) -> ParsedFeed:
    """A parsed feed of `entries`."""
    return ParsedFeed(**{"title": "Alpha", "link": None, "entries": entries} | more)


def an_rss(*elements: str, head: str = "<title>Alpha</title><link>https://alpha.example/</link>") -> bytes:
    """An RSS 2.0 document of `elements`, each the inside of an <item>."""
    items = "".join(f"<item>{element}</item>" for element in elements)
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def an_item(number: int = 1, **parts: str) -> str:
    """The inside of an <item>; keywords replace or add elements."""
    known = {
        "title": f"Title {number}",
        "link": f"https://alpha.example/{number}",
        "guid": f"g{number}",
        "pubDate": "Sun, 01 Mar 2026 10:00:00 GMT",
        "description": f"Summary {number}.",
    }
    return "".join(f"<{name}>{text}</{name}>" for name, text in (known | parts).items() if text)
