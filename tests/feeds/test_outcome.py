"""What an answer means for a feed, how grave a failure is, and when the feed is asked again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from builders_feeds import NOW, a_feed, a_fetch, a_history, a_parsed_feed, an_answer, an_entry, an_item, an_rss
from newswatch.domain import Entry, FeedHistory, Fetched, ParsedFeed
from newswatch.feeds.content_hash import content_hash
from newswatch.feeds.outcome import outcome, settle_fetch
from newswatch.feeds.retry_after import max_age_seconds, retry_after_seconds
from newswatch.feeds.schedule import after_fetch, is_conditional, next_due_at, state_of
from newswatch.feeds.settings import FeedSettings
from newswatch.network.client import Answer
from newswatch.network.failure import Failure

SETTINGS = FeedSettings(jitter=0.1)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CHALLENGE = b"<html><title>Just a moment...</title>"


def the_outcome(answer: Answer, history: FeedHistory | None = None, *, unconditional: bool = False) -> Fetched:
    return outcome(a_feed(), history or a_history(), answer, unconditional=unconditional, now=NOW)


# --- F1, F2, F10: weights -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "weight"),
    [
        ("name_unknown", 0.5),
        ("name_unavailable", 0.25),
        ("unreachable", 0.5),
        ("timeout", 0.5),
        ("tls", 1.0),
        ("refused", 1.0),
        ("too_large", 1.0),
        ("redirects", 1.0),
        ("broken_answer", 0.5),
    ],
)
def test_a_failure_of_the_net_weighs_what_it_deserves(kind: str, weight: float) -> None:
    fetched = the_outcome(an_answer(None, failure=Failure(kind, "in words")))  # type: ignore[arg-type]
    assert (fetched.status, fetched.reason, fetched.failure_weight) == ("failed", "in words", weight)


@pytest.mark.parametrize(
    ("answer", "weight", "words"),
    [
        (an_answer(404), 1.0, "there is nothing at this address now (404)"),
        (an_answer(410), 1.0, "the publisher says that the feed is gone for good (410)"),
        (an_answer(401), 1.0, "the publisher wants a login (401)"),
        (an_answer(403), 1.0, "the publisher refuses us (403)"),
        (an_answer(403, CHALLENGE), 1.0, "the publisher's shield admits browsers only (403, a challenge page)"),
        (an_answer(503, CHALLENGE), 1.0, "the publisher's shield admits browsers only (503, a challenge page)"),
        (an_answer(429), 0.5, "the publisher says that we ask too often (429)"),
        (an_answer(500), 0.5, "the server answered 500"),
        (an_answer(503), 0.5, "the server is not available now (503)"),
        (an_answer(204), 0.5, "the server answered 204"),
    ],
)
def test_a_status_weighs_what_it_deserves(answer: Answer, weight: float, words: str) -> None:
    fetched = the_outcome(answer)
    assert (fetched.status, fetched.failure_weight, fetched.reason) == ("failed", weight, words)


# --- F8: nothing new ----------------------------------------------------------------------------------------

BODY = an_rss(an_item())


@pytest.mark.parametrize(
    ("name", "answer", "known_hash", "unconditional", "status", "has_body"),
    [
        ("new body", an_answer(200, BODY), None, False, "fetched", True),
        ("304", an_answer(304), None, False, "not_modified", False),
        (
            "same body, new ETag",
            an_answer(200, BODY, headers={"etag": '"2"'}),
            content_hash(BODY),
            False,
            "not_modified",
            False,
        ),
        ("same body, asked whole", an_answer(200, BODY), content_hash(BODY), True, "not_modified", False),
        ("304 to an unconditional request", an_answer(304), None, True, "failed", False),
    ],
)
def test_nothing_new_is_noticed(
    name: str, answer: Answer, known_hash: str | None, unconditional: bool, status: str, has_body: bool
) -> None:
    fetched = the_outcome(answer, a_history(content_hash=known_hash), unconditional=unconditional)
    assert (fetched.status, bool(fetched.body), fetched.unconditional) == (status, has_body, unconditional), name


@pytest.mark.parametrize(
    ("name", "change", "same"),
    [
        ("built a minute later", (b"<title>Alpha", b"<lastBuildDate>Sun</lastBuildDate><title>Alpha"), True),
        ("channel date", (b"<title>Alpha", b"<pubDate>Sun, 01 Mar</pubDate><title>Alpha"), True),
        ("comment at the end", (b"</rss>", b"</rss><!-- cached 12:01 -->"), True),
        ("a new entry", (b"</channel>", b"<item><title>New</title></item></channel>"), False),
        ("an entry's date", (b"10:00:00", b"10:01:00"), False),
        ("an entry's title", (b"Title 1", b"Title 2"), False),
        ("the feed's title", (b"<title>Alpha", b"<title>Beta"), False),
    ],
)
def test_the_hash_sees_what_a_reader_would_see(name: str, change: tuple[bytes, bytes], same: bool) -> None:
    assert (content_hash(BODY.replace(*change)) == content_hash(BODY)) is same, name


@pytest.mark.parametrize(("hours_ago", "conditional"), [(None, False), (1, True), (23.9, True), (24.1, False)])
def test_once_a_day_a_feed_is_asked_for_whole(hours_ago: float | None, conditional: bool) -> None:
    at = None if hours_ago is None else NOW - hours_ago * HOUR
    assert is_conditional(a_history(last_unconditional_at=at), NOW, settings=SETTINGS) is conditional


# --- F15: an answer that is no feed -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "error", "reason"),
    [
        (b"", None, "not_a_feed: what came is an empty answer"),
        (b"<!DOCTYPE html><html>", "not_a_feed", "not_a_feed: what came is an HTML page"),
        (b'{"version": "1.1"}', "not_a_feed", "not_a_feed: what came is JSON"),
        (b"%PDF-1.7", "not_a_feed", "not_a_feed: what came is a PDF"),
        (b"hello", "not_a_feed", "not_a_feed: what came is something else"),
    ],
)
def test_an_answer_that_is_no_feed_is_a_hard_failure(body: bytes, error: str | None, reason: str) -> None:
    parsed = ParsedFeed("", None, (), error=error) if body else None
    settled = settle_fetch(a_fetch(body=body, content_hash="x"), parsed)
    assert (settled.status, settled.reason, settled.failure_weight, settled.content_hash) == (
        "failed",
        reason,
        1.0,
        None,
    )


@pytest.mark.parametrize(
    ("max_age", "ttl", "fresh"), [(None, 900, 900), (60, 900, 900), (900, 60, 900), (None, None, None)]
)
def test_a_feed_is_fresh_for_as_long_as_server_or_feed_say(
    max_age: int | None, ttl: int | None, fresh: int | None
) -> None:
    parsed = a_parsed_feed(an_entry(), ttl_seconds=ttl)
    assert settle_fetch(a_fetch(body=b"<rss/>", max_age_seconds=max_age), parsed).max_age_seconds == fresh


def test_a_feed_settles_as_itself() -> None:
    fetched = a_fetch(body=BODY)
    assert settle_fetch(fetched, a_parsed_feed(an_entry())) == fetched
    assert settle_fetch(a_fetch("not_modified"), None) == a_fetch("not_modified")


# --- F9: Retry-After ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("", None),
        ("120", 120.0),
        ("1.5", 1.5),
        ("-5", None),
        ("1000000000", 1e9),
        ("Sun, 01 Mar 2026 12:10:00 GMT", 600.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
    ],
)
def test_retry_after_is_read(header: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(header, NOW) == seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("max-age=600", 600),
        ("public, max-age=60, x", 60),
        ("no-cache, max-age=60", None),
        ("max-age=x", None),
    ],
)
def test_max_age_is_read(header: str | None, seconds: int | None) -> None:
    assert max_age_seconds(header) == seconds


@pytest.mark.parametrize(
    ("name", "history", "fetched", "jitter", "wait"),
    [
        ("as usual", a_history(), a_fetch(), 0.0, HOUR),
        ("jitter adds", a_history(), a_fetch(), 0.5, HOUR * 1.05),
        ("fresh for ten minutes", a_history(interval_seconds=300.0), a_fetch(max_age_seconds=600), 0.0, 10 * MINUTE),
        ("fresh for a day", a_history(interval_seconds=300.0), a_fetch(max_age_seconds=86_400), 0.0, 15 * MINUTE),
        ("first temporary failure", a_history(failure_points=0.25), a_fetch("failed"), 0.0, HOUR * 1.25),
        ("third hard failure", a_history(failure_points=3.0), a_fetch("failed"), 0.0, 4 * HOUR),
        ("for weeks", a_history(failure_points=29.0), a_fetch("failed"), 0.0, 24 * HOUR),
        ("asked to wait", a_history(failure_points=0.5), a_fetch("failed", retry_after_seconds=7200.0), 0.0, 2 * HOUR),
        ("asked to wait for years", a_history(), a_fetch("failed", retry_after_seconds=1e9), 0.0, 24 * HOUR),
        ("asked to wait, with jitter", a_history(), a_fetch("failed", retry_after_seconds=7200.0), 1.0, 2.2 * HOUR),
    ],
)
def test_the_next_fetch_is_due(
    name: str, history: FeedHistory, fetched: Fetched, jitter: float, wait: timedelta
) -> None:
    assert next_due_at(a_feed(), history, fetched, settings=SETTINGS, now=NOW, jitter=jitter) == NOW + wait, name


def test_an_urgent_feed_is_asked_every_minute_and_backs_off_from_there() -> None:
    urgent = a_feed(urgent=True)
    due = next_due_at(urgent, a_history(), a_fetch(max_age_seconds=600), settings=SETTINGS, now=NOW, jitter=1.0)
    failing = next_due_at(
        urgent, a_history(failure_points=3.0), a_fetch("failed"), settings=SETTINGS, now=NOW, jitter=0.0
    )
    assert (due - NOW, failing - NOW) == (MINUTE, 4 * MINUTE)


# --- what is remembered -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "interval", "new", "total", "after"),
    [
        ("nothing new", 3600.0, 0, 20, 4500.0),
        ("as wanted", 3600.0, 2, 20, 3600.0),
        ("busy", 3600.0, 8, 20, 1800.0),
        ("everything is new", 3600.0, 20, 20, 900.0),
        ("never below the shortest", 400.0, 20, 20, 300.0),
        ("never above the longest", 21_000.0, 0, 20, 21_600.0),
    ],
)
def test_the_interval_follows_the_feed(name: str, interval: float, new: int, total: int, after: float) -> None:
    history = after_fetch(
        a_history(interval_seconds=interval),
        a_fetch(),
        new_entries=new,
        total_entries=total,
        settings=SETTINGS,
        now=NOW,
    )
    assert history.interval_seconds == after, name


def test_a_first_visit_says_nothing_about_the_pace() -> None:
    first = after_fetch(FeedHistory(), a_fetch(), new_entries=20, total_entries=20, settings=SETTINGS, now=NOW)
    assert first.interval_seconds == 3600.0


def test_a_success_is_remembered_whole() -> None:
    fetched = a_fetch(etag='"2"', last_modified="Sun", content_hash="abc", unconditional=True)
    before = a_history(failure_points=7.5, gone_count=1)
    assert after_fetch(before, fetched, new_entries=2, total_entries=20, settings=SETTINGS, now=NOW) == FeedHistory(
        etag='"2"',
        last_modified="Sun",
        content_hash="abc",
        last_attempt_at=NOW,
        last_success_at=NOW,
        last_unconditional_at=NOW,
        interval_seconds=3600.0,
    )


def test_a_failure_adds_its_weight_and_forgets_nothing() -> None:
    before = a_history(etag='"1"', content_hash="abc", failure_points=1.0)
    after = after_fetch(
        before, a_fetch("failed", failure_weight=0.5), new_entries=0, total_entries=0, settings=SETTINGS, now=NOW
    )
    assert after == replace(before, failure_points=1.5, last_attempt_at=NOW)


def test_validators_survive_a_304_without_any() -> None:
    before = a_history(etag='"1"', last_modified="Sat", content_hash="abc")
    fetched = a_fetch("not_modified", http_status=304)
    after = after_fetch(before, fetched, new_entries=0, total_entries=0, settings=SETTINGS, now=NOW)
    assert (after.etag, after.last_modified, after.content_hash) == ('"1"', "Sat", "abc")


# --- F11: moved ---------------------------------------------------------------------------------------------


def test_a_new_address_is_proposed_after_three_permanent_redirects_in_a_row() -> None:
    there = "https://alpha.example/new"
    history = a_history()
    counts, messages = [], []
    for moved in (there, there, None, there, there, there):
        fetched = a_fetch(permanent_url=moved)
        history = after_fetch(history, fetched, new_entries=1, total_entries=9, settings=SETTINGS, now=NOW)
        counts.append(history.moved_count)
        parsed = a_parsed_feed(an_entry())
        messages.append(state_of(a_feed(), history, fetched, parsed, settings=SETTINGS, now=NOW)[1])
    assert counts == [1, 2, 0, 1, 2, 3]
    assert messages[-2:] == ["1 entry", f"1 entry; has moved for good to {there}: change the address in feeds.yaml"]


# --- states -------------------------------------------------------------------------------------------------

OLD = an_entry(published_at=NOW - timedelta(days=20))
UNDATED = an_entry(published_at=None, flags=("undated",))


@pytest.mark.parametrize(
    ("history", "fetched", "entries", "state", "message"),
    [
        (a_history(), a_fetch(), (an_entry(),), "ok", "1 entry"),
        (a_history(), a_fetch("not_modified"), (), "not_modified", "nothing new since the last fetch"),
        (a_history(), a_fetch(), (), "empty", "a proper feed without entries"),
        (a_history(), a_fetch(), (UNDATED,), "undated", "1 entry, none with a date that can be believed"),
        (a_history(), a_fetch(), (OLD,), "stale", "the newest entry is of 2026-02-09"),
        (a_history(), a_fetch(), (OLD, an_entry()), "ok", "2 entries"),
        (
            a_history(failure_points=2.5),
            a_fetch("failed", reason="the server went silent"),
            (),
            "failing",
            "the server went silent (2.5 of 30 failure points)",
        ),
        (
            a_history(failure_points=30.0),
            a_fetch("failed", reason="gone"),
            (),
            "paused",
            "Paused after 30 failure points without a success; last: gone. "
            "Check the address, then take it up again, or remove the feed.",
        ),
        (
            a_history(gone_count=2, failure_points=2.0),
            a_fetch("failed", http_status=410),
            (),
            "paused",
            "Paused: the publisher has said 2 times that the feed is gone. "
            "Check the address, then take it up again, or remove the feed.",
        ),
        (
            a_history(gone_count=1),
            a_fetch("failed", reason="gone (410)"),
            (),
            "failing",
            "gone (410) (0 of 30 failure points)",
        ),
    ],
)
def test_the_state_of_a_feed(
    history: FeedHistory, fetched: Fetched, entries: tuple[Entry, ...], state: str, message: str
) -> None:
    parsed = a_parsed_feed(*entries)
    assert state_of(a_feed(), history, fetched, parsed, settings=SETTINGS, now=NOW) == (state, message)


def test_the_gone_count_is_of_answers_in_a_row() -> None:
    history = a_history()
    counts = []
    for status in (410, 404, 410, 410):
        fetched = a_fetch("failed", http_status=status, failure_weight=1.0)
        history = after_fetch(history, fetched, new_entries=0, total_entries=0, settings=SETTINGS, now=NOW)
        counts.append(history.gone_count)
    assert counts == [1, 0, 1, 2]
