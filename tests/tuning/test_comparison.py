"""Gained, lost, merged, split, changed: found by what the messages speak of, not by their names."""

from datetime import UTC, datetime, timedelta

import pytest

from newswatch.tuning.comparison import Message, compare

AT = datetime(2026, 3, 1, tzinfo=UTC)


def a_message(*articles: int, hours: float = 0, **changes) -> Message:
    known = {
        "receiver": "desk", "story_id": f"st_{articles[0]}", "first_at": AT + timedelta(hours=hours), "signal": "launch",
        "pair": "PRK→JPN", "title": "T", "severity": 4, "score": 0.9, "articles": frozenset(articles),
    }  # fmt: skip
    return Message(**(known | changes))


ONE, TWO = a_message(1, 2), a_message(3, hours=1)
CASES = {
    "nothing": ([ONE, TWO], [ONE, TWO], []),
    "another name for the same": ([ONE], [a_message(1, 2, story_id="st_else")], []),
    "one more article": ([ONE], [a_message(1, 2, 9)], []),
    "gained": ([ONE], [ONE, TWO], [("gained", 3)]),
    "lost": ([ONE, TWO], [ONE], [("lost", 3)]),
    "merged": ([ONE, TWO], [a_message(1, 2, 3)], [("merged", 3)]),
    "split": ([a_message(1, 2, 3)], [ONE, TWO], [("split", 3)]),
    "severity": ([ONE], [a_message(1, 2, severity=5)], [("severity", 1)]),
    "receiver": ([ONE], [a_message(1, 2, receiver="asia")], [("receiver", 1)]),
    "everything": ([ONE], [TWO], [("gained", 3), ("lost", 1)]),
}


@pytest.mark.parametrize("name", CASES)
def test_each_change_has_its_kind(name):
    before, after, wanted = CASES[name]
    found = compare(before, after, [])
    assert [(one.kind, min(told_before_or_now(one).articles)) for one in found.changes] == wanted
    assert (found.before, found.after) == (len(before), len(after))
    new = sum(found.counts[kind] for kind in ("severity", "gained", "split", "receiver"))
    assert found.same + new == len(after)


def told_before_or_now(change) -> Message:
    return change.before if change.kind in ("lost", "merged", "receiver") else change.after


def test_days_and_signals_add_up():
    found = compare([ONE, TWO], [ONE, a_message(4, hours=30, signal="attack")], [])
    assert [(row.signal, row.before, row.after, row.gained, row.lost) for row in found.per_signal] == [
        ("attack", 0, 1, 1, 0), ("launch", 2, 1, 0, 1),
    ]  # fmt: skip
    assert [(row.before, row.after, row.gained, row.lost) for row in found.per_day] == [(2, 1, 0, 1), (0, 1, 1, 0)]


class Label:
    def __init__(self, article_id, *signals, verdict="reviewed"):
        self.article_id, self.signals, self.verdict = article_id, signals, verdict


def test_quality_counts_messages_with_labels_alone():
    labels = [Label(1, "launch"), Label(3), Label(7, "attack"), Label(4, "launch", verdict="known_already")]
    found = compare([ONE, TWO, a_message(4), a_message(5)], [], labels).quality_before
    assert (found.precision.value, found.precision.items) == (pytest.approx(2 / 3, abs=1e-6), 3)
    assert found.useful.value == pytest.approx(1 / 3, abs=1e-6)
    assert (found.recall.value, found.recall.items) == (pytest.approx(2 / 3, abs=1e-6), 3)
