"""Which addresses may be connected to."""

from __future__ import annotations

import pytest

from newswatch.network.guard import is_allowed_address, is_within, refusal

REFUSED = [
    "127.0.0.1",
    "127.255.255.254",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "198.51.100.7",
    "203.0.113.9",
    "192.88.99.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2001::1",
    "2001:db8::1",
    "fec0::1",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "5f00::1",
    "3fff::1",
    "100::1",
]


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_the_open_internet_is_refused(address: str) -> None:
    assert not is_allowed_address(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"]
)
def test_the_open_internet_is_allowed(address: str) -> None:
    assert is_allowed_address(address)


@pytest.mark.parametrize("text", ["", "localhost", "127.1", "0x7f.1", "2130706433", "example.com", "1.2.3.4.5"])
def test_what_is_not_a_numeric_address_is_refused(text: str) -> None:
    assert not is_allowed_address(text)


@pytest.mark.parametrize(
    ("address", "allow", "allowed"),
    [
        ("127.0.0.1", ("127.0.0.1/32",), True),
        ("127.0.0.2", ("127.0.0.1/32",), False),
        ("::ffff:127.0.0.1", ("127.0.0.1/32",), True),
        ("fd00::1", ("127.0.0.1/32", "fd00::/8"), True),
        ("10.1.2.3", ("10.1.0.0/16",), True),
    ],
)
def test_the_configuration_can_allow_a_private_network(address: str, allow: tuple[str, ...], allowed: bool) -> None:
    assert is_allowed_address(address, allow) is allowed


def test_a_name_is_never_within_a_network() -> None:
    assert not is_within("localhost", ("127.0.0.0/8",))


@pytest.mark.parametrize(
    ("address", "port", "allow", "why"),
    [
        ("8.8.8.8", 80, (), None),
        ("8.8.8.8", 443, (), None),
        ("8.8.8.8", 22, (), "port 22 is not a web port (80 or 443)"),
        ("127.0.0.1", 8080, ("127.0.0.1/32",), None),
        (
            "10.0.0.1",
            80,
            (),
            "10.0.0.1 is not on the open internet (to allow it, add its network to network.allow_private)",
        ),
    ],
)
def test_a_refusal_says_why(address: str, port: int, allow: tuple[str, ...], why: str | None) -> None:
    assert refusal(address, port, allow) == why
