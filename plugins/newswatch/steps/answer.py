"""What does the one who clicked see at once? The line that goes into the thread, to this one reader alone.

The thread itself is written by the next run, as every message is; without an answer a click would seem lost for minutes.
"""

from __future__ import annotations

import json
import logging
import os
import urllib.request
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from newswatch.alerts.plain import escape

log = logging.getLogger("newswatch.slack")
HOST = "hooks.slack.com"
TIMEOUT = 3.0  # seconds; the click itself is stored already


def answer_click(payload: Mapping[str, Any], line: str) -> bool:
    """Post `line` to the payload's response address; whether Slack took it. Never raises: an answer is a courtesy."""
    url = str(payload.get("response_url") or "")
    if not _is_slacks(url):
        return False
    content = {"text": escape(line), "response_type": "ephemeral", "replace_original": False}
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(content).encode(), headers)  # noqa: S310 - see the line above `content`
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - `_is_slacks` admits Slack's host alone
            return bool(answer.status == 200)
    except (OSError, ValueError) as error:
        log.warning("The answer to a click was not taken: %s", type(error).__name__)
        return False


def _is_slacks(url: str) -> bool:
    """Slack's own host over TLS, or the server that SLACK_BASE_URL puts in its place."""
    try:
        parts, stand_in = urlsplit(url), urlsplit(os.environ.get("SLACK_BASE_URL", ""))
    except ValueError:
        return False
    ours = bool(stand_in.netloc) and (parts.scheme, parts.netloc) == (stand_in.scheme, stand_in.netloc)
    return ours or (parts.scheme == "https" and parts.netloc == HOST)
