"""From classified articles to what the channel shows: one root a story, edited in place, with its thread (A11-A14, X3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from acceptance.classified import add_reports
from acceptance.outbox_rows import rows, send, sent_keys, tell
from builders_alerts import NOW, a_report, a_story, slack_settings
from newswatch.alerts.chart import bar_chart
from newswatch.alerts.interactions import Click
from newswatch.articles.fingerprint import fingerprint
from newswatch.domain import Severity
from newswatch.steps.digest import send_digests
from newswatch.steps.notices import check_queue
from newswatch.steps.operators import notice_failed_run
from newswatch.steps.reactions import react
from newswatch.steps.stories import group_stories
from newswatch.storage.alerts import add_silence, find_decisions, find_feedback
from newswatch.storage.tables import articles
from newswatch.storage.tables_stories import stories


def minutes(count):
    return NOW + timedelta(minutes=count)


def roots(messages):
    return [message for message in messages if not message.get("thread_ts")]


def replies(messages):
    return [message for message in messages if message.get("thread_ts")]


def test_a_story_grows_in_one_message_and_its_thread(database, slack):
    settings = slack_settings()
    add_reports(database, a_report("North Korea fires missile, South says", article_id=1, publisher="BBC"))
    group_stories(database, settings, now=NOW)
    send(database, settings, slack.base_url)
    confirmation = a_report(
        "North Korea says it fired missile", article_id=2, publisher="CNN", lead="KCNA said it flew far."
    )
    add_reports(database, confirmation)
    group_stories(database, settings, now=minutes(20))
    send(database, settings, slack.base_url, now=minutes(21))

    (root,), (reply,) = roots(slack.messages()), replies(slack.messages())
    assert root["edits"] == 1
    assert "official" in root["text"] and "2 origins: BBC, KCNA" in root["text"]
    assert reply["thread_ts"] == root["ts"]
    assert reply["text"].startswith("🟠 Escalated: severity 3 → 4") or "PRK itself confirms (KCNA)" in reply["text"]


def test_a_change_before_the_first_message_was_sent_only_freshens_it(database, slack):
    settings = slack_settings()
    tell(database, settings, a_story(level=3))
    tell(database, settings, a_story(level=5, title="North Korea fires ICBM"), now=minutes(1))
    send(database, settings, slack.base_url, now=minutes(2))
    (message,) = slack.messages()
    assert "CRITICAL" in message["text"] and "ICBM" in message["text"]


def test_a_root_that_somebody_deleted_is_followed_by_a_new_one(database, slack):
    settings = slack_settings()
    tell(database, settings, a_story(level=3))
    send(database, settings, slack.base_url)
    slack.delete(slack.messages()[0]["ts"])
    tell(database, settings, a_story(level=5), now=minutes(5))
    send(database, settings, slack.base_url, now=minutes(6))

    standing = [message for message in slack.messages() if not message.get("deleted")]
    (root,), (reply,) = roots(standing), replies(standing)
    assert "CRITICAL" in root["text"]
    assert reply["thread_ts"] == root["ts"]


def test_a_reply_is_never_sent_before_its_root(database, slack):
    settings = slack_settings()
    tell(database, settings, a_story(level=3))
    slack.fault("reject_500")
    send(database, slack_settings(outbox={"retry_first": "10m"}), slack.base_url)
    tell(database, settings, a_story(level=5), now=minutes(5))
    send(database, settings, slack.base_url, now=minutes(6))
    assert slack.messages() == []

    send(database, settings, slack.base_url, now=minutes(20))
    assert len(roots(slack.messages())) == 1
    assert replies(slack.messages())[0]["thread_ts"] == roots(slack.messages())[0]["ts"]
    assert sorted(slack.keys()) == sent_keys(database)


def test_twenty_copies_of_one_agency_text_are_one_message(database, slack):
    settings = slack_settings()
    text = fingerprint(
        "North Korea fired what appeared to be a ballistic missile into waters off its east coast on Wednesday, officials said"
    )
    add_reports(
        database,
        *(
            a_report(f"N. Korea fires missile ({n})", article_id=n + 1, publisher=f"Paper {n}", fingerprint=text)
            for n in range(20)
        ),
    )
    group_stories(database, settings, now=NOW)
    send(database, settings, slack.base_url)
    (message,) = slack.messages()
    assert "1 origin: Paper 0" in message["text"]


def test_a_storm_becomes_one_digest_with_a_thread(database, slack):
    settings = slack_settings(receiver={"storm": 20})
    tell(
        database,
        settings,
        *(a_story(f"st_{number}", severity=Severity(3, 0.5 + number / 1000)) for number in range(300)),
    )
    send(database, settings, slack.base_url)
    (root,) = roots(slack.messages())
    assert root["text"].startswith("300 new alerts at once")
    assert len(replies(slack.messages())) == 300
    assert sorted(slack.keys()) == sent_keys(database)


@pytest.fixture
def digest_day(database):
    """Settings with a digest for the desk, and a day on which two stories were told."""
    settings = slack_settings(digest={"receivers": ["desk"], "at": "06:30"})
    tell(database, settings, a_story("st_1"), a_story("st_2", target="JPN"))
    assert send_digests(database, settings, now=minutes(31)) == ["desk"]
    return settings


def test_the_daily_digest_has_its_chart_as_an_image_in_its_thread(database, slack, digest_day):
    send(database, digest_day, slack.base_url, now=minutes(32))
    *_, digest, chart = slack.messages()
    (file,) = chart["files"]
    assert digest["text"].startswith("Daily digest · Tuesday 04 January")
    assert chart["thread_ts"] == digest["ts"]
    assert bytes.fromhex(file["hex"]) == bar_chart([0] * 13 + [2])
    assert file["title"].startswith("Alerts a day, the last 14 days: 0, 0,")
    assert sorted(slack.keys()) == sent_keys(database)


def test_a_chart_that_slack_took_without_saying_so_is_uploaded_once(database, slack, digest_day):
    slack.fault("accept_then_drop", method="files.completeUploadExternal")
    for later in (32, 37):
        send(database, digest_day, slack.base_url, now=minutes(later))
    assert len([message for message in slack.messages() if "files" in message]) == 1
    assert sorted(slack.keys()) == sent_keys(database)


def test_without_the_right_to_upload_only_the_chart_is_missing(database, slack, digest_day):
    slack.fault("error:missing_scope", method="files.getUploadURLExternal")
    summary = send(database, digest_day, slack.base_url, now=minutes(32))
    assert summary.outcomes == {"sent": 3, "dead": 1}
    assert "give the bot files:write" in summary.problems[0]
    assert sorted(slack.keys()) == sent_keys(database)


def test_the_backlog_of_a_first_run_alerts_nobody(database, slack):
    settings = slack_settings()
    reports = (
        a_report(f"Nation {n} fires missile", article_id=n + 1, source=f"A{n:02}", backlog=True) for n in range(60)
    )
    add_reports(database, *reports)
    summary = group_stories(database, settings, now=NOW)
    send(database, settings, slack.base_url)
    assert slack.messages() == []
    assert summary.held["backlog"] == summary.opened > 0


def test_a_denial_of_what_was_told_is_told(database, slack):
    settings = slack_settings()
    add_reports(database, a_report("North Korea fires missile, South says", article_id=1))
    group_stories(database, settings, now=NOW)
    send(database, settings, slack.base_url)
    title = "Missile alert about North Korea sent in error"
    denial = a_report(title, article_id=2, signals=(), modality="denial", publisher="NHK")
    add_reports(database, denial)
    group_stories(database, settings, now=minutes(5))
    send(database, settings, slack.base_url, now=minutes(6))
    (root,), (reply,) = roots(slack.messages()), replies(slack.messages())
    assert "false alarm" in root["text"]
    assert "Denied: withdrawn as a false alarm (NHK)" in reply["text"]


def test_every_article_ends_in_a_story_or_a_fate(database):
    add_reports(
        database,
        a_report("North Korea fires missile", article_id=1),
        a_report("North Korea denies nothing in particular", article_id=2, signals=(), modality="denial", source="CUB"),
    )
    group_stories(database, slack_settings(), now=NOW)
    with database.read() as connection:
        fates = dict(connection.execute(sa.select(articles.c.article_id, articles.c.fate)).all())
    assert fates == {1: "in_story", 2: "no_signal"}


def test_why_did_i_not_hear_of_this(database):
    settings = slack_settings()
    tell(database, settings, a_story(level=1))
    tell(database, settings, a_story(level=1), now=minutes(5))
    with database.read() as connection:
        (decision,) = find_decisions(connection, "st_1")
    assert (decision["outcome"], decision["reason"], decision["times"]) == ("hold", "below_severity", 2)
    assert decision["explanation"] == "severity 1 is below 2 (0.25)"


def test_a_silence_ends_with_one_line_that_tells_what_it_held(database, slack):
    settings = slack_settings()
    with database.begin() as connection:
        row = {"matchers": ["source=PRK"], "receiver": None, "ceiling": 3, "author": "kim", "reason": "drill"}
        add_silence(connection, row | {"starts_at": NOW - timedelta(hours=1), "ends_at": minutes(30)})
    tell(database, settings, a_story("st_held", level=3, title="Small rocket"), a_story("st_grave", level=4))
    send(database, settings, slack.base_url)
    assert [message["metadata"]["event_payload"]["story_id"] for message in slack.messages()] == ["st_grave"]

    group_stories(database, settings, now=minutes(31))
    send(database, settings, slack.base_url, now=minutes(32))
    (line,) = [message["text"] for message in slack.messages()[1:]]
    assert line == "The silence on source=PRK by kim has ended; it held back 1: Small rocket"
    assert sorted(slack.keys()) == sent_keys(database)


def test_what_a_silence_held_of_a_story_already_told_is_told_when_it_ends(database, slack):
    settings = slack_settings()
    tell(database, settings, a_story("st_1", level=3))
    with database.begin() as connection:
        row = {"matchers": ["story=st_1"], "receiver": None, "ceiling": 5, "author": "kim", "reason": "drill"}
        add_silence(connection, row | {"starts_at": minutes(1), "ends_at": minutes(30)})
    tell(database, settings, a_story("st_1", level=4), now=minutes(10))
    send(database, settings, slack.base_url, now=minutes(11))
    assert len(slack.messages()) == 1

    group_stories(database, settings, now=minutes(31))
    send(database, settings, slack.base_url, now=minutes(32))
    (reply,) = replies(slack.messages())
    assert reply["text"].startswith("🟠 Escalated: severity 3 → 4")


def test_corroboration_that_came_too_soon_is_told_ten_minutes_later_without_another_report(database, slack):
    settings = slack_settings()
    tell(database, settings, a_story())
    tell(database, settings, a_story(state="corroborated", origins=("BBC", "KCNA")), now=minutes(5))
    send(database, settings, slack.base_url, now=minutes(6))
    assert replies(slack.messages()) == []
    for later in (11, 16):
        group_stories(database, settings, now=minutes(later))
        send(database, settings, slack.base_url, now=minutes(later))
    assert len(replies(slack.messages())) == 1


def test_the_message_follows_its_story_without_a_word_in_the_thread(database, slack):
    settings = slack_settings()
    tell(database, settings, a_story(state="official", level=4, origins=("KCNA",)))
    send(database, settings, slack.base_url)
    for count, later in ((2, 20), (2, 25), (3, 30)):
        origins = ("KCNA", "BBC", "NHK")[:count]
        tell(database, settings, a_story(state="official", level=4, origins=origins), now=minutes(later))
        send(database, settings, slack.base_url, now=minutes(later))
    (root,) = slack.messages()
    assert root["edits"] == 2
    assert "3 origins: KCNA, BBC, NHK" in root["text"]


def test_the_message_of_a_quiet_story_says_so(database, slack):
    settings = slack_settings()
    add_reports(database, a_report("North Korea fires missile", article_id=1))
    group_stories(database, settings, now=NOW)
    send(database, settings, slack.base_url)
    group_stories(database, settings, now=NOW + timedelta(days=4))
    send(database, settings, slack.base_url, now=NOW + timedelta(days=4))
    (root,) = slack.messages()
    assert root["edits"] == 1
    assert "quiet, was claimed" in root["text"]


def test_an_edit_that_tells_nothing_new_goes_after_every_alert(database, slack):
    settings = slack_settings()
    tell(database, settings, a_story("st_1", level=5))
    send(database, settings, slack.base_url)
    tell(database, settings, a_story("st_1", level=5, origins=("BBC", "NHK")), a_story("st_2", level=2), now=minutes(1))
    send(database, settings, slack.base_url, now=minutes(2))
    assert [one["method"] for one in slack.requests("")][-2:] == ["chat.postMessage", "chat.update"]


def test_what_a_mute_held_is_told_when_it_ends(database, slack):
    muted = slack_settings(
        route={"receiver": "desk", "group_wait": "0s", "routes": [{"mute_time_intervals": ["morning"]}]},
        time_intervals=[
            {"name": "morning", "time_intervals": [{"times": [{"start_time": "06:00", "end_time": "07:00"}]}]}
        ],
    )
    tell(database, muted, a_story())
    send(database, muted, slack.base_url)
    assert slack.messages() == []
    group_stories(database, muted, now=NOW + timedelta(hours=1))
    send(database, muted, slack.base_url, now=NOW + timedelta(hours=1))
    assert len(slack.messages()) == 1


def test_two_clicks_are_one_verdict_and_one_line(database, slack):
    settings = slack_settings()
    tell(database, settings, a_story())
    send(database, settings, slack.base_url)
    (row,) = rows(database)
    click = Click("wrong", "wrong_signal", row["alert_key"], "U1", "Ana <!channel>", "T1", signal="threat")
    for _ in range(2):
        react(database, click, now=minutes(1))
    send(database, settings, slack.base_url, now=minutes(2))
    with database.read() as connection:
        (verdict,) = find_feedback(connection, row["alert_key"])
    assert (verdict["user_id"], verdict["verdict"], verdict["signal"]) == ("U1", "wrong_signal", "threat")
    assert [message["text"] for message in replies(slack.messages())] == [
        "✏️ Ana &lt;!channel&gt;: wrong signal: threat"
    ]


def test_a_pair_silenced_from_slack_lets_graver_through(database, slack):
    settings = slack_settings()
    tell(database, settings, a_story("st_1", level=3, target="JPN"))
    (row,) = rows(database)
    react(database, Click("silence", "6h", row["alert_key"], "U1", "Ana", "T1"), now=NOW)
    tell(
        database,
        settings,
        a_story("st_2", level=3, target="JPN"),
        a_story("st_3", level=4, target="JPN"),
        now=minutes(1),
    )
    told = {row["story_id"] for row in rows(database) if row["kind"] == "root"}
    assert told == {"st_1", "st_3"}


def test_operators_hear_of_trouble_once_and_of_its_end(database, slack):
    settings = slack_settings(operators={"receiver": "desk", "queue_older_than": "30m", "heartbeat": "off"})
    tell(database, settings, a_story())
    assert check_queue(database, settings, now=minutes(31)) != []
    assert check_queue(database, settings, now=minutes(36)) == []
    send(database, settings, slack.base_url, now=minutes(37))
    assert check_queue(database, settings, now=minutes(41)) == ["Resolved: queue:old"]
    failed = [notice_failed_run(database, settings, dag_id="d", run_id="r", reason="boom", now=NOW) for _ in range(2)]
    assert failed == [True, False]


def test_stories_fall_quiet_and_their_memory_is_dropped(database):
    settings = slack_settings()
    add_reports(database, a_report("North Korea fires missile", article_id=1))
    group_stories(database, settings, now=NOW)
    group_stories(database, settings, now=NOW + timedelta(days=4))
    with database.read() as connection:
        (row,) = connection.execute(sa.select(stories)).mappings().all()
    assert (row["state"], row["memory"]) == ("quiet", {})
