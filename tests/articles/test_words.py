"""What is made of an article's words: language, fingerprint, verdict, and what is kept in the end."""

from __future__ import annotations

import pytest

from builders_feeds import NOW, an_entry
from newswatch.articles.fingerprint import PLACES, fingerprint, likeness
from newswatch.articles.language import identify
from newswatch.articles.page_time import published_time
from newswatch.articles.settle import Settled, settle
from newswatch.articles.verdict import why_unusable
from newswatch.domain import Downloaded, Entry, Extracted

STORY = (
    "North Korea fired two short-range ballistic missiles toward the sea off its east coast on Friday, the South's military "
    "said, a day after it vowed a fiercer response to joint drills. The launches from the Sunan area were detected at 7.40 am. "
    "Seoul's Joint Chiefs of Staff said the missiles flew about 350 kilometres. Japan's coast guard told ships to keep away "
    "from fallen objects. Washington condemned the launches and called on Pyongyang to return to talks without preconditions."
)
OTHER = (
    "The central bank raised its main interest rate by a quarter point on Thursday and said inflation would fall back to its "
    "target next year. Economists had expected the move. Growth remains weak, the bank's governor told reporters, but wages are "
    "rising faster than at any time in the past ten years, which keeps the price of services high across the whole economy."
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (STORY, "en"),
        ("us lifts iraq sanctions", None),
        ("Kim warns", None),
        ("North Korea 'Moves' Two Scud Missile Launchers", "en"),
        ("Nordkorea hat nach Angaben Südkoreas zwei Raketen abgefeuert, die ins Meer stürzten.", "de"),
        ("Северная Корея запустила две баллистические ракеты", "ru"),
        ("북한이 동해상으로 단거리 탄도미사일을 발사했다고", "ko"),
        ("", None),
        ("12345 67890 !!! ---", None),
    ],
)
def test_languages_are_told_apart_or_left_open(text: str, language: str | None) -> None:
    assert identify(text) == language


def test_a_fingerprint_is_the_same_everywhere() -> None:
    """The stored form: it must not change with a version of any library, or old articles match no new ones."""
    stored = fingerprint(STORY)
    assert len(stored) == 4 * PLACES
    assert stored[:12].hex() == "d1ca2ac1c4d35f6f03083a50"


@pytest.mark.parametrize(
    ("name", "text", "low", "high"),
    [
        ("itself", STORY, 1.0, 1.0),
        ("shouted", STORY.upper().replace(",", ""), 1.0, 1.0),
        ("cut to 60 %", STORY[: int(len(STORY) * 0.6)], 0.45, 0.75),
        ("with boilerplate", STORY + " Sign up for our newsletter. All rights reserved.", 0.75, 0.99),
        ("one word changed", STORY.replace("Friday", "Monday"), 0.85, 0.99),
        ("another story", OTHER, 0.0, 0.05),
    ],
)
def test_likeness_follows_the_shared_words(name: str, text: str, low: float, high: float) -> None:
    assert low <= likeness(fingerprint(STORY), fingerprint(text)) <= high, name


def test_a_headline_has_no_fingerprint_and_is_like_nothing() -> None:
    assert fingerprint("North Korea fires missile, Seoul says") == b""
    assert likeness(b"", b"") == likeness(b"", fingerprint(STORY)) == likeness(b"xx", fingerprint(STORY)) == 0.0


def test_scripts_without_spaces_have_fingerprints() -> None:
    text = "北朝鮮は金曜日、日本海に向けて短距離弾道ミサイル2発を発射したと韓国軍が発表した。"
    assert likeness(fingerprint(text), fingerprint(text.replace("金曜日", "月曜日"))) > 0.6


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("an article", STORY, None),
        ("nothing", "", "empty"),
        ("a stub", "Pyongyang fired a missile. Subscribe.", "too_short"),
        ("a cookie wall", "We use cookies to improve your visit. " + "You may choose which ones. " * 12, "boilerplate"),
        (
            "a paywall",
            "Subscribe to continue reading this article. " + "Already a subscriber? Log in. " * 10,
            "boilerplate",
        ),
        (
            "a shield",
            "Checking your browser before accessing a.example. " + "This takes a moment. " * 12,
            "boilerplate",
        ),
        ("not found", "Page not found. " + "Have a look at our other stories instead. " * 8, "boilerplate"),
        (
            "German wall",
            "Wir verwenden Cookies und ähnliche Techniken. " + "Sie können zustimmen. " * 12,
            "boilerplate",
        ),
        ("a long text about cookies", "This site uses cookies. " + STORY * 4, None),
    ],
)
def test_walls_are_told_from_articles(name: str, text: str, reason: str | None) -> None:
    assert why_unusable(text, shortest=200) == reason, name


@pytest.mark.parametrize(
    ("name", "head", "moment"),
    [
        ("JSON-LD", '<script>{"datePublished":"2026-03-01T13:00:00+01:00"}</script>', NOW),
        ("meta", '<meta property="article:published_time" content="2026-03-01T12:00:00Z">', NOW),
        ("no zone", '{"datePublished": "2026-03-01T12:00:00"}', NOW),
        ("time element", '<time class="x" datetime="2026-03-01T12:00:00Z" itemprop="published">', NOW),
        ("nonsense", '{"datePublished": "9999-99-99T00:00"}', None),
        ("beyond the calendar", '{"datePublished": "0001-01-01T00:00:00+14:00"}', None),
        ("nothing", "<p>yesterday</p>", None),
    ],
)
def test_a_page_tells_when_it_was_published(name: str, head: str, moment: object) -> None:
    assert published_time(f"<html><head>{head}</head></html>".encode()) == moment, name


PAGE = Downloaded("https://alpha.example/1", body=b"<html>")
READ = Extracted("Page title", "The page's text.", published_at=NOW)


@pytest.mark.parametrize(
    ("name", "entry", "downloaded", "extracted", "text", "source", "reason"),
    [
        ("page read", an_entry(), PAGE, READ, "The page's text.", "page", None),
        ("refused", an_entry(), Downloaded("u", reason="http_403"), None, "", "feed", "http_403"),
        (
            "refused, full feed",
            an_entry(text="Full."),
            Downloaded("u", reason="http_403"),
            None,
            "Full.",
            "feed",
            "http_403",
        ),
        ("stub", an_entry(), PAGE, Extracted(None, "Short.", reason="too_short"), "", "feed", "too_short"),
        ("killed", an_entry(text="Full."), PAGE, Extracted(None, "", reason="timeout"), "Full.", "feed", "timeout"),
        ("no link", an_entry(link=None, text="Full."), None, None, "Full.", "feed", "no_link"),
        ("not reached", an_entry(), None, None, "", "feed", "not_downloaded"),
        ("not read", an_entry(), PAGE, None, "", "feed", "not_extracted"),
        ("no words", an_entry(), PAGE, Extracted(None, ""), "", "feed", "empty"),
    ],
)
def test_the_pages_text_is_kept_or_the_feeds_with_the_reason(
    name: str,
    entry: Entry,
    downloaded: Downloaded | None,
    extracted: Extracted | None,
    text: str,
    source: str,
    reason: str | None,
) -> None:
    assert settle(entry, downloaded, extracted) == Settled(
        "Talks go on", "They go on.", text, source, reason, NOW.replace(hour=11)
    ), name


def test_the_page_lends_what_the_feed_does_not_say() -> None:
    settled = settle(an_entry(title="", published_at=None), PAGE, READ)
    assert (settled.title, settled.published_at) == ("Page title", NOW)
