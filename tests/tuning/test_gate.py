"""Who may be put before a person."""

from dataclasses import dataclass, field

import pytest

from newswatch.tuning.gate import FEWEST, gate


@dataclass
class Signal:
    f1: float = 0.8
    support: int = 50


@dataclass
class Figures:
    macro_f1: float = 0.8
    any_f1: float = 0.85
    false_alarms: float = 0.03
    per_signal: dict = field(default_factory=lambda: {"launch": Signal(), "attack": Signal()})


@dataclass
class Floors:
    macro_f1: float = 0.65
    any_f1: float = 0.75
    false_alarms: float = 0.08
    tolerance: float = 0.01


CASES = {
    "as good as the champion": ({}, {}, True, None),
    "a little worse": ({"macro_f1": 0.795}, {}, True, None),
    "worse": ({"macro_f1": 0.78}, {}, True, "macro-F1 beside the champion's"),
    "worse than one who has learnt the answers": ({"macro_f1": 0.78}, {}, False, None),
    "below the floor": ({"macro_f1": 0.64}, {}, False, "macro-F1 on the frozen set"),
    "finds too little": ({"any_f1": 0.7}, {}, False, "any-signal F1 on the frozen set"),
    "cries wolf": ({"false_alarms": 0.09}, {}, False, "false alarms on the frozen set"),
    "loses a signal": ({"per_signal": {"launch": Signal(0.6), "attack": Signal()}}, {}, True, "every signal's F1"),
    "loses a signal nobody can judge": ({"per_signal": {"launch": Signal(0.6, 5), "attack": Signal()}}, {}, True, None),
    "worse on recent labels": ({}, {"any_f1": 0.7}, False, f"any-signal F1 on {FEWEST} recent labels"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_gate(name):
    frozen, recent, blind, fails = CASES[name]
    champion = Figures()
    if name.endswith("can judge"):
        champion.per_signal["launch"] = Signal(0.8, 5)
    checks = gate(
        Figures(**frozen), Figures(**recent), FEWEST, champion_frozen=champion, champion_recent=Figures(), floors=Floors(),
        champion_is_blind=blind,
    )  # fmt: skip
    assert [check.name for check in checks if not check.passed] == ([fails] if fails else [])


def test_a_few_recent_labels_tell_nothing_and_it_is_said():
    champion = {"champion_frozen": Figures(), "champion_recent": Figures()}
    checks = gate(Figures(), Figures(any_f1=0.0), 3, **champion, floors=Floors(), champion_is_blind=True)
    assert checks[-1].passed and "3 are too few to tell" in checks[-1].says
