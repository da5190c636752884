"""What is kept for judging is never learnt from."""

import json
from dataclasses import dataclass

from newswatch.runtime.place import REPOSITORY
from newswatch.tuning.training_set import split_labels, split_seeds


@dataclass
class Label:
    title: str = "North Korea fires missile"
    lead: str = ""
    text: str = ""
    signals: tuple = ("launch",)
    modality: str | None = None
    found_modality: str = "act"
    verdict: str = "reviewed"


def many(**changes) -> list[Label]:
    return [Label(title=f"Title {n}", **changes) for n in range(400)]


def lines(parts) -> list[dict]:
    return [json.loads(line) for line in (*parts.learn, *parts.judge)]


def test_a_twentieth_of_the_seeds_is_frozen_and_always_the_same():
    every = [
        line for file in sorted((REPOSITORY / "seeds/articles").glob("*.jsonl")) for line in file.open(encoding="utf-8")
    ]
    first, again = split_seeds(every), split_seeds(reversed(every))
    assert set(first.judge) == set(again.judge)
    assert 0.04 < len(first.judge) / len(every) < 0.06
    assert not set(first.judge) & set(first.learn)


def test_a_label_that_is_kept_is_kept_however_often_is_trained():
    some, all_of_them = split_labels(many()[:100]), split_labels(many())
    assert set(some.judge) <= set(all_of_them.judge)
    assert 0.2 < len(all_of_them.judge) / 400 < 0.4


def test_verdicts_that_say_nothing_of_signals_teach_nothing():
    assert lines(split_labels(many(verdict="known_already"))) == lines(split_labels(many(verdict="not_for_us"))) == []


def test_the_modality_fits_the_signals():
    def modality(**changes) -> str:
        return lines(split_labels([Label(**changes)]))[0]["modality"]

    assert modality(modality="threat") == "threat"
    assert modality(found_modality="comment") == "act"
    assert modality(signals=(), found_modality="act") == "none"
    assert modality(signals=(), modality="denial") == "denial"
