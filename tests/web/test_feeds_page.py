"""The feeds page: health, yield, lead; pause, resume, test, export."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from lxml import html
from starlette.testclient import TestClient

from builders_web import by_token
from newswatch.feeds.opml import read_opml
from newswatch.runtime.demo import write_config
from newswatch.runtime.demo_server import serve
from newswatch.runtime.demo_site import DemoResponse
from newswatch.storage.feeds import find_due_feeds
from newswatch.storage.tables import entries, feeds, fetches
from newswatch.web.app import create_app


def feed(visit, feed_id: str = "albion-world") -> dict:
    return visit("vera").get(f"/api/feeds/{feed_id}").json()["feed"]


def test_what_needs_a_look_comes_first(visit) -> None:
    found = visit("vera").get("/api/feeds").json()

    assert (found[0]["feed_id"], found[0]["state"]) == ("harbour-headlines", "failing") or found[0][
        "state"
    ] == "failing"
    assert [one["name"].lower() for one in found[1:]] == sorted(one["name"].lower() for one in found[1:])


def test_health_counts_what_happened(visit, week) -> None:
    with week.db.begin() as connection:
        connection.execute(sa.delete(fetches).where(fetches.c.feed_id == "albion-world"))
        for minutes, status in ((30, "fetched"), (20, "failed"), (10, "not_modified")):
            connection.execute(
                sa.insert(fetches).values(
                    feed_id="albion-world", run_id="r", fetched_at=week.now - timedelta(minutes=minutes), status=status,
                    body_bytes=0, elapsed_seconds=0.5, entries=0, new_entries=0,
                )
            )  # fmt: skip
    found = feed(visit)

    assert found["fetched"] == ["fetched", "failed", "not_modified"]
    assert (found["articles"], found["in_stories"]) == (13, 8)


def test_first_is_who_was_seen_first(visit, week) -> None:
    """Over all feeds each story that several told was first told by exactly one of them."""
    with week.db.read() as connection:
        told_by_many = connection.scalar(
            sa.text(
                "SELECT count(*) FROM (SELECT story_id FROM story_articles JOIN articles USING (article_id)"
                " GROUP BY story_id HAVING count(DISTINCT feed_id) > 1) many"
            )
        )
    found = visit("vera").get("/api/feeds").json()

    assert sum(one["first"] for one in found) == told_by_many > 3
    assert all(one["first"] <= one["told"] for one in found)
    assert all((one["median_lag"] is None) == (one["told"] == 0) for one in found)


def test_a_paused_feed_is_not_due_until_it_is_resumed(visit, week) -> None:
    later = week.now + timedelta(hours=1)

    def is_due() -> bool:
        with week.db.read() as connection:
            return "albion-world" in dict(find_due_feeds(connection, later))

    assert is_due()
    paused = visit("otto").post("/api/feeds/albion-world/pause", json={"reason": "moved"}).json()
    assert (paused["pause_reason"], is_due()) == ("Paused by otto: moved", False)
    again = visit("otto").post("/api/feeds/albion-world/pause", json={"reason": "other"}).json()
    assert again["pause_reason"] == "Paused by otto: moved"
    resumed = visit("otto").post("/api/feeds/albion-world/resume").json()
    assert (resumed["paused_at"], resumed["failure_points"], is_due()) == (None, 0.0, True)


def test_the_buttons_are_the_operators(visit) -> None:
    for visitor, buttons in (("vera", []), ("uma", []), ("otto", ["Pause", "Test now"])):
        page = html.document_fromstring(visit(visitor).get("/feeds/albion-world").text)
        assert [one.text_content() for one in page.cssselect("button")] == buttons


def test_a_failing_feed_is_told_in_a_word(visit) -> None:
    page = html.document_fromstring(visit("vera").get("/feeds").text)
    first = page.cssselect("tbody tr")[0].text_content()

    assert "failing" in first and "503" in first
    assert "1 failing" in " ".join(page.cssselect(".tally")[0].text_content().split())


def test_the_export_can_be_imported(visit, week) -> None:
    answer = visit("vera").get("/feeds.opml")
    read = read_opml(answer.content)

    assert "attachment" in answer.headers["content-disposition"]
    with week.db.read() as connection:
        assert {one.url for one in read.outlines} == set(connection.scalars(sa.select(feeds.c.url)))


def test_no_such_feed(visit) -> None:
    for method, path in (("get", "/feeds/nope"), ("post", "/feeds/nope/pause"), ("post", "/api/feeds/nope/test")):
        body = {"json": {}} if "api" in path else {"data": {}} if method == "post" else {}
        assert getattr(visit("otto"), method)(path, **body).status_code == 404


RSS = b"<rss version='2.0'><channel><title>t</title><item><title>A &lt;b&gt;test&lt;/b&gt;</title><link>http://127.0.0.1/1</link></item></channel></rss>"


@pytest.fixture
def trying(week, tmp_path: Path):
    """An app whose feed is served from this machine, with a configuration that allows that."""
    with serve(lambda path: DemoResponse(200, {"Content-Type": "application/rss+xml"}, RSS)) as base_url:
        write_config(tmp_path / "config", [])
        with week.db.begin() as connection:
            connection.execute(sa.update(feeds).where(feeds.c.feed_id == "albion-world").values(url=f"{base_url}/feed"))
        app = create_app(
            by_token, lambda: week.db, config_folder=tmp_path / "config", model_folder=tmp_path, clock=lambda: week.now
        )
        yield TestClient(app, headers={"Authorization": "Bearer otto"})
    shutil.rmtree(tmp_path / "config")


def test_a_test_fetches_once_and_keeps_nothing(trying, week) -> None:
    with week.db.read() as connection:
        before = connection.scalar(sa.text("SELECT md5(string_agg(f::text, '|' ORDER BY feed_id)) FROM feeds f"))
    tried = trying.post("/api/feeds/albion-world/test").json()
    page = trying.post("/feeds/albion-world/test")

    assert (tried["http_status"], tried["entries"], tried["newest"][0]["title"]) == (200, 1, "A test")
    assert page.status_code == 200 and "Nothing was stored" in page.text
    with week.db.read() as connection:
        assert (
            connection.scalar(sa.text("SELECT md5(string_agg(f::text, '|' ORDER BY feed_id)) FROM feeds f")) == before
        )
        assert connection.scalar(sa.select(sa.func.count()).select_from(entries)) == 0


def test_a_test_does_not_reach_private_addresses(visit, week) -> None:
    with week.db.begin() as connection:
        connection.execute(
            sa.update(feeds).where(feeds.c.feed_id == "albion-world").values(url="http://169.254.169.254/latest")
        )
    tried = visit("otto").post("/api/feeds/albion-world/test").json()

    assert (tried["state"], tried["entries"]) == ("failing", 0)
