"""Counting under other thresholds, and judging on labelled items."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from builders_tuning import FLAT
from newswatch.tuning.curves import count_curves, day_counts, precision_at, precision_recall


@dataclass
class Item:
    scores: dict
    signals: tuple = ()
    weight: float = 1.0
    classified_at: datetime = field(default=datetime(2026, 3, 1, 12, tzinfo=UTC))


def a_launch(score: float, *, true: bool = True, weight: float = 1.0) -> Item:
    return Item({"launch": score}, ("launch",) if true else (), weight)


def test_a_curve_counts_what_reaches_each_hundredth():
    curve = next(
        one for one in count_curves([Item({"launch": s}) for s in (0.1, 0.5, 0.55)], FLAT) if one.signal == "launch"
    )
    assert (curve.above[0], curve.above[10], curve.above[50], curve.above[55], curve.above[56]) == (3, 3, 2, 1, 0)
    assert (curve.now, curve.threshold) == (2, 0.5)


def test_days_are_counted_beside_what_is_in_force():
    items = [
        Item({"launch": 0.6}, classified_at=datetime(2026, 3, 1, 1, tzinfo=UTC)),
        Item({"launch": 0.45, "attack": 0.9}, classified_at=datetime(2026, 3, 2, 1, tzinfo=UTC)),
        Item({}, classified_at=datetime(2026, 3, 2, 2, tzinfo=UTC)),
    ]
    first, second = day_counts(items, FLAT | {"launch": 0.4, "attack": 0.95}, FLAT)
    assert (first.day, dict(first.found), first.any_signal) == (date(2026, 3, 1), {"launch": 1}, 1)
    assert (dict(second.found), dict(second.found_now)) == ({"launch": 1}, {"attack": 1})
    assert (second.articles, second.any_signal, second.any_signal_now) == (2, 1, 1)


def test_precision_and_recall_at_a_threshold():
    items = [a_launch(0.9), a_launch(0.7), a_launch(0.6, true=False), a_launch(0.3)]
    precision, recall = precision_at(items, FLAT)["launch"]
    assert (round(precision.value, 3), precision.items) == (0.667, 3)
    assert (round(recall.value, 3), recall.items) == (0.667, 3)


def test_a_weight_stands_for_so_many_items():
    items = [a_launch(0.9), a_launch(0.2, weight=9.0)]
    assert precision_at(items, FLAT)["launch"][1].value == 0.1


def test_raising_a_threshold_never_raises_recall():
    items = [a_launch(s / 20, true=s % 3 > 0) for s in range(21)]
    recalls = [point.recall.value for point in precision_recall(items, "launch")]
    assert recalls == sorted(recalls, reverse=True)
    assert recalls[0] == 1.0
