"""Does the publisher want this page fetched by programs? RFC 9309, read by protego."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from newswatch.network.client import Answer, Client

READ_BYTES = 512_000  # RFC 9309 section 2.5: at least 500 KiB are to be read; the rest may be left
ACCEPTED_BYTES = 4 * 1024 * 1024
DISALLOWED = "robots_disallow"
UNREACHABLE = "robots_unreachable"


@dataclass(frozen=True, slots=True)
class Rules:
    """What one host asks of us. Without `parsed`, `reason` (None: all is allowed) holds for every page."""

    reason: str | None = None
    parsed: Any = None  # protego publishes no types
    crawl_delay: float = 0.0

    def objection(self, url: str, agent: str) -> str | None:
        """Why `url` must not be fetched; None when it may be."""
        if self.parsed is None:
            return self.reason
        return None if self.parsed.can_fetch(url, agent) else DISALLOWED


class Robots:
    """The rules of the hosts of one run, each fetched once."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._agent = client.settings.robots_agent
        self._known: dict[str, Rules] = {}  # by origin
        self._delays: dict[str, float] = {}  # by host
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def objection(self, url: str) -> str | None:
        """`robots_disallow`, `robots_unreachable`, or None when the page may be fetched."""
        origin = _origin(url)
        if origin is None:
            return None  # not an address: the download itself says so
        with self._locks[origin]:
            if origin not in self._known:
                answer = self._client.get(f"{origin}/robots.txt", max_bytes=ACCEPTED_BYTES)
                self._known[origin] = rules_of(answer, self._agent)
                self._delays[urlsplit(url).hostname or ""] = self._known[origin].crawl_delay
        return self._known[origin].objection(url, self._agent)

    def crawl_delay(self, host: str) -> float:
        """Seconds that `host` asks us to leave between two requests; 0 while it has not been asked."""
        return self._delays.get(host, 0.0)


def rules_of(answer: Answer, agent: str) -> Rules:
    """The rules that an answer to /robots.txt makes. No such file (4xx): all is allowed; a server in trouble: nothing
    is.
    """
    status = answer.status or 0
    if answer.failure and answer.failure.kind in ("redirects", "too_large"):
        return Rules()  # RFC 9309 section 2.3.1.2: as if there were no file
    if answer.failure or status >= 500 or status == 429:
        return Rules(reason=UNREACHABLE)
    if status != 200:
        return Rules()
    return _parsed(answer.body[:READ_BYTES].decode("utf-8-sig", "replace"), agent)


def _parsed(text: str, agent: str) -> Rules:
    from protego import Protego

    try:
        parsed = Protego.parse(text)
        return Rules(parsed=parsed, crawl_delay=float(parsed.crawl_delay(agent) or 0.0))
    except (ValueError, RecursionError):  # not rules at all, and so no rule against us
        return Rules()


def _origin(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host:
        return None
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")
