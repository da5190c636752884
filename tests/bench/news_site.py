"""Two hundred publishers for the benchmarks: feeds and pages of our own words, each publisher at an address of its own.

    python tests/bench/news_site.py --feeds 200 --articles 20       prints the port it listens on; GET /__set?... changes it

Publisher number n answers at 127.1.x.y (the whole of 127.0.0.0/8 is this machine), so that per-host rules meet as many hosts
as in life. Words come from the labelled headlines in `seeds/articles`, one in seven with a signal, about what a world desk
sees. A page weighs what real ones do: of 80 pages of news sites the median has 111 kB, 720 elements and 4.8 kB of text; of
these 107 kB, 1,070 elements and 5.0 kB of text.

A feed answers 304 to whoever sends its tag. What `/__set` takes: edition (which articles the feeds list), latency (such as
0.1-0.3, seconds before each answer), slow and dead (how many publishers answer after `slow_seconds`, or close the connection),
add and title (one more entry in a feed).
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import gzip
import html
import json
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

REPOSITORY = Path(__file__).resolve().parents[2]
SIGNAL_EVERY = 7  # one article in seven is about what we look for
PARAGRAPHS = (20, 40)
SECTIONS = ("World", "Politics", "Business", "Science", "Culture", "Sport", "Opinion", "Weather", "Travel", "Health",
            "Technology", "Regions", "Archive")  # fmt: skip
MENU = """<li class="menu__item menu__item--{n} js-hover" role="menuitem"><div class="menu__inner">
<a href="/s/{n}" class="menu__link link--plain" data-track="menu:{n}" data-position="{n}">
<span class="menu__text">{name} {n}</span></a></div></li>"""
TEASER = """<div class="grid__cell grid__cell--{n}"><div class="card card--small">
<article class="teaser teaser--{n}" data-id="{n}"><a class="teaser__link" href="/t/{n}"><figure class="teaser__figure"><picture>
<img src="/i/{n}.jpg" srcset="/i/{n}-1.jpg 1x, /i/{n}-2.jpg 2x" alt="" loading="lazy" width="320" height="180">
</picture></figure><h3>{name}: what else happened, {n}</h3><p>Read on.</p></a><time>{n} minutes ago</time>
</article></div></div>"""


def address(number: int) -> str:
    """The address at which publisher `number` answers."""
    return f"127.1.{number // 250}.{number % 250 + 1}"


def feed_url(number: int, port: int) -> str:
    return f"http://{address(number)}:{port}/feed.xml"


class Words:
    """Headlines with and without signals, and sentences to fill pages with."""

    def __init__(self) -> None:
        told: list[dict[str, object]] = []
        for path in sorted((REPOSITORY / "seeds/articles").glob("*.jsonl")):
            told += [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        told = [one for one in told if one["title"] and one["lead"]]
        random.Random(1).shuffle(told)
        self.with_signal = [one for one in told if one["signals"] and one["modality"] == "act"]
        self.without = [one for one in told if not one["signals"] and one["modality"] == "none"]
        self.sentences = [str(one["lead"]) for one in self.without]

    def article(self, serial: int) -> tuple[str, str]:
        """Title and lead of the `serial`th article; no two of a run are the same."""
        kind = self.with_signal if serial % SIGNAL_EVERY == 0 else self.without
        one = kind[serial % len(kind)]
        around = serial // len(kind)
        place = self.without[(serial * 7 + around) % len(self.without)]
        return str(one["title"]) + (f" ({around + 1})" if around else ""), f"{one['lead']} {place['lead']}"

    def paragraphs(self, serial: int) -> list[str]:
        dice = random.Random(serial)
        return [" ".join(dice.choices(self.sentences, k=2)) for _ in range(dice.randint(*PARAGRAPHS))]


class Site:
    """What every publisher would answer now."""

    def __init__(self, feeds: int, articles: int, port: int = 0) -> None:
        self.feeds, self.articles, self.port = feeds, articles, port
        self.edition = 1
        self.latency = (0.0, 0.0)
        self.slow = self.dead = 0
        self.slow_seconds = 10.0
        self.added: dict[int, list[tuple[str, int]]] = {}  # publisher -> (title, serial) of what appeared since
        self.seen = 0
        self.words = Words()
        self.dice = random.Random(7)
        self.furniture = Furniture()
        self.page = functools.lru_cache(maxsize=100_000)(self._page)
        self.feed = functools.lru_cache(maxsize=10_000)(self._feed)

    def prepare(self, edition: int) -> None:
        """Write the feeds and pages of `edition`, so that serving them costs next to nothing."""
        self.edition = edition
        for number in range(self.feeds):
            self.feed(number, edition)
            for place in range(self.articles):
                self.page(number, edition, place)

    def _serial(self, number: int, edition: int, place: int) -> int:
        return ((edition - 1) * self.feeds + number) * self.articles + place

    def _feed(self, number: int, edition: int) -> bytes:
        items = []
        for place in range(self.articles):
            title, lead = self.words.article(self._serial(number, edition, place))
            items.append(self.item(number, f"{edition}/{place}", title, lead, minutes=place))
        head = f"<title>Courier {number}</title><link>http://{address(number)}:{self.port}/</link><ttl>15</ttl>"
        return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode()

    def _page(self, number: int, edition: int, place: int) -> tuple[bytes, bytes]:
        serial = self._serial(number, edition, place)
        title, lead = self.words.article(serial)
        body = self.furniture.page(title, [lead, *self.words.paragraphs(serial)], serial)
        return body, gzip.compress(body, 1)

    def add(self, number: int, title: str) -> None:
        """One more entry at the top of this publisher's feed."""
        known = self.added.setdefault(number, [])
        known.append((title, 1_000_000 + number * 1_000 + len(known)))

    def listed(self, number: int) -> tuple[bytes, str]:
        """The feed as it stands, and its tag."""
        document, added = self.feed(number, self.edition), self.added.get(number, [])
        if not added:
            return document, f'"{self.edition}"'
        items = "".join(self.item(number, f"added/{serial}", title, title) for title, serial in reversed(added))
        return document.replace(b"<item>", items.encode() + b"<item>", 1), f'"{self.edition}-{len(added)}"'

    def item(self, number: int, path: str, title: str, lead: str, minutes: int = 0) -> str:
        link = f"http://{address(number)}:{self.port}/{path}.html"
        at = format_datetime(datetime.now(UTC) - timedelta(minutes=minutes))
        return (
            f"<item><title>{html.escape(title)}</title><link>{link}</link><guid>{link}</guid><pubDate>{at}</pubDate>"
            f"<description>{html.escape('<p>' + lead + '</p>')}</description><category>World</category></item>"
        )

    def delay(self, number: int) -> float:
        """Seconds before an answer of this publisher. The first publishers are the dead, the next the slow ones."""
        if self.dead <= number < self.dead + self.slow:
            return self.slow_seconds
        return self.dice.uniform(*self.latency) if self.latency[1] else 0.0

    def set(self, query: str) -> None:
        asked = dict(parse_qsl(query))
        if title := asked.pop("title", None):
            self.add(int(asked.pop("add")), title)
        for name, value in asked.items():
            if name == "edition":
                self.prepare(int(value))
            elif name == "latency":
                low, _, high = value.partition("-")
                self.latency = (float(low), float(high or low))
            elif name in ("slow", "dead"):
                setattr(self, name, int(value))
            elif name == "slow_seconds":
                self.slow_seconds = float(value)


class Furniture:
    """What surrounds an article: navigation, teasers, scripts, footers. Written once."""

    def __init__(self) -> None:
        dice = random.Random(3)
        menu = "".join(MENU.format(n=n, name=SECTIONS[n % 13]) for n in range(110))
        teasers = "".join(TEASER.format(n=n, name=SECTIONS[n % 13]) for n in range(36))
        footer = "".join(f'<li><a href="/f/{n}">{SECTIONS[n % 13]} of the day {n}</a></li>' for n in range(90))
        script = "window.__layers=" + json.dumps(
            {f"slot{n}": {"id": dice.getrandbits(64), "sizes": [[300, 250], [728, 90]]} for n in range(200)}
        )
        style = "".join(
            f".c{n}{{margin:{n % 9}px;padding:{n % 7}px;color:#{dice.getrandbits(24):06x}}}" for n in range(250)
        )
        filling = "/*" + " ".join(f"{dice.getrandbits(60):x}" for _ in range(900)) + "*/"
        self._head = (
            f"<style>{style}</style><script>{script};</script></head><body><header><nav><ul>{menu}</ul></nav></header>"
            '<div class="wrap"><main>'
        )
        self._tail = (
            f'</main><aside class="related"><h2>More</h2>{teasers}</aside></div><footer><ul>{footer}</ul></footer>'
            f"<script>{filling}{filling}</script></body></html>"
        )

    def page(self, title: str, paragraphs: list[str], serial: int) -> bytes:
        shown = html.escape(title)
        text = "".join(
            f'<p class="text" data-n="{n}">{html.escape(one)} <a href="/s/{n}">{SECTIONS[n % 13]}</a></p>'
            for n, one in enumerate(paragraphs)
        )
        about = json.dumps({"@type": "NewsArticle", "headline": title, "datePublished": "2026-03-01T08:00:00Z"})
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{shown} | Courier</title>'
            f'<meta property="og:title" content="{shown}"><script type="application/ld+json">{about}</script>{self._head}'
            f'<article id="a{serial}"><h1>{shown}</h1><p class="byline">By our own correspondents</p>'
            f'<figure><img src="/i/{serial}.jpg"><figcaption>A view.</figcaption></figure><div class="body">{text}</div>'
            f'<div class="share"><a href="#">Share</a><a href="#">Print</a></div></article>{self._tail}'
        ).encode()


class Answering(asyncio.Protocol):
    """HTTP/1.1 with keep-alive, GET alone, nothing more than the benchmarks need: about 50 µs a request."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.waiting = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        local = transport.get_extra_info("sockname")[0].split(".")
        self.number = int(local[2]) * 250 + int(local[3]) - 1 if local[1] == "1" else -1
        if 0 <= self.number < self.site.dead:
            transport.abort()

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            head, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            self.answer(head)

    def answer(self, head: bytes) -> None:
        line, _, headers = head.partition(b"\r\n")
        headers = headers.lower()
        path = line.split(b" ")[1].decode()
        if path.startswith("/__"):
            self.write(200, json.dumps(self.control(path)).encode())
            return
        self.site.seen += 1
        status, body, more = self.content(path, headers)
        delay = self.site.delay(self.number)
        if delay:
            asyncio.get_running_loop().call_later(delay, self.write, status, body, more)
        else:
            self.write(status, body, more)

    def control(self, path: str) -> dict[str, object]:
        parts = urlsplit(path)
        if parts.path == "/__set":
            self.site.set(parts.query)
        return {"edition": self.site.edition, "seen": self.site.seen}

    def content(self, path: str, headers: bytes) -> tuple[int, bytes, str]:
        site = self.site
        if path == "/feed.xml":
            document, tag = site.listed(self.number)
            if b"if-none-match: " + tag.encode() in headers:
                return 304, b"", f"ETag: {tag}\r\n"
            return 200, document, f"ETag: {tag}\r\nContent-Type: application/rss+xml\r\n"
        if path == "/robots.txt":
            return 200, b"User-agent: *\nDisallow: /private/\n", "Content-Type: text/plain\r\n"
        if path.startswith("/added/"):
            serial = int(path.removeprefix("/added/").removesuffix(".html"))
            title = {one: title for title, one in site.added.get(self.number, [])}[serial]
            page = site.furniture.page(title, [title, *site.words.paragraphs(serial)], serial)
            return 200, page, "Content-Type: text/html; charset=utf-8\r\n"
        edition, _, place = path.strip("/").removesuffix(".html").partition("/")
        if not (edition.isdecimal() and place.isdecimal()):
            return 404, b"", ""
        plain, packed = site.page(self.number, int(edition), int(place))
        kind = "Content-Type: text/html; charset=utf-8\r\n"
        return (200, packed, kind + "Content-Encoding: gzip\r\n") if b"gzip" in headers else (200, plain, kind)

    def write(self, status: int, body: bytes, more: str = "") -> None:
        if not self.transport.is_closing():
            self.transport.write(f"HTTP/1.1 {status} X\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode() + body)


async def serve(feeds: int, articles: int) -> None:
    site = Site(feeds, articles)
    server = await asyncio.get_running_loop().create_server(lambda: Answering(site), "0.0.0.0", 0, backlog=1024)
    site.port = server.sockets[0].getsockname()[1]
    print(site.port, flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--feeds", type=int, default=200)
    asked.add_argument("--articles", type=int, default=20)
    options = asked.parse_args()
    try:
        asyncio.run(serve(options.feeds, options.articles))
    except KeyboardInterrupt:
        sys.exit(0)
