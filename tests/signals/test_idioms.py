"""Turns of phrase: what a verb means hangs on the noun that follows it."""

import pytest

from newswatch.signals.lexicon.idioms import REACH, TURNS, idiom_finder
from newswatch.signals.tags import phrase_classes
from newswatch.signals.words import read_words

FINDER = idiom_finder()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("israel launches raid on camp", [(1, "ASSAULT")]),
        ("Russia launched a wave of drone strikes", [(1, "ASSAULT")]),
        ("iraq fires two more missiles at kuwait", [(1, "ASSAULT")]),
        ("minister launches inquiry into spending", [(1, "UNDERTAKING")]),
        ("Pyongyang agrees to a new round of talks", [(1, "PARLEY")]),
        ("North calls off talks with South", [(1, "NO_PARLEY")]),
        ("sweden expels two russian diplomats", [(1, "EXPULSION")]),
        ("us eases oil embargo", [(1, "RELIEF")]),
        ("both sides declare truce", [(2, "TRUCE")]),
        ("Israel calls up 16,000 reservists", [(1, "MUSTER")]),
        ("Japan lodges protest over drill", [(1, "COMPLAINT")]),
        ("north korea fires missile into sea", []),
        ("talks about a launch", []),
        ("", []),
    ],
)
def test_idioms(text, found):
    assert FINDER.find(read_words(text).words) == found


def test_a_noun_too_far_away_is_another_matter():
    near, far = (["launches", *["so"] * gap, "raid"] for gap in (REACH, REACH + 1))

    assert FINDER.find(near) == [(0, "ASSAULT")]
    assert FINDER.find(far) == []


def test_fixed_turns_stand_in_the_lexicon():
    classes = phrase_classes()

    assert all(name in classes["in talks with"] for name in ["PARLEY"])
    assert all(any(name in found for found in classes.values()) for name in TURNS)
