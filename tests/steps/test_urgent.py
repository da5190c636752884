"""The short chain: an urgent feed's news goes from its server to a finding in two steps, and an idle minute stops after one."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from builders_feeds import an_item, an_rss
from local_web import LocalWeb, a_local_web
from newswatch import steps
from newswatch.runtime.demo import write_config
from newswatch.storage.tables import articles


@pytest.fixture
def urgent(database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A desk that watches one urgent feed on a server of this test."""
    with a_local_web() as web:
        text = "Shells fell on the town at dawn. " * 20
        page = f"<html><body><article><h1>Army shells town</h1><p>{text}</p></article></body></html>"
        web.page("/1", page.encode(), Content_Type="text/html")
        web.page("/rss", an_rss(an_item(1, title="Army shells town", link=web.url("/1"), pubDate="")), ETag='"1"')
        write_config(
            tmp_path / "config",
            [{"id": "hot", "name": "Hot", "publisher": "Hot", "url": web.url("/rss"), "urgent": True}],
        )
        monkeypatch.setenv("NEWSWATCH_DATABASE_URL", database.url.render_as_string(hide_password=False))
        monkeypatch.setenv("NEWSWATCH_CONFIG", str(tmp_path / "config"))
        steps.list_due_feeds()  # puts the configured feeds into the database
        yield web


def test_what_is_new_is_read_and_classified(urgent: LocalWeb, database) -> None:
    polled = steps.poll_urgent_feeds(run_id="r1")
    read = steps.read_urgent_articles()

    assert (polled.counts["due"], polled.counts["new_entries"], polled.counts["waiting"]) == (1, 1, 1)
    assert read.counts["pages"] == read.counts["articles"] == 1
    with database.read() as connection:
        assert connection.execute(sa.select(articles.c.stage, articles.c.text_source)).one()[1] == "page"


def test_an_idle_minute_leaves_nothing_to_do(urgent: LocalWeb) -> None:
    steps.poll_urgent_feeds(run_id="r1")
    steps.read_urgent_articles()
    steps.group_stories()

    assert steps.poll_urgent_feeds(run_id="r2").counts["waiting"] == 0
