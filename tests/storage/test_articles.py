"""found -> read -> classified -> placed: claims exclude each other, run out, and fence off the late."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from builders import NOON, a_feed, a_finding, an_entry
from newswatch.domain import Dyad, Evidence
from newswatch.storage import articles as article_storage
from newswatch.storage import feeds as feed_storage
from newswatch.storage.articles import ReadArticle
from newswatch.storage.feeds import FoundEntry
from newswatch.storage.tables import articles


@pytest.fixture
def three(database):
    """A database with three articles that wait to be read."""
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed(tier=1, family="house", country="KOR")], NOON)
        found = [FoundEntry(an_entry(f"https://wire.example/{n}", title=f"Title {n}"), f"u{n}") for n in (1, 2, 3)]
        feed_storage.save_entries(connection, a_feed(), found, backlog=False, now=NOON)
    return database


def claim(db, stage="found", limit=10, minutes=5):
    with db.begin() as connection:
        return article_storage.claim(connection, stage, limit=limit, minutes=minutes)


def read(one, **changes) -> ReadArticle:
    known = {
        "article_id": one.article_id, "title": one.title, "lead": one.lead, "text": "Body.", "text_source": "page",
        "language": "en", "published_at": one.published_at, "reason": None, "fingerprint": b"",
    }  # fmt: skip
    return ReadArticle(**(known | changes))


def read_all(db) -> None:
    token, claimed = claim(db)
    with db.begin() as connection:
        article_storage.save_read(connection, token, [read(one) for one in claimed], NOON)


def classify_all(db, *findings) -> None:
    token, claimed = claim(db, "read")
    with db.begin() as connection:
        article_storage.save_classified(
            connection, token, {one.article_id: f for one, f in zip(claimed, findings, strict=True)},
            model_sha="m" * 64, config_rev="c" * 12, now=NOON,
        )  # fmt: skip


def test_the_urgent_chain_claims_what_urgent_feeds_brought(three) -> None:
    with three.begin() as connection:
        hot = a_feed("hot", urgent=True)
        feed_storage.save_feeds(connection, [a_feed(), hot], NOON)
        found = [FoundEntry(an_entry("https://hot.example/1", title="Hot"), "hot1")]
        feed_storage.save_entries(connection, hot, found, backlog=False, now=NOON)
    with three.begin() as connection:
        assert article_storage.count_urgent_waiting(connection) == 1
        _, claimed = article_storage.claim(connection, "found", limit=10, minutes=5, urgent=True)

    assert [one.title for one in claimed] == ["Hot"]
    assert [one.title for one in claim(three)[1]] == ["Title 1", "Title 2", "Title 3"]


def test_two_tasks_never_claim_the_same_article(three) -> None:
    _, first = claim(three, limit=2)
    _, second = claim(three)

    assert [one.title for one in first] == ["Title 1", "Title 2"]
    assert [one.title for one in second] == ["Title 3"]


def test_a_claim_that_another_transaction_holds_is_passed_over(three) -> None:
    with three.begin() as holder:
        article_storage.claim(holder, "found", limit=2, minutes=5)

        assert [one.title for one in claim(three)[1]] == ["Title 3"]


def test_the_claim_of_a_dead_task_runs_out(three) -> None:
    claim(three, minutes=0)

    assert len(claim(three)[1]) == 3


def test_a_late_writer_is_fenced_off(three) -> None:
    late_token, late = claim(three, minutes=0)
    token, claimed = claim(three)
    with three.begin() as connection:
        article_storage.save_read(connection, token, [read(one, text="on time") for one in claimed], NOON)
        article_storage.save_read(connection, late_token, [read(one, text="too late") for one in late], NOON)

        assert set(connection.scalars(sa.select(articles.c.text))) == {"on time"}


def test_each_claim_of_one_step_is_counted(three) -> None:
    claim(three, minutes=0)
    token, claimed = claim(three, minutes=5)
    assert {one.attempts for one in claimed} == {2}

    with three.begin() as connection:
        article_storage.save_read(connection, token, [read(one) for one in claimed], NOON)
    assert {one.attempts for one in claim(three, "read")[1]} == {1}


def test_each_finding_leads_to_its_fate(three) -> None:
    read_all(three)
    classify_all(three, a_finding("launch"), a_finding(modality="denial"), a_finding(reason="unclassifiable"))
    with three.begin() as connection:
        assert article_storage.count_fates(connection) == {"pending": 2, "unclassifiable": 1}
        reports = article_storage.unplaced_reports(connection, 10)
        article_storage.mark_placed(connection, [report.article_id for report in reports])
        assert article_storage.count_fates(connection) == {"in_story": 2, "unclassifiable": 1}


def test_a_report_carries_what_grouping_needs(three) -> None:
    evidence = (Evidence("A missile was fired.", (("fired", 1.25),)),)
    read_all(three)
    classify_all(three, a_finding("launch", actors=("PRK",), evidence=evidence), a_finding(), a_finding())
    with three.begin() as connection:
        (report,) = article_storage.unplaced_reports(connection, 10)

    assert (report.title, report.publisher, report.family, report.tier) == ("Title 1", "Wire", "house", 1)
    assert (report.country, report.dyad, report.signals) == ("KOR", Dyad("PRK", "JPN"), ("launch",))
    assert (report.evidence, report.published_at, report.text) == (evidence, NOON, "Body.")


def test_reports_come_in_order_of_publication(database) -> None:
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed()], NOON)
        found = [
            FoundEntry(an_entry(f"k{n}", title=f"{n}", published_at=NOON - timedelta(hours=n) if n else None), f"u{n}")
            for n in (0, 1, 2)
        ]
        feed_storage.save_entries(connection, a_feed(), found, backlog=False, now=NOON)
    read_all(database)
    classify_all(database, *[a_finding("attack")] * 3)
    with database.begin() as connection:
        reports = article_storage.unplaced_reports(connection, 10)

    assert [report.title for report in reports] == ["2", "1", "0"]


def test_an_unknown_fate_is_refused(three) -> None:
    with three.begin() as connection, pytest.raises(ValueError, match="no fate"):
        article_storage.mark_placed(connection, [1], fate="lost")
