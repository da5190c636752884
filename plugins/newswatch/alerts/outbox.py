"""What happens to a message after an attempt to send it? Pure: one attempt and its outcome in, the next state out."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from newswatch.alerts.outcome import REPAIRS, Outcome, Search
from newswatch.alerts.settings import OutboxSettings

OutboxState = Literal["waiting", "sent", "parked", "held", "dead"]
SHORTEST_PAUSE = 1.0  # seconds; "Retry-After: 0" again and again must not become a loop without rest
_NAMESPACE = uuid.UUID("6e657773-7761-7463-6800-000000000000")


@dataclass(frozen=True, slots=True)
class Posting:
    """One message on its way, as the outbox keeps it."""

    notification_key: str
    story_id: str
    receiver: str
    kind: str
    severity: int
    text: str
    blocks: tuple[Mapping[str, Any], ...]
    created_at: datetime
    attempts: int  # this one included
    first_attempt_at: datetime
    fence: int
    channel: str = ""
    root_key: str | None = None
    root_channel: str | None = None
    root_ts: str | None = None  # of the message that is edited or answered
    broadcast: bool = False
    uncertain: bool = False
    plain: bool = False
    late: bool = False
    possible_duplicate: bool = False

    @property
    def client_msg_id(self) -> str:
        """The same for every attempt at this message, so that a server that knows it can refuse the second."""
        return str(uuid.uuid5(_NAMESPACE, self.notification_key))


@dataclass(frozen=True, slots=True)
class Next:
    """What the outbox writes after an attempt. `stop` says that nothing at all can be sent until somebody acts."""

    state: OutboxState
    not_before_at: datetime
    error: str | None = None
    uncertain: bool = False
    plain: bool = False
    possible_duplicate: bool = False
    channel: str | None = None
    as_root: bool = False  # the message it belongs to is gone: send it as one of its own
    pause_seconds: float = 0.0  # of the whole channel
    stop: bool = False


def after_attempt(
    posting: Posting, outcome: Outcome, settings: OutboxSettings, now: datetime, *, jitter: float, fallback: str = ""
) -> Next:
    """The next state. `jitter` is 0..1; `fallback` is the receiver's other channel, "" for none."""
    if outcome.kind == "sent":
        return Next("sent", now)
    if outcome.kind == "auth":
        return Next("waiting", now, f"{outcome.error}: {_repair(outcome)}", uncertain=posting.uncertain, stop=True)
    if now - posting.created_at >= settings.give_up:
        return Next(
            "dead", now, f"given up after {posting.attempts} attempts: {outcome.error}", uncertain=posting.uncertain
        )
    if outcome.kind == "rate_limited":
        wait = min(max(outcome.retry_after or 0.0, SHORTEST_PAUSE), settings.retry_last.total_seconds())
        return Next(
            "waiting", now + timedelta(seconds=wait), outcome.error, uncertain=posting.uncertain, pause_seconds=wait
        )
    if outcome.kind == "payload":
        return _refused_payload(posting, outcome, now)
    if outcome.kind == "route":
        return _refused_channel(posting, outcome, settings, now, fallback)
    if outcome.kind == "gone" and posting.kind == "chart":
        return Next("dead", now, f"{outcome.error}: the digest it belongs to is gone")
    if outcome.kind == "gone":
        return Next("waiting", now, f"{outcome.error}: sent as a message of its own", as_root=True)
    return Next(
        "waiting",
        now + backoff(posting.attempts, settings, jitter=jitter),
        outcome.error,
        uncertain=outcome.kind == "ambiguous",
    )


def after_search(
    posting: Posting, search: Search, settings: OutboxSettings, now: datetime, *, policy: str, jitter: float
) -> Next | None:
    """What an uncertain message becomes once its channel was searched for it; None: it may be sent now.

    `policy` (resend or hold) decides where the bot may not read the channel. A search that failed is tried again later.
    """
    if search.result == "found":
        return Next("sent", now)
    if search.result == "failed":
        wait = backoff(posting.attempts, settings, jitter=jitter)
        return Next(
            "waiting", now + wait, "not known whether this arrived; the channel could not be read", uncertain=True
        )
    if search.result == "forbidden" and policy == "hold":
        return Next("held", now, "not known whether this arrived, and the bot may not read the channel", uncertain=True)
    return None


def backoff(attempts: int, settings: OutboxSettings, *, jitter: float) -> timedelta:
    """Doubling from `retry_first` to `retry_last`, plus up to a quarter so that many do not return together."""
    seconds = settings.retry_first.total_seconds() * 2.0 ** min(max(attempts - 1, 0), 20)
    return timedelta(seconds=min(seconds, settings.retry_last.total_seconds()) * (1 + 0.25 * jitter))


def _refused_payload(posting: Posting, outcome: Outcome, now: datetime) -> Next:
    if posting.kind == "chart":
        return Next("dead", now, outcome.error)
    if posting.plain:
        return Next("dead", now, f"refused even as plain text: {outcome.error}")
    return Next(
        "waiting", now, f"{outcome.error}: sent again as plain text; please report this message as a bug", plain=True
    )


def _refused_channel(
    posting: Posting, outcome: Outcome, settings: OutboxSettings, now: datetime, fallback: str
) -> Next:
    why = f"{posting.channel}: {outcome.error}; {_repair(outcome)}"
    if fallback and posting.channel != fallback:
        return Next("waiting", now, f"{why}. Sent to {fallback} instead.", channel=fallback, as_root=True)
    return Next("parked", now + settings.retry_last, why)


def _repair(outcome: Outcome) -> str:
    return REPAIRS.get(outcome.error or "", "put a valid bot token into the Airflow connection slack_default")
