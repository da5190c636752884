"""Which hubs push which feeds to us, and until when?"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from newswatch.domain import Feed
from newswatch.storage.feeds import get_known_feeds
from newswatch.storage.tables import subscriptions

TOKEN_BYTES = 24  # nobody guesses the address that a hub calls; the content proves itself besides


@dataclass(frozen=True, slots=True)
class Subscription:
    """One feed at one hub. `until` is the end of the lease, where the hub granted one."""

    feed_id: str
    hub: str
    topic: str
    token: str
    state: str
    until: datetime | None = None


_COLUMNS = tuple(subscriptions.c[name] for name in ("feed_id", "hub", "topic", "token", "state", "until"))


def want_push(connection: sa.Connection, feed_id: str, *, hub: str, topic: str) -> None:
    """Note that the feed names a hub. Another hub or topic than before is another subscription, with a new token."""
    statement = insert(subscriptions).values(
        feed_id=feed_id, hub=hub, topic=topic, token=secrets.token_urlsafe(TOKEN_BYTES)
    )
    moved = sa.or_(subscriptions.c.hub != hub, subscriptions.c.topic != topic)
    fresh = {name: statement.excluded[name] for name in ("hub", "topic", "token")}
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["feed_id"],
            set_=fresh | {"state": "wanted", "until": None, "asked_at": None, "reason": None},
            where=moved,
        )
    )


def find_unsure(connection: sa.Connection, now: datetime, *, left: timedelta, again: timedelta) -> list[Subscription]:
    """Subscriptions to ask for: new ones, leases with less than `left` to run, and those asked for or refused `again` ago."""
    asked_long_ago = subscriptions.c.asked_at < now - again
    unsure = sa.or_(
        subscriptions.c.state == "wanted",
        sa.and_(subscriptions.c.state == "active", subscriptions.c.until < now + left),
        sa.and_(subscriptions.c.state.in_(("asked", "refused")), asked_long_ago),
    )
    rows = connection.execute(sa.select(*_COLUMNS).where(unsure).order_by(subscriptions.c.feed_id)).mappings()
    return [Subscription(**row) for row in rows]


def get_by_token(connection: sa.Connection, token: str) -> Subscription | None:
    """The subscription whose hub calls this token."""
    row = connection.execute(sa.select(*_COLUMNS).where(subscriptions.c.token == token)).mappings().first()
    return Subscription(**row) if row else None


def get_feed_of(connection: sa.Connection, subscription: Subscription) -> tuple[Feed, bool] | None:
    """The subscription's feed, and whether its backlog was taken in; None when it is no longer watched."""
    known = get_known_feeds(connection, [subscription.feed_id])
    return (known[0].feed, known[0].seeded) if known else None


def note_asked(connection: sa.Connection, feed_id: str, now: datetime) -> None:
    """The hub is about to be asked. A lease that still runs goes on running."""
    state = sa.case((subscriptions.c.state == "active", "active"), else_="asked")
    _change(connection, feed_id, state=state, asked_at=now)


def note_refused(connection: sa.Connection, feed_id: str, reason: str) -> None:
    """The hub said no, or could not be asked."""
    _change(connection, feed_id, state="refused", reason=reason[:300])


def note_granted(connection: sa.Connection, feed_id: str, until: datetime) -> None:
    """The hub has verified that we want this, and pushes until then."""
    _change(connection, feed_id, state="active", until=until, reason=None)


def note_pushed(connection: sa.Connection, feed_id: str, now: datetime) -> None:
    """Content came and proved itself."""
    _change(connection, feed_id, pushed_at=now)


def _change(connection: sa.Connection, feed_id: str, **values: object) -> None:
    connection.execute(sa.update(subscriptions).where(subscriptions.c.feed_id == feed_id).values(**values))
