"""The seed corpus is written, not generated: hardly an item resembles another, and its vocabulary is a newspaper's."""

from __future__ import annotations

import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

ARTICLES = Path(__file__).resolve().parents[2] / "seeds" / "articles"
NEAR = 0.5  # Jaccard likeness of word pairs from which two items are near-duplicates
MOST_NEAR_SHARE = 0.002  # of all items; measured 0.0004 when this was written
LARGEST_CLUSTER_SHARE = 0.001  # of all items in one cluster of near-duplicates; a template would make a large one
WINDOW = 10_000  # words over which distinct ones are counted; the ratio falls with length, so the length is fixed
LEAST_TYPE_TOKEN_RATIO = (
    0.22  # measured 0.23 (plain wire wording) to 0.39; titles of real feeds have 0.40, a template 0.02
)


@pytest.fixture(scope="module")
def items() -> list[dict[str, object]]:
    return [json.loads(line) for path in sorted(ARTICLES.glob("*.jsonl")) for line in path.open(encoding="utf-8")]


def words_of(item: dict[str, object]) -> list[str]:
    return re.findall(r"[a-z0-9']+", f"{item['title']} {item.get('lead') or ''}".lower())


def pairs_of(words: list[str]) -> frozenset[str]:
    return frozenset(map(" ".join, pairwise(words))) or frozenset(words)


def clusters(items: list[dict[str, object]]) -> list[list[int]]:
    """Groups of near-duplicates (two or more): MinHash finds candidates, exact likeness of word pairs decides."""
    from rensa import RMinHash, RMinHashLSH

    pairs = [pairs_of(words_of(item)) for item in items]
    index = RMinHashLSH(threshold=NEAR, num_perm=128, num_bands=32)
    leader = list(range(len(items)))
    for number, own in enumerate(pairs):
        sketch = RMinHash(num_perm=128, seed=7)
        sketch.update(sorted(own))
        for other in index.query(sketch):
            if len(own & pairs[other]) >= NEAR * len(own | pairs[other]):
                leader[number] = leader[other]
                break
        index.insert(number, sketch)
    groups: dict[int, list[int]] = {}
    for number, first in enumerate(leader):
        groups.setdefault(first, []).append(number)
    return [group for group in groups.values() if len(group) > 1]


def test_hardly_an_item_resembles_another(items: list[dict[str, object]]) -> None:
    found = clusters(items)

    assert sum(map(len, found)) <= MOST_NEAR_SHARE * len(items)
    assert max(map(len, found), default=0) <= max(2, LARGEST_CLUSTER_SHARE * len(items))


def test_the_measure_finds_a_template(items: list[dict[str, object]]) -> None:
    template = [{"title": f"Troops from unit {n} move to the northern border before dawn on Monday"} for n in range(50)]

    assert max(map(len, clusters(items[:500] + template))) >= 40


def test_the_vocabulary_is_a_newspapers(items: list[dict[str, object]]) -> None:
    words = [word for item in items for word in words_of(item)]
    ratios = [len(set(words[at : at + WINDOW])) / WINDOW for at in range(0, len(words) - WINDOW, WINDOW)]

    assert min(ratios) >= LEAST_TYPE_TOKEN_RATIO


def test_the_corpus_is_large_mostly_silent_and_full_of_hard_negatives(items: list[dict[str, object]]) -> None:
    silent = [item for item in items if not item["signals"]]
    told = Counter(str(item["modality"]) for item in silent)

    assert len(items) >= 8_000
    assert 2 * len(silent) >= len(items)
    assert told["denial"] + told["retrospective"] + told["comment"] >= 1_500
