"""Tension in figures: shares that a busy day does not move, decay, and surges that chance does not explain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from builders_alerts import NOW
from newswatch.domain import Dyad
from newswatch.stories.ears import surge_of
from newswatch.stories.index import IndexValue, Mention, index_at, surging_pairs
from newswatch.stories.settings import IndexSettings

KOREA, WAR = Dyad("PRK", "JPN"), Dyad("RUS", "UKR")
WEIGHTS = {"launch": 0.9, "threat": 0.6, "attack": 0.8}
SETTINGS = IndexSettings(half_life_hours=24)


def mention(dyad, *signals, hours_ago=0.0):
    return Mention(NOW - timedelta(hours=hours_ago), dyad, signals)


def test_acts_and_threats_are_two_series():
    found = index_at([mention(KOREA, "launch"), mention(KOREA, "threat")], WEIGHTS, SETTINGS, NOW)
    assert found == (IndexValue(KOREA, acts=45.0, threats=30.0),)


def test_a_busy_news_day_does_not_move_it():
    calm = [mention(KOREA, "launch"), mention(WAR, "attack")]
    assert index_at(calm * 50, WEIGHTS, SETTINGS, NOW) == index_at(calm, WEIGHTS, SETTINGS, NOW)


def test_after_a_half_life_a_report_counts_half():
    found = index_at([mention(KOREA, "launch", hours_ago=24), mention(WAR, "attack")], WEIGHTS, SETTINGS, NOW)
    shares = {value.dyad: round(value.acts, 2) for value in found}
    assert shares == {WAR: round(100 * 0.8 / 1.5, 2), KOREA: round(100 * 0.45 / 1.5, 2)}


def test_the_future_does_not_count():
    assert index_at([mention(KOREA, "launch", hours_ago=-1)], WEIGHTS, SETTINGS, NOW) == ()


BASELINES = {
    "a flat week, then a jump": ([10, 11, 9, 10, 12, 10, 9], 20, True),
    "a flat week, then the same": ([10, 11, 9, 10, 12, 10, 9], 11, False),
    "one old outlier does not hide a new jump": ([10, 11, 9, 60, 12, 10, 9], 25, True),
    "a restless week hides a small jump": ([2, 20, 5, 18, 3, 22, 4], 24, False),
    "from nothing to something": ([0, 0, 0, 0, 0, 0, 0], 3, True),
    "nothing stays nothing": ([0, 0, 0, 0, 0, 0, 0], 0, False),
    "equal counts, then one more": ([10, 10, 10, 10, 10, 10, 10], 11, False),
    "two days are no base line": ([1, 1], 50, False),
}


@pytest.mark.parametrize("name", BASELINES)
def test_surge(name):
    baseline, value, expected = BASELINES[name]
    assert surge_of(baseline, value, alpha=0.025, outlier_alpha=0.05).is_surge is expected


def test_the_threshold_is_the_published_formula():
    baseline = [10.0, 12.0, 11.0, 9.0, 13.0, 10.0, 12.0]  # no day sticks out, so every weight is 1
    mean, sd = 11.0, (12 / 6) ** 0.5
    assert surge_of(baseline, 0, alpha=0.025, outlier_alpha=0.01).threshold == pytest.approx(
        mean + 2.4469 * sd * (8 / 7) ** 0.5, abs=1e-3
    )


def test_many_tests_make_each_stricter():
    baseline = [10, 11, 9, 10, 12, 10, 9]
    one, many = (surge_of(baseline, 14, alpha=0.025, outlier_alpha=0.05, tests=tests) for tests in (1, 200))
    assert one.is_surge and not many.is_surge


@dataclass(frozen=True)
class Days:
    dyad: Dyad
    counts: tuple[int, ...]
    totals: tuple[int, ...]


def test_a_pair_surges_in_its_share_not_in_its_count():
    steady = Days(KOREA, (2, 2, 3, 2, 2, 3, 2, 8), (100, 100, 150, 100, 100, 150, 100, 400))
    rising = Days(WAR, (2, 2, 3, 2, 2, 3, 2, 40), (100, 100, 150, 100, 100, 150, 100, 400))
    assert surging_pairs([steady, rising], IndexSettings()) == {WAR}


def test_too_few_reports_are_no_surge():
    assert surging_pairs([Days(KOREA, (0,) * 7 + (2,), (9,) * 8)], IndexSettings()) == frozenset()
