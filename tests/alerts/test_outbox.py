"""What happens after an attempt: every class of answer, and what the outbox does about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from builders_alerts import NOW
from newswatch.alerts.outbox import Next, Posting, after_attempt, after_search, backoff
from newswatch.alerts.outcome import Outcome, Search, of_error, seconds_to_wait
from newswatch.alerts.settings import OutboxSettings

SETTINGS = OutboxSettings()


def a_posting(**changes):
    fields = {
        "notification_key": "k" * 64, "story_id": "st_1", "receiver": "desk", "kind": "root", "severity": 4, "text": "…",
        "blocks": (), "created_at": NOW, "attempts": 1, "first_attempt_at": NOW, "fence": 1, "channel": "C1",
    }  # fmt: skip
    return Posting(**{**fields, **changes})


def test_the_message_id_is_the_same_for_every_attempt():
    assert a_posting(attempts=1).client_msg_id == a_posting(attempts=9, fence=9).client_msg_id
    assert a_posting().client_msg_id != a_posting(notification_key="j" * 64).client_msg_id


AFTER = {
    "sent": (Outcome("sent", ts="1"), {}, Next("sent", NOW)),
    "certainly not sent: again after a wait": (
        Outcome("not_sent", "gaierror"), {"attempts": 3}, Next("waiting", NOW + timedelta(seconds=20), "gaierror")
    ),
    "ambiguous: look before sending again": (
        Outcome("ambiguous", "HTTP 502"), {}, Next("waiting", NOW + timedelta(seconds=5), "HTTP 502", uncertain=True)
    ),
    "a chart that may not be uploaded is given up": (
        Outcome("payload", "no right"), {"kind": "chart"}, Next("dead", NOW, "no right")
    ),
    "a chart whose digest was deleted": (
        Outcome("gone", "thread_not_found"), {"kind": "chart"},
        Next("dead", NOW, "thread_not_found: the digest it belongs to is gone")
    ),
    "rate limited: the channel waits as long as Slack says": (
        Outcome("rate_limited", "ratelimited", retry_after=30), {},
        Next("waiting", NOW + timedelta(seconds=30), "ratelimited", pause_seconds=30),
    ),
    "asked to wait an hour: a quarter of one is believed": (
        Outcome("rate_limited", "ratelimited", retry_after=3600), {},
        Next("waiting", NOW + timedelta(minutes=15), "ratelimited", pause_seconds=900),
    ),
    "rate limited does not make an uncertain message certain": (
        Outcome("rate_limited", "ratelimited", retry_after=1), {"uncertain": True},
        Next("waiting", NOW + timedelta(seconds=1), "ratelimited", uncertain=True, pause_seconds=1),
    ),
    "blocks refused: once as plain text": (
        Outcome("payload", "invalid_blocks"), {},
        Next("waiting", NOW, "invalid_blocks: sent again as plain text; please report this message as a bug", plain=True),
    ),
    "plain text refused too": (
        Outcome("payload", "no_text"), {"plain": True}, Next("dead", NOW, "refused even as plain text: no_text")
    ),
    "no longer there to be edited: a message of its own": (
        Outcome("gone", "message_not_found"), {"kind": "update"},
        Next("waiting", NOW, "message_not_found: sent as a message of its own", as_root=True),
    ),
    "a refused token stops everything, and gives nothing up however old": (
        Outcome("auth", "token_revoked"), {"created_at": NOW - timedelta(days=9)},
        Next("waiting", NOW, "token_revoked: put a valid bot token into the Airflow connection slack_default", stop=True),
    ),
    "a day of attempts is enough": (
        Outcome("not_sent", "ConnectionRefusedError"), {"created_at": NOW - timedelta(hours=24), "attempts": 99},
        Next("dead", NOW, "given up after 99 attempts: ConnectionRefusedError"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", AFTER)
def test_after_an_attempt(name):
    outcome, posting, expected = AFTER[name]
    assert after_attempt(a_posting(**posting), outcome, SETTINGS, NOW, jitter=0) == expected


SEARCHES = {
    "it is there": (Search("found", Outcome("sent", ts="1")), "resend", Next("sent", NOW)),
    "it is not there: send": (Search("absent"), "resend", None),
    "we may not look, and would rather send twice": (Search("forbidden"), "resend", None),
    "we may not look, and would rather ask": (
        Search("forbidden"), "hold",
        Next("held", NOW, "not known whether this arrived, and the bot may not read the channel", uncertain=True),
    ),
    "the search failed: later": (
        Search("failed"), "resend",
        Next(
            "waiting", NOW + timedelta(seconds=5), "not known whether this arrived; the channel could not be read", uncertain=True
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEARCHES)
def test_after_a_search(name):
    search, policy, expected = SEARCHES[name]
    assert after_search(a_posting(uncertain=True), search, SETTINGS, NOW, policy=policy, jitter=0) == expected


CLASSES = {
    "ratelimited": "rate_limited",
    "message_limit_exceeded": "rate_limited",
    "invalid_blocks": "payload",
    "invalid_blocks_format": "payload",
    "msg_blocks_too_long": "payload",
    "channel_not_found": "route",
    "not_in_channel": "route",
    "is_archived": "route",
    "restricted_action_read_only_channel": "route",
    "invalid_auth": "auth",
    "token_expired": "auth",
    "missing_scope": "auth",
    "message_not_found": "gone",
    "cant_update_message": "gone",
    "internal_error": "ambiguous",
    "fatal_error": "ambiguous",
    "something Slack invents tomorrow": "ambiguous",
}


@pytest.mark.parametrize("word", CLASSES)
def test_class_of_error(word):
    assert of_error(word).kind == CLASSES[word]


RETRY_AFTER = {
    "30": 30,
    "1.5": 1.5,
    "0": 0,
    "-5": 0,
    "1000000000": 900,
    "nan": 10,
    "inf": 900,
    "soon": 10,
    "": 10,
    "Wed, 05 Jan 2022 06:00:20 GMT": 20,
    "Wed, 05 Jan 2022 05:00:00 GMT": 0,
}


@pytest.mark.parametrize("header", RETRY_AFTER)
def test_retry_after(header):
    assert seconds_to_wait(header, datetime(2022, 1, 5, 6, tzinfo=UTC), cap=900) == RETRY_AFTER[header]


def test_waits_double_up_to_a_quarter_of_an_hour():
    waits = [backoff(attempts, SETTINGS, jitter=0).total_seconds() for attempts in (1, 2, 3, 8, 9, 10_000)]
    assert waits == [5, 10, 20, 640, 900, 900]
    assert backoff(9, SETTINGS, jitter=1) == timedelta(seconds=1125)
