"""What would have been alerted on? A replay of entries with a classifier that answers from a table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise

import pytest

from builders_alerts import DeskSettings, at
from newswatch.alerts.settings import AlertSettings
from newswatch.domain import SIGNALS, Classification, Dyad, Reading
from newswatch.errors import NewswatchError
from newswatch.tuning.replay import read_entries, replay


class TableClassifier:
    """Knows launches, shelling and denials by their words; everything else is ordinary news."""

    def classify(self, readings: Sequence[Reading]) -> list[Classification]:
        return [self._one(reading.title) for reading in readings]

    def _one(self, title: str) -> Classification:
        found = {"fires missile": "launch", "shelling": "attack"}
        signals = tuple(signal for words, signal in found.items() if words in title.lower())
        pair = Dyad("RUS", "UKR") if "attack" in signals else Dyad("PRK", None)
        modality = (
            "denial"
            if "denies" in title
            else "retrospective"
            if "years after" in title
            else "act"
            if signals
            else "none"
        )
        return Classification(
            signals if modality != "denial" else (),
            {signal: 0.9 * (signal in signals) for signal in SIGNALS},
            modality,  # type: ignore[arg-type]
            pair,
        )


def an_entry(title: str, hours: float, **changes: object) -> str:
    entry = {
        "id": f"{title}@{hours}",
        "feed": "http://feeds.bbci.co.uk/rss",
        "published": at(hours).isoformat(),
        "title": title,
    }
    return json.dumps(entry | {"description": "", "link": f"https://bbc.example/{title}/{hours}"} | changes)


SETTINGS = DeskSettings(
    alerts=AlertSettings.model_validate(
        {
            "receivers": [{"name": "desk"}],
            "route": {
                "receiver": "desk",
                "min_severity": 3,
                "routes": [{"matchers": ["family=force"], "group_by": ["sides"], "group_interval": "12h"}],
            },
        }
    )
)


def run(*lines: str) -> list[dict[str, object]]:
    found = replay(read_entries(lines), classifier=TableClassifier(), settings=SETTINGS, feed_of=lambda _: None)
    return [line.as_json() for line in sorted(found, key=lambda line: line.first.decided_at)]


def test_the_whole_line():
    (line,) = run(
        an_entry("North Korea fires missile", 1),
        an_entry("Cup final tonight", 2),
        an_entry("Pyongyang fires missile, Seoul confirms", 3, feed="http://rss.cnn.com/rss"),
    )
    assert line == {
        "alert_id": line["alert_id"],
        "first_at": "2022-01-05T01:00:00Z",
        "last_at": "2022-01-05T03:00:00Z",
        "signal": "launch",
        "signals": ["launch"],
        "dyad": {"source": "PRK", "target": None},
        "severity": 4,
        "reason": "first",
        "title": "North Korea fires missile",
        "entries": ["North Korea fires missile@1", "Pyongyang fires missile, Seoul confirms@3"],
        "origins": ["feeds.bbci.co.uk", "rss.cnn.com"],
    }


def test_a_replay_repeats_itself():
    lines = [an_entry("North Korea fires missile", 1), an_entry("Shelling in Kharkiv", 2)]
    assert run(*lines) == run(*lines)


def test_ordinary_news_anniversaries_and_denials_alert_nobody():
    assert (
        run(
            an_entry("Cup final", 1),
            an_entry("Ten years after North Korea fires missile", 2),
            an_entry("Kim denies it", 3),
        )
        == []
    )


def test_an_address_is_read_once():
    (line,) = run(
        an_entry("North Korea fires missile", 1, link="l"), an_entry("Again: North Korea fires missile", 2, link="l")
    )
    assert len(line["entries"]) == 1


def test_a_week_of_war_is_two_messages_a_day_at_most():
    lines = run(*(an_entry(f"Shelling in Novo{hour}ka", hour) for hour in range(0, 24 * 7, 3)))
    firsts = [line["first_at"] for line in lines]
    assert len(firsts) == 12  # one each 15 hours: after twelve, with the next report
    assert sum(len(line["entries"]) for line in lines) == 56


BROKEN = {
    "not JSON": ["{"],
    "no title": ['{"published": "2022-01-05T00:00:00Z"}'],
    "no time": ['{"title": "a"}'],
    "a time that is none": ['{"title": "a", "published": "yesterday"}'],
    "a list": ["[1]"],
    "back in time": [an_entry("a", 2), an_entry("b", 1)],
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_entries_are_named_by_their_line(name):
    lines = BROKEN[name]
    with pytest.raises(NewswatchError, match=f"^entries.jsonl:{len(lines)}: "):
        list(read_entries(lines, "entries.jsonl"))


def test_messages_of_one_war_keep_their_distance():
    lines = run(*(an_entry(f"Shelling in town {n}", n / 2) for n in range(100)))
    moments = [line["first_at"] for line in lines]
    assert all(later > sooner for sooner, later in pairwise(moments))
