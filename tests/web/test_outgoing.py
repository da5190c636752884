"""Who may read the outgoing feed, and what does the token open? This one address, and nothing else."""

from __future__ import annotations

from base64 import b64encode

import feedparser
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from builders_web import Seeded, by_token
from newswatch.web.app import create_app

TOKEN = "a-token-of-more-than-24-characters"
PATHS = ("/newswatch/alerts.rss", "/newswatch/api/alerts.rss")


def a_client(week: Seeded, token: str | None) -> TestClient:
    pages = create_app(
        by_token, lambda: week.db, config_folder=None, model_folder=None, clock=lambda: week.now, feed_token=token
    )
    outer = FastAPI()
    outer.mount("/newswatch", pages)
    return TestClient(outer, base_url="http://desk.example", follow_redirects=False)


def basic(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"reader:{password}".encode()).decode()}


def test_the_weeks_alerts_newest_first_and_none_of_it_twice(week: Seeded) -> None:
    client = a_client(week, TOKEN)
    answer = client.get(PATHS[1], params={"token": TOKEN, "severity": 4})
    parsed = feedparser.parse(answer.content)

    assert answer.headers["content-type"].startswith("application/rss+xml")
    assert len(parsed.entries) > 3 and not parsed.bozo
    assert all(one.title.startswith(("HIGH", "CRITICAL")) for one in parsed.entries)
    assert len({one.id for one in parsed.entries}) == len(parsed.entries)
    times = [one.published_parsed for one in parsed.entries]
    assert times == sorted(times, reverse=True)
    assert TOKEN not in answer.text
    assert parsed.entries[0].link.startswith("http://desk.example/newswatch/stories/st_")
    again = client.get(
        PATHS[1], params={"token": TOKEN, "severity": 4}, headers={"If-None-Match": answer.headers["etag"]}
    )
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", PATHS)
def test_the_token_opens_it_in_both_forms(week: Seeded, path: str) -> None:
    client = a_client(week, TOKEN)

    assert client.get(path, params={"token": TOKEN}).status_code == 200
    assert client.get(path, headers=basic(TOKEN)).status_code == 200
    assert client.get(path, headers={"Authorization": "Bearer vera"}).status_code == 200


@pytest.mark.parametrize("given", ["", "wrong", TOKEN[:-1], TOKEN + "x", "é" * 30])
def test_a_wrong_token_does_not(week: Seeded, given: str) -> None:
    client = a_client(week, TOKEN)

    assert client.get(PATHS[1], params={"token": given}).status_code == 401
    refused = client.get(PATHS[1], headers=basic(given))
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("token", [None, "", "short"])
def test_without_a_token_worth_the_name_only_a_login_opens_it(week: Seeded, token: str | None) -> None:
    client = a_client(week, token)

    assert client.get(PATHS[1], params={"token": token or ""}).status_code == 401
    assert client.get(PATHS[1], headers=basic(token or "")).status_code == 401
    assert client.get(PATHS[1], headers={"Authorization": "Basic !!!"}).status_code == 401


def test_the_token_opens_nothing_else(week: Seeded) -> None:
    client = a_client(week, TOKEN)

    for path in ("/newswatch/api/alerts", "/newswatch/api/feeds", "/newswatch/search.csv"):
        assert client.get(path, params={"token": TOKEN}, headers=basic(TOKEN)).status_code in (303, 401), path
