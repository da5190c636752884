"""Patterns of the configuration take time in proportion to the text, or are refused where they stand (fault C3)."""

from __future__ import annotations

import re

import pytest

from newswatch.alerts.matchers import parse_matcher
from newswatch.errors import ConfigError
from newswatch.patterns import fits_whole, occurs, problem_of
from newswatch.settings import ClassifierFile
from newswatch.stories.settings import INTENSITIES
from newswatch.yaml_file import read_yaml_text

CATASTROPHIC = ("(a+)+b", "(a|a)*b", "(a|aa)+b", "a*a*a*a*a*a*a*a*b", "(.*a){12}b", "(?:(?:a*)*)*b", r"(\w+\s?)*b")


@pytest.mark.timeout(30)  # the first of these takes Python's own engine longer than the universe has lasted
@pytest.mark.parametrize("pattern", CATASTROPHIC)
def test_c3_no_pattern_runs_away(pattern: str) -> None:
    assert not occurs(pattern, "a" * 100_000)
    assert not fits_whole(pattern, "a" * 100_000)
    assert parse_matcher(f"publisher=~{pattern}").fits({"publisher": ("a" * 200 + "b",)}) in (True, False)


@pytest.mark.parametrize(
    "pattern", ["(a", "[z-a]", "*", r"(a)\1", "(?=a)b", "a{100000}", "((a{100}){100}){100}", "a" * 1_001]
)
def test_c3_what_cannot_be_used_is_refused(pattern: str) -> None:
    assert problem_of(pattern)


def test_c3_the_complaint_names_the_line() -> None:
    text = "severity:\n  intensities:\n    - name: war\n      pattern: 'declar(ed'\n      weight: 1.5\n"
    with pytest.raises(
        ConfigError, match=r"^c\.yaml:4:7: `severity\.intensities\.0\.pattern`: not a regular expression"
    ):
        read_yaml_text(text, ClassifierFile, "c.yaml")


@pytest.mark.parametrize("one", INTENSITIES, ids=lambda one: one.name)
def test_what_we_ship_means_the_same_as_in_python(one) -> None:
    for text in (
        "Kim declares war",
        "At least 25 people killed",
        "Hwasong-17 ICBM flies OVER JAPAN",
        "nuclear test",
        "a quiet day",
    ):
        assert occurs(one.pattern, text) == bool(re.search(one.pattern, text, re.IGNORECASE))
