"""The knapsack of thresholds, against every combination tried out."""

from dataclasses import dataclass
from itertools import product
from random import Random

import pytest

from newswatch.tuning.budget import STEP, chance_of_being_right, choose_thresholds


@dataclass
class Alert:
    signal: str
    score: float


@dataclass
class Label:
    scores: dict
    signals: tuple
    verdict: str = "reviewed"


def by_trying(alerts, worth, lowest, most):
    grids = [[round(1 - n * STEP, 4) for n in range(round((1 - low) / STEP) + 1)] for low in lowest.values()]
    found = []
    for chosen in product(*grids):
        kept = [v for a, v in zip(alerts, worth, strict=True) if a.score >= chosen[list(lowest).index(a.signal)]]
        if len(kept) <= most:
            found.append(sum(kept))
    return max(found)


@pytest.mark.parametrize("seed", range(12))
def test_nothing_better_is_found_by_trying_everything(seed):
    chance = Random(seed)
    alerts = [Alert(chance.choice("ab"), round(chance.uniform(0.5, 1), 3)) for _ in range(14)]
    worth = [chance.uniform(-1, 1) for _ in alerts]
    lowest, most = {"a": 0.5, "b": 0.6}, chance.randrange(0, 12)
    choice = choose_thresholds(alerts, worth, lowest=lowest, most=most)
    kept = [v for a, v in zip(alerts, worth, strict=True) if a.score >= choice.thresholds[a.signal]]
    assert (len(kept), round(sum(kept), 6)) == (choice.alerts, choice.utility)
    assert choice.alerts <= most
    assert choice.utility == pytest.approx(by_trying(alerts, worth, lowest, most))


def test_without_a_budget_to_speak_of_only_what_is_worth_something_is_told():
    alerts = [Alert("a", 0.9), Alert("a", 0.7), Alert("a", 0.55)]
    choice = choose_thresholds(alerts, [0.8, 0.4, -0.2], lowest={"a": 0.5}, most=100)
    assert (choice.alerts, choice.utility) == (2, 1.2)


def test_labels_outweigh_the_model_as_they_grow():
    def chance(count: int) -> float:
        wrong = [Label({"launch": 0.8}, ())] * count
        return chance_of_being_right("launch", 0.8, wrong, unwanted=())

    assert chance(0) == 0.8
    assert chance(0) > chance(5) == 0.4 > chance(50)


def test_what_nobody_wanted_counts_as_not_right():
    labels = [Label({"launch": 0.8}, ("launch",), "known_already")] * 5
    assert chance_of_being_right("launch", 0.8, labels, unwanted=("known_already",)) == 0.4
