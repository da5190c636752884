"""Which rows does a decision put into the outbox?"""

from __future__ import annotations

import pytest

from builders_alerts import a_decision, a_story
from newswatch.alerts.message import Provenance
from newswatch.alerts.plan import Root, Telling, messages_for, split_storms
from newswatch.alerts.settings import Receiver

DESK = Receiver(name="desk", storm=2)
OWN, WAITING, ANOTHERS = Root("r", is_own=True), Root("r", is_own=True, untouched=True), Root("r", is_own=False)

ROWS = {
    "first word of a story": ({}, None, ["root"]),
    "into the thread of its group": ({"outcome": "thread", "root_id": "st_0"}, ANOTHERS, ["reply to r"]),
    "its group's message is not there: its own": ({"outcome": "thread", "root_id": "st_0"}, None, ["root"]),
    "an update edits the message and adds a line": (
        {"reason": "corroborated", "ordinal": 2},
        OWN,
        ["update to r", "reply to r"],
    ),
    "an update before anything was sent": ({"reason": "escalated", "ordinal": 2}, WAITING, ["root refreshed"]),
    "graver than the thread it stands in": ({"reason": "escalated", "ordinal": 2}, ANOTHERS, ["root"]),
    "corroborated in the thread of a storm": ({"reason": "corroborated", "ordinal": 2}, ANOTHERS, ["reply to r"]),
}


@pytest.mark.parametrize("name", ROWS)
def test_rows(name):
    changes, root, expected = ROWS[name]
    story = a_story()
    planned = messages_for(Telling(a_decision(story, **changes), story), root, DESK, Provenance())
    found = [
        one.notification.kind + (f" to {one.root_key}" if one.root_key else "") + (" refreshed" if one.refresh else "")
        for one in planned
    ]
    assert found == expected


def test_an_escalation_to_high_is_shown_in_the_channel_too():
    story = a_story(level=4)
    telling = Telling(a_decision(story, reason="escalated", ordinal=2), story)
    assert [one.broadcast for one in messages_for(telling, OWN, DESK, Provenance())] == [False, True]


def test_a_storm_takes_first_messages_only_gravest_first():
    stories = [a_story(f"st_{level}", level=level) for level in (3, 5, 4)]
    tellings = [Telling(a_decision(story), story) for story in stories]
    update = Telling(a_decision(a_story("st_old"), reason="escalated", ordinal=2), a_story("st_old"))
    single, storms = split_storms([*tellings, update], {"desk": DESK})
    assert single == (update,)
    assert [one.story.story_id for one in storms["desk"]] == ["st_5", "st_4", "st_3"]
