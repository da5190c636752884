"""Feeds that come by themselves: asking hubs to push, confirming that we asked, and taking in what they send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from newswatch.errors import ConfigError
from newswatch.feeds.settings import FeedSettings
from newswatch.feeds.websub import is_signed, lease_seconds, secret_of, subscription_form, why_not_confirmed
from newswatch.runtime.given import given
from newswatch.steps.desk import Desk, open_desk
from newswatch.steps.result import StepResult, sentence
from newswatch.storage import push as storage
from newswatch.storage.push import Subscription

if TYPE_CHECKING:
    from newswatch.storage.session import Database

LEFT = 1 / 3  # of the lease: renewed then, so that a hub may be down for days before anything is missed
ASK_AGAIN = timedelta(days=1)  # a hub that refused or did not answer
MOST_ANSWER = 64 * 1024  # bytes of a hub's answer; it is read for its first words
ACCEPTED = (202, 204, 200)  # section 5.1.2 says 202; hubs in use answer 204


def push_key() -> str:
    """What the secrets of subscriptions are made of; "" where NEWSWATCH_PUSH_KEY is not set, and nothing is pushed."""
    return given("NEWSWATCH_PUSH_KEY") or ""


def renew_pushes() -> StepResult:
    """Ask hubs for what feeds name and for leases that end soon. Does nothing without `feeds.push_address`.

    Raises ConfigError when there is an address and no key to make secrets of.
    """
    with open_desk() as desk:
        if not desk.settings.feeds.push_address:
            return StepResult("No pushes", "Pushes: feeds.push_address is empty, so no hub is asked.", {"asked": 0})
        if not push_key():
            raise ConfigError(
                "feeds.push_address is set, but NEWSWATCH_PUSH_KEY is not: no hub was asked. Set it to the same long random text "
                "for the API server and the workers."
            )
        asked, refused = _ask_all(desk)
    told = sentence((asked, "asked"), (len(refused), "refused"))
    return StepResult(told, f"Pushes: {told}.", {"asked": asked, "refused": len(refused)}, tuple(refused))


def _ask_all(desk: Desk) -> tuple[int, list[str]]:
    from newswatch.network.client import Client

    lease = timedelta(days=desk.settings.feeds.push_days)
    with desk.db.read() as connection:
        unsure = storage.find_unsure(connection, desk.now, left=lease * LEFT, again=ASK_AGAIN)
    refused = []
    with Client(desk.settings.network) as client:
        for one in unsure:
            with desk.db.begin() as connection:  # before the hub is asked: it may come back within milliseconds
                storage.note_asked(connection, one.feed_id, desk.now)
            form = subscription_form(
                callback=f"{str(desk.settings.feeds.push_address).rstrip('/')}/push/{one.token}",
                topic=one.topic,
                secret=secret_of(push_key(), one.token),
                lease_seconds=int(lease.total_seconds()),
            )
            answer = client.post(one.hub, form, max_bytes=MOST_ANSWER)
            if answer.status not in ACCEPTED:
                reason = answer.failure.words if answer.failure else f"the hub answered {answer.status}"
                refused.append(f"{one.feed_id}: {reason}")
                with desk.db.begin() as connection:
                    storage.note_refused(connection, one.feed_id, reason)
    return len(unsure), refused


def confirm_push(
    db: Database, token: str, asked: Mapping[str, str], settings: FeedSettings, now: datetime
) -> str | None:
    """The challenge to send back to a hub that asks whether we want this; None for no."""
    with db.begin() as connection:
        one = storage.get_by_token(connection, token)
        if one is None:
            return None
        if asked.get("hub.mode") == "denied" and asked.get("hub.topic") == one.topic:
            storage.note_refused(connection, one.feed_id, f"the hub refuses: {asked.get('hub.reason', '')[:200]}")
            return ""
        if why_not_confirmed(asked, topic=one.topic, state=one.state):
            return None
        seconds = lease_seconds(asked, wanted=settings.push_days * 86_400)
        storage.note_granted(connection, one.feed_id, now + timedelta(seconds=seconds))
    return asked["hub.challenge"]


def find_push(db: Database, token: str) -> Subscription | None:
    """The subscription under which a hub calls."""
    with db.read() as connection:
        return storage.get_by_token(connection, token)


def take_push(
    db: Database,
    one: Subscription,
    body: bytes,
    signature: str | None,
    *,
    key: str,
    settings: FeedSettings,
    now: datetime,
) -> bool:
    """Store the entries of what a hub sent; False when it does not prove to be the hub's. The next run reads them.

    The same content twice is stored once, like a feed fetched twice; what is signed but no feed brings nothing.
    """
    if not is_signed(body, signature, secret_of(key, one.token)):
        return False
    from newswatch.feeds.parse import parse
    from newswatch.steps.feeds import article_key
    from newswatch.storage.feeds import FoundEntry, save_entries

    parsed = parse(body, url=one.topic, now=now, max_entries=settings.max_entries)
    found = [FoundEntry(entry, article_key(one.feed_id, entry)) for entry in parsed.entries]
    with db.begin() as connection:
        watched = storage.get_feed_of(connection, one)
        if watched is not None:
            feed, seeded = watched
            save_entries(connection, feed, found, backlog=not seeded, now=now)
            storage.note_pushed(connection, one.feed_id, now)
    return True
