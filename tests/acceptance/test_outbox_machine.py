"""The outbox under any sequence of stories, faults, deaths and hours (promises I2 and I4), against PostgreSQL and a mock Slack.

Hypothesis looks for an order of events after which a key stands twice in the channel, a message is lost, or a reply precedes its
root; what it finds it makes as short as it can.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from acceptance.conftest import MockSlack, start
from acceptance.conservation import assert_conserved
from acceptance.outbox_rows import TOKEN, rows, send, tell
from builders_alerts import NOW, a_story, slack_settings
from newswatch.alerts.outbox import Posting
from newswatch.alerts.outcome import Outcome
from newswatch.alerts.slack import SlackSender
from newswatch.errors import DeliveryError
from newswatch.steps.alerts import send_alerts
from newswatch.storage.session import Database

FAULTS = (
    "accept_then_drop", "accept_then_500", "reject_500", "accept_html", "accept_empty", "accept_truncated", "accept_no_ts",
    "error:is_archived", "error:invalid_blocks", "error:token_revoked", "error:fatal_error", "error:message_not_found",
)  # fmt: skip
SEARCH_FAULTS = ("reject_500", "accept_html", "accept_truncated", "error:internal_error")
DEATHS = ("before the request", "after the answer")
FULL = bool(os.environ.get("NEWSWATCH_FULL"))  # more sequences, and others each time


class Killed(BaseException):
    """Stands for SIGKILL: nothing of ours catches it (the crash sweep kills for real)."""


class MortalSender(SlackSender):
    """Dies before or after its n-th request."""

    def __init__(self, base_url: str, where: str, at: int) -> None:
        super().__init__(TOKEN, base_url=base_url, timeout_seconds=2)
        self._where, self._left = where, at

    def send(self, posting: Posting) -> Outcome:
        self._left -= 1
        if self._left == 0 and self._where == DEATHS[0]:
            raise Killed
        outcome = super().send(posting)
        if self._left == 0:
            raise Killed
        return outcome


class Outbox(RuleBasedStateMachine):
    """Stories are told and change; Slack misbehaves; senders die; time passes."""

    database: Database
    slack: MockSlack

    @initialize()
    def begin(self) -> None:
        self.slack.reset()
        with self.database.begin() as connection:
            connection.execute(sa.text("TRUNCATE stories, alerts, decisions, outbox, channels CASCADE"))
        self.settings = slack_settings()
        self.now = NOW
        self.fences: dict[str, int] = {}

    @rule(story=st.integers(1, 4), level=st.integers(1, 5))
    def report(self, story: int, level: int) -> None:
        """A story is told, or told again as graver: a root, or an edit and a reply."""
        tell(self.database, self.settings, a_story(f"st_{story}", level=level, last_at=self.now), now=self.now)

    @rule(
        fault=st.sampled_from(FAULTS),
        times=st.integers(1, 2),
        method=st.sampled_from(("chat.postMessage", "chat.update")),
    )
    def break_slack(self, fault: str, times: int, method: str) -> None:
        self.slack.fault(fault, method=method, times=times)

    @rule(fault=st.sampled_from(SEARCH_FAULTS))
    def break_search(self, fault: str) -> None:
        for method in ("conversations.history", "conversations.replies"):
            self.slack.fault(fault, method=method)

    @rule(seconds=st.sampled_from((0, 1, 5)))
    def rate_limit(self, seconds: int) -> None:
        self.slack.fault("ratelimited", retry_after=str(seconds))

    @rule(minutes=st.sampled_from((1, 20, 90)))
    def wait(self, minutes: int) -> None:
        self._time_passes(timedelta(minutes=minutes))

    @rule()
    def send(self) -> None:
        with suppress(DeliveryError):
            send(self.database, self.settings, self.slack.base_url, now=self.now, sleep=lambda seconds: None)

    @rule(where=st.sampled_from(DEATHS), at=st.integers(1, 3))
    def send_and_die(self, where: str, at: int) -> None:
        sender = MortalSender(self.slack.base_url, where, at)
        with suppress(Killed, DeliveryError):
            send_alerts(
                self.database, self.settings, senders={"slack": sender}, now=self.now, sleep=lambda seconds: None
            )

    @invariant()
    def no_key_twice(self) -> None:
        if hasattr(self, "now"):
            flagged = {row["notification_key"] for row in rows(self.database) if row["possible_duplicate"]}
            told = self.slack.keys()
            keys = [key for key in told if key not in flagged]
            assert len(keys) == len(set(keys))

    @invariant()
    def what_is_marked_sent_is_there(self) -> None:
        if hasattr(self, "now"):
            sent = {row["notification_key"] for row in rows(self.database, "sent") if row["kind"] != "update"}
            assert sent <= set(self.slack.keys())

    @invariant()
    def replies_follow_their_root(self) -> None:
        if hasattr(self, "now"):
            known: set[str] = set()
            for message in self.slack.messages():
                assert not message.get("thread_ts") or message["thread_ts"] in known
                known.add(message["ts"])

    @invariant()
    def fences_only_grow(self) -> None:
        if hasattr(self, "now"):
            now = {row["notification_key"]: row["fence"] for row in rows(self.database)}
            assert all(now[key] >= fence for key, fence in self.fences.items())
            self.fences = now

    def teardown(self) -> None:
        """Slack is well again: everything that waits arrives, once."""
        if not hasattr(self, "now"):
            return
        self.slack.heal()
        for _ in range(4):
            self._time_passes(timedelta(minutes=20))
            self.send()
        self.no_key_twice()
        self.replies_follow_their_root()
        assert {row["state"] for row in rows(self.database)} <= {"sent", "superseded"}, [
            (row["state"], row["last_error"]) for row in rows(self.database)
        ]
        sent = {row["notification_key"] for row in rows(self.database, "sent") if row["kind"] != "update"}
        assert sent == set(self.slack.keys())
        assert_conserved(self.database)

    def _time_passes(self, span: timedelta) -> None:
        """Our clock moves on, and with it the leases and pauses that the database's clock counts."""
        self.now += span
        with self.database.begin() as connection:
            for column, table in (("lease_until", "outbox"), ("paused_until", "channels"), ("next_at", "channels")):
                connection.execute(sa.text(f"UPDATE {table} SET {column} = {column} - :span"), {"span": span})


@pytest.fixture(scope="module")
def slack_for_all(tmp_path_factory) -> Iterator[Any]:
    yield from start(Path(tempfile.mkdtemp(dir=tmp_path_factory.getbasetemp())))


def test_no_sequence_of_events_loses_or_repeats_a_message(database, slack_for_all) -> None:
    machine = type("OutboxHere", (Outbox,), {"database": database, "slack": slack_for_all})
    how = settings(
        max_examples=200 if FULL else 25,
        stateful_step_count=14,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        derandomize=not FULL,
    )
    run_state_machine_as_test(machine, settings=how)
