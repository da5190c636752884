"""What counts as moved, and what the operators are told of it."""

from random import Random

import pytest

from newswatch.tuning.drift import FEWEST, MOVED, compared, stability_index, told


def test_the_index_as_worked_by_hand():
    # (0.6-0.5)*ln(0.6/0.5) + (0.4-0.5)*ln(0.4/0.5) = 0.018232 + 0.022314
    assert stability_index({"a": 0.5, "b": 0.5}, {"a": 0.6, "b": 0.4}) == pytest.approx(0.040547, abs=1e-6)
    assert stability_index({"a": 1.0}, {"a": 1.0}) == 0


def test_chance_alone_moves_nothing():
    chance = Random(5)
    draw = lambda: [chance.betavariate(0.5, 6) for _ in range(FEWEST)]  # noqa: E731
    assert not any(compared("score", draw(), draw()).has_moved for _ in range(50))


CASES = {
    "score": ([0.05] * 400, [0.05] * 200 + [0.8] * 200, "from 0.7 was 0% and is 50%"),
    "length": ([1500.0] * 400, [60.0] * 300, "below 100 was 0% and is 100%"),
    "language": (["en"] * 400, ["en"] * 200 + ["de"] * 200, "de was 0% and is 50%"),
    "unknown_words": ([0.03] * 400, [0.25] * 400, "from 0.2 was 0% and is 100%"),
}


@pytest.mark.parametrize("measure", CASES)
def test_a_shift_is_seen_and_named(measure):
    usual, lately, says = CASES[measure]
    found = compared(measure, usual, lately)
    assert found.has_moved and found.distance > MOVED
    assert says in told(found)


def test_a_few_articles_tell_nothing():
    assert compared("score", [0.1] * (FEWEST - 1), [0.9] * 1000) is None
