"""A real web server on the loopback for tests: pages by path, scripts for servers that misbehave, a log of what was asked."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from newswatch.network.settings import NetworkSettings

LOOPBACK = ("127.0.0.1/32",)
LOCAL = NetworkSettings(allow_private=LOOPBACK)


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it."""

    at: float
    path: str
    host: str
    headers: dict[str, str]


@dataclass
class LocalWeb:
    """`pages` maps a path to (status, headers, body), or to a function that writes to the connection itself."""

    port: int = 0
    pages: dict[str, tuple[int, dict[str, str], bytes] | Callable[[BaseHTTPRequestHandler], None]] = field(
        default_factory=dict
    )
    asked: list[Asked] = field(default_factory=list)

    def url(self, path: str = "/") -> str:
        """The address of `path` on this server."""
        return f"http://127.0.0.1:{self.port}{path}"

    def page(self, path: str, body: bytes | str = b"", status: int = 200, **headers: str) -> str:
        """Serves `body` at `path`; keywords are headers with `_` for `-`. Returns the address."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, named, body.encode() if isinstance(body, str) else body)
        return self.url(path)

    def script(self, path: str, write: Callable[[BaseHTTPRequestHandler], None]) -> str:
        """Lets `write` answer at `path`. Returns the address."""
        self.pages[path] = write
        return self.url(path)

    def times_of(self, path: str) -> list[float]:
        """When `path` was asked for."""
        return [one.at for one in self.asked if one.path == path]


@contextmanager
def a_local_web() -> Iterator[LocalWeb]:
    """A server of its own thread; unknown paths answer 404."""
    web = LocalWeb()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            asked = Asked(time.monotonic(), self.path, self.headers.get("host", ""), dict(self.headers.items()))
            web.asked.append(asked)
            page = web.pages.get(self.path, (404, {}, b"not here"))
            if callable(page):
                page(self)
                self.close_connection = True
                return
            status, headers, body = page
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if status != 304:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet: the requests are in `web.asked`."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, *_: object) -> None:
            """Clients that hang up are what several tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    web.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def a_raw_server(answer: Callable[[socket.socket], None]) -> Iterator[int]:
    """A socket that reads a request and lets `answer` write whatever it likes; yields the port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=_answer, args=(connection,), daemon=True).start()

    def _answer(connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65536)
                answer(connection)
            except OSError:
                pass

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.close()


def a_lookup(**hosts: str | tuple[str, ...]) -> Callable[..., list[tuple[object, ...]]]:
    """A `socket.getaddrinfo` that knows only `hosts` (`_` stands for `.`); other names do not exist."""
    known = {
        name.replace("_", "."): [found] if isinstance(found, str) else list(found) for name, found in hosts.items()
    }

    def lookup(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in known[host]]

    return lookup
