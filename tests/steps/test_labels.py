"""What people say waits as labels; only what somebody approved is ever learnt from."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from builders import NOON
from builders_tuning import FLAT, add_scored
from newswatch.errors import NewswatchError
from newswatch.steps.labels import decide_on_labels, list_labels, list_voters, report_missed, take_back_label
from newswatch.steps.review import answer_item, draw_card, live_figures, todays_card
from newswatch.steps.stored_scores import labelled_curves, live_counts
from newswatch.storage.alerts import save_feedback, undo_feedback
from newswatch.storage.tables_alerts import alerts
from newswatch.storage.tables_stories import stories, story_articles
from newswatch.storage.tuning.labels import count_approved, find_approved

YESTERDAY = NOON - timedelta(days=1)


def tell(db, article_id: int) -> str:
    """A story of one article that was told."""
    story_id, key = f"st_{article_id}", f"{article_id:064d}"
    with db.begin() as connection:
        connection.execute(
            sa.insert(stories).values(
                story_id=story_id, signal="launch", signals=["launch"], modality="act", state="claimed", title="T",
                url=f"https://wire.example/{article_id}", first_at=NOON, last_at=NOON, severity=4, severity_score=1,
                factors=[], origins=["Wire"], publishers=["Wire"], actors=[], countries=[], tiers=[2], events=1, evidence=[],
                score=0.9, backlog=False, changes=[], memory={}, config_rev="c", model_sha="m", updated_at=NOON,
            )
        )  # fmt: skip
        joined = {"article_id": article_id, "story_id": story_id, "how": "opened", "joined_at": NOON}
        connection.execute(sa.insert(story_articles).values(joined))
        connection.execute(
            sa.insert(alerts).values(
                alert_key=key, story_id=story_id, receiver="desk", reason="first", severity=4, explanation="", ordinal=1,
                decided_at=NOON, group_key="g", root_id=story_id, modality="act", state="claimed", events=1, labels={},
                last_report_at=NOON, config_rev="c", model_sha="m",
            )
        )  # fmt: skip
    return key


def vote(db, key: str, verdict: str, *, user: str = "slack:U1", signal: str | None = None, at=NOON) -> None:
    with db.begin() as connection:
        row = {"alert_key": key, "user_id": user, "kind": "wrong", "verdict": verdict, "signal": signal, "given_at": at}
        save_feedback(connection, row)


@pytest.fixture
def told(database):
    add_scored(database, 1, YESTERDAY, {"launch": 0.9}, title="North Korea fires missile")
    return database, tell(database, 1)


VERDICTS = [
    ("wrong_signal", "attack", ("attack",)),
    ("wrong_signal", "none", ()),
    ("not_news", None, ()),
    ("known_already", None, None),
    ("not_for_us", None, None),
]


@pytest.mark.parametrize(("verdict", "signal", "means"), VERDICTS)
def test_a_vote_becomes_a_label_that_waits(told, verdict, signal, means):
    db, key = told
    vote(db, key, verdict, signal=signal)
    (label,) = list_labels(db)
    assert (label.article_id, label.user_id, label.verdict, label.signals) == (1, "slack:U1", verdict, means)
    assert (label.title, label.found, label.standing) == ("North Korea fires missile", ("launch",), "waiting")


def test_an_undone_vote_is_no_label_and_one_given_again_waits_anew(told):
    db, key = told
    vote(db, key, "not_news")
    decide_on_labels(db, [one.label_id for one in list_labels(db)], "approved", who="vera", now=NOON)
    with db.begin() as connection:
        undo_feedback(connection, key, "slack:U1", NOON)
    assert list_labels(db, "undone") and not list_labels(db, "approved")
    vote(db, key, "wrong_signal", signal="attack", at=NOON + timedelta(minutes=1))
    assert [one.signals for one in list_labels(db)] == [("attack",)]


def test_taking_a_label_back_takes_the_vote_back_but_only_by_its_giver(told):
    db, key = told
    vote(db, key, "not_news")
    (label,) = list_labels(db)
    assert not take_back_label(db, label.label_id, user_id="slack:U2", now=NOON)
    assert take_back_label(db, label.label_id, user_id="slack:U1", now=NOON)
    assert list_labels(db) == []


def test_a_poisoned_voter_changes_nothing_without_approval(database):
    """One person marks every alert; nobody approves. What could be learnt from is as before, and the person stands out."""
    for number in range(1, 21):
        add_scored(database, number, YESTERDAY, {"launch": 0.9})
        vote(database, tell(database, number), "wrong_signal", user="slack:MALLORY", signal="none")
    report_missed(database, 3, user_id="airflow:vera", signals=["launch"], now=NOON)
    (mine,) = [one for one in list_labels(database) if one.user_id == "airflow:vera"]
    decide_on_labels(database, [mine.label_id], "approved", who="otto", now=NOON)
    with database.begin() as connection:
        (approved,) = find_approved(connection)
        assert (count_approved(connection), approved.article_id, approved.signals) == (1, 3, ("launch",))
    assert labelled_curves(database).items == 1
    loudest = list_voters(database)[0]
    assert (loudest.user_id, loudest.waiting, loudest.approved) == ("slack:MALLORY", 20, 0)


def test_approval_can_be_taken_back(told):
    db, key = told
    vote(db, key, "not_news")
    ids = [one.label_id for one in list_labels(db)]
    assert decide_on_labels(db, ids, "approved", who="vera", now=NOON) == 1
    assert decide_on_labels(db, ids, "approved", who="vera", now=NOON) == 0
    assert decide_on_labels(db, ids, None, who="vera", now=NOON) == 1
    assert [one.standing for one in list_labels(db)] == ["waiting"]


def test_a_signal_that_is_none_is_refused(told):
    with pytest.raises(NewswatchError, match="no signal 'lunch'"):
        report_missed(told[0], 1, user_id="u", signals=["lunch"], now=NOON)


def test_a_card_is_drawn_once_answered_and_weighed(database):
    for number in range(1, 41):
        add_scored(database, number, YESTERDAY, {"launch": 0.3} if number > 30 else None)
    assert draw_card(database, YESTERDAY.date(), thresholds=FLAT) == 10  # five near misses, five of the rest
    assert draw_card(database, YESTERDAY.date(), thresholds=FLAT) == 0
    card = todays_card(database, user_id="airflow:vera", thresholds=FLAT, now=NOON)
    for item in card:
        answer_item(
            database,
            item.item_id,
            user_id="airflow:vera",
            now=NOON,
            signals=["launch"] if item.stratum == "near_miss" else [],
        )
    answered = todays_card(database, user_id="airflow:vera", thresholds=FLAT, now=NOON)
    assert {item.answer for item in answered} == {("launch",), ()}
    assert live_figures(database, now=NOON).answered == 0  # nobody has approved yet
    decide_on_labels(database, [item.label_id for item in answered], "approved", who="otto", now=NOON)
    figures = live_figures(database, now=NOON)
    assert (figures.answered, figures.recall.value, figures.precision.value) == (10, 0.0, None)
    with database.begin() as connection:
        assert sum(one.weight for one in find_approved(connection)) == 40


def test_live_counts_under_other_thresholds(database):
    for number, score in enumerate((0.2, 0.45, 0.6, 0.9), start=1):
        add_scored(database, number, YESTERDAY, {"launch": score})
    add_scored(database, 9, YESTERDAY, reason="unclassifiable")
    found = live_counts(database, thresholds={"launch": 0.4}, in_force=FLAT, now=NOON)
    (day,) = found.days
    assert (found.articles, day.found["launch"], day.found_now["launch"]) == (4, 3, 2)
    assert found.curves[0].above[60] == 2
