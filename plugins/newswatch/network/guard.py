"""May this address be connected to?

`ipaddress.is_global` is no answer: it passes NAT64, 6to4, `::127.0.0.1`, site-local and multicast addresses. So IPv4
is judged against the IANA special-purpose registry, and IPv6 must be global unicast (2000::/3) outside the ranges
that wrap another address.
"""

from __future__ import annotations

import ipaddress
from functools import lru_cache

WEB_PORTS = (80, 443)

# https://www.iana.org/assignments/iana-ipv4-special-registry (2025-10), with multicast and the former class E.
_REFUSED_V4 = tuple(
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT, routed inside clouds
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local: the metadata service of every cloud
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
# https://www.iana.org/assignments/iana-ipv6-special-registry (2025-10): what of 2000::/3 is not the open internet.
_REFUSED_V6 = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo, ORCHID, benchmarking and other protocol assignments
        "2001:db8::/32",
        "2002::/16",  # 6to4: wraps an IPv4 address
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def is_allowed_address(ip: str, allow: tuple[str, ...] = ()) -> bool:
    """Whether the numeric address `ip` may be connected to: on the open internet, or within a network of `allow`
    (CIDR).
    """
    address = _numeric(ip)
    return address is not None and (is_within(ip, allow) or _is_open_internet(address))


def is_within(host: str, networks: tuple[str, ...]) -> bool:
    """Whether `host` is a numeric address inside one of `networks` (CIDR). A name never is: names can be re-pointed."""
    address = _numeric(host)
    return address is not None and any(
        address.version == network.version and address in network for network in map(_network, networks)
    )


def refusal(ip: str, port: int, allow: tuple[str, ...]) -> str | None:
    """Why `ip:port` must not be connected to, in words for a person; None when it may."""
    if not is_allowed_address(ip, allow):
        return f"{ip} is not on the open internet (to allow it, add its network to network.allow_private)"
    if port not in WEB_PORTS and not is_within(ip, allow):
        return f"port {port} is not a web port (80 or 443)"
    return None


def _numeric(text: str) -> _Address | None:
    """`text` as an address, IPv4 unwrapped from `::ffff:0:0/96`; None for names and for addresses bound to an
    interface.
    """
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        return None if address.scope_id else address.ipv4_mapped or address
    return address


def _is_open_internet(address: _Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _REFUSED_V4)
    return address in _GLOBAL_V6 and not any(address in network for network in _REFUSED_V6)


@lru_cache(maxsize=64)
def _network(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    return ipaddress.ip_network(cidr)
