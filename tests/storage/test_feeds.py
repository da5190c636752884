"""What the database remembers of feeds: which are due, which entries are new, what survives a change of address."""

from datetime import timedelta

import sqlalchemy as sa

from builders import NOON, a_feed, a_fetch, an_entry
from newswatch.domain import FeedHistory
from newswatch.storage import feeds as feed_storage
from newswatch.storage.feeds import FoundEntry
from newswatch.storage.tables import articles, entries, feeds

HOUR = timedelta(hours=1)


def found(*keys: str) -> list[FoundEntry]:
    return [FoundEntry(an_entry(key), key) for key in keys]


def visit(connection, feed=None, *, history=FeedHistory(), status="fetched", paused=False, run_id="run", due=HOUR):
    feed_storage.save_fetch(
        connection, a_fetch((feed or a_feed()).feed_id, status=status), history, run_id=run_id, now=NOON,
        next_due_at=NOON + due, state="ok", message="", entry_count=0, new_count=0, paused=paused,
    )  # fmt: skip


def test_urgent_feeds_are_their_own_dags_until_they_are_late(database) -> None:
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed("hot", urgent=True), a_feed("wire")], NOON)
        minute, five = timedelta(minutes=1), timedelta(minutes=5)

        assert feed_storage.find_due_urgent_feeds(connection, NOON - minute, early=minute / 2) == []
        assert feed_storage.find_due_urgent_feeds(connection, NOON - minute / 2, early=minute / 2) == ["hot"]
        assert [feed for feed, _ in feed_storage.find_due_feeds(connection, NOON, urgent_late_by=five)] == ["wire"]
        late = feed_storage.find_due_feeds(connection, NOON + five, urgent_late_by=five)
        assert [feed for feed, _ in late] == ["hot", "wire"]


def test_urgent_feeds_come_first_and_unlisted_ones_not_at_all(database) -> None:
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed("gone"), a_feed("slow")], NOON - 2 * HOUR)
        feed_storage.save_feeds(connection, [a_feed("slow"), a_feed("fast", urgent=True)], NOON)

        assert feed_storage.find_due_feeds(connection, NOON) == [("fast", "Fast"), ("slow", "Slow")]


def test_a_fetched_feed_is_due_again_when_it_said_so(database) -> None:
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed()], NOON)
        visit(connection)

        assert feed_storage.find_due_feeds(connection, NOON + HOUR - timedelta(seconds=1)) == []
        assert feed_storage.find_due_feeds(connection, NOON + HOUR) == [("wire", "Wire")]


def test_a_paused_feed_is_not_due(database) -> None:
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed()], NOON)
        visit(connection, paused=True)

        assert feed_storage.find_due_feeds(connection, NOON + 9 * HOUR) == []


def test_only_a_success_makes_a_feed_seeded(database) -> None:
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed("good"), a_feed("bad")], NOON)
        visit(connection, a_feed("good"))
        visit(connection, a_feed("bad"), status="failed")

        known = feed_storage.get_known_feeds(connection, ["good", "bad", "unheard_of"])

    assert [(one.feed.feed_id, one.seeded) for one in known] == [("good", True), ("bad", False)]


def test_another_address_forgets_the_validators_but_not_the_entries(database) -> None:
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed()], NOON)
        visit(connection, history=FeedHistory(etag='"v1"', content_hash="abc", failure_points=2))
        feed_storage.save_entries(connection, a_feed(), found("https://wire.example/1"), backlog=False, now=NOON)
        feed_storage.save_feeds(connection, [a_feed(url="https://wire.example/new")], NOON + 2 * HOUR)

        (known,) = feed_storage.get_known_feeds(connection, ["wire"])
        again = feed_storage.save_entries(
            connection, known.feed, found("https://wire.example/1"), backlog=False, now=NOON + 2 * HOUR
        )

    assert (known.history.etag, known.history.content_hash, known.history.failure_points) == (None, None, 2)
    assert again == 0


def test_an_entry_is_new_once_and_its_listing_is_kept_fresh(database) -> None:
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed()], NOON)
        first = feed_storage.save_entries(connection, a_feed(), found("a", "b"), backlog=False, now=NOON)
        second = feed_storage.save_entries(connection, a_feed(), found("b", "c"), backlog=False, now=NOON + HOUR)
        listed = dict(connection.execute(sa.select(entries.c.entry_key, entries.c.listed_at)).all())

    assert (first, second) == (2, 1)
    assert listed == {"a": NOON, "b": NOON + HOUR, "c": NOON + HOUR}


def test_two_feeds_that_carry_one_article_store_it_once(database) -> None:
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed("one"), a_feed("two")], NOON)
        for feed in (a_feed("one"), a_feed("two")):
            feed_storage.save_entries(connection, feed, found("https://x.example/1"), backlog=False, now=NOON)

        assert connection.scalar(sa.select(sa.func.count()).select_from(articles)) == 1
        assert connection.scalar(sa.select(sa.func.count(entries.c.article_id))) == 2


def test_text_that_looks_like_code_is_stored_as_text(database) -> None:
    nasty = "'; DROP TABLE feeds; -- 💥 {{ ti }} %s"
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed()], NOON)
        entry = an_entry("k", title=nasty, summary=nasty)
        feed_storage.save_entries(connection, a_feed(), [FoundEntry(entry, "u")], backlog=False, now=NOON)

        assert connection.execute(sa.select(articles.c.title, articles.c.lead)).one() == (nasty, nasty)
        assert connection.scalar(sa.select(sa.func.count()).select_from(feeds)) == 1
