"""Send what waits in the outbox, each message once, the gravest first.

Claim (one row, with lease and fence) -> look first if an earlier attempt may have got through -> send -> write the outcome
under the same fence. A process that dies anywhere leaves a lease that runs out; the next one looks before it sends.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from newswatch.alerts.outbox import Next, Posting, after_attempt, after_search
from newswatch.alerts.outcome import Outcome, Search
from newswatch.errors import DeliveryError

if TYPE_CHECKING:
    from newswatch.alerts.settings import Receiver
    from newswatch.settings import Settings
    from newswatch.storage.session import Database

MAX_SECONDS = 240.0  # a run sends no longer than this; the next one goes on
LINGER = 45.0  # seconds a run stays for messages whose group wait is about to end, else 30 s of it cost five minutes
PATIENCE = 30.0  # seconds that one message may wait for its channel; below a quarter of the lease
NO_SENDER = (
    "{count} for Slack wait, none is lost: the Airflow connection `slack_default` holds no token. Add it under Admin, "
    "Connections (type Slack, password = the bot's token); the next run sends them."
)
PROBLEMS = 3  # named in the summary; all of them stand in the log
EDITS = ("update",)  # repeating an edit changes nothing, so it is never searched for


class Sender(Protocol):
    """One way to tell people. Neither method raises for what the other side does."""

    def send(self, posting: Posting) -> Outcome: ...
    def find(self, posting: Posting) -> Search: ...


@dataclass
class SendSummary:
    """What sending did."""

    sent: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    problems: list[str] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)  # seconds from decision to receipt, of each message sent

    def __str__(self) -> str:
        others = ", ".join(
            f"{count} {outcome}" for outcome, count in sorted(self.outcomes.items()) if outcome != "sent"
        )
        return (
            f"{self.sent} sent"
            + (f"; {others}" if others else "")
            + (f"; {self.waiting} waiting" if self.waiting else "")
            + (f". {'; '.join(self.problems[:PROBLEMS])}" if self.problems else "")
        )


def send_alerts(
    db: Database,
    settings: Settings,
    *,
    senders: Mapping[str, Sender],
    now: datetime,
    sleep: Callable[[float], None] = time.sleep,
    max_seconds: float = MAX_SECONDS,
) -> SendSummary:
    """Send what is due through the sender of each receiver's kind ("log", "slack").

    What becomes due within LINGER is waited for; where `sleep` returns early, as the demo's does, the run's clock moves on all
    the same.

    Raises DeliveryError when a workspace refuses the token: nothing is lost, and everything that could be sent was.
    """
    run = _Run(db, settings, senders, now, sleep)
    while run.elapsed < max_seconds and (run.send_next() or run.await_next()):
        pass
    run.count_waiting()
    if run.refused:
        told = "; ".join(f"{kind}: {error}" for kind, error in run.refused.items())
        raise DeliveryError(f"{told}. {run.summary.waiting} messages are waiting, none is lost; the next run resumes.")
    return run.summary


class _Run:
    """One run of the sender: which receivers are passed over, and what was done."""

    def __init__(
        self,
        db: Database,
        settings: Settings,
        senders: Mapping[str, Sender],
        now: datetime,
        sleep: Callable[[float], None],
    ) -> None:
        self._db, self._settings, self._senders, self._sleep = db, settings, senders, sleep
        self._started_at, self._started, self._ahead = now, time.monotonic(), 0.0
        self._receivers = settings.alerts.receivers_by_name
        self._skipped = {name for name, receiver in self._receivers.items() if receiver.kind not in senders}
        self._lingered = 0.0
        self.summary = SendSummary()
        self.refused: dict[str, str | None] = {}

    @property
    def elapsed(self) -> float:
        """Seconds since the start, however the clock of the wall jumps."""
        return time.monotonic() - self._started + self._ahead

    @property
    def now(self) -> datetime:
        return self._started_at + timedelta(seconds=self.elapsed)

    def send_next(self) -> bool:
        """Send one message; False when nothing is due."""
        posting = self._claim()
        if posting is None:
            return False
        sender = self._senders[self._receivers[posting.receiver].kind]
        if not self._await_turn(posting):
            return True
        following, outcome = self._attempt(posting, sender)
        self._write(posting, following, outcome)
        self._learn(posting, following)
        return True

    def await_next(self) -> bool:
        """Wait for a message that is due in a moment: the next run would send it a minute late. False: there is none."""
        from newswatch.storage.outbox import seconds_until_due

        patience = LINGER - self._lingered
        with self._db.read() as connection:
            wait = seconds_until_due(connection, now=self.now, within=patience, skip=self._skipped)
        if wait is None or patience <= 0:
            return False
        wait = max(wait, 0.1)
        self._lingered += wait
        until = self.elapsed + wait
        self._sleep(wait)
        self._ahead += max(until - self.elapsed, 0.0)
        return True

    def count_waiting(self) -> None:
        """Note what is left in the outbox, and what those who run this can do about it."""
        from newswatch.storage.outbox import count_waiting

        with self._db.read() as connection:
            waiting = count_waiting(connection)
        self.summary.waiting = sum(waiting.values())
        for kind in sorted({receiver.kind for receiver in self._receivers.values()} - self._senders.keys()):
            count = sum(waiting.get(name, 0) for name, one in self._receivers.items() if one.kind == kind)
            if count:
                self.summary.problems.append(NO_SENDER.format(count=count))

    def _claim(self) -> Posting | None:
        from newswatch.storage.outbox import claim_next

        lease = self._settings.alerts.outbox.lease.total_seconds()
        with self._db.begin() as connection:
            row = claim_next(connection, now=self.now, lease_seconds=lease, skip=self._skipped)
        return _posting(row, self._receivers, self._settings, self.now) if row else None

    def _await_turn(self, posting: Posting) -> bool:
        """Wait for the channel's turn; False when that takes too long, and the message goes back."""
        from newswatch.storage.outbox import reserve_slot, save_outcome

        if posting.channel == "":
            return True
        with self._db.begin() as connection:
            wait = reserve_slot(connection, posting.channel, seconds=self._settings.alerts.slack.seconds_per_message)
            if wait > PATIENCE:
                later = self.now + timedelta(seconds=wait)
                values = {"state": "waiting", "not_before_at": later, "uncertain": posting.uncertain}
                save_outcome(connection, posting.notification_key, posting.fence, values)
        if wait > PATIENCE:
            self._skip_channel(posting.channel)
            return False
        self._sleep(wait)
        return True

    def _attempt(self, posting: Posting, sender: Sender) -> tuple[Next, Outcome]:
        alerts = self._settings.alerts
        if posting.uncertain and posting.kind not in EDITS:
            search = sender.find(posting)
            following = after_search(
                posting, search, alerts.outbox, self.now, policy=alerts.slack.without_history, jitter=random.random()
            )
            if following is not None:
                return following, search.sent or Outcome("ambiguous", following.error)
            if search.result == "forbidden":
                posting = replace(posting, possible_duplicate=True)
        outcome = sender.send(posting)
        fallback = self._receivers[posting.receiver].fallback_channel
        following = after_attempt(posting, outcome, alerts.outbox, self.now, jitter=random.random(), fallback=fallback)
        return replace(following, possible_duplicate=posting.possible_duplicate), outcome

    def _write(self, posting: Posting, following: Next, outcome: Outcome) -> None:
        from newswatch.storage.outbox import pause_channel, reattach, save_outcome

        values = _values(posting, following, outcome, self.now)
        with self._db.begin() as connection:
            if not save_outcome(connection, posting.notification_key, posting.fence, values):
                self.summary.problems.append(f"{posting.notification_key[:12]}: another run took this message over")
                return
            if following.as_root and posting.root_key:
                reattach(connection, posting.root_key, posting.notification_key)
            if following.pause_seconds and posting.channel:
                pause_channel(connection, posting.channel, following.pause_seconds)
        self.summary.outcomes[following.state if following.state != "waiting" else outcome.kind] += 1
        if following.state == "sent":
            self.summary.sent += 1
            self.summary.latencies.append(max((self.now - posting.created_at).total_seconds(), 0.0))
        if following.error and following.state != "sent":
            self.summary.problems.append(f"{posting.receiver}: {following.error}")

    def _learn(self, posting: Posting, following: Next) -> None:
        """Pass over what cannot be sent in this run: a refused workspace, a channel that asked for patience."""
        if following.stop:
            kind = self._receivers[posting.receiver].kind
            self.refused[kind] = following.error
            self._skipped |= {name for name, receiver in self._receivers.items() if receiver.kind == kind}
        if following.pause_seconds > PATIENCE:
            self._skip_channel(posting.channel)

    def _skip_channel(self, channel: str) -> None:
        self._skipped |= {name for name, receiver in self._receivers.items() if receiver.channel == channel}


def _posting(row: Mapping[str, Any], receivers: Mapping[str, Receiver], settings: Settings, now: datetime) -> Posting:
    late = now - row["created_at"] > settings.alerts.outbox.late and row["kind"] != "update"
    since = f"\n(late: decided {row['created_at']:%H:%M} UTC)" if late else ""
    names = (
        "notification_key", "story_id", "receiver", "kind", "severity", "created_at", "attempts", "first_attempt_at", "fence",
        "root_key", "root_channel", "root_ts", "broadcast", "uncertain", "plain", "possible_duplicate",
    )  # fmt: skip
    return Posting(
        **{name: row[name] for name in names},
        text=row["text"] + since,
        blocks=tuple(row["blocks"]) + (_late_line(since) if late else ()),
        channel=row["root_channel"] or row["channel"] or receivers[row["receiver"]].channel,
        late=late,
    )


def _late_line(since: str) -> tuple[Mapping[str, Any], ...]:
    return ({"type": "context", "elements": [{"type": "plain_text", "text": since.strip()}]},)


def _values(posting: Posting, following: Next, outcome: Outcome, now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {
        "state": following.state,
        "not_before_at": following.not_before_at,
        "last_error": following.error,
        "uncertain": following.uncertain,
        "possible_duplicate": posting.possible_duplicate or following.possible_duplicate,
    }
    if following.state == "sent":
        return values | {
            "channel": outcome.channel or posting.channel,
            "ts": outcome.ts,
            "permalink": outcome.permalink,
            "sent_at": now,
            "late": posting.late,
        }
    if following.plain:
        values["plain"] = True
    if following.channel:
        values["channel"] = following.channel
    if following.as_root:
        values |= {"kind": "root", "root_key": None}
    return values
