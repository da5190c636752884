"""Alerts in a feed reader and in a spreadsheet: whole, harmless, each once."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import feedparser

from builders_alerts import NOW, a_story
from newswatch.exports.rows import ALERT_COLUMNS, STORY_COLUMNS, alert_row, story_row
from newswatch.exports.rss import alerts_feed
from newswatch.exports.sheet import write_csv

ADDRESS = "https://desk.example/newswatch/alerts.rss"


def a_told(key: str = "k1", **changes: Any) -> dict[str, Any]:
    known = {
        "alert_key": key, "story_id": "st_1", "receiver": "desk", "reason": "first", "severity": 5, "ordinal": 1,
        "explanation": "first report at severity 5", "decided_at": NOW, "modality": "act", "state": "corroborated",
        "config_rev": "c" * 12, "model_sha": "m" * 64, "signal": "launch", "signals": ["launch", "threat"], "source": "PRK",
        "target": "JPN", "title": "N. Korea fires missile over Japan", "url": "https://wire.example/1", "origins": ["JCS", "NHK"],
        "publishers": ["NHK"], "evidence": "The missile flew over Japan.",
    }  # fmt: skip
    return known | changes


def read(*told: dict[str, Any]) -> feedparser.FeedParserDict:
    body = alerts_feed(told, address=ADDRESS, site="https://desk.example/newswatch", now=NOW)
    return feedparser.parse(io.BytesIO(body))


def test_a_feed_reader_shows_the_alert_with_its_reason() -> None:
    parsed = read(a_told(), a_told("k2", decided_at=NOW - timedelta(hours=1), severity=3, source=None, target=None))

    assert parsed.version == "rss20" and not parsed.bozo
    first, second = parsed.entries
    assert first.title == "CRITICAL · PRK→JPN · N. Korea fires missile over Japan"
    assert first.link == "https://desk.example/newswatch/stories/st_1"
    assert (first.id, second.id) == ("k1", "k2")
    assert "first report at severity 5" in first.description and "“The missile flew over Japan.”" in first.description
    assert [tag.term for tag in first.tags] == ["launch", "threat"]
    assert first.published_parsed[:5] == NOW.timetuple()[:5]
    assert second.title == "ELEVATED · N. Korea fires missile over Japan"


def test_hostile_words_stay_words() -> None:
    entry = read(
        a_told(title="<b>& \x00\x0b\u202egnirts</b>", evidence="]]>\x08 \ud800", url="javascript:alert(1)")
    ).entries[0]

    assert "‹b›" in entry.title and "gnirts" in entry.title
    assert "javascript" not in entry.description and "]]&gt;" in entry.description


def test_no_alerts_is_a_feed_too() -> None:
    assert read().version == "rss20" and read().entries == []


def test_rows_hold_every_column_and_survive_a_spreadsheet() -> None:
    hostile = a_story(title='=HYPERLINK("http://evil")', score=0.5)
    text = write_csv(STORY_COLUMNS, [story_row(hostile)])
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))

    assert list(row) == list(STORY_COLUMNS)
    assert row["title"].startswith("'=") and row["plover"] == "MOBILIZE-weapons" and row["score"] == "0.5"
    assert list(alert_row(a_told())) == list(ALERT_COLUMNS)


def test_our_own_negative_numbers_stay_numbers() -> None:
    assert write_csv(("a", "b"), [{"a": -1.5, "b": "-1.5"}]).splitlines()[1] == "-1.5,'-1.5"
