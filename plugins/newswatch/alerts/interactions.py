"""Who clicked what under which alert? Verifies Slack's signature and reads the click; junk is a result, never an exception.

Signature: HMAC-SHA256 over "v0:timestamp:body" (docs.slack.dev/authentication/verifying-requests-from-slack). slack_sdk's own
verifier raises on a timestamp that is no number and on a signature that is not ASCII; here these are refusals like any other.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import parse_qs

from newswatch.domain import SIGNALS

WINDOW = 300  # seconds in which a signed request is believed
MAX_BODY = 200_000  # bytes; Slack's own payloads are a tenth of that
VERDICTS = ("wrong_signal", "known_already", "not_for_us", "not_news")
SILENCE_HOURS = {"1h": 1, "6h": 6, "24h": 24}

Action = Literal["acknowledge", "silence", "wrong", "undo"]


@dataclass(frozen=True, slots=True)
class Click:
    """One button or menu choice. `choice` is "" for Acknowledge and Undo, a time for Silence, a verdict for Wrong."""

    action: Action
    choice: str
    alert_key: str
    user_id: str
    user_name: str
    team_id: str
    signal: str | None = None  # with the verdict wrong_signal: which it is instead; "none" for no signal at all


def why_untrusted(secret: str, timestamp: str | None, signature: str | None, body: bytes, now: datetime) -> str | None:
    """Why a request is not from Slack, or None when its signature holds and it is fresh."""
    if not timestamp or not signature:
        return "unsigned"
    if not (timestamp.isascii() and timestamp.isdigit()) or len(timestamp) > 12:
        return "bad timestamp"
    if abs(now.timestamp() - int(timestamp)) > WINDOW:
        return "stale"
    wanted = "v0=" + hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted.encode(), signature.encode("utf-8", "replace")):
        return "bad signature"
    return None


def read_form(body: bytes) -> Mapping[str, Any] | None:
    """The payload of an interaction request, or None when it is no such thing."""
    try:
        payload = json.loads(parse_qs(body.decode("utf-8"))["payload"][0])
    except (ValueError, KeyError, IndexError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


def read_click(payload: Mapping[str, Any], *, team_id: str = "") -> Click | None:
    """The click in a block_actions payload; None for link buttons, other workspaces and anything malformed."""
    try:
        if payload["type"] != "block_actions" or (team_id and payload["team"]["id"] != team_id):
            return None
        action = payload["actions"][0]
        user, name = payload["user"], str(action["action_id"])
        value = str(action["value"] if "value" in action else action["selected_option"]["value"])
        return _click(name, value, str(user["id"]), str(user.get("name") or user["id"]), str(payload["team"]["id"]))
    except (KeyError, IndexError, TypeError, AttributeError):
        return None


def _click(name: str, value: str, user_id: str, user_name: str, team_id: str) -> Click | None:
    choice, _, key = value.rpartition("|")
    verdict, _, signal = choice.partition(":")
    if len(key) != 64 or not user_id:
        return None
    if name in ("acknowledge", "undo") and not choice:
        return Click("undo" if name == "undo" else "acknowledge", "", key, user_id, user_name, team_id)
    if name == "silence" and choice in (*SILENCE_HOURS, "quiet"):
        return Click("silence", choice, key, user_id, user_name, team_id)
    if (
        name == "wrong"
        and verdict in VERDICTS
        and (signal in (*SIGNALS, "none") if verdict == "wrong_signal" else not signal)
    ):
        return Click("wrong", verdict, key, user_id, user_name, team_id, signal or None)
    return None
