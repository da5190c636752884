"""Is it to be believed, who said it, how grave is it? Origins, life-cycle and severity, with every factor shown."""

from __future__ import annotations

import pytest

from builders_alerts import a_report, at
from newswatch.articles.fingerprint import fingerprint
from newswatch.domain import Dyad, Factor, Severity
from newswatch.stories.origins import confirms_itself, origin_of
from newswatch.stories.settings import SeveritySettings, StorySettings, WatchedPair
from newswatch.stories.severity import Gravity, leading_signal, severity
from newswatch.stories.window import StoryWindow

ORIGINS = {
    "the publisher, when nobody is named": (a_report("Shots at the border"), "BBC"),
    "the publisher's family": (a_report("Shots at the border", family="BBC Group"), "BBC Group"),
    "the outlet that an aggregator names": (
        a_report("Shots at the border", publisher="Aggregator", outlet="Le Monde"),
        "Le Monde",
    ),
    "KCNA said": (a_report("North fires missile", lead="The launch was a success, KCNA said."), "KCNA"),
    "according to the Joint Chiefs": (
        a_report("North fires missile", lead="It flew 700 km, according to South Korea's Joint Chiefs of Staff."),
        "ROK Joint Chiefs of Staff",
    ),
    "Yonhap reported": (a_report("North fires missile", lead="Yonhap reported the launch."), "Yonhap"),
    "a headline's attribution": (
        a_report("North Korea fires 'ballistic missile', Japan's government says"),
        "Japan's government",
    ),
    "the state's own voice before the agency that carries it": (
        a_report("North fires missile", lead="KCNA said, Yonhap reported, that it was a success."),
        "KCNA",
    ),
    "state media of whoever acts": (a_report("Drill begins, state media says", source="IRN"), "IRN state media"),
    "named only in passing": (a_report("KCNA's offices repainted"), "BBC"),
}


@pytest.mark.parametrize("name", ORIGINS)
def test_origin(name):
    report, expected = ORIGINS[name]
    assert origin_of(report) == expected


CONFIRMING = {
    "KCNA on North Korea's launch": (a_report("Launch a success", lead="KCNA said it flew 700 km."), True),
    "KCNA on somebody else's": (a_report("Launch condemned", lead="KCNA said.", source="USA"), False),
    "South Korea's Chiefs on the North's": (a_report("Missile fired", lead="the Joint Chiefs of Staff said"), False),
    "the actor's own state media as publisher": (a_report("Glorious launch", state_media="PRK"), True),
    "'says it tested'": (a_report("North Korea says it tested new weapon"), True),
    "denying is not confirming": (a_report("North Korea says it fired nothing", modality="denial"), False),
    "nobody is known to have acted": (a_report("Launch reported by state media", source=None), False),
}


@pytest.mark.parametrize("name", CONFIRMING)
def test_confirmation(name):
    report, expected = CONFIRMING[name]
    assert confirms_itself(report) is expected


def lives(*reports):
    window = StoryWindow(StorySettings())
    (story,) = {placed.story.story_id: placed.story for placed in map(window.place, reports) if placed}.values()
    return story


def told(title, hours, publisher, **changes):
    return a_report(title, article_id=f"{title}{publisher}", published_at=at(hours), publisher=publisher, **changes)


LIVES = {
    "one report": ([told("North Korea fires missile", 1, "BBC")], ["claimed"]),
    "nine reprints of one agency are one origin": (
        [
            told("North Korea fires missile", 1 + n / 10, f"Paper {n}", lead="The launch was seen, Yonhap reported.")
            for n in range(9)
        ],
        ["claimed"],
    ),
    "two papers of one house are one origin": (
        [
            told("North Korea fires missile", 1, "Sun", family="House"),
            told("North Korea fires a missile", 2, "Times", family="House"),
        ],
        ["claimed"],
    ),
    "two origins": (
        [told("North Korea fires missile", 1, "BBC"), told("North Korea fires missile", 2, "CNN")],
        ["claimed", "corroborated"],
    ),
    "the acting side confirms": (
        [
            told("North Korea fires missile", 1, "BBC"),
            told("North Korea says it fired missile", 20, "CNN", lead="KCNA said so."),
        ],
        ["claimed", "official"],
    ),
    "denied": (
        [
            told("North Korea fires missile", 1, "BBC"),
            told("North Korea denies missile launch", 4, "CNN", signals=(), modality="denial"),
        ],
        ["claimed", "denied"],
    ),
    "a false alarm": (
        [
            told("North Korea fires missile, alert says", 1, "NHK"),
            told("Missile alert about North Korea sent in error", 1.2, "NHK", signals=(), modality="denial"),
        ],
        ["claimed", "false_alarm"],
    ),
    "one more claim does not undo a denial": (
        [
            told("North Korea fires missile", 1, "BBC"),
            told("North Korea denies missile launch", 4, "CNN", signals=(), modality="denial"),
            told("North Korea fired missile, insists Tokyo paper", 5, "Sankei"),
        ],
        ["claimed", "denied"],
    ),
    "two new origins do": (
        [
            told("North Korea fires missile", 1, "BBC"),
            told("North Korea denies missile launch", 4, "CNN", signals=(), modality="denial"),
            told("North Korea fired missile, insists Tokyo paper", 5, "Sankei"),
            told("North Korea did fire missile", 6, "DW"),
        ],
        ["claimed", "denied", "corroborated"],
    ),
}


@pytest.mark.parametrize("name", LIVES)
def test_life(name):
    reports, states = LIVES[name]
    story = lives(*reports)
    assert [change.now for change in story.changes if change.kind in ("opened", "state")] == states
    assert story.state == states[-1]
    assert all(change.reason for change in story.changes)


def test_copies_share_the_origin_of_the_first():
    text = "The launch took place at dawn from the east coast and was seen by fishermen who filmed its trail"
    first = told("North Korea fires missile", 1, "Yonhap Daily", fingerprint=fingerprint(text))
    second = told("Missile fired at dawn", 2, "CNN", fingerprint=fingerprint(text))
    assert lives(first, second).origins == ("Yonhap Daily",)


def gravity(**changes):
    scores = changes.get("scores", {"launch": 0.8})
    made = {
        "signal": leading_signal(scores, SeveritySettings()),
        "scores": scores,
        "modality": "act",
        "dyad": Dyad("PRK", "JPN"),
        "state": "claimed",
        "origins": 1,
        "text": "",
    }
    return Gravity(**{**made, **changes})  # fmt: skip


def test_severity_shows_every_factor():
    settings = SeveritySettings(
        pairs=(WatchedPair(source="PRK", weight=1.25), WatchedPair(source="PRK", target="JPN", weight=1.5))
    )
    assert severity(gravity(text="an intercontinental missile", origins=2, surging=True), settings) == Severity(
        5,
        2.0344,
        (
            Factor("signal", "launch", 0.9),
            Factor("score", "0.80", 0.9),
            Factor("belief", "2 origins", 1.12),
            Factor("pair", "PRK→JPN", 1.5),
            Factor("modality", "act", 1.0),
            Factor("intensity", "strategic weapon", 1.3),
            Factor("surge", "surging", 1.15),
        ),
    )


LEVELS = {
    "a launch": (gravity(), 4),
    "the same, only planned": (gravity(modality="plan"), 3),
    "the same, ten years after": (gravity(modality="retrospective"), 1),
    "the same, denied": (gravity(state="denied"), 2),
    "a launch nobody is sure of": (gravity(scores={"launch": 0.3}), 3),
    "a condemnation": (gravity(scores={"condemnation": 0.9}), 2),
    "a threat": (gravity(scores={"threat": 0.8}, modality="threat"), 3),
    "an attack": (gravity(scores={"attack": 0.9}), 3),
    "an attack, two origins": (gravity(scores={"attack": 0.9}, origins=2), 4),
    "an invasion": (gravity(scores={"attack": 0.9}, text="Russia has invaded Ukraine"), 5),
    "the heaviest signal counts, not the surest": (gravity(scores={"condemnation": 0.99, "launch": 0.6}), 3),
    "a hundred origins count as three": (gravity(origins=100), 4),
}


@pytest.mark.parametrize("name", LEVELS)
def test_level(name):
    found, level = LEVELS[name]
    assert severity(found, SeveritySettings()).level == level


def test_no_country_has_a_hidden_weight():
    levels = {
        severity(gravity(dyad=Dyad(source, None)), SeveritySettings()).score for source in ("PRK", "RUS", "CHE", None)
    }
    assert len(levels) == 1
