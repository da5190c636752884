"""Who hears of what, and why not: every row is one story, what was told before, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from builders_alerts import NOW, a_story, was_told
from newswatch.alerts.decide import Circumstances, decide, told_by
from newswatch.alerts.matchers import parse_matcher
from newswatch.alerts.settings import AlertSettings
from newswatch.alerts.silence import Silence
from newswatch.alerts.told import TellingLog, Told
from newswatch.domain import Story, StoryChange

SETTINGS = AlertSettings.model_validate(
    {
        "receivers": [{"name": "desk"}, {"name": "war room"}],
        "route": {
            "receiver": "desk",
            "min_severity": 3,
            "group_by": ["story"],
            "group_wait": "30s",
            "group_interval": "5m",
            "routes": [
                {"matchers": ["signal=launch"], "group_by": ["source", "signal"], "group_interval": "6h"},
                {
                    "matchers": ["signal=attack"],
                    "group_by": ["sides"],
                    "group_interval": "12h",
                    "budget": {"count": 2, "within": "1d", "by": ["sides"], "break_through": 5},
                },
                {"matchers": ["signal=cyber"], "receiver": "none"},
                {"matchers": ["signal=rupture"], "mute_time_intervals": ["mornings"], "mute_ceiling": 4},
                {"matchers": ["signal=sanction"], "repeat_interval": "1d"},
                {"matchers": ["signal=nuclear"], "continue": True},
                {"matchers": ["signal=nuclear"], "receiver": "war room", "min_severity": 4},
            ],
        },
        "inhibit_rules": [
            {
                "name": "the launch is known",
                "source_matchers": ["signal=launch"],
                "target_matchers": ["signal=condemnation"],
                "equal": ["actor"],
                "within": "12h",
            }
        ],
        "time_intervals": [
            {"name": "mornings", "time_intervals": [{"times": [{"start_time": "06:00", "end_time": "07:00"}]}]}
        ],
    }
)
LAUNCH_GROUP = "desk|0|PRK|launch"
WAR_GROUP = "desk|1|RUS-UKR"


@dataclass(frozen=True)
class Row:
    """`expected` is the outcome and reason for each receiver, in order."""

    story: Story
    expected: tuple[str, ...]
    told: tuple[Told, ...] = ()
    silences: tuple[Silence, ...] = ()
    waiting: bool = False


def silence(matcher: str, **changes: Any) -> Silence:
    made = Silence(
        7, (parse_matcher(matcher),), "kim", "drill", NOW - timedelta(hours=1), NOW + timedelta(hours=1), ceiling=3
    )
    return replace(made, **changes)


def threat(story_id: str = "st_1", **changes: Any) -> Story:
    return a_story(story_id, signal="threat", **{"modality": "threat", "level": 3, **changes})


def strike(story_id: str = "st_1", **changes: Any) -> Story:
    return a_story(story_id, **{"signal": "attack", "source": "RUS", "target": "UKR", "level": 3, **changes})


def war(story_id: str, *, hours_ago: float, severity: int = 3) -> Told:
    return was_told(strike(story_id), hours_ago=hours_ago, group_key=WAR_GROUP, severity=severity)


A_LAUNCH = a_story()
EARLIER_LAUNCH = was_told(a_story("st_0"), hours_ago=2, group_key=LAUNCH_GROUP)

ROWS = {
    # --- first word of it
    "a launch is told": Row(A_LAUNCH, ("tell first",)),
    "a threat is told": Row(threat(), ("tell first",)),
    "an announced plan is told at its lower severity": Row(a_story(modality="plan", level=3), ("tell first",)),
    "at the lowest severity that is told": Row(threat(level=3), ("tell first",)),
    "one below it": Row(threat(level=2), ("hold below_severity",)),
    "the same story again": Row(A_LAUNCH, ("hold duplicate",), (was_told(A_LAUNCH, group_key=LAUNCH_GROUP),)),
    # --- not news
    "an anniversary is not told, however grave": Row(a_story(modality="retrospective", level=5), ("hold modality",)),
    "'denies launch' is not told": Row(a_story(modality="denial", level=5), ("hold modality",)),
    "an opinion is not told": Row(a_story(modality="comment", level=5), ("hold modality",)),
    "a false alarm known as such before anyone heard": Row(a_story(state="false_alarm"), ("hold modality",)),
    "denied before anyone heard": Row(a_story(state="denied"), ("hold modality",)),
    "backlog of a new feed": Row(a_story(backlog=True, level=5), ("hold backlog",)),
    "last reported two days ago": Row(a_story(last_at=NOW - timedelta(days=2)), ("hold backlog",)),
    "held by a mute for two days": Row(a_story(last_at=NOW - timedelta(days=2)), ("tell first",), waiting=True),
    "a route to nobody says so": Row(a_story(signal="cyber"), ("hold no_route",)),
    # --- what was told is brought up to date
    "graver than it was": Row(threat(level=4), ("tell escalated",), (was_told(threat(level=3)),)),
    "less grave than it was": Row(threat(level=3), ("hold duplicate",), (was_told(threat(level=4)),)),
    "a plan becomes an act": Row(
        a_story(), ("tell escalated",), (was_told(a_story(modality="plan"), group_key=LAUNCH_GROUP),)
    ),
    "an act that is threatened again": Row(threat(), ("hold duplicate",), (was_told(threat(modality="act")),)),
    "a second missile hours later": Row(
        a_story(events=2), ("tell escalated",), (was_told(a_story(), group_key=LAUNCH_GROUP),)
    ),
    "a second origin": Row(threat(state="corroborated"), ("tell corroborated",), (was_told(threat()),)),
    "the acting side confirms": Row(threat(state="official"), ("tell corroborated",), (was_told(threat()),)),
    "a second origin within ten minutes waits": Row(
        threat(state="corroborated"), ("hold grouped",), (was_told(threat(), hours_ago=0.1),)
    ),
    "an escalation within ten minutes does not": Row(
        threat(level=5), ("tell escalated",), (was_told(threat(), hours_ago=0.1),)
    ),
    "a denial of what was told": Row(threat(state="denied", level=1), ("tell denied",), (was_told(threat()),)),
    "a false alarm that was told": Row(threat(state="false_alarm", level=1), ("tell denied",), (was_told(threat()),)),
    "denied, told, denied again": Row(
        threat(state="denied", level=1), ("hold duplicate",), (was_told(threat(state="denied", level=1)),)
    ),
    "it has gone quiet": Row(threat(state="quiet"), ("hold duplicate",), (was_told(threat()),)),
    "still reported a day later, reminders on": Row(
        a_story(signal="sanction", level=3),
        ("tell reminder",),
        (was_told(a_story(signal="sanction", level=3), hours_ago=25),),
    ),
    "still reported a day later, reminders off": Row(
        threat(), ("hold duplicate",), (was_told(threat(), hours_ago=25),)
    ),
    "reminders on, but nothing reported since": Row(
        a_story(signal="sanction", level=3, last_at=NOW - timedelta(hours=26)),
        ("hold duplicate",),
        (was_told(a_story(signal="sanction", level=3), hours_ago=25),),
    ),
    # --- groups: one event as six messages; a lesser alert delaying a greater
    "another story of the same actor within six hours goes into the thread": Row(
        A_LAUNCH, ("thread first",), (EARLIER_LAUNCH,)
    ),
    "seven hours later it has its own message": Row(
        A_LAUNCH, ("tell first",), (replace(EARLIER_LAUNCH, told_at=NOW - timedelta(hours=7)),)
    ),
    "a graver one within six hours has its own message": Row(a_story(level=5), ("tell first",), (EARLIER_LAUNCH,)),
    "another actor's launch is another group": Row(a_story(source="IRN"), ("tell first",), (EARLIER_LAUNCH,)),
    "stories of unknown actors are never one group": Row(
        a_story(source=None),
        ("tell first",),
        (was_told(a_story("st_0", source=None), group_key="desk|0||launch|st_0"),),
    ),
    "in a thread, then graver than the whole group": Row(
        a_story(level=5),
        ("tell escalated",),
        (EARLIER_LAUNCH, was_told(A_LAUNCH, group_key=LAUNCH_GROUP, root_id="st_0", hours_ago=1)),
    ),
    "in a thread, then corroborated": Row(
        a_story(state="corroborated"),
        ("thread corroborated",),
        (EARLIER_LAUNCH, was_told(A_LAUNCH, group_key=LAUNCH_GROUP, root_id="st_0", hours_ago=1)),
    ),
    # --- a war is not a page for each shelling
    "the first strike of a war": Row(strike(), ("tell first",)),
    "the next shelling goes into the thread": Row(strike(), ("thread first",), (war("st_0", hours_ago=3),)),
    "the answer of the other side too": Row(
        strike(source="UKR", target="RUS"), ("thread first",), (war("st_0", hours_ago=3),)
    ),
    "thirteen hours later the war has a new message": Row(strike(), ("tell first",), (war("st_0", hours_ago=13),)),
    "the third message of the day is over the budget": Row(
        strike(), ("hold budget",), (war("st_0", hours_ago=23), war("st_9", hours_ago=13))
    ),
    "graver than everything the budget was spent on": Row(
        strike(level=4), ("tell first",), (war("st_0", hours_ago=23), war("st_9", hours_ago=13))
    ),
    "critical breaks through a budget spent on critical": Row(
        strike(level=5), ("tell first",), (war("st_0", hours_ago=23, severity=5), war("st_9", hours_ago=13, severity=5))
    ),
    "another war has its own budget": Row(
        strike(source="ISR", target="PSE"), ("tell first",), (war("st_0", hours_ago=23), war("st_9", hours_ago=13))
    ),
    # --- silences, with their ceiling
    "silenced": Row(threat(), ("hold silenced",), silences=(silence("source=PRK"),)),
    "graver than the ceiling breaks through": Row(threat(level=4), ("tell first",), silences=(silence("source=PRK"),)),
    "another pair is not silenced": Row(threat(source="IRN"), ("tell first",), silences=(silence("source=PRK"),)),
    "a silence that has ended": Row(threat(), ("tell first",), silences=(silence("source=PRK", ends_at=NOW),)),
    "a silence that has not begun": Row(
        threat(), ("tell first",), silences=(silence("source=PRK", starts_at=NOW + timedelta(minutes=1)),)
    ),
    "a silence until quiet": Row(threat(), ("hold silenced",), silences=(silence("story=st_1", ends_at=None),)),
    "a silence of another receiver": Row(
        threat(), ("tell first",), silences=(silence("source=PRK", receiver="war room"),)
    ),
    "a silence holds updates back too": Row(
        threat(state="corroborated"), ("hold silenced",), (was_told(threat()),), (silence("source=PRK"),)
    ),
    # --- mutes and inhibitions
    "muted in the morning": Row(a_story(signal="rupture", level=3), ("hold muted",)),
    "graver than the mute": Row(a_story(signal="rupture", level=5), ("tell first",)),
    "the condemnation of a launch that was told": Row(
        a_story(signal="condemnation", source="JPN", target="PRK", level=3), ("hold inhibited",), (EARLIER_LAUNCH,)
    ),
    "a condemnation of somebody else": Row(
        a_story(signal="condemnation", source="JPN", target="CHN", level=3), ("tell first",), (EARLIER_LAUNCH,)
    ),
    "the launch was half a day ago": Row(
        a_story(signal="condemnation", source="JPN", target="PRK", level=3),
        ("tell first",),
        (replace(EARLIER_LAUNCH, last_report_at=NOW - timedelta(hours=13)),),
    ),
    # --- several receivers
    "two receivers, each by its own rule": Row(
        a_story(signal="nuclear", level=3), ("tell first", "hold below_severity")
    ),
    "told to one, new to the other": Row(
        a_story(signal="nuclear", level=4),
        ("hold duplicate", "tell first"),
        (was_told(a_story(signal="nuclear", level=4)),),
    ),
}


@pytest.mark.parametrize("name", ROWS)
def test_decision(name):
    row = ROWS[name]
    around = Circumstances(SETTINGS, TellingLog(row.told), row.silences)
    decisions = decide(row.story, around, NOW, waiting=row.waiting)
    assert tuple(f"{one.outcome} {one.reason}" for one in decisions) == row.expected
    assert all(one.explanation for one in decisions)


RELEASED = {
    "a mute": Row(a_story(signal="rupture", level=3), ("hold muted",)),
    "ten minutes between updates": Row(
        threat(state="corroborated"), ("hold grouped",), (was_told(threat(), hours_ago=0.1),)
    ),
    "a silence over what was told": Row(
        threat(state="corroborated"), ("hold silenced",), (was_told(threat()),), (silence("source=PRK"),)
    ),
}
KEPT = {
    "a silence over what nobody heard of": Row(threat(), ("hold silenced",), silences=(silence("source=PRK"),)),
    "too low": Row(threat(level=2), ("hold below_severity",)),
    "nothing has changed": Row(threat(), ("hold duplicate",), (was_told(threat()),)),
}


@pytest.mark.parametrize("name", (*RELEASED, *KEPT))
def test_what_is_looked_at_again_when_that_ends(name):
    row = {**RELEASED, **KEPT}[name]
    (decision,) = decide(row.story, Circumstances(SETTINGS, TellingLog(row.told), row.silences), NOW)
    assert (f"{decision.outcome} {decision.reason}",) == row.expected
    assert decision.is_released == (name in RELEASED)


def test_the_same_arguments_give_the_same_alert_key():
    around = Circumstances(SETTINGS, TellingLog())
    (first,), (second,) = decide(A_LAUNCH, around, NOW), decide(A_LAUNCH, around, NOW + timedelta(minutes=5))
    assert first.alert.alert_key == second.alert.alert_key


def test_each_telling_of_a_story_has_its_own_key():
    log = TellingLog()
    around = Circumstances(SETTINGS, log)
    keys = []
    for level, state in ((3, "claimed"), (4, "claimed"), (4, "corroborated"), (5, "official"), (1, "denied")):
        story = threat(level=level, state=state)
        (decision,) = decide(story, around, NOW + timedelta(hours=len(keys)))
        log.add(told_by(decision, story))
        keys.append(decision.alert.alert_key)
    assert len(set(keys)) == 5


def test_a_silence_is_named_with_author_end_and_reason():
    around = Circumstances(SETTINGS, TellingLog(), (silence("source=PRK"),))
    (decision,) = decide(threat(), around, NOW)
    assert decision.explanation == "silence #7 of kim until 2022-01-05 07:00 UTC, up to severity 3: drill"


def test_what_changed_is_the_explanation():
    change = StoryChange(NOW, "state", "claimed", "corroborated", "2 independent origins: BBC, KCNA")
    around = Circumstances(SETTINGS, TellingLog([was_told(threat())]))
    (decision,) = decide(threat(state="corroborated", changes=(change,)), around, NOW)
    assert decision.explanation == "2 independent origins: BBC, KCNA"


def test_only_severity_five_does_not_wait_for_company():
    around = Circumstances(SETTINGS, TellingLog())
    waits = [decide(a_story(level=level), around, NOW)[0].not_before_at for level in (4, 5)]
    assert waits == [NOW + timedelta(seconds=30), None]
