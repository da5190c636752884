"""What does this feed say?

feedparser reads it, with its own sanitising and link resolving switched off (2.7 times as fast): what leaves this
module is plain text and absolute links, cleaned here. The bytes are always handed over as a stream: given bare,
feedparser opens the local file they name.
"""

from __future__ import annotations

import hashlib
import io
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.sax import SAXException

from newswatch.domain import Entry, ParsedFeed
from newswatch.feeds.dates import DateGuesser, believed, from_struct
from newswatch.feeds.document import Document, bounded
from newswatch.feeds.links import usable_link
from newswatch.plain_text import one_line, shortened, storable, text_of_html

LONGEST_TITLE = 500
LONGEST_SUMMARY = 5_000
LONGEST_TEXT = 50_000
TITLE_FROM_SUMMARY = 120  # characters of the summary that stand in for a missing title

Parsed = Mapping[str, Any]
"""An element as feedparser gives it."""


def parse(body: bytes, *, url: str | None, now: datetime, max_entries: int = 1000) -> ParsedFeed:
    """The feed in `body`, which came from `url` (relative links are resolved against it). Never raises, whatever the bytes.

    `error` is `not_a_feed` for anything that is none: nothing at all, an HTML page, JSON, an image. A broken feed has
    no error: its readable entries stand, and `salvaged` says so. Entries beyond `max_entries` are counted in
    `truncated`.
    """
    document = bounded(body, max_entries)
    if document is None:
        return ParsedFeed("", None, (), error="not_a_feed")
    try:
        read = _read(document)
    except Exception:  # feedparser has no list of what its parsers raise; an unreadable document is a result here
        return ParsedFeed("", None, (), error="unreadable")
    if not read["version"] and not read["entries"]:
        return ParsedFeed("", None, (), error="not_a_feed")
    return _feed(read, document, url, now, max_entries)


def _read(document: Document) -> Parsed:
    """feedparser's reading. It is not told the address: it would make an address of every guid, too."""
    import feedparser

    read: Parsed = feedparser.parse(io.BytesIO(document.body), sanitize_html=False, resolve_relative_uris=False)
    return read


def _feed(read: Parsed, document: Document, url: str | None, now: datetime, max_entries: int) -> ParsedFeed:
    channel = read["feed"]
    base = url or usable_link(_relation(channel, "self"), None) or usable_link(_text(channel, "link"), None)
    elements = read["entries"][:max_entries]
    reader = _EntryReader(base, now, shared=_shared_links(elements))
    return ParsedFeed(
        title=one_line(text_of_html(_text(channel, "title")), LONGEST_TITLE),
        link=usable_link(_text(channel, "link"), base),
        entries=_once_each([reader.entry(element) for element in elements]),
        truncated=document.left_out + len(read["entries"]) - len(elements),
        salvaged=document.mended or isinstance(read.get("bozo_exception"), SAXException),
        ttl_seconds=_ttl_seconds(_text(channel, "ttl")),
        hub=usable_link(_relation(channel, "hub"), base),
        topic=usable_link(_relation(channel, "self"), base),
    )


class _EntryReader:
    """Turns the elements of one feed into entries."""

    def __init__(self, base: str | None, now: datetime, *, shared: frozenset[str]) -> None:
        self._base = base
        self._now = now
        self._shared = shared
        self._guesser = DateGuesser()

    def entry(self, element: Parsed) -> Entry:
        """One element as an entry, with a flag for everything that was missing or mended."""
        title, summary, text, no_title = _words(element)
        link, link_flag = self._link(element)
        published_at, date_flag = believed(self._moment(element), self._now)
        guid = storable(_text(element, "id"))
        return Entry(
            key=_key(link, guid, title, summary),
            title=title,
            link=link,
            summary=summary,
            published_at=published_at,
            outlet=_outlet(element),
            flags=tuple(flag for flag in (date_flag, link_flag, no_title) if flag),
            text=text,
        )

    def _link(self, element: Parsed) -> tuple[str | None, str | None]:
        given = _text(element, "link")
        if given in self._shared:
            return None, "shared_link"
        is_guid = bool(element.get("guidislink")) and given == _text(element, "id")
        link = usable_link(given, None if is_guid else self._base)
        if link:
            return link, None
        if given.startswith("/") and not self._base:
            return given, "relative_link"  # a document without an address of its own: only a person's file is like that
        return None, "bad_link" if given and not is_guid else "no_link"

    def _moment(self, element: Parsed) -> datetime | None:
        # feedparser answers for `updated` with `published` when asked the usual way, and warns that it does
        names = [name for name in ("published", "updated", "created") if name in element.keys()]  # noqa: SIM118
        for name in names:
            if moment := from_struct(element.get(f"{name}_parsed")):
                return moment
        guesses = (self._guesser.guess(_text(element, name)) for name in names)
        return next((moment for moment in guesses if moment), None)


def _words(element: Parsed) -> tuple[str, str, str, str | None]:
    """Title, summary and full text as plain text, and the flag `no_title` when the summary had to lend its first
    words.
    """
    title = one_line(_plain(element, "title"), LONGEST_TITLE)
    summary = _plain(element, "summary")
    text = max((_plain_part(part) for part in element.get("content", ())), key=len, default="")
    summary = summary or text
    shown = shortened(summary, LONGEST_SUMMARY)
    fuller = shortened(text, LONGEST_TEXT) if len(text) > len(shown) else ""
    if title:
        return title, shown, fuller, None
    return one_line(summary, TITLE_FROM_SUMMARY), shown, fuller, "no_title"


def _plain(element: Parsed, name: str) -> str:
    part = element.get(f"{name}_detail") or {"value": _text(element, name)}
    return _plain_part(part)


def _plain_part(part: Parsed) -> str:
    """The text of a construct: markup is stripped unless the feed says that it is plain text."""
    value = _text(part, "value")
    if part.get("type") == "text/plain" and "<" not in value:
        return text_of_html(value) if "&" in value else storable(value).strip()
    return text_of_html(value)


def _key(link: str | None, guid: str, title: str, summary: str) -> str:
    """What an entry is known by from fetch to fetch: its link, else its guid, else a hash of its words."""
    if link or guid:
        return link or guid[:LONGEST_SUMMARY]
    return "sha256:" + hashlib.sha256(f"{title}\n{summary}".encode()).hexdigest()


def _shared_links(elements: list[Parsed]) -> frozenset[str]:
    """Links that three or more differently titled entries share: the publisher's front page, not the entries' own."""
    titles = {(_text(element, "link"), _text(element, "title")) for element in elements}
    counts = Counter(link for link, _ in titles if link)
    return frozenset(link for link, count in counts.items() if count >= 3)


def _once_each(entries: list[Entry]) -> tuple[Entry, ...]:
    """Entries without repetitions of a key, first come first kept."""
    return tuple({entry.key: entry for entry in reversed(entries)}.values())[::-1]


def _outlet(element: Parsed) -> str | None:
    source = element.get("source")
    name = one_line(_text(source, "title"), LONGEST_TITLE) if isinstance(source, Mapping) else ""
    return name or None


def _relation(channel: Parsed, relation: str) -> str:
    links = [link for link in channel.get("links", ()) if link.get("rel") == relation]
    return _text(links[0], "href") if links else ""


def _ttl_seconds(text: str) -> int | None:
    """RSS gives `ttl` in minutes."""
    return int(text) * 60 if text.isascii() and text.isdigit() and len(text) < 8 else None


def _text(element: Parsed, name: str) -> str:
    value = element.get(name)
    return value if isinstance(value, str) else ""
