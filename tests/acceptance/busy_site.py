"""Thousands of feeds on one server, some of which fail at any time, in ten different ways; it knows what it has published."""

from __future__ import annotations

import gzip
import html
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from acceptance.desk import prose

FAULTS = ("refused", "404", "500", "503", "silent", "cut", "html", "bomb", "circle", "garbage")
EVERY = 20  # one feed in so many fails: 5 %
LISTED = 25  # entries a feed shows, as publishers do
STATES = ("North Korea", "Iran", "Russia", "China", "Pakistan", "India", "Israel", "Turkey")
BOMB = gzip.compress(bytes(64 << 20), 9)


@dataclass
class BusySite:
    """`count` feeds. `turn` is the number of the present run; feeds fail in turns, so each has its bad hours."""

    count: int
    turn: int = 0
    port: int = 0
    well: bool = False  # nothing fails any more
    items: dict[int, list[tuple[str, str, datetime]]] = field(default_factory=dict)
    failed: int = 0

    def listed(self) -> list[dict[str, object]]:
        """The feeds as config/feeds.yaml names them."""
        return [
            {
                "id": f"f{number}",
                "name": f"Paper {number}",
                "publisher": f"Paper {number}",
                "url": self._url(number),
                "tier": 2,
            }
            for number in range(self.count)
        ]

    def publish(self, now: datetime, *, share: int = 10, grave: int = 1) -> None:
        """One feed in `share` has a new article; the first `grave` of them tell of a launch."""
        fresh = [number for number in range(self.count) if (number + self.turn) % share == 0]
        for place, number in enumerate(fresh):
            path = f"/a/{number}/{self.turn}"
            title = f"Council of town {number} debates plan {self.turn} for its library"
            if place < grave:
                title = f"{STATES[self.turn % len(STATES)]} fires ballistic missile number {self.turn} into the sea"
            self.items.setdefault(number, []).append((title, path, now - timedelta(minutes=5)))

    @property
    def published(self) -> int:
        return sum(map(len, self.items.values()))

    def fault_of(self, number: int) -> str | None:
        """How feed `number` fails in this turn; None when it is well."""
        if self.well or (number + 7 * self.turn) % EVERY:
            return None
        return FAULTS[(number // EVERY + self.turn) % len(FAULTS)]

    def feed(self, number: int) -> bytes:
        entries = "".join(
            f"<item><title>{html.escape(title)}</title><link>http://127.0.0.1:{self.port}{path}</link>"
            f"<description>{html.escape(title)}.</description><pubDate>{format_datetime(at)}</pubDate></item>"
            for title, path, at in reversed(self.items.get(number, [])[-LISTED:])
        )
        return f'<rss version="2.0"><channel><title>Paper {number}</title>{entries}</channel></rss>'.encode()

    def page(self, path: str) -> bytes:
        return f"<html><body><article><h1>Page</h1><p>{prose(path)}</p></article></body></html>".encode()

    def _url(self, number: int) -> str:
        return f"http://127.0.0.1:{self.port}/f/{number}"


@contextmanager
def serving(site: BusySite) -> Iterator[BusySite]:
    """Serve the site on a free port of the loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            kind, _, rest = self.path.strip("/").partition("/")
            if kind == "a":
                return self.reply(200, site.page(self.path), "text/html")
            if kind != "f":
                return self.reply(404, b"", "text/plain")
            number = int(rest)
            fault = site.fault_of(number)
            if fault is None:
                return self.reply(200, site.feed(number), "application/rss+xml")
            site.failed += 1
            return self.fail(fault, site.feed(number))

        def fail(self, fault: str, feed: bytes) -> None:
            self.close_connection = True
            if fault in ("404", "500", "503"):
                return self.reply(int(fault), b"sorry", "text/plain")
            if fault == "html":
                return self.reply(200, b"<!DOCTYPE html><html><body>Log in</body></html>", "text/html")
            if fault == "bomb":
                return self.reply(200, BOMB, "application/rss+xml", Content_Encoding="gzip")
            if fault == "circle":
                return self.reply(302, b"", "text/plain", Location=self.path)
            if fault == "garbage":
                return self.reply(200, bytes(range(256)) * 8, "application/rss+xml")
            if fault == "cut":
                self.send_response(200)
                self.send_header("Content-Length", str(len(feed) + 100))
                self.end_headers()
                self.wfile.write(feed[: len(feed) // 2])
                return None
            if fault == "silent":
                time.sleep(3)
            self.connection.shutdown(socket.SHUT_RDWR)  # "refused": the connection ends without a word
            return None

        def reply(self, status: int, body: bytes, kind: str, **headers: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 256

        def handle_error(self, *_: object) -> None:
            """Clients that hang up, and connections we cut ourselves."""

    server = Server(("127.0.0.1", 0), Handler)
    site.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
