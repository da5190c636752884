"""A page elsewhere cannot act in a visitor's name."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from starlette.datastructures import Headers

from newswatch.web.same_origin import why_foreign

DECISIONS = {
    # name: (headers, is refused)
    "our own page": ({"host": "desk.example", "sec-fetch-site": "same-origin", "origin": "http://desk.example"}, False),
    "our own page, a proxy changed the host": (
        {"host": "inner:8080", "sec-fetch-site": "same-origin", "origin": "https://x"},
        False,
    ),
    "old browser, our own page": ({"host": "desk.example:8080", "origin": "http://desk.example:8080"}, False),
    "old browser, the configured address": ({"host": "inner:8080", "origin": "https://airflow.example"}, False),
    "a script with a token": ({"host": "desk.example", "authorization": "Bearer x"}, False),
    "a form elsewhere": (
        {"host": "desk.example", "sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        True,
    ),
    "a sibling host": ({"host": "desk.example", "sec-fetch-site": "same-site", "origin": "https://blog.example"}, True),
    "typed into the address bar": ({"host": "desk.example", "sec-fetch-site": "none"}, True),
    "old browser, a form elsewhere": ({"host": "desk.example", "origin": "https://evil.example"}, True),
    "a sandboxed frame": ({"host": "desk.example", "origin": "null"}, True),
    "our host as a prefix": ({"host": "desk.example", "origin": "https://desk.example.evil.example"}, True),
    "our host as a user name": ({"host": "desk.example", "origin": "https://desk.example@evil.example"}, True),
    "another port": ({"host": "desk.example:8080", "origin": "http://desk.example:9090"}, True),
    "no origin that can be read": ({"host": "desk.example", "origin": "http://["}, True),
    "nothing said": ({"host": "desk.example"}, True),
    "no host and no origin": ({}, True),
}


@pytest.mark.parametrize(("headers", "refused"), DECISIONS.values(), ids=DECISIONS.keys())
def test_where_a_request_comes_from(headers: dict[str, str], refused: bool) -> None:
    assert (why_foreign(Headers(headers), ("https://airflow.example",)) is not None) == refused


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}], ids=str)
def test_a_forged_post_with_the_cookie_changes_nothing(visit, week, headers: dict[str, str]) -> None:
    key = an_alert(week)
    browser = visit(None)
    browser.cookies.set("_token", "otto")
    for path in (f"/alerts/{key}/acknowledge", f"/api/alerts/{key}/acknowledge", "/feeds/albion-world/pause"):
        refused = browser.post(path, headers=headers)
        assert refused.status_code == 403 and "Nothing was changed" in refused.json()["detail"]
    forged = {"Content-Type": "text/plain"} | headers
    assert (
        browser.post("/api/silences", content='{"matchers": ["story=x"], "reason": "x"}', headers=forged).status_code
        == 403
    )
    assert answers(week) == 0


def test_the_same_post_from_our_page_is_taken(visit, week) -> None:
    browser = visit(None)
    browser.cookies.set("_token", "uma")

    answered = browser.post(f"/alerts/{an_alert(week)}/acknowledge", headers={"Sec-Fetch-Site": "same-origin"})
    assert answered.status_code == 303
    assert answers(week) == 1


def an_alert(week) -> str:
    with week.db.read() as connection:
        return connection.scalar(sa.text("SELECT alert_key FROM alerts ORDER BY decided_at DESC, alert_key LIMIT 1"))


def answers(week) -> int:
    with week.db.read() as connection:
        return connection.scalar(sa.text("SELECT count(*) FROM feedback"))
