"""Does this feed work, now? Fetched and parsed for real, and nothing stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from newswatch.domain import Feed, FeedHistory, FeedState, Fetched
from newswatch.errors import NewswatchError
from newswatch.feeds.discover import feed_links
from newswatch.feeds.fetch import fetch_many
from newswatch.feeds.parse import parse
from newswatch.feeds.schedule import after_fetch, settle_fetch, state_of
from newswatch.feeds.settings import FeedSettings
from newswatch.network.client import Client
from newswatch.network.settings import NetworkSettings


@dataclass(frozen=True, slots=True)
class Checked:
    """What a feed was found to be. `newest` is the publication time of its newest entry."""

    feed: Feed
    state: FeedState
    message: str
    entries: int
    newest: datetime | None
    http_status: int | None
    seconds: float


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that was found at an address, or named by the page there; `others`: (address, title) of what it names besides."""

    url: str
    title: str
    others: tuple[tuple[str, str], ...] = ()


def check_feeds(
    feeds: Sequence[Feed], *, network: NetworkSettings, settings: FeedSettings, now: datetime
) -> Iterator[Checked]:
    """The state of each of `feeds`, as the answers come."""
    by_id = {feed.feed_id: feed for feed in feeds}
    with Client(network) as client:
        for fetched in fetch_many([(feed, FeedHistory()) for feed in feeds], client=client, settings=settings, now=now):
            yield checked(by_id[fetched.feed_id], fetched, settings=settings, now=now)


def checked(feed: Feed, fetched: Fetched, *, settings: FeedSettings, now: datetime) -> Checked:
    """The state of `feed` after its first fetch."""
    parsed = parse(fetched.body, url=fetched.final_url, now=now, max_entries=settings.max_entries)
    fetched = settle_fetch(fetched, parsed)
    entries = parsed.entries if fetched.status == "fetched" else ()
    total = len(entries)
    history = after_fetch(FeedHistory(), fetched, new_entries=total, total_entries=total, settings=settings, now=now)
    state, message = state_of(feed, history, fetched, parsed, settings=settings, now=now)
    if fetched.permanent_url:
        message += f"; has moved for good to {fetched.permanent_url}"
    newest = max((entry.published_at for entry in entries if entry.published_at), default=None)
    return Checked(feed, state, message, total, newest, fetched.http_status, fetched.elapsed_seconds)


def find_feed(url: str, *, network: NetworkSettings, settings: FeedSettings, now: datetime) -> FoundFeed:
    """The feed at `url`, or the first working one that the page there names. Raises NewswatchError when there is
    none.
    """
    with Client(network) as client:
        answer = client.get(url, max_bytes=settings.max_bytes)
        if answer.failure:
            raise NewswatchError(f"{url}: {answer.failure.words}. Nothing was added.")
        if answer.status != 200:
            raise NewswatchError(f"{url}: the server answered {answer.status}. Nothing was added.")
        parsed = parse(answer.body, url=answer.url, now=now)
        if parsed.error is None:
            return FoundFeed(answer.permanent_url or url, parsed.title)
        named = feed_links(answer.body, answer.url)
        for address, title in named:
            offered = client.get(address, max_bytes=settings.max_bytes)
            parsed = parse(offered.body, url=offered.url, now=now)
            if offered.status == 200 and parsed.error is None:
                others = tuple(one for one in named if one[0] != address)
                return FoundFeed(address, parsed.title or title, others)
    raise NewswatchError(
        f"{url}: neither a feed nor a page that names one. Nothing was added. "
        "Look for an RSS or Atom link on the site, and give that address."
    )
