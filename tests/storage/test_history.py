"""What is forgotten, and that nobody notices: what a feed still lists is never taken for news again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from builders import NOON, a_feed, an_entry
from newswatch import steps
from newswatch.domain import FeedHistory, Fetched
from newswatch.storage import feeds as feed_storage
from newswatch.storage.feeds import FoundEntry
from newswatch.storage.tables import articles, entries, fetches

CONFIG = Path(__file__).resolve().parents[2] / "config"
DAY = timedelta(days=1)
KEEP = 400 * DAY


def fetch(db, *titles: str, now, status: str = "fetched") -> int:
    """One fetch of the feed as it stands with these entries; returns how many were new."""
    found = [FoundEntry(an_entry(f"https://wire.example/{title}", title=title), title) for title in titles]
    with db.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed()], now)
        new = feed_storage.save_entries(connection, a_feed(), found, backlog=False, now=now)
        feed_storage.save_fetch(
            connection, Fetched("wire", status), FeedHistory(last_success_at=now), run_id="r", now=now, next_due_at=now,
            state="ok", message="", entry_count=len(found), new_count=new, paused=False,
        )  # fmt: skip
    return new


def place_all(db, fate: str = "no_signal") -> None:
    with db.begin() as connection:
        connection.execute(sa.update(articles).values(stage="placed", fate=fate))


def titles(db) -> list[str]:
    with db.read() as connection:
        return list(connection.scalars(sa.select(articles.c.title).order_by(articles.c.title)))


@pytest.fixture
def prune(database, monkeypatch: pytest.MonkeyPatch):
    """The step, run at a moment."""
    monkeypatch.setenv("NEWSWATCH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("NEWSWATCH_CONFIG", str(CONFIG))

    def at(moment):
        monkeypatch.setenv("NEWSWATCH_NOW", moment.isoformat())
        return steps.prune_history()

    return at


def test_an_old_article_that_no_feed_lists_is_forgotten(database, prune) -> None:
    fetch(database, "old", now=NOON)
    place_all(database)
    fetch(database, "young", now=NOON + KEEP + DAY)

    result = prune(NOON + KEEP + DAY)

    assert (result.counts["entries"], result.counts["articles"], result.counts["fetches"]) == (1, 1, 1)
    assert titles(database) == ["young"]


def test_what_a_feed_still_lists_is_not_news_after_pruning(database, prune) -> None:
    """S6: the feed's document has not changed for a year; every fetch since was `not modified`."""
    fetch(database, "evergreen", now=NOON)
    place_all(database)
    fetch(database, now=NOON + KEEP + DAY, status="not_modified")

    prune(NOON + KEEP + DAY)

    assert titles(database) == ["evergreen"]
    assert fetch(database, "evergreen", now=NOON + KEEP + 2 * DAY) == 0


@pytest.mark.parametrize(
    ("fate", "stage", "age", "kept"),
    [
        pytest.param("no_signal", "placed", KEEP - DAY, True, id="young enough"),
        pytest.param(None, "read", KEEP + DAY, True, id="not done with"),
        pytest.param("no_signal", "placed", KEEP + DAY, False, id="old"),
        pytest.param("failed", "placed", KEEP + DAY, False, id="old and failed"),
    ],
)
def test_which_articles_go(database, prune, fate: str | None, stage: str, age: timedelta, kept: bool) -> None:
    fetch(database, "one", now=NOON)
    with database.begin() as connection:
        connection.execute(sa.update(articles).values(stage=stage, fate=fate))
    fetch(database, now=NOON + age)

    prune(NOON + age)

    assert titles(database) == (["one"] if kept else [])


def test_an_article_in_a_story_stays(database, prune) -> None:
    from acceptance.classified import add_reports
    from builders_alerts import a_report
    from newswatch.settings import load_settings
    from newswatch.steps.stories import group_stories

    add_reports(database, a_report("Pyongyang fires a missile"))
    group_stories(database, load_settings(CONFIG), now=NOON)
    prune(NOON + 3 * KEEP)

    with database.read() as connection:
        fates = connection.scalars(sa.select(articles.c.fate)).all()
    assert fates == ["in_story"]


def test_the_log_of_fetches_is_kept_for_a_season(database, prune) -> None:
    for day in (0, 60, 100):
        fetch(database, now=NOON + day * DAY)
    prune(NOON + 100 * DAY)

    with database.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(fetches)) == 2
        assert connection.scalar(sa.select(sa.func.count()).select_from(entries)) == 0
