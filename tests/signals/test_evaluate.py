import numpy as np
import pytest

from newswatch.domain import SIGNALS
from newswatch.signals.evaluate import calibration_error, f1_interval, figures, fired_at, reliability
from newswatch.signals.thresholds import HIGHEST, LOWEST, choose_thresholds


def flags(*rows):
    return np.array([[signal in row.split() for signal in SIGNALS] for row in rows])


def test_figures_of_four_items():
    found = figures(flags("launch", "attack", "", "cyber"), flags("launch", "launch attack", "cyber", ""))
    launch = found.per_signal["launch"]
    assert (launch.precision, launch.recall, launch.support) == (1.0, 0.5, 2)
    assert found.any_f1 == pytest.approx(2 * 2 / (3 + 3))
    assert found.false_alarms == 1.0
    assert found.macro_f1 == pytest.approx((2 / 3 + 1) / len(SIGNALS))


def test_a_perfectly_calibrated_score_has_no_error():
    scores, truth = np.repeat([0.25, 0.75], 4), np.array([1, 0, 0, 0, 1, 1, 1, 0], dtype=bool)
    assert calibration_error(scores, truth) == 0
    assert reliability(scores, truth) == [(0.25, 0.25, 4), (0.75, 0.75, 4)]


def test_a_boastful_score_has_its_boast_as_error():
    assert calibration_error(np.full(10, 0.95), np.zeros(10, dtype=bool)) == pytest.approx(0.95)


def test_interval_holds_the_figure_and_repeats():
    truth = np.arange(200) % 4 == 0
    fired = truth ^ (np.arange(200) % 20 == 0)
    low, high = f1_interval(fired, truth)
    assert low < 0.9 < high
    assert f1_interval(fired, truth) == (low, high)


def test_threshold_is_the_lowest_that_keeps_the_precision():
    chance = np.random.default_rng(0)
    truth = np.zeros((4000, len(SIGNALS)), dtype=bool)
    scores = chance.random((4000, len(SIGNALS)))
    truth[:, 0] = chance.random(4000) < scores[:, 0] ** 2
    chosen = choose_thresholds(scores, truth)
    fired = fired_at(scores, chosen)[:, 0]
    assert LOWEST <= chosen["launch"] <= HIGHEST
    assert truth[fired, 0].mean() > 0.65
    assert chosen["cyber"] == HIGHEST  # nothing is true: as strict as may be
