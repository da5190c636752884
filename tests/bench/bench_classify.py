"""How many items a second does the classifier score? One process, medians of five, ratios in one run: `make bench`.

Titles with leads and 400-word articles, made from the seed corpus; with the encoder and without, beside plain TF-IDF
vectorising of the same texts, which is what a user would pick instead.
"""

from __future__ import annotations

import itertools
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "plugins"))

from newswatch.domain import Reading
from newswatch.settings import load_settings
from newswatch.signals.classify import load_classifier

ROUNDS = 5
HEADLINES, ARTICLES = 600, 150
WORDS = 400


def main() -> None:
    """Print one line a measurement."""
    lines = (line for path in sorted((REPOSITORY / "seeds/articles").glob("*.jsonl")) for line in path.open())
    items = [json.loads(line) for line in itertools.islice(lines, 0, None, 11)]
    heads = [Reading(item["title"], item.get("lead") or "", language="en") for item in items][:HEADLINES]
    bodies = itertools.cycle(item["body"] for item in items if item.get("body"))
    articles = [Reading(one.title, one.lead, long_text(bodies), "en") for one in heads[:ARTICLES]]
    settings = load_settings(REPOSITORY / "config")
    print(f"{'':34}{'items/s':>9}")
    for name, readings in (("title and lead", heads), (f"article of {WORDS} words", articles)):
        show(f"TF-IDF words 1-2, {name}", len(readings), lambda readings=readings: plain(readings))
        for encoder in (False, True):
            signals = settings.signals.model_copy(update={"use_encoder": encoder})
            classifier = load_classifier(REPOSITORY / "seeds/model", settings=signals, actors=settings.actors)
            show(
                f"{name}, {'with' if encoder else 'no'} encoder",
                len(readings),
                lambda classifier=classifier, readings=readings: classifier.classify(readings),
            )


def long_text(bodies: itertools.cycle) -> str:
    """Bodies one after the other until there are `WORDS` words."""
    words: list[str] = []
    while len(words) < WORDS:
        words += next(bodies).split()
    return " ".join(words[:WORDS])


def plain(readings: list[Reading]) -> None:
    """What a first classifier would do before its linear model: count words and pairs of words."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    TfidfVectorizer(ngram_range=(1, 2)).fit_transform(f"{one.title} {one.lead} {one.text}" for one in readings)


def show(name: str, number: int, work: Callable[[], object]) -> None:
    """Run `work` once to warm up and `ROUNDS` times for the median of its CPU seconds."""
    work()
    taken = []
    for _ in range(ROUNDS):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    print(f"{name:34}{number / statistics.median(taken):>9,.0f}")


if __name__ == "__main__":
    main()
