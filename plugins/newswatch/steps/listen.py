"""Clicks for desks behind a firewall: a connection opened from inside, over which Slack sends them (Socket Mode)."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newswatch.alerts.interactions import read_click
from newswatch.errors import DeliveryError, NewswatchError
from newswatch.steps.answer import answer_click
from newswatch.steps.reactions import react
from newswatch.steps.senders import SLACK

if TYPE_CHECKING:
    from newswatch.storage.session import Database

log = logging.getLogger("newswatch.slack")
_ANY_ACTION = re.compile(".+")  # slack_bolt takes a click only for a listener that names its action or a pattern of it


def listen(
    db: Database, *, now: Callable[[], datetime], team_id: str = "", tell: Callable[[str], None] = log.info
) -> None:
    """Take clicks until interrupted. Tokens come from SLACK_BOT_TOKEN and SLACK_APP_TOKEN, never from a file.

    SLACK_BASE_URL names another server than Slack's own. Raises DeliveryError when Slack refuses a token.
    """
    bot_token, app_token = _token("SLACK_BOT_TOKEN", "xoxb-"), _token("SLACK_APP_TOKEN", "xapp-")
    from slack_bolt import App
    from slack_bolt.adapter.socket_mode import SocketModeHandler
    from slack_bolt.error import BoltError
    from slack_sdk import WebClient
    from slack_sdk.errors import SlackClientError

    base_url = os.environ.get("SLACK_BASE_URL") or SLACK
    try:
        app = App(token=bot_token, client=WebClient(token=bot_token, base_url=base_url))

        @app.action(_ANY_ACTION)
        def clicked(ack: Callable[[], None], body: Mapping[str, Any]) -> None:
            ack()  # within three seconds, whatever the database does
            line = take(db, body, now=now(), team_id=team_id)
            if line:
                answer_click(body, line)

        handler = SocketModeHandler(app, app_token)
        handler.connect()  # type: ignore[no-untyped-call]  # slack_bolt annotates no return
    except (SlackClientError, BoltError, OSError) as error:
        raise DeliveryError(
            f"Slack cannot be listened to ({error}). No click is lost: Slack shows an error to who clicks. Check "
            "SLACK_BOT_TOKEN, SLACK_APP_TOKEN (with connections:write) and that Socket Mode is switched on for the app."
        ) from None
    tell("Listening to clicks. Stop with Ctrl-C.")
    _until_interrupted()
    handler.close()  # type: ignore[no-untyped-call]


def take(db: Database, payload: Mapping[str, Any], *, now: datetime, team_id: str = "") -> str | None:
    """Act on one click; returns the answering line, or None when there was nothing to do."""
    click = read_click(payload, team_id=team_id)
    line = react(db, click, now=now) if click else None
    if line:
        log.info("%s", line)
    return line


def _until_interrupted() -> None:
    import signal
    import threading

    ended = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: ended.set())
    ended.wait()


def _token(name: str, prefix: str) -> str:
    token = os.environ.get(name, "")
    if not token.startswith(prefix):
        raise NewswatchError(
            f"{name} does not hold a token that begins with {prefix}. Nothing was started and no click is lost: Slack shows an "
            f"error to who clicks. Create the token under api.slack.com/apps and set {name}."
        )
    return token
