"""How do we ask a hub to push a feed, and how do we know that what comes is the hub's? (W3C WebSub, 2018)

Each subscription has a secret of its own, made of a key of this installation and the token in the address that the hub calls:
nothing secret lies in the database. A hub signs what it pushes with that secret (section 7); what is not signed, or wrongly, is
nobody's.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from urllib.parse import urlencode

ALGORITHMS = ("sha1", "sha256", "sha384", "sha512")  # those of section 7.1; most hubs in use sign with sha1
LONGEST_LEASE_DAYS = 30  # a hub that grants more is asked again all the same
MOST_CHALLENGE = 1_000  # characters of a challenge that we send back


def secret_of(key: str, token: str) -> str:
    """The secret that a hub signs with: 64 hex digits, below the 200 bytes of section 5.1."""
    return hmac.new(key.encode(), token.encode(), "sha256").hexdigest()


def subscription_form(*, callback: str, topic: str, secret: str, lease_seconds: int) -> bytes:
    """The form that asks a hub for `topic` (section 5.1)."""
    fields = {
        "hub.mode": "subscribe",
        "hub.topic": topic,
        "hub.callback": callback,
        "hub.secret": secret,
        "hub.lease_seconds": str(lease_seconds),
    }
    return urlencode(fields).encode()


def why_not_confirmed(asked: Mapping[str, str], *, topic: str, state: str) -> str | None:
    """Why a hub's question whether we want `topic` is answered no (section 5.3); None for yes.

    Yes only to what we asked for ourselves: otherwise a stranger could subscribe us to whatever he likes.
    """
    if asked.get("hub.mode") != "subscribe":
        return "we asked to subscribe, and for nothing else"
    if asked.get("hub.topic") != topic:
        return "another topic than the one we asked for"
    if state not in ("asked", "active"):
        return "we have not asked"
    challenge = asked.get("hub.challenge", "")
    if not challenge or len(challenge) > MOST_CHALLENGE or not challenge.isprintable():
        return "no challenge"
    return None


def lease_seconds(asked: Mapping[str, str], *, wanted: float) -> float:
    """How long the hub will push; what we asked for when it does not say, and never more than a month."""
    given = asked.get("hub.lease_seconds", "")
    seconds = float(given) if given.isascii() and given.isdecimal() and len(given) < 12 else wanted
    return min(seconds, LONGEST_LEASE_DAYS * 86_400.0)


def is_signed(body: bytes, signature: str | None, secret: str) -> bool:
    """Whether `signature` (X-Hub-Signature, `method=hex`) proves that `body` comes from who knows `secret`."""
    method, _, given = (signature or "").partition("=")
    if method not in ALGORITHMS or not given.isascii():
        return False
    return hmac.compare_digest(hmac.new(secret.encode(), body, method).hexdigest(), given.strip().lower())
