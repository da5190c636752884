"""Whatever Slack answers: the keys at the mock are the keys marked sent, and no key twice (promise I2, faults A1-A7)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from acceptance.outbox_rows import TOKEN, rows, send, sent_keys, tell
from builders_alerts import NOW, a_story, slack_settings
from newswatch.domain import Evidence
from newswatch.errors import DeliveryError
from newswatch.storage.outbox import pause_channel, seconds_paused

FAULTS = {
    "A1 429 once": ("ratelimited", {"retry_after": "0"}),
    "A1 429 with a broken number of seconds": ("ratelimited", {"retry_after": "1.5"}),
    "A1 429 with a date": ("ratelimited", {"retry_after": "Wed, 05 Jan 2022 06:00:01 GMT"}),
    "A2 accepted, then the connection closes": ("accept_then_drop", {}),
    "A2 accepted, then no answer in time": ("accept_then_hang", {"seconds": 4}),
    "A2 accepted, then 500": ("accept_then_500", {}),
    "A3 rejected with 500": ("reject_500", {}),
    "A3 no answer, nothing stored": ("hang", {"seconds": 4}),
    "A4 accepted, HTML instead of JSON": ("accept_html", {}),
    "A4 accepted, empty answer": ("accept_empty", {}),
    "A4 accepted, truncated JSON": ("accept_truncated", {}),
    "A4 accepted, ok without ts": ("accept_no_ts", {}),
    "an error Slack does not document": ("error:fatal_error", {}),
    "refused blocks": ("error:invalid_blocks", {}),
}


@pytest.mark.parametrize("name", FAULTS)
def test_one_fault_one_message(name, database, slack):
    fault, more = FAULTS[name]
    settings = slack_settings()
    stories = [a_story(f"st_{number}", level=level) for number, level in enumerate((3, 5, 4))]
    tell(database, settings, *stories)
    slack.fault(fault, **more)

    for run in range(4):
        send(database, settings, slack.base_url, now=NOW + timedelta(seconds=10 * run))

    assert sorted(slack.keys()) == sent_keys(database)
    assert len(slack.keys()) == len(stories)
    assert not [row for row in rows(database) if row["possible_duplicate"]]


def test_asked_to_wait_an_hour_the_run_ends_at_once_and_the_queue_is_kept(database, slack):
    """A1 with Retry-After 3600: believed up to fifteen minutes, the slot is free again, another channel goes on."""
    two = [{"name": name, "kind": "slack", "channel": channel} for name, channel in (("desk", "C1"), ("other", "C2"))]
    tree = {
        "receiver": "desk",
        "group_wait": "0s",
        "routes": [{"matchers": ["source=IRN"], "receiver": "other"}],
    }
    settings = slack_settings(receivers=two, route=tree, outbox={"retry_last": "15m"})
    tell(database, settings, a_story("st_1", level=5), a_story("st_2"), a_story("st_3", source="IRN", level=3))
    slack.fault("ratelimited", retry_after="3600")
    summary = send(database, settings, slack.base_url)
    assert (summary.sent, summary.waiting) == (1, 2)
    assert [message["channel"] for message in slack.messages()] == ["C2"]

    with database.begin() as connection:
        assert 890 < seconds_paused(connection, "C1") <= 900
        pause_channel(connection, "C1", 0)
    send(database, settings, slack.base_url, now=NOW + timedelta(minutes=16))
    assert len(slack.keys()) == 3


def test_refused_for_pace_again_and_again_the_sender_rests_between(database, slack):
    """A1, always 429 with Retry-After 0: no loop without rest, and nothing is lost."""
    settings = slack_settings()
    tell(database, settings, a_story())
    slack.fault("ratelimited", times=3, retry_after="0")
    send(database, settings, slack.base_url)
    moments = [one["at"] for one in slack.requests("chat.postMessage")]
    assert len(moments) == 4
    assert min(later - sooner for sooner, later in pairwise(moments)) >= 0.95


MONSTERS = {
    "A8 a title of five thousand characters": {"title": "Fires missile " * 400},
    "A8 no title at all": {"title": ""},
    "A8 two hundred lines of evidence": {"evidence": (Evidence("a line\n" * 200, (("term " * 300, 9.9),) * 200),)},
    "A8 a hundred origins and publishers": {
        "origins": tuple("O" * 90 for _ in range(100)),
        "publishers": ("P" * 900,) * 9,
    },
    "A9 markup in the title": {"title": "<!channel> *fires* <http://evil.example|cnn.com> `missile` &amp;lt;!here&gt;"},
    "A10 an address that ends the link": {"url": "https://bbc.co.uk/a|b>c d"},
    "A10 an address that is none": {"url": "javascript:alert(1)"},
}


@pytest.mark.parametrize("name", MONSTERS)
def test_whatever_the_news_holds_slack_takes_the_first_form_of_the_message(name, database, slack):
    settings = slack_settings()
    tell(database, settings, a_story(**MONSTERS[name]))
    send(database, settings, slack.base_url)
    (row,) = rows(database)
    assert (row["state"], row["attempts"], row["plain"]) == ("sent", 1, False)
    (message,) = slack.messages()
    assert "<" not in message["text"] and "|b>c" not in message["text"]


def test_graver_alerts_overtake(database, slack):
    settings = slack_settings()
    tell(database, settings, *(a_story(f"st_{level}", level=level) for level in (2, 5, 3, 4)))
    send(database, settings, slack.base_url)
    assert [message["metadata"]["event_payload"]["story_id"] for message in slack.messages()] == [
        "st_5",
        "st_4",
        "st_3",
        "st_2",
    ]


def test_one_message_a_second_and_channel(database, paced_slack):
    settings = slack_settings(slack={"seconds_per_message": 1, "timeout_seconds": 2})
    tell(database, settings, *(a_story(f"st_{number}") for number in range(4)))
    summary = send(database, settings, paced_slack.base_url)
    moments = [message["at"] for message in paced_slack.messages()]
    assert summary.outcomes == {"sent": 4}
    assert min(later - sooner for sooner, later in pairwise(moments)) >= 0.95


def test_a_revoked_token_stops_everything_and_loses_nothing(database, slack):
    settings = slack_settings()
    tell(database, settings, *(a_story(f"st_{number}") for number in range(5)))
    slack.fault("error:token_revoked", times=1)
    with pytest.raises(DeliveryError, match="5 messages are waiting, none is lost") as caught:
        send(database, settings, slack.base_url)
    assert TOKEN not in str(caught.value)
    assert slack.messages() == []

    send(database, settings, slack.base_url)
    assert len(slack.keys()) == 5
    assert sorted(slack.keys()) == sent_keys(database)


def test_token_revoked_in_the_middle_of_a_batch(database, slack):
    settings = slack_settings()
    tell(database, settings, *(a_story(f"st_{number}") for number in range(3)))
    slack.fault("", times=1)
    slack.fault("error:missing_scope", times=1)
    with pytest.raises(DeliveryError, match="2 messages are waiting"):
        send(database, settings, slack.base_url)
    send(database, settings, slack.base_url)
    assert sorted(slack.keys()) == sent_keys(database)


def test_an_archived_channel_is_parked_with_the_repair_named(database, slack):
    settings = slack_settings()
    tell(database, settings, a_story())
    slack.fault("error:is_archived")
    summary = send(database, settings, slack.base_url)
    (row,) = rows(database)
    assert row["state"] == "parked"
    assert summary.problems == [
        "desk: C1: is_archived; unarchive the channel or name another one in config/alerts.yaml"
    ]
    send(database, settings, slack.base_url, now=NOW + timedelta(minutes=1))
    assert sorted(slack.keys()) == sent_keys(database)


def test_a_channel_that_is_gone_is_replaced_by_its_fallback(database, slack):
    settings = slack_settings(receiver={"fallback_channel": "C9"})
    tell(database, settings, a_story())
    slack.fault("error:channel_not_found")
    send(database, settings, slack.base_url)
    assert [message["channel"] for message in slack.messages()] == ["C9"]


@pytest.mark.parametrize("policy, messages, state", [("resend", 2, "sent"), ("hold", 1, "held")])
def test_without_the_right_to_read_the_channel_the_policy_decides(policy, messages, state, database, slack):
    settings = slack_settings(slack={"seconds_per_message": 0, "timeout_seconds": 2, "without_history": policy})
    tell(database, settings, a_story())
    slack.fault("accept_then_drop")
    slack.fault("error:missing_scope", method="conversations.history")
    send(database, settings, slack.base_url)
    (row,) = rows(database)
    assert (len(slack.messages()), row["state"], row["possible_duplicate"]) == (messages, state, policy == "resend")


def test_a_search_that_fails_is_repeated_before_anything_is_sent_again(database, slack):
    settings = slack_settings()
    tell(database, settings, a_story())
    slack.fault("accept_then_drop")
    slack.fault("reject_500", method="conversations.history", times=2)
    for run in range(3):
        send(database, settings, slack.base_url, now=NOW + timedelta(seconds=10 * run))
    assert len(slack.messages()) == 1
    assert sorted(slack.keys()) == sent_keys(database)


def test_slack_down_for_hours_drains_in_order_and_says_so(database, slack):
    settings = slack_settings(outbox={"retry_first": "5m"})
    tell(database, settings, a_story("st_early"))
    tell(database, settings, a_story("st_later"), now=NOW + timedelta(hours=1))
    slack.fault("reject_500", times=2)
    send(database, settings, slack.base_url, now=NOW + timedelta(hours=1))
    assert slack.messages() == []

    send(database, settings, slack.base_url, now=NOW + timedelta(hours=6))
    messages = slack.messages()
    assert [message["metadata"]["event_payload"]["story_id"] for message in messages] == ["st_early", "st_later"]
    assert all("late: decided" in message["text"] for message in messages)
    assert sorted(slack.keys()) == sent_keys(database)
