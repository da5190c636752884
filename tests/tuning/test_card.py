"""The review card: every article in one stratum, and estimates without the bias of what was drawn."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from random import Random

import pytest

from builders_tuning import FLAT
from newswatch.tuning.card import EACH, Candidate, draw, live_quality, stratum_of

DAY = date(2026, 3, 1)


def a_candidate(number: int = 1, **changes) -> Candidate:
    known = {"article_id": number, "scores": {}, "found": (), "by_rules": (), "told": False}
    return Candidate(**(known | changes))


STRATA = {
    "told": {"told": True, "found": ("launch",)},
    "disagreement, model alone": {"found": ("launch",), "scores": {"launch": 0.9}},
    "disagreement, rules alone": {"by_rules": ("attack",), "scores": {"launch": 0.3}},
    "near_miss": {"scores": {"launch": 0.25}},
    "unalerted, agreed": {"found": ("launch",), "by_rules": ("launch",)},
    "unalerted": {"scores": {"launch": 0.24}},
}


@pytest.mark.parametrize("name", STRATA)
def test_each_article_has_one_stratum(name):
    assert stratum_of(a_candidate(**STRATA[name]), FLAT) == name.split(",")[0]


def test_five_of_each_and_the_same_again():
    ones = [a_candidate(n, **list(STRATA.values())[n % 6]) for n in range(120)]
    card = draw(ones, FLAT, DAY)
    assert Counter(one.stratum for one in card) == dict.fromkeys(
        ("told", "disagreement", "near_miss", "unalerted"), EACH
    )
    assert card == draw(reversed(ones), FLAT, DAY)
    assert {one.article_id for one in card} != {one.article_id for one in draw(ones, FLAT, date(2026, 3, 2))}
    assert sum(one.population / EACH for one in card) == 120


@dataclass
class Answered:
    day: date
    stratum: str
    population: int
    found: tuple
    told: bool
    truth: tuple | None


def test_the_rare_stratum_does_not_speak_for_the_many():
    told = [Answered(DAY, "told", 10, ("launch",), True, ("launch",)) for _ in range(5)]
    missed = [Answered(DAY, "unalerted", 1000, (), False, truth) for truth in (("launch",), (), (), (), ())]
    found = live_quality([*told, *missed], ["launch"])
    assert found.precision.value == 1.0
    assert found.recall.value == pytest.approx(10 / 210, abs=1e-6)  # ten found, and 200 that nobody found


def test_who_does_not_answer_is_stood_for_by_the_others():
    answered = [Answered(DAY, "told", 10, ("launch",), True, t) for t in (("launch",), (), None, None, None)]
    assert (live_quality(answered, ["launch"]).precision.value, live_quality(answered, ["launch"]).waiting) == (0.5, 3)


def test_over_many_days_the_estimate_meets_the_truth():
    """A stream with a known recall of 0.6 and precision of 0.75, seen through 200 cards."""
    chance, answers = Random(7), []
    for number in range(200):
        day = date.fromordinal(DAY.toordinal() + number)
        ones = []
        for n in range(300):
            truth = chance.random() < 0.1
            hit = chance.random() < (0.6 if truth else 0.0222)
            ones.append(
                (a_candidate(n, found=("launch",) if hit else (), told=hit, scores={"launch": 0.3 * truth}), truth)
            )
        true = {one.article_id: truth for one, truth in ones}
        for one in draw([one for one, _ in ones], FLAT, day):
            signals = ("launch",) if true[one.article_id] else ()
            answers.append(Answered(day, one.stratum, one.population, one.found, one.told, signals))
    found = live_quality(answers, ["launch"])
    assert found.precision.value == pytest.approx(0.75, abs=0.03)
    assert found.recall.value == pytest.approx(0.6, abs=0.04)
    assert found.recall.low < 0.6 < found.recall.high
