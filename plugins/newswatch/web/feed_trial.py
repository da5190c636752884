"""What does a publisher serve right now? One fetch by the rules of every fetch, of which nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from newswatch.domain import Feed, FeedHistory
from newswatch.settings import NewswatchFile, load_file

SHOWN_ENTRIES = 5
SHOWN_OFFERS = 20


@dataclass(frozen=True)
class TrialEntry:
    """An entry as the feed has it."""

    title: str
    link: str | None
    published_at: datetime | None


@dataclass(frozen=True)
class Trial:
    """What came back. `state` and `message` are what a run would have noted."""

    state: str
    message: str
    http_status: int | None
    seconds: float
    final_url: str | None
    entries: int
    newest: tuple[TrialEntry, ...]


@dataclass(frozen=True)
class OfferedFeed:
    """Another feed that the page at the address names; nobody has looked at it yet."""

    url: str
    title: str


@dataclass(frozen=True)
class Discovered:
    """The feed at an address, or the first working one that the page there names, with what it serves right now."""

    url: str
    title: str
    others: tuple[OfferedFeed, ...]
    trial: Trial


def discover(url: str, config_folder: Path, now: datetime) -> Discovered:
    """What feed there is at `url`; nothing is kept. Raises NewswatchError when there is none."""
    from newswatch.feeds.check import find_feed

    file = load_file(config_folder / "newswatch.yaml", NewswatchFile)
    found = find_feed(url, network=file.network, settings=file.feeds, now=now)
    title = found.title or found.url
    feed = Feed(feed_id="new", name=title, publisher=title, url=found.url)
    others = tuple(OfferedFeed(*one) for one in found.others[:SHOWN_OFFERS])
    return Discovered(found.url, title, others, try_feed(feed, config_folder, now))


def try_feed(feed: Feed, config_folder: Path, now: datetime) -> Trial:
    """One fetch, without validators so that there is something to look at. Raises ConfigError, never for the net's faults."""
    from newswatch.feeds.fetch import fetch
    from newswatch.feeds.parse import parse
    from newswatch.feeds.schedule import settle_fetch, state_of
    from newswatch.network.client import Client

    file = load_file(config_folder / "newswatch.yaml", NewswatchFile)
    with Client(file.network) as client:
        fetched = fetch(feed, FeedHistory(), client=client, settings=file.feeds, now=now)
    parsed = (
        parse(fetched.body, url=fetched.final_url, now=now, max_entries=file.feeds.max_entries)
        if fetched.body
        else None
    )
    fetched = settle_fetch(fetched, parsed)
    state, message = state_of(feed, FeedHistory(), fetched, parsed, settings=file.feeds, now=now)
    entries = parsed.entries if parsed else ()
    return Trial(
        state=state,
        message=message,
        http_status=fetched.http_status,
        seconds=round(fetched.elapsed_seconds, 2),
        final_url=fetched.final_url,
        entries=len(entries),
        newest=tuple(TrialEntry(one.title, one.link, one.published_at) for one in entries[:SHOWN_ENTRIES]),
    )
