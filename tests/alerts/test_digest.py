"""One message a day: counts, the gravest stories, what moved, what fell silent; once, by the receiver's own clock."""

from __future__ import annotations

import struct
import zlib
from datetime import UTC, datetime, timedelta

import pytest

from builders_alerts import NOW, DeskSettings, a_story
from newswatch.alerts.chart import HEIGHT, bar_chart
from newswatch.alerts.digest import Day, IndexChange, daily_digest, is_due
from newswatch.alerts.settings import AlertSettings, Receiver
from newswatch.domain import Severity
from newswatch.steps.digest import send_digests
from newswatch.storage.outbox import find_messages
from newswatch.storage.stories import save_stories

DESK = Receiver(name="desk", zone="Asia/Seoul")


def test_the_whole_digest():
    day = Day(
        stories=(
            a_story("st_1"),
            a_story("st_2", signal="attack", source="RUS", target="UKR", severity=Severity(5, 1.3), title="Rockets hit port"),
        ),
        told=2,
        held={"below_severity": 7, "silenced": 1},
        told_per_day=(0, 1, 4, 2),
        index=(IndexChange("PRK→JPN", 10.0, 24.5), IndexChange("RUS→UKR", 40.0, 39.0)),
        quiet_feeds=("kcna", "tass"),
    )  # fmt: skip
    assert daily_digest(day, DESK, NOW, top=8).text.splitlines() == [
        "Daily digest · Wednesday 05 January",
        "2 told · 2 stories (1 launch, 1 attack)",
        "not told: 7 below severity, 1 silenced",
        "▁▃█▅  alerts a day, 4 days, at most 4",
        "🔴 CRITICAL · RUS→UKR · Rockets hit port (claimed)",
        "🟠 HIGH · PRK→? · North Korea fires projectile into sea (claimed)",
        "▲ PRK→JPN 10.0 → 24.5",
        "▼ RUS→UKR 40.0 → 39.0",
        "silent feeds: kcna, tass",
    ]


DUE = {
    "seven in Seoul": ("2022-01-04T22:00", None, True),
    "a minute before": ("2022-01-04T21:59", None, False),
    "sent yesterday": ("2022-01-04T22:00", "2022-01-03T22:00", True),
    "sent today": ("2022-01-04T23:00", "2022-01-04T22:00", False),
    "late, because nothing ran at seven": ("2022-01-05T05:00", "2022-01-03T22:00", True),
}


@pytest.mark.parametrize("name", DUE)
def test_due(name):
    now, last, expected = DUE[name]
    moments = [datetime.fromisoformat(moment).replace(tzinfo=UTC) if moment else None for moment in (now, last)]
    assert is_due("07:00", "Asia/Seoul", moments[0], moments[1]) is expected


def test_a_day_has_one_digest(database):
    settings = DeskSettings(alerts=AlertSettings.model_validate({"digest": {"receivers": ["desk"], "at": "07:00"}}))
    with database.begin() as connection:
        save_stories(connection, [(a_story(), {})], model_sha="", config_rev="", now=NOW)
    runs = [send_digests(database, settings, now=NOW.replace(hour=hour)) for hour in (6, 7, 8)]
    runs.append(send_digests(database, settings, now=NOW.replace(hour=7) + timedelta(days=1)))
    assert runs == [[], ["desk"], [], ["desk"]]
    with database.read() as connection:
        assert len(find_messages(connection)) == 2


def test_a_digest_that_came_late_does_not_cost_the_next_one(database):
    """Seven in Seoul is ten in the evening of the day before in UTC: both of these fall on one day of UTC."""
    content = {"receivers": [{"name": "desk", "zone": "Asia/Seoul"}], "digest": {"receivers": ["desk"], "at": "07:00"}}
    settings = DeskSettings(alerts=AlertSettings.model_validate(content))
    for hour in (5, 22):
        assert send_digests(database, settings, now=NOW.replace(hour=hour)) == ["desk"]
    with database.read() as connection:
        assert len(find_messages(connection)) == 2


def test_the_chart_is_a_png_with_a_bar_a_day():
    picture = bar_chart([0, 5, 10])
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    pixels = zlib.decompress(picture[picture.index(b"IDAT") + 4 : picture.index(b"IEND") - 8])
    coloured = [
        sum(pixels[line * (3 * width + 1) + 1 + 3 * column] == 0xE0 for line in range(height))
        for column in (20, 52, 84)
    ]
    assert (width, height, coloured) == (8 + 3 * 32, HEIGHT, [0, 53, 108])
