"""Killed anywhere, run again: every alert arrives, and none twice (promises I2 and I3, faults A5, X1, X2)."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from acceptance.classified import add_reports
from acceptance.outbox_rows import rows, send, sent_keys, tell
from builders_alerts import NOW, a_report, a_story, slack_settings
from newswatch.steps.stories import group_stories

LEASE = 1.1  # seconds; the tests' settings lease for one

POINTS = {
    "before the claim is committed": "before_claim",
    "after the claim, before the request": "before_send",
    "after the claim, before the channel's turn is taken": "after_claim",
    "after Slack accepted, before the outcome is written": "after_send",
    "after the outcome is written, before the next": "after_mark",
}


def run_dying(point, database, slack):
    url = database.url.render_as_string(hide_password=False)
    script = Path(__file__).with_name("dying.py")
    return subprocess.Popen([sys.executable, str(script), point, url, slack.base_url])


@pytest.mark.parametrize("name", POINTS)
def test_killed_while_sending(name, database, slack):
    settings = slack_settings()
    stories = [a_story(f"st_{number}") for number in range(3)]
    tell(database, settings, *stories)
    assert run_dying(POINTS[name], database, slack).wait(60) == -signal.SIGKILL

    time.sleep(LEASE)
    send(database, settings, slack.base_url, now=NOW + timedelta(minutes=1))

    assert len(slack.keys()) == len(stories)
    assert sorted(slack.keys()) == sent_keys(database)


@pytest.mark.parametrize("fault", ["accept_then_hang", "hang"])
def test_killed_while_slack_is_answering(fault, database, slack):
    settings = slack_settings()
    tell(database, settings, a_story("st_0"), a_story("st_1"))
    slack.fault(fault, seconds=30)
    sender = run_dying("never", database, slack)
    wait_until(lambda: slack.requests("chat.postMessage"))
    sender.kill()
    sender.wait(60)

    time.sleep(LEASE)
    send(database, settings, slack.base_url, now=NOW + timedelta(minutes=1))

    assert len(slack.keys()) == 2
    assert sorted(slack.keys()) == sent_keys(database)


def test_two_senders_at_once_send_each_message_once(database, slack):
    settings = slack_settings()
    tell(database, settings, *(a_story(f"st_{number}") for number in range(12)))
    senders = [run_dying("never", database, slack) for _ in range(3)]
    assert [sender.wait(60) for sender in senders] == [0, 0, 0]
    assert len(slack.keys()) == 12
    assert sorted(slack.keys()) == sent_keys(database)


def test_a_sender_that_lost_its_lease_writes_nothing(database, slack):
    """A zombie: it hangs in its request past the lease, another run takes over, then it comes back."""
    settings = slack_settings()
    tell(database, settings, a_story())
    slack.fault("accept_then_hang", seconds=3)
    zombie = run_dying("never", database, slack)
    wait_until(slack.messages)
    time.sleep(LEASE)
    send(database, settings, slack.base_url, now=NOW + timedelta(minutes=1))
    (before,) = rows(database)
    zombie.wait(60)
    (after,) = rows(database)
    assert before == after
    assert after["state"] == "sent"
    assert len(slack.keys()) == 1


@pytest.mark.parametrize("point", ["before_commit", "after_commit"])
def test_killed_while_grouping(point, database, slack):
    settings = slack_settings()
    add_reports(
        database,
        a_report("North Korea fires missile, South says", article_id=1, publisher="BBC"),
        a_report("North Korea launches missile into sea", article_id=2, publisher="CNN"),
        a_report("Shelling kills six in Donetsk", article_id=3, source="RUS", target="UKR", signals=("attack",)),
    )
    assert run_dying(point, database, slack).wait(60) == -signal.SIGKILL

    group_stories(database, settings, now=NOW + timedelta(minutes=5))
    send(database, settings, slack.base_url, now=NOW + timedelta(minutes=6))

    told = sorted(message["metadata"]["event_payload"]["story_id"] for message in slack.messages())
    assert len(told) == len(set(told)) == 2
    assert sorted(slack.keys()) == sent_keys(database)


def wait_until(condition, *, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.05)
