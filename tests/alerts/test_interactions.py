"""Is this click Slack's, fresh, and seen for the first time? And what does it say? (Faults C7, C8)"""

from __future__ import annotations

import hashlib
import hmac
import json
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from builders_alerts import NOW
from newswatch.alerts.interactions import Click, read_click, read_form, why_untrusted
from newswatch.web.slack_actions import PATH, slack_router

SECRET = "signing-secret"
KEY = "a" * 64


def payload(action_id="acknowledge", value=KEY, **changes):
    action = {"action_id": action_id} | ({"selected_option": {"value": value}} if "|" in value else {"value": value})
    made = {"type": "block_actions", "team": {"id": "T1"}, "user": {"id": "U1", "name": "ana"}, "actions": [action]}
    return made | changes


def signed(body: bytes, *, at=NOW, secret=SECRET):
    timestamp = str(int(at.timestamp()))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


BODY = urlencode({"payload": json.dumps(payload())}).encode()
GOOD = signed(BODY)
TIMESTAMP, SIGNATURE = GOOD["X-Slack-Request-Timestamp"], GOOD["X-Slack-Signature"]

UNTRUSTED = {
    "signed and fresh": (TIMESTAMP, SIGNATURE, BODY, None),
    "no signature": (TIMESTAMP, None, BODY, "unsigned"),
    "no timestamp": (None, SIGNATURE, BODY, "unsigned"),
    "another body": (TIMESTAMP, SIGNATURE, BODY + b" ", "bad signature"),
    "another timestamp": (str(int(TIMESTAMP) + 1), SIGNATURE, BODY, "bad signature"),
    "six minutes old": (str(int(TIMESTAMP) - 360), SIGNATURE, BODY, "stale"),
    "from the future": (str(int(TIMESTAMP) + 360), SIGNATURE, BODY, "stale"),
    "a timestamp in words": ("now", SIGNATURE, BODY, "bad timestamp"),
    "digits of another script": ("١٦٤١٣٦٢٤٠٠", SIGNATURE, BODY, "bad timestamp"),
    "a timestamp that never ends": ("9" * 5000, SIGNATURE, BODY, "bad timestamp"),
    "a signature that is not ASCII": (TIMESTAMP, "v0=é" + "0" * 62, BODY, "bad signature"),
    "a body that is not UTF-8": (TIMESTAMP, SIGNATURE, b"\xff\xfe", "bad signature"),
}


@pytest.mark.parametrize("name", UNTRUSTED)
def test_trust(name):
    timestamp, signature, body, expected = UNTRUSTED[name]
    assert why_untrusted(SECRET, timestamp, signature, body, NOW) == expected


CLICKS = {
    "acknowledge": (payload(), Click("acknowledge", "", KEY, "U1", "ana", "T1")),
    "silence for six hours": (payload("silence", f"6h|{KEY}"), Click("silence", "6h", KEY, "U1", "ana", "T1")),
    "silence until quiet": (payload("silence", f"quiet|{KEY}"), Click("silence", "quiet", KEY, "U1", "ana", "T1")),
    "wrong: known already": (payload("wrong", f"known_already|{KEY}"), Click("wrong", "known_already", KEY, "U1", "ana", "T1")),
    "wrong: it is a threat": (
        payload("wrong", f"wrong_signal:threat|{KEY}"), Click("wrong", "wrong_signal", KEY, "U1", "ana", "T1", "threat")
    ),
    "wrong: it is no signal": (
        payload("wrong", f"wrong_signal:none|{KEY}"), Click("wrong", "wrong_signal", KEY, "U1", "ana", "T1", "none")
    ),
    "wrong: a signal nobody knows": (payload("wrong", f"wrong_signal:gossip|{KEY}"), None),
    "a silence of a year": (payload("silence", f"8760h|{KEY}"), None),
    "a link button": (payload("open_article", KEY), None),
    "a key that is none": (payload(value="short"), None),
    "another workspace": (payload(team={"id": "T2"}), None),
    "a shortcut, not a click": (payload(type="shortcut"), None),
    "no actions": (payload(actions=[]), None),
    "nonsense where a user belongs": (payload(user="ana"), None),
    "a list where an action belongs": (payload(actions=[[]]), None),
}  # fmt: skip


@pytest.mark.parametrize("name", CLICKS)
def test_click(name):
    content, expected = CLICKS[name]
    assert read_click(content, team_id="T1") == expected


@pytest.mark.parametrize(
    "body", [b"", b"payload=", b"payload=[1]", b"payload=%7B", b"\xff", b"payload=" + b"[" * 100_000]
)
def test_forms_that_hold_no_payload(body):
    assert read_form(body) is None


@pytest.fixture
def client(database):
    app = FastAPI()
    app.include_router(slack_router(database=lambda: database, signing_secret=lambda: SECRET, now=lambda: NOW))
    return TestClient(app, raise_server_exceptions=False)


def test_the_endpoint_takes_a_request_once(client):
    assert client.post(PATH, content=BODY, headers=GOOD).status_code == 200
    assert client.post(PATH, content=BODY, headers=GOOD).status_code == 401


@pytest.mark.parametrize("name", [name for name in UNTRUSTED if UNTRUSTED[name][3]])
def test_the_endpoint_refuses_everything_else(name, client):
    timestamp, signature, body, _ = UNTRUSTED[name]
    headers = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": signature}
    encoded = {header: value.encode() for header, value in headers.items() if value is not None}
    assert client.post(PATH, content=body, headers=encoded).status_code == 401


def test_the_endpoint_without_a_secret_refuses_all(database):
    app = FastAPI()
    app.include_router(slack_router(database=lambda: database, signing_secret=lambda: None, now=lambda: NOW))
    assert TestClient(app).post(PATH, content=BODY, headers=GOOD).status_code == 401


def test_a_body_larger_than_any_click_is_not_read_to_its_end(client):
    assert client.post(PATH, content=b"x" * 300_000, headers=GOOD).status_code == 413


def test_signed_junk_is_a_bad_request_and_not_an_error(client):
    body = b"payload=%7B"
    assert client.post(PATH, content=body, headers=signed(body)).status_code == 400
