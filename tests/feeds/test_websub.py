"""Whether we confirm, and whether what comes is the hub's."""

from __future__ import annotations

import hmac

import pytest

from newswatch.feeds.websub import is_signed, lease_seconds, secret_of, subscription_form, why_not_confirmed

TOPIC = "https://alpha.example/rss"
BODY = b"<rss/>"
SECRET = secret_of("key", "token")
ASKED = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "abc"}


def signature(method: str = "sha256", secret: str = SECRET, body: bytes = BODY) -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


@pytest.mark.parametrize(
    ("given", "signed"),
    [
        pytest.param(signature("sha1"), True, id="the method most hubs use"),
        pytest.param(signature("sha256"), True, id="sha256"),
        pytest.param(signature("sha512").upper().replace("SHA512", "sha512"), True, id="upper case"),
        pytest.param(signature("md5"), False, id="a broken method"),
        pytest.param(signature(secret=secret_of("key", "other")), False, id="another subscription's secret"),
        pytest.param(signature(body=b"<rss>more</rss>"), False, id="of another body"),
        pytest.param("sha256=", False, id="empty"),
        pytest.param("sha256", False, id="no value"),
        pytest.param("sha256=ÿÿ", False, id="not hex"),
        pytest.param("", False, id="none"),
        pytest.param(None, False, id="no header"),
    ],
)
def test_what_is_signed(given: str | None, signed: bool) -> None:
    assert is_signed(BODY, given, SECRET) is signed


@pytest.mark.parametrize(
    ("changes", "state", "confirmed"),
    [
        pytest.param({}, "asked", True, id="we asked"),
        pytest.param({}, "active", True, id="a renewal"),
        pytest.param({}, "wanted", False, id="nobody asked yet"),
        pytest.param({}, "refused", False, id="it was refused"),
        pytest.param({"hub.topic": "https://other.example/"}, "asked", False, id="another topic"),
        pytest.param({"hub.mode": "unsubscribe"}, "asked", False, id="somebody wants us to leave"),
        pytest.param({"hub.challenge": ""}, "asked", False, id="no challenge"),
        pytest.param({"hub.challenge": "a\nb"}, "asked", False, id="a challenge of two lines"),
        pytest.param({"hub.challenge": "a" * 2000}, "asked", False, id="a challenge without end"),
    ],
)
def test_only_what_we_asked_for_is_confirmed(changes: dict[str, str], state: str, confirmed: bool) -> None:
    assert (why_not_confirmed(ASKED | changes, topic=TOPIC, state=state) is None) is confirmed


@pytest.mark.parametrize(
    ("given", "seconds"), [("600", 600), ("", 60), ("soon", 60), ("9" * 11, 30 * 86_400), ("9" * 40, 60)]
)
def test_the_lease(given: str, seconds: float) -> None:
    assert lease_seconds({"hub.lease_seconds": given}, wanted=60) == seconds


def test_a_secret_is_its_subscriptions_alone() -> None:
    assert len({secret_of(key, token) for key in ("a", "b") for token in ("1", "2")}) == 4
    form = subscription_form(callback="https://desk.example/push/1", topic=TOPIC, secret="s", lease_seconds=60)
    assert b"hub.topic=https%3A%2F%2Falpha.example%2Frss" in form and b"hub.secret=s" in form
