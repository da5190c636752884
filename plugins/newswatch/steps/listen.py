"""Clicks for desks behind a firewall: a connection opened from inside, over which Slack sends them (Socket Mode)."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newswatch.alerts.interactions import read_click
from newswatch.errors import NewswatchError
from newswatch.steps.reactions import react

if TYPE_CHECKING:
    from newswatch.storage.session import Database

log = logging.getLogger("newswatch.slack")


def listen(db: Database, *, now: Callable[[], datetime], team_id: str = "") -> None:
    """Take clicks until interrupted. Tokens come from SLACK_BOT_TOKEN and SLACK_APP_TOKEN, never from a file."""
    bot_token, app_token = _token("SLACK_BOT_TOKEN", "xoxb-"), _token("SLACK_APP_TOKEN", "xapp-")
    from slack_bolt import App
    from slack_bolt.adapter.socket_mode import SocketModeHandler

    app = App(token=bot_token)

    @app.action({"type": "block_actions"})
    def clicked(ack: Callable[[], None], body: Mapping[str, Any]) -> None:
        ack()  # within three seconds, whatever the database does
        take(db, body, now=now(), team_id=team_id)

    SocketModeHandler(app, app_token).start()  # type: ignore[no-untyped-call]  # slack_bolt annotates no return


def take(db: Database, payload: Mapping[str, Any], *, now: datetime, team_id: str = "") -> str | None:
    """Act on one click; returns the answering line, or None when there was nothing to do."""
    click = read_click(payload, team_id=team_id)
    line = react(db, click, now=now) if click else None
    if line:
        log.info("%s", line)
    return line


def _token(name: str, prefix: str) -> str:
    token = os.environ.get(name, "")
    if not token.startswith(prefix):
        raise NewswatchError(
            f"{name} does not hold a token that begins with {prefix}. Nothing was started and no click is lost: Slack shows an "
            f"error to who clicks. Create the token under api.slack.com/apps and set {name}."
        )
    return token
