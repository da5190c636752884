"""What a request brings when the server is well, ill, or hostile."""

from __future__ import annotations

import gzip
import socket
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from local_web import LOCAL, LOOPBACK, LocalWeb, a_local_web, a_lookup, a_raw_server
from newswatch.network.client import Client
from newswatch.network.resolve import Resolver
from newswatch.network.settings import NetworkSettings

MIB = 1024 * 1024
HASTY = NetworkSettings(allow_private=LOOPBACK, connect_seconds=1, read_seconds=0.6, total_seconds=1.2)

_connects: list[tuple[str, int]] = []
_listening = threading.Event()


def _note_connects(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect" and _listening.is_set():
        address = arguments[1]
        if isinstance(address, tuple):
            _connects.append(address[:2])


sys.addaudithook(_note_connects)


@pytest.fixture
def connects() -> Iterator[list[tuple[str, int]]]:
    """Every address any socket of this process was connected to, as the interpreter itself reports it."""
    _connects.clear()
    _listening.set()
    yield _connects
    _listening.clear()


@pytest.fixture
def web() -> Iterator[LocalWeb]:
    with a_local_web() as local:
        yield local


@pytest.fixture
def client() -> Iterator[Client]:
    with Client(LOCAL) as one:
        yield one


def test_a_page_comes_with_status_headers_and_body(web: LocalWeb, client: Client) -> None:
    answer = client.get(web.page("/a", "hello", ETag='"1"'), max_bytes=MIB, headers={"If-None-Match": '"0"'})
    assert (answer.status, answer.body, answer.headers["etag"], answer.failure) == (200, b"hello", '"1"', None)
    assert web.asked[0].headers["If-None-Match"] == '"0"'
    assert web.asked[0].headers["User-Agent"].startswith("Newswatch/")


def test_a_status_is_an_answer_not_a_failure(web: LocalWeb, client: Client) -> None:
    assert client.get(web.page("/gone", "sorry", status=410), max_bytes=MIB).status == 410
    assert client.get(web.page("/same", status=304), max_bytes=MIB).body == b""


def test_connections_are_used_again(web: LocalWeb, client: Client, connects: list[tuple[str, int]]) -> None:
    address = web.page("/a", "hello")
    assert [client.get(address, max_bytes=MIB).body for _ in range(5)] == [b"hello"] * 5
    assert len(connects) == 1


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip"])
def test_packed_bodies_are_unpacked(web: LocalWeb, client: Client, encoding: str) -> None:
    body = b"news " * 1000
    for packing in encoding.split(", "):
        body = gzip.compress(body) if packing == "gzip" else zlib.compress(body)
    assert client.get(web.page("/a", body, Content_Encoding=encoding), max_bytes=MIB).body == b"news " * 1000


# --- F1, F12: no connection ---------------------------------------------------------------------------------


def test_a_closed_port_is_unreachable(client: Client) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert _kind(client.get(f"http://127.0.0.1:{port}/", max_bytes=MIB)) == "unreachable"


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (socket.gaierror(socket.EAI_NONAME, "no such name"), "name_unknown"),
        (socket.gaierror(socket.EAI_AGAIN, "try again"), "name_unavailable"),
        (UnicodeError("label too long"), "name_unknown"),
    ],
)
def test_a_name_without_an_address(error: Exception, kind: str) -> None:
    def lookup(*_: object, **__: object) -> list[tuple[object, ...]]:
        raise error

    assert _kind(Client(LOCAL, resolver=Resolver((), lookup)).get("http://a.example/", max_bytes=MIB)) == kind


def test_a_name_server_that_hangs_costs_the_connect_time_at_most() -> None:
    started = time.monotonic()
    hanging = Resolver((), lambda *_, **__: time.sleep(30) or [])
    answer = Client(HASTY, resolver=hanging).get("http://a.example/", max_bytes=MIB)
    assert _kind(answer) == "name_unavailable"
    assert time.monotonic() - started < 2


# --- F2: slow servers ---------------------------------------------------------------------------------------


def _drip(head: bytes, drop: bytes, pause: float = 0.1) -> Callable[[socket.socket], None]:
    def answer(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(drop)
            time.sleep(pause)

    return answer


@pytest.mark.parametrize(
    ("name", "head", "drop", "pause"),
    [
        ("silent", b"", b"", 5.0),
        ("drip-fed status", b"HTTP/1.1 200", b" ", 0.1),
        ("drip-fed headers", b"HTTP/1.1 200 OK\r\nX-Slow: ", b"x", 0.1),
        ("drip-fed body", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x", 0.1),
        ("drip-fed chunks", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n", 0.1),
        ("drip-fed chunk size", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0", 0.1),
    ],
)
def test_a_slow_server_is_left_at_the_deadline(name: str, head: bytes, drop: bytes, pause: float) -> None:
    with a_raw_server(_drip(head, drop, pause)) as port:
        started = time.monotonic()
        answer = Client(HASTY).get(f"http://127.0.0.1:{port}/", max_bytes=MIB)
    assert (_kind(answer), answer.body) == ("timeout", b"")
    assert time.monotonic() - started < HASTY.total_seconds + 1, name


# --- F3: too much, and lies about how much ------------------------------------------------------------------


def _a_bomb(layers: int) -> bytes:
    """256 MiB of zeros in 260 kB, or in 1 kB when packed twice."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"".join([packer.compress(bytes(MIB)) for _ in range(256)] + [packer.flush()])
    return body if layers == 1 else gzip.compress(body, 9)


@pytest.mark.parametrize("layers", [1, 2])
def test_a_decompression_bomb_is_stopped_at_the_cap(web: LocalWeb, client: Client, layers: int) -> None:
    address = web.page("/bomb", _a_bomb(layers), Content_Encoding=", ".join(["gzip"] * layers))
    before = _peak_bytes_from_now()
    answer = client.get(address, max_bytes=10 * MIB)
    assert (_kind(answer), answer.body) == ("too_large", b"")
    assert _peak_bytes() - before < 50 * MIB


@pytest.mark.parametrize(
    ("name", "raw", "kind"),
    [
        ("announces too much", b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nxx", "too_large"),
        ("announces more than it sends", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nxx", "broken_answer"),
        ("cut chunk", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nxx", "broken_answer"),
        ("unknown packing", b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nxx", "broken_answer"),
        ("bad gzip", b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nxx", "broken_answer"),
        ("not HTTP", b"SSH-2.0-OpenSSH_9.7\r\n", "broken_answer"),
        ("nothing at all", b"", "unreachable"),
        ("endless headers", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "broken_answer"),
    ],
)
def test_a_broken_answer_gives_no_body(name: str, raw: bytes, kind: str, client: Client) -> None:
    with a_raw_server(lambda connection: connection.sendall(raw)) as port:
        answer = client.get(f"http://127.0.0.1:{port}/", max_bytes=MIB)
    assert (_kind(answer), answer.body) == (kind, b""), name


@pytest.mark.parametrize(
    "raw",
    [
        b"\x1b[31m2026-03-01 ERROR all feeds are dead\x07\r\n\r\n",
        b"HTTP/1.1 2\x1b[2J0 OK\nsecond line\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: \x1b[31mbr\r\n\r\nxx",
        b"HTTP/1.1 302 OK\r\nLocation: ftp://a\x1b[31m/\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_x8_a_servers_words_cannot_pass_for_a_line_of_ours(raw: bytes, client: Client) -> None:
    with a_raw_server(lambda connection: connection.sendall(raw)) as port:
        failure = client.get(f"http://127.0.0.1:{port}/", max_bytes=MIB).failure
    assert failure is not None
    assert failure.words.isprintable() and len(failure.words) < 400


def test_bytes_beyond_the_announced_length_do_not_reach_the_next_request(client: Client) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"
    with a_raw_server(lambda connection: (connection.sendall(raw), time.sleep(0.3))) as port:
        bodies = [client.get(f"http://127.0.0.1:{port}/", max_bytes=MIB).body for _ in range(3)]
    assert bodies == [b"ok"] * 3


# --- F4, F11: redirects -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("/loop", "redirects"),
        ("file:///etc/passwd", "refused"),
        ("ftp://a.example/x", "refused"),
        ("data:text/html,hello", "refused"),
        ("javascript:alert(1)", "refused"),
        ("http://[::1", "refused"),
        ("http://10.0.0.1/", "refused"),
        ("http://169.254.169.254/latest/meta-data/", "refused"),
        ("//127.0.0.2/", "refused"),
    ],
)
def test_a_redirect_to_nowhere_good_is_refused(
    web: LocalWeb, client: Client, connects: list[tuple[str, int]], location: str, kind: str
) -> None:
    assert _kind(client.get(web.page("/loop", status=302, Location=location), max_bytes=MIB)) == kind
    assert set(connects) == {("127.0.0.1", web.port)}


def test_six_redirects_are_one_too_many(web: LocalWeb, client: Client) -> None:
    for step in range(7):
        web.page(f"/{step}", status=302, Location=f"/{step + 1}")
    web.page("/6", "the end")
    assert _kind(client.get(web.url("/0"), max_bytes=MIB)) == "redirects"
    assert client.get(web.url("/1"), max_bytes=MIB).body == b"the end"


@pytest.mark.parametrize(
    ("statuses", "ends_at", "permanent"),
    [
        ((301,), "/1", "/1"),
        ((308, 301), "/2", "/2"),
        ((302,), "/1", None),
        ((301, 302), "/2", "/1"),
        ((307, 301), "/2", None),
    ],
)
def test_only_an_unbroken_chain_of_permanent_redirects_moves_an_address(
    web: LocalWeb, client: Client, statuses: tuple[int, ...], ends_at: str, permanent: str | None
) -> None:
    for step, status in enumerate(statuses):
        web.page(f"/{step}", status=status, Location=f"/{step + 1}")
    web.page(f"/{len(statuses)}", "here")
    answer = client.get(web.url("/0"), max_bytes=MIB)
    assert (answer.url, answer.permanent_url) == (web.url(ends_at), web.url(permanent) if permanent else None)


# --- F5, F6, F7: where we connect ---------------------------------------------------------------------------

HOSTS = [
    "127.0.0.1",
    "127.1",
    "2130706433",
    "0x7f.1",
    "0177.0.0.1",
    "0x7f000001",
    "１２７.０.０.１",
    "127。0。0。1",
    "localhost",
    "0.0.0.0",
    "0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "2852039166",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "[fec0::1]",
    "[fe80::1]",
    "[fd00::1]",
    "[ff02::1]",
    "user:secret@127.0.0.1",
    "example.com@127.0.0.1",
    "127.0.0.1#@example.com",
    "127.0.0.1\\@example.com",
]


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("host", HOSTS)
def test_no_spelling_of_a_private_address_is_connected_to(
    connects: list[tuple[str, int]], scheme: str, host: str
) -> None:
    with Client(NetworkSettings(connect_seconds=2)) as strict:
        answer = strict.get(f"{scheme}://{host}/", max_bytes=MIB)
    assert _kind(answer) in ("refused", "name_unknown", "name_unavailable")
    assert connects == []


@pytest.mark.parametrize(
    ("name", "addresses"), [("a private one", ("10.0.0.1",)), ("one of two", ("93.184.216.34", "127.0.0.1"))]
)
def test_a_name_that_leads_to_a_private_address_is_refused(
    connects: list[tuple[str, int]], name: str, addresses: tuple[str, ...]
) -> None:
    resolver = Resolver((), a_lookup(rebind_example=addresses))
    assert _kind(Client(NetworkSettings(), resolver=resolver).get("http://rebind.example/", max_bytes=MIB)) == "refused"
    assert connects == [], name


def test_a_name_that_changes_its_address_is_connected_to_where_it_was_vetted(
    web: LocalWeb, connects: list[tuple[str, int]]
) -> None:
    answers = iter(["127.0.0.1", "10.0.0.1"])

    def lookup(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]

    web.page("/", "vetted")
    answer = Client(LOCAL, resolver=Resolver(LOOPBACK, lookup)).get(f"http://rebind.example:{web.port}/", max_bytes=MIB)
    assert (answer.body, connects) == (b"vetted", [("127.0.0.1", web.port)])


def test_a_public_address_on_a_strange_port_is_refused(connects: list[tuple[str, int]]) -> None:
    resolver = Resolver((), a_lookup(a_example="93.184.216.34"))
    assert _kind(Client(NetworkSettings(), resolver=resolver).get("http://a.example:6379/", max_bytes=MIB)) == "refused"
    assert connects == []


def test_a_proxy_named_in_the_environment_is_ignored(
    web: LocalWeb, client: Client, connects: list[tuple[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert client.get(web.page("/a", "direct"), max_bytes=MIB).body == b"direct"
    assert set(connects) == {("127.0.0.1", web.port)}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "news",
        "ftp://a.example/",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "http://a b/",
        "http://a/" + "x" * 2100,
    ],
)
def test_what_is_not_a_web_address_is_refused(client: Client, url: str) -> None:
    assert _kind(client.get(url, max_bytes=MIB)) == "refused"


def test_credentials_in_an_address_are_not_sent(web: LocalWeb, client: Client) -> None:
    web.page("/a", "hello")
    answer = client.get(f"http://user:secret@127.0.0.1:{web.port}/a", max_bytes=MIB)
    assert (answer.body, answer.url) == (b"hello", web.url("/a"))
    assert "Authorization" not in web.asked[0].headers


def test_a_server_that_closes_an_idle_connection_costs_nothing(web: LocalWeb, client: Client) -> None:
    def close_after(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    address = web.script("/close", close_after)
    bodies = []
    for _ in range(3):
        bodies.append(client.get(address, max_bytes=MIB).body)
        time.sleep(0.05)
    assert bodies == [b"ok"] * 3


def _kind(answer: object) -> str | None:
    failure = getattr(answer, "failure", None)
    return failure.kind if failure else None


def _peak_bytes_from_now() -> int:
    """Forgets the highest memory use so far (Linux), and returns the use now."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak_bytes()


def _peak_bytes() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024
