"""Which receivers? Rows read like `amtool config routes test`: labels in, receivers out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from newswatch.alerts.labels import labels_from_words
from newswatch.alerts.matchers import parse_matcher
from newswatch.alerts.route import Matched, find_routes
from newswatch.alerts.settings import AlertSettings
from newswatch.alerts.tree import Route

TREE = Route.model_validate(
    {
        "receiver": "desk",
        "min_severity": 3,
        "group_wait": "30s",
        "routes": [
            {"matchers": ["severity=5"], "receiver": "phone", "continue": True},
            {
                "matchers": ["source=PRK"],
                "receiver": "korea",
                "group_interval": "6h",
                "routes": [
                    {"matchers": ["signal=launch", "target=~JPN|USA"], "receiver": "korea-launch"},
                    {"matchers": ["signal=cyber"], "receiver": "cyber", "continue": True},
                    {"matchers": ["signal=~cyber|nuclear"], "receiver": "korea-deep", "min_severity": 2},
                ],
            },
            {"matchers": ["signals=nuclear"], "receiver": "nuclear"},
            {"matchers": ["modality!=act", "modality!=threat"], "receiver": "none"},
            {"matchers": ["actor=HAMAS"], "receiver": "gaza"},
            {"matchers": ["country!~GBR|USA", "country!="], "receiver": "abroad"},
            {"matchers": ["publisher=~.*(Times|Post)"], "receiver": "papers"},
            {"matchers": ["tier=1"], "receiver": "agencies"},
            {"matchers": ['pair="RUS→UKR"'], "receiver": "ukraine"},
            {"matchers": ["sides=RUS-UKR"], "receiver": "ukraine-both"},
            {"matchers": ["target="], "receiver": "untargeted"},
        ],
    }
)
ACT = "modality=act target=FRA "

ROWS = {
    "nothing else fits: the root": (ACT + "signal=attack", "desk"),
    "equal": ("source=PRK signal=threat", "korea"),
    "a child of a child": ("source=PRK target=JPN signal=launch", "korea-launch"),
    "a regular expression, second choice": ("source=PRK target=USA signal=launch", "korea-launch"),
    "regular expressions are anchored": ("source=PRK target=USAX signal=launch", "korea"),
    "all matchers of a route must fit": ("source=PRK target=KOR signal=launch", "korea"),
    "continue goes on among the siblings": ("source=PRK signal=cyber", "cyber korea-deep"),
    "without continue the first sibling decides": ("source=PRK signal=nuclear", "korea-deep"),
    "continue at the top": ("severity=5 source=PRK signal=threat", "phone korea"),
    "continue, and nothing else fits": (ACT + "severity=5 signal=attack", "phone"),
    "continue, then a child of a child": ("severity=5 source=PRK target=JPN signal=launch", "phone korea-launch"),
    "severity 4 is not 5": (ACT + "severity=4 signal=attack", "desk"),
    "an earlier sibling goes first": ("source=PRK signals=nuclear", "korea"),
    "any value of a label": (ACT + "signals=threat signals=nuclear", "nuclear"),
    "not equal, both conditions": ("modality=plan target=FRA", "none"),
    "not equal, one condition fails": ("modality=threat target=FRA", "desk"),
    "not equal holds for an absent label": ("target=FRA", "none"),
    "one of several actors": (ACT + "actor=ISR actor=HAMAS", "gaza"),
    "actors of whom none fits": (ACT + "actor=ISR actor=LBN", "desk"),
    "no value may fit a negated expression": (ACT + "country=KOR country=JPN", "abroad"),
    "one value spoils a negated expression": (ACT + "country=KOR country=USA", "desk"),
    "an absent label is the empty value": (ACT + "country=", "desk"),
    "an expression over publishers": (ACT + "country=USA publisher=CNN publisher=Washington-Post", "papers"),
    "the whole value must fit": (ACT + "country=USA publisher=Postimees", "desk"),
    "numbers are words": (ACT + "tier=2 tier=1", "agencies"),
    "a tier that is not there": (ACT + "tier=11", "desk"),
    "a directed pair": ("modality=act source=RUS target=UKR pair=RUS→UKR sides=RUS-UKR", "ukraine"),
    "the other direction": ("modality=act source=UKR target=RUS pair=UKR→RUS sides=RUS-UKR", "ukraine-both"),
    "a label that must be absent": ("modality=act signal=attack", "untargeted"),
    "an absent source is not PRK": ("modality=act target=JPN signal=launch", "desk"),
    "case matters": (ACT + "source=prk signal=threat", "desk"),
}


@pytest.mark.parametrize("name", ROWS)
def test_receivers(name):
    words, receivers = ROWS[name]
    matched = find_routes(TREE, labels_from_words(tuple(words.split())))
    assert " ".join(route.receiver for route in matched) == receivers


@pytest.mark.parametrize("text", ["pair=PRK→JPN", 'pair="PRK->JPN"', "pair=~PRK->.*", "pair!=PRK->KOR"])
def test_a_pair_may_be_typed_with_a_plain_arrow(text):
    assert parse_matcher(text).fits({"pair": ("PRK→JPN",)})


def test_a_child_inherits_what_it_leaves_out():
    (matched,) = find_routes(TREE, labels_from_words(("source=PRK", "signal=nuclear")))
    assert matched == Matched(
        path="1.2",
        receiver="korea-deep",
        min_severity=2,
        group_by=("story",),
        group_wait=timedelta(seconds=30),
        group_interval=timedelta(hours=6),
    )


def test_mute_times_are_not_inherited_as_in_alertmanager():
    tree = Route.model_validate(
        {"receiver": "desk", "routes": [{"mute_time_intervals": ["nights"], "routes": [{"matchers": ["tier=1"]}]}]}
    )
    by_words = {words: find_routes(tree, labels_from_words((words,)))[0] for words in ("tier=1", "tier=2")}
    assert {words: route.mute_time_intervals for words, route in by_words.items()} == {
        "tier=1": (),
        "tier=2": ("nights",),
    }


def test_a_command_line_signal_sets_the_labels_that_follow_from_it():
    assert labels_from_words(("signal=launch",)) == {
        "signal": ("launch",), "signals": ("launch",), "family": ("weapons",)
    }  # fmt: skip


MISTAKES = {
    "a label no story has": ({"matchers": ["sevrity=4"]}, "unknown label 'sevrity'"),
    "no operator": ({"matchers": ["severity 4"]}, "is not a matcher"),
    "not a regular expression": ({"matchers": ["source=~P("]}, "is not a regular expression"),
    "a back reference": ({"matchers": ["source=~(a)\\1"]}, "RE2's syntax"),
    "a look ahead": ({"matchers": ["source=~(?=a)"]}, "RE2's syntax"),
    "an expression too long": ({"matchers": ["source=~" + "a" * 300]}, "longer than 200"),
    "grouped by nothing known": ({"group_by": ["country", "town"]}, "unknown label 'town'"),
    "no duration": ({"group_wait": "5 minutes"}, "is not a duration"),
    "off where it means nothing": ({"group_interval": "off"}, "`off` has no meaning here"),
    "a receiver that does not exist": ({"receiver": "nobody-here"}, "not among receivers: desk"),
    "a time interval that does not exist": ({"mute_time_intervals": ["nights"]}, "not among time_intervals"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named(name):
    child, complaint = MISTAKES[name]
    with pytest.raises(ValidationError, match=complaint.replace("(", r"\(")):
        AlertSettings.model_validate({"route": {"receiver": "desk", "routes": [child]}})


def test_a_token_in_the_file_is_refused_and_not_repeated():
    with pytest.raises(ValidationError, match="a Slack token does not belong in a file"):
        AlertSettings.model_validate({"receivers": [{"name": "desk", "kind": "slack", "channel": "xoxb-1-2-3"}]})
