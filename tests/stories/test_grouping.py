"""One happening, one story: each row is reports in order of time, and which of them end up together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from builders_alerts import a_report, at
from newswatch.articles.fingerprint import fingerprint
from newswatch.domain import Report
from newswatch.stories.memory import from_json, to_json
from newswatch.stories.settings import StorySettings
from newswatch.stories.window import StoryWindow

WIRE = (
    "SEOUL (Agency) - North Korea fired what appeared to be a ballistic missile into the waters off its east coast on Wednesday, "
    "South Korea's military said, in the first such launch of the year and a test of resolve for its neighbours."
)


@dataclass(frozen=True)
class Row:
    """`stories` gives for each report the number of its story, in order of opening; None: it opened and joined none."""

    reports: tuple[Report, ...]
    stories: tuple[int | None, ...]
    events: int | None = None  # of the first story


def launch(title: str, hours: float = 0, *, day: int = 5, **changes: Any) -> Report:
    return a_report(title, published_at=at(hours, day=day), article_id=f"{title}@{day}.{hours}", **changes)


def attack(title: str, hours: float = 0, *, day: int = 5, **changes: Any) -> Report:
    return launch(title, hours, day=day, **{"signals": ("attack",), "source": "RUS", "target": "UKR", **changes})


ROWS = {
    "the same event in words that share almost nothing": Row(
        (
            launch("North Korea fires unidentified projectile into waters off Korean Peninsula", 1),
            launch("Pyongyang tests what could be a ballistic missile, Tokyo says", 2, target="JPN"),
            launch("Kim regime's first weapons test of the year rattles neighbours", 5),
        ),
        (0, 0, 0),
    ),
    "'projectile', 'missile', then 'hypersonic': a word made more precise": Row(
        (
            launch("North Korea fires projectile", 0),
            launch("North Korea fires ballistic missile, Japan says", 1),
            launch("North Korea claims hypersonic missile launch", 20),
        ),
        (0, 0, 0),
    ),
    "the missile of March and the missile of May": Row(
        (launch("North Korea fires missile into sea", day=5), launch("North Korea fires missile into sea", day=28)),
        (0, 1),
    ),
    "the next test three days later, in the same words": Row(
        (
            launch("North Korea fires missile on Wednesday, South says", 1),
            launch("North Korea fires missile on Saturday, South says", 1, day=8),
        ),
        (0, 1),
    ),
    "another day is named, a day later": Row(
        (
            launch("North Korea fires missile off east coast", 1, lead="It was fired on Wednesday morning."),
            launch("North Korea fires missile off east coast", 26, lead="It was fired on Thursday morning."),
        ),
        (0, 1),
    ),
    "the next day's reports still speak of Wednesday": Row(
        (
            launch("North Korea fires missile off east coast", 1, lead="It was fired on Wednesday morning."),
            launch("North Korea says missile was new type", 24, lead="State media said Wednesday's test succeeded."),
        ),
        (0, 0),
    ),
    "a launch today, while the story tells of one last weekend": Row(
        (
            launch("North Korea conducts weapons test, US officials say", 1, lead="It took place last weekend."),
            launch("North Korea fires two ballistic missiles, US official says", 20),
        ),
        (0, 1),
    ),
    "pictures of it, two days after the act": Row(
        (
            launch("North Korea says it fired cruise missiles on January 11 and 12", 2, day=13),
            launch("Photos show North Korea testing missiles as Kim re-emerges thinner", 6, day=14),
        ),
        (0, 0),
    ),
    "one names the days, the other does not": Row(
        (
            launch("North Korea tests new long-range cruise missile", 1, day=13),
            launch("North Korea says it fired new long-range cruise missiles on January 11 and 12", 2, day=13),
        ),
        (0, 0),
    ),
    "zones disagree on the day in the first hours": Row(
        (
            launch("North Korea fires missile", 1, lead="The launch on Wednesday morning was detected by Seoul."),
            launch("North Korea launches missile, US says", 3, lead="The launch on Tuesday evening, Washington time."),
        ),
        (0, 0),
    ),
    "a cruise missile is not a ballistic one": Row(
        (launch("North Korea fires ballistic missile", 1), launch("North Korea tests cruise missile", 9)), (0, 1)
    ),
    "an anti-aircraft missile two days after a hypersonic one": Row(
        (
            launch("North Korea fires hypersonic missile", 1, lead="on Wednesday"),
            launch("North Korea fires new anti-aircraft missile, state media says", 25, lead="on Thursday"),
        ),
        (0, 1),
    ),
    "a second launch on one day is one story with two events": Row(
        (
            launch("North Korea fires missile, South says", 1),
            launch("North Korea fires second missile hours after first, again on same day", 6),
        ),
        (0, 0),
        events=2,
    ),
    "the same second launch, told by another": Row(
        (
            launch("North Korea fires missile, South says", 1),
            launch("North Korea fires second missile hours after first, again on same day", 6),
            launch("North launches another missile just hours later, Seoul says: second today", 6.5),
        ),
        (0, 0, 0),
        events=2,
    ),
    "another country's launch on the same day": Row(
        (launch("North Korea fires missile", 1), launch("Iran test-fires missile in drill", 2, source="IRN")), (0, 1)
    ),
    "a launch and the answering launch are two happenings": Row(
        (
            launch("North Korea launches eight missiles", 1),
            launch("South Korea and US fire eight missiles in response", 20, source="KOR", target="PRK"),
        ),
        (0, 1),
    ),
    "twenty copies of one agency text": Row(
        tuple(
            launch(f"N. Korea fires missile: {outlet}", hours / 10, publisher=outlet, fingerprint=fingerprint(WIRE))
            for hours, outlet in enumerate(("Yonhap", "Reuters", "BBC", "CNN", "NHK", "DW"))
        ),
        (0, 0, 0, 0, 0, 0),
    ),
    "a copy joins although its pair was read differently": Row(
        (
            launch("N. Korea fires missile", 1, fingerprint=fingerprint(WIRE)),
            launch("Seoul: missile fired", 2, source="KOR", fingerprint=fingerprint(WIRE)),
        ),
        (0, 0),
    ),
    "shelling of one city, told by two": Row(
        (
            attack("Shelling kills six in Kharkiv, governor says", 1),
            attack("Russian rockets hit apartment blocks in Kharkiv", 3),
        ),
        (0, 0),
    ),
    "two cities on one day of a war": Row(
        (
            attack("Shelling kills six in Kharkiv, governor says", 1),
            attack("Air strike hits maternity hospital in Mariupol", 3),
        ),
        (0, 1),
    ),
    "the same city, told from the other side": Row(
        (
            attack("Ukraine says rocket hit station in Kramatorsk", 1),
            attack("Moscow denies strike on station in Kramatorsk", 3, source="UKR", target="RUS", modality="denial"),
        ),
        (0, 0),
    ),
    "unknown actors need likeness of text": Row(
        (
            attack("Suicide bomber kills 20 at mosque in Peshawar", 1, source=None, target=None),
            attack("Gunmen storm hotel in Mogadishu, killing 12", 2, source=None, target=None),
            attack("Peshawar mosque suicide bomber kills 20 worshippers", 3, source=None, target=None),
        ),
        (0, 1, 0),
    ),
    "a denial joins what it denies": Row(
        (
            launch("North Korea fires missile, South says", 1),
            launch("North Korea denies missile launch", 4, signals=(), modality="denial"),
        ),
        (0, 0),
    ),
    "a denial of nothing known opens nothing": Row(
        (launch("North Korea denies missile launch", 4, signals=(), modality="denial"),), (None,)
    ),
    "a protest over a launch belongs to it, although its pair is another": Row(
        (
            launch("North Korea fires two missiles", 1),
            launch(
                "Tokyo lodges protest with North Korea over missile firing",
                6,
                source="JPN",
                target="PRK",
                actors=("JPN", "PRK"),
                signals=("condemnation", "launch"),
            ),
            launch(
                "ASEAN ministers deplore North Korean missile",
                9,
                source="ASEAN",
                target="JPN",
                actors=("ASEAN", "PRK", "JPN"),
                signals=("condemnation", "launch"),
            ),
        ),
        (0, 0, 0),
    ),
    "a protest two days later, over a launch that nobody reported": Row(
        (
            launch("North Korea fires two missiles", 1),
            launch(
                "Tokyo protests to North Korea over missile",
                50,
                source="JPN",
                target="PRK",
                actors=("JPN", "PRK"),
                signals=("condemnation", "launch"),
            ),
        ),
        (0, 1),
    ),
    "another's launch that names North Korea and was condemned": Row(
        (
            launch("North Korea fires two missiles", 1),
            launch(
                "Iran test-fires missile built with North Korean help, drawing protests",
                6,
                source="IRN",
                actors=("IRN", "PRK"),
                signals=("launch", "condemnation"),
            ),
        ),
        (0, 1),
    ),
    "inspectors see what one state does": Row(
        (
            launch(
                "Nuclear watchdog sees North Korea restart reactor",
                1,
                source="IAEA",
                target="PRK",
                signals=("nuclear",),
            ),
            launch("North Korea restarts plutonium work, inspectors say", 4, signals=("nuclear",)),
        ),
        (0, 0),
    ),
    "an anniversary does not become the first report of a launch": Row(
        (
            launch("Ten years after: how North Korea fired its missile", 1, modality="retrospective"),
            launch("North Korea fires missile, South says", 2),
        ),
        (0, 1),
    ),
    "an anniversary in the days after a launch follows it": Row(
        (
            launch("North Korea fires missile, South says", 1),
            launch("What North Korea's missile launches tell us", 8, modality="comment"),
        ),
        (0, 0),
    ),
    "an ultimatum and an attack of the same pair": Row(
        (
            attack(
                "Russia sets Ukraine ultimatum to lay down arms in Mariupol", 1, signals=("threat",), modality="threat"
            ),
            attack("Russian strike kills dozens at theatre", 20),
        ),
        (0, 1),
    ),
    "sanctions by two on one are two acts": Row(
        (
            attack("US imposes sanctions on Russian banks", 1, signals=("sanction",), source="USA", target="RUS"),
            attack("EU imposes sanctions on Russian oligarchs", 2, signals=("sanction",), source="EU", target="RUS"),
        ),
        (0, 1),
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_grouping(name):
    row = ROWS[name]
    window = StoryWindow(StorySettings())
    placements = [window.place(report) for report in row.reports]
    opened = list(dict.fromkeys(placed.story.story_id for placed in placements if placed))
    assert tuple(opened.index(placed.story.story_id) if placed else None for placed in placements) == row.stories
    if row.events is not None:
        assert window.memory_of(opened[0]).story.events == row.events


@pytest.mark.parametrize("name", ROWS)
def test_grouping_across_runs(name):
    """A run for each report, the window restored from JSON between them, places every report as one run does."""
    row, remembered, ids = ROWS[name], [], []
    for report in row.reports:
        window = StoryWindow(StorySettings())
        window.restore(from_json(one.story, to_json(one)) for one in remembered)
        placed = window.place(report)
        ids.append(placed.story.story_id if placed else None)
        remembered = [window.memory_of(story.story_id) for story in window.stories()]
    opened = list(dict.fromkeys(one for one in ids if one))
    assert tuple(opened.index(one) if one else None for one in ids) == row.stories


def test_a_story_falls_quiet_after_its_window():
    window = StoryWindow(StorySettings(window_hours=24))
    placed = window.place(launch("North Korea fires missile", 1))
    assert window.expire(at(25)) == ()
    (quiet,) = window.expire(at(25.1))
    assert (quiet.story_id, quiet.state, quiet.changes[-1].was) == (placed.story.story_id, "quiet", "claimed")
    assert len(window) == 0


def test_a_story_that_is_fed_for_ever_ends_all_the_same():
    window = StoryWindow(StorySettings(max_age_hours=48))
    for day in range(5, 9):
        window.place(attack("Shelling goes on in Donetsk", day=day))
        window.expire(at(1, day=day))
    assert min(story.first_at for story in window.stories()) >= at(day=7)


def test_the_index_forgets_with_the_stories():
    window = StoryWindow(StorySettings(window_hours=1))
    for hour in range(100):
        window.expire(at(2 * hour))
        window.place(replace(launch(f"Distinct headline {hour} about Atlantis", 2 * hour), signals=("attack",)))
    assert len(window._stories_by_key) < 20
