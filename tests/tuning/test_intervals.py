"""Intervals against published values, and what weights do to them."""

import pytest

from newswatch.tuning.intervals import share, weighted_share

# Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3 (Wilson without correction)
NEWCOMBE = [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)]


@pytest.mark.parametrize(("hits", "items", "low", "high"), NEWCOMBE)
def test_wilson_as_newcombe_printed_it(hits, items, low, high):
    found = share(hits, items)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_nothing_counted_is_nothing_known():
    assert (share(0, 0).value, share(0, 0).low, share(0, 0).high) == (None, 0.0, 1.0)


def test_equal_weights_change_nothing():
    assert weighted_share([(True, 7.0), (False, 7.0), (True, 7.0)]) == share(2, 3)


def test_unequal_weights_widen_the_interval():
    even = weighted_share([(True, 1.0)] * 5 + [(False, 1.0)] * 5)
    uneven = weighted_share([(True, 1.0)] * 4 + [(True, 46.0)] + [(False, 10.0)] * 5)
    assert even.value == uneven.value == 0.5
    assert uneven.high - uneven.low > even.high - even.low
