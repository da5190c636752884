"""What did the publishers serve just now? Many feeds at once, each host in its turn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from newswatch.domain import Feed, FeedHistory, Fetched
from newswatch.feeds.outcome import outcome
from newswatch.feeds.schedule import is_conditional
from newswatch.feeds.settings import FeedSettings
from newswatch.network.client import Client
from newswatch.network.turns import OWN_CONNECTIONS, Pace, in_turns

ACCEPT = "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, application/xml;q=0.8, */*;q=0.5"


def fetch_many(
    due: Sequence[tuple[Feed, FeedHistory]], *, client: Client, settings: FeedSettings, now: datetime
) -> Iterator[Fetched]:
    """One result for every feed that is due, as they finish. Nothing a server does raises."""

    def pace(host: str) -> Pace:
        return Pace(0.0, OWN_CONNECTIONS) if client.is_ours(host) else Pace(settings.host_pause_seconds)

    jobs = [(host_of(feed.url), (feed, history)) for feed, history in due]
    return in_turns(
        jobs,
        lambda job: fetch(*job, client=client, settings=settings, now=now),
        pace=pace,
        threads=settings.threads,
    )


def fetch(feed: Feed, history: FeedHistory, *, client: Client, settings: FeedSettings, now: datetime) -> Fetched:
    """One feed: its body, or that it is not modified, or why it failed."""
    conditional = is_conditional(history, now, settings=settings)
    headers = {"Accept": ACCEPT} | (_validators(history) if conditional else {})
    answer = client.get(feed.url, max_bytes=settings.max_bytes, headers=headers)
    return outcome(feed, history, answer, unconditional=not conditional, now=now)


def host_of(url: str) -> str:
    """The host that `url` names, in lower case; "" when it names none."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _validators(history: FeedHistory) -> dict[str, str]:
    sent = {"If-None-Match": history.etag, "If-Modified-Since": history.last_modified}
    return {name: value for name, value in sent.items() if value and value.isascii() and value.isprintable()}
