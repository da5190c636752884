"""A click in Slack, over Socket Mode, against the command that a desk behind a firewall runs (`newswatch slack-listen`)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from acceptance.outbox_rows import rows, send, tell
from builders_alerts import NOW, a_story, slack_settings
from newswatch.alerts.interactions import Click
from newswatch.steps.reactions import react
from newswatch.storage.alerts import find_feedback

SECONDS = 120  # until a fresh process listens, on a busy machine


def listening(database, slack, folder: Path) -> subprocess.Popen[str]:
    env = os.environ | {
        "NEWSWATCH_DATABASE_URL": database.url.render_as_string(hide_password=False),
        "NEWSWATCH_HOME": str(folder),
        "SLACK_BASE_URL": slack.base_url,
        "SLACK_BOT_TOKEN": "xoxb-canary-token",
        "SLACK_APP_TOKEN": "xapp-canary-token",
    }
    command = [str(Path(sys.executable).with_name("newswatch")), "slack-listen"]
    return subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def listener(database, slack, tmp_path) -> Iterator[subprocess.Popen[str]]:
    process = listening(database, slack, tmp_path)
    wait_until(lambda: slack.answers()["listening"])
    yield process
    process.kill()
    process.wait()


def wait_until(condition) -> None:
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.1)


def test_a_click_is_acknowledged_stored_and_answered(database, slack, listener):
    settings = slack_settings()
    tell(database, settings, a_story())
    send(database, settings, slack.base_url)
    (row,) = rows(database)
    payload = {
        "type": "block_actions",
        "team": {"id": "T0MOCK"},
        "user": {"id": "U1", "name": "ana <!channel>"},
        "api_app_id": "A1",
        "token": "unused",
        "response_url": slack.base_url.replace("/api/", "/hooks/1"),
        "actions": [
            {
                "type": "static_select",
                "action_id": "wrong",
                "block_id": "actions",
                "selected_option": {"value": f"wrong_signal:threat|{row['alert_key']}"},
            }
        ],
    }
    assert slack.click(payload)
    wait_until(lambda: slack.answers()["answers"])

    with database.read() as connection:
        (verdict,) = find_feedback(connection, row["alert_key"])
    assert (verdict["user_id"], verdict["verdict"], verdict["signal"]) == ("U1", "wrong_signal", "threat")
    (answer,) = slack.answers()["answers"]
    assert answer == {
        "text": "✏️ ana &lt;!channel&gt;: wrong signal: threat",
        "response_type": "ephemeral",
        "replace_original": False,
    }
    listener.send_signal(signal.SIGTERM)
    assert listener.wait(20) == 0


def test_a_token_that_slack_refuses_is_one_clear_message(database, slack, tmp_path):
    slack.fault("error:invalid_auth", method="auth.test", times=9)
    process = listening(database, slack, tmp_path)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "Slack cannot be listened to" in said and "Check SLACK_BOT_TOKEN" in said
    assert "Traceback" not in said and "canary" not in said


def test_what_one_said_is_taken_back_by_nobody_else(database, slack):
    settings = slack_settings()
    tell(database, settings, a_story())
    send(database, settings, slack.base_url)
    (row,) = rows(database)
    react(database, Click("wrong", "not_news", row["alert_key"], "U1", "Ana", "T1"), now=NOW)
    react(database, Click("acknowledge", "", row["alert_key"], "U2", "Kim", "T1"), now=NOW)
    undone = [
        react(database, Click("undo", "", row["alert_key"], user, user, "T1"), now=NOW) for user in ("U3", "U1", "U1")
    ]
    send(database, settings, slack.base_url, now=NOW + timedelta(minutes=1))

    with database.read() as connection:
        (left,) = find_feedback(connection, row["alert_key"])
    assert left["user_id"] == "U2"
    assert undone == [None, "↩️ U1 takes that back", None]
    said = [message["text"] for message in slack.messages()[1:]]
    assert said == ["✏️ Ana: not news", "✅ Kim has seen this", "↩️ U1 takes that back"]
