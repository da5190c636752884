"""Nineteen months of real entries: are the launches found, once each, and nothing else called one?

Truth: days (KST) on which North Korea launched missiles. A report may come the day after the act (state media tells at dawn),
so an alert counts for the day of its first report and for the day before.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from datetime import date, timedelta, timezone
from itertools import pairwise

import pytest

from newswatch.runtime.place import REPOSITORY, model_folder
from newswatch.settings import load_settings
from newswatch.tuning.replay import read_entries, replay

KST = timezone(timedelta(hours=9))
STREAM, TRUTH = "stream_2021-01_2022-08.jsonl.gz", "launch_days_2021_2022-08.csv"
TITLE = re.compile(
    r"(north korea\w*|n\.? ?korea\w*|pyongyang|dprk).*(fire[sd]?|launch\w*|test\w*).*(missile|projectile|icbm|rocket|weapon)"
    r"|(north korea\w*|pyongyang).*(missile|projectile|weapons?) (launch|test)",
    re.IGNORECASE,
)
PRECISION_FLOOR = 0.85
MOST_PER_DAY = 2
APART = timedelta(hours=6)


@pytest.fixture(scope="module")
def outcome(shared_material):
    """The launch alerts about North Korea, the true days, and the days on which a title regex fires."""
    from newswatch.signals.classify import load_classifier

    settings = load_settings(REPOSITORY / "config")
    classifier = load_classifier(model_folder(), settings=settings.signals, actors=settings.actors)
    feeds = {feed.url: feed for feed in settings.feeds_by_id.values()}
    with gzip.open(shared_material / STREAM, "rt") as lines:
        entries = list(read_entries(lines, STREAM))
    alerts = replay(entries, classifier=classifier, settings=settings, feed_of=feeds.get)
    launches = [line for line in alerts if "launch" in line.story.signals and line.story.dyad.source == "PRK"]
    with (shared_material / TRUTH).open() as rows:
        truth = {date.fromisoformat(row["kst_date"]) for row in csv.DictReader(rows)}
    regex_days = {entry.published_at.astimezone(KST).date() for entry in entries if TITLE.search(entry.title)}
    return sorted(line.first.decided_at for line in launches), truth, regex_days


def found(truth, days):
    return {day for day in truth if {day, day + timedelta(days=1)} & set(days)}


@pytest.mark.slow
@pytest.mark.timeout(900)  # 40,812 entries through the sentence encoder on one core
def test_launches_are_found_once_each_and_nothing_else_is_called_one(outcome):
    moments, truth, regex_days = outcome
    days = Counter(moment.astimezone(KST).date() for moment in moments)
    right = {day for day in days if {day, day - timedelta(days=1)} & truth}
    assert len(right) / len(days) >= PRECISION_FLOOR
    assert len(found(truth, days)) >= len(found(truth, regex_days))
    assert max(days.values()) <= MOST_PER_DAY
    assert all(later - sooner >= APART for sooner, later in pairwise(moments))
