"""Is this text the address of something on the web, and what exactly would be asked of whom?"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin

from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from newswatch.network.failure import Failure

LONGEST_URL = 2048  # what browsers and caches agree on
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Target:
    """One request: whom to connect to, and what to ask for. `url` is the whole, normalised and without credentials."""

    scheme: str
    host: str
    port: int
    path: str  # with the query
    url: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What a connection belongs to."""
        return self.scheme, self.host, self.port


def read_target(url: str) -> Target | Failure:
    """The target that `url` names, percent-encoded and in punycode; a Failure of kind `refused` for what is not the
    web.
    """
    text = url.strip()
    if len(text) > LONGEST_URL:
        return Failure("refused", f"the address has {len(text)} characters, more than {LONGEST_URL}")
    try:
        parts = parse_url(text)
    except (LocationParseError, ValueError):
        return Failure("refused", f"not an address: {text[:100]!r}")
    if parts.scheme not in _DEFAULT_PORTS:
        return Failure("refused", f"only http and https are fetched, not {(parts.scheme or text)[:30]!r}")
    if not parts.host:
        return Failure("refused", f"the address names no host: {text[:100]!r}")
    clean = parts._replace(auth=None, fragment=None)
    host = parts.host.strip("[]")
    return Target(parts.scheme, host, parts.port or _DEFAULT_PORTS[parts.scheme], clean.request_uri, clean.url)


def next_target(here: Target, location: str) -> Target | Failure:
    """Where a redirect from `here` leads. Refused: what is not the web, and a step from https down to http."""
    try:
        there = read_target(urljoin(here.url, location.strip()))
    except ValueError:
        return Failure("refused", f"redirected to what is not an address: {location[:100]!r}")
    if isinstance(there, Failure):
        return Failure("refused", f"redirected to {location[:60]!r}: {there.words}")
    if here.scheme == "https" and there.scheme == "http":
        return Failure("refused", f"redirected from https down to http ({there.host})")
    return there
