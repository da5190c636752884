"""Nothing connects where it must not: every form of a private address, by every road that leads there (promise I6; F5, F6).

The interpreter itself reports each connect (an audit hook); only the test's own server may be among them.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from local_web import LOOPBACK, LocalWeb, a_local_web
from newswatch.network.client import Client
from newswatch.network.resolve import Resolver
from newswatch.network.settings import NetworkSettings

ADDRESSES = (
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.0.0.2", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255",
    "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:10.0.0.1", "::ffff:0:10.0.0.1", "::10.0.0.1", "64:ff9b::a00:1",
    "64:ff9b:1::a00:1", "2001::a00:1", "2002:a00:1::", "fc00::1", "fe80::1", "fec0::1", "ff02::1",
)  # fmt: skip

_connects: list[object] = []
_listening = threading.Event()


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect" and _listening.is_set():
        _connects.append(arguments[1])


sys.addaudithook(_note)


@pytest.fixture
def connects() -> Iterator[list[object]]:
    _connects.clear()
    _listening.set()
    yield _connects
    _listening.clear()


@pytest.fixture(scope="module")
def web() -> Iterator[LocalWeb]:
    with a_local_web() as local:
        yield local


def spellings(address: str) -> tuple[str, ...]:
    """The ways a URL can write `address`: what a browser, the C library or a lenient parser would understand."""
    ip = ipaddress.ip_address(address)
    if ip.version == 6:
        long = ip.exploded
        return f"[{ip}]", f"[{long}]", f"[{long.upper()}]", f"[{ip}%25eth0]", f"user@[{ip}]"
    parts = [int(part) for part in address.split(".")]
    number = int(ip)
    return (
        address,
        str(number),
        hex(number),
        f"0{number:o}",
        ".".join(hex(part) for part in parts),
        ".".join(f"0{part:o}" for part in parts),
        f"{parts[0]}.{number & 0xFFFFFF}",
        f"{parts[0]}.{parts[1]}.{number & 0xFFFF}",
        address.translate({ord(str(digit)): chr(0xFF10 + digit) for digit in range(10)}),
        address.replace(".", "\u3002"),
        address + ".",
        f"user:secret@{address}",
        f"example.com@{address}",
    )


def kind(client: Client, url: str) -> str | None:
    failure = client.get(url, max_bytes=1000).failure
    return failure.kind if failure else None


REFUSED = {"refused", "name_unknown", "name_unavailable"}


def answering(*addresses: str) -> Callable[..., list[tuple[object, ...]]]:
    """A name server that answers with the first, then the second … of `addresses`; the last again and again."""
    left = list(addresses)

    def lookup(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        address = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port))]

    return lookup


def test_there_are_thirty_one_forms() -> None:
    assert len(set(ADDRESSES)) == 31


@pytest.mark.parametrize("address", ADDRESSES)
def test_f5_no_spelling_is_connected_to(address: str, connects: list[object]) -> None:
    with Client(NetworkSettings(connect_seconds=2)) as strict:
        urls = [f"{scheme}://{host}/" for host in spellings(address) for scheme in ("http", "https")]
        found = {url: kind(strict, url) for url in urls}
    assert {url: one for url, one in found.items() if one not in REFUSED} == {}
    assert connects == []


@pytest.mark.parametrize("hops", [1, 2])
@pytest.mark.parametrize("address", ADDRESSES)
def test_f6_no_redirect_leads_there(address: str, hops: int, web: LocalWeb, connects: list[object]) -> None:
    for number, host in enumerate(spellings(address)):
        for step in range(hops):
            there = f"/{number}/{step + 1}" if step + 1 < hops else f"http://{host}/latest/meta-data/"
            location = there.encode("utf-8").decode("latin-1")  # as a server would send it
            web.page(f"/{number}/{step}", status=302, Location=location)
    with Client(NetworkSettings(allow_private=LOOPBACK, connect_seconds=2)) as client:
        found = [kind(client, web.url(f"/{number}/0")) for number in range(len(spellings(address)))]
    assert set(found) <= REFUSED | {"broken_answer"}, found
    assert set(map(str, connects)) <= {str(("127.0.0.1", web.port))}


@pytest.mark.parametrize("address", ADDRESSES)
def test_f6_no_name_leads_there(address: str, connects: list[object]) -> None:
    """Straight, as one of two addresses, and on the second question (rebinding): what was vetted is what is connected to."""
    strict = NetworkSettings(connect_seconds=0.2, total_seconds=1)
    assert kind(Client(strict, resolver=Resolver((), answering(address))), "http://a.example/") == "refused"

    def both(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return answering("93.184.216.34")(host, port) + answering(address)(host, port)

    assert kind(Client(strict, resolver=Resolver((), both)), "http://a.example/") == "refused"
    assert connects == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_f6_rebinding_gains_nothing(address: str, web: LocalWeb, connects: list[object]) -> None:
    web.page("/vetted", "vetted")
    client = Client(
        NetworkSettings(allow_private=LOOPBACK), resolver=Resolver(LOOPBACK, answering("127.0.0.1", address))
    )
    for _ in range(2):
        assert client.get(f"http://rebind.example:{web.port}/vetted", max_bytes=100).body == b"vetted"
    assert set(map(str, connects)) == {str(("127.0.0.1", web.port))}


def test_f6_an_expired_vetting_is_done_anew(
    web: LocalWeb, connects: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newswatch.network.resolve.CACHE_SECONDS", -1.0)
    web.page("/close", "once", Connection="close")
    client = Client(
        NetworkSettings(allow_private=LOOPBACK), resolver=Resolver(LOOPBACK, answering("127.0.0.1", "10.0.0.1"))
    )
    assert client.get(f"http://rebind.example:{web.port}/close", max_bytes=100).body == b"once"
    assert kind(client, f"http://rebind.example:{web.port}/close") == "refused"
    assert set(map(str, connects)) == {str(("127.0.0.1", web.port))}
