"""Does the demo's small web answer as real publishers do, and can the libraries we read news with read it?"""

import io
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.parse import urljoin

import feedparser
import pytest
import trafilatura
from ruamel.yaml import YAML

from newswatch.domain import MODALITIES, SIGNALS
from newswatch.errors import RuntimeSetupError
from newswatch.runtime.demo_site import DemoSite

FOLDER = Path(__file__).parents[2] / "seeds" / "demo"
NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
BASE_URL = "http://127.0.0.1:8099"
DEAD_FEED = "/harbour/rss.xml"
UNREADABLE = {"pot-icbm": 403, "std-wonsan-launch": 200, "ron-game-update": 404}  # article id -> what its page answers
EXPECTED = YAML(typ="safe", pure=True).load((FOLDER / "expected.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def site() -> DemoSite:
    return DemoSite(FOLDER, NOW)


def read_feed(site: DemoSite, path: str) -> feedparser.FeedParserDict:
    return feedparser.parse(io.BytesIO(site.response(path, BASE_URL).body))


def plain(text: str) -> str:
    return " ".join(text.split())


def test_there_are_enough_feeds_and_articles(site):
    assert len(site.feeds(BASE_URL)) == 10
    assert len(site.articles()) == 101
    assert len(site.paths()) == 1 + 10 + 101  # robots.txt, feeds, articles: no two share a path


def test_feeds_speak_the_words_of_the_configuration(site):
    ponghwa = next(feed for feed in site.feeds("http://127.0.0.1:8099/") if feed["id"] == "ponghwa-central")
    assert ponghwa == {
        "id": "ponghwa-central",
        "name": "Ponghwa Central Agency of the DPRK",
        "publisher": "Ponghwa Central Agency",
        "url": "http://127.0.0.1:8099/ponghwa/en/rss",
        "country": "PRK",
        "language": "en",
        "tier": 3,
        "urgent": False,
        "family": None,
        "state_media": "PRK",
    }
    assert site.feeds("http://{publisher}.test")[0]["url"] == "http://hannae.test/hannae/RSS/news.xml"


@pytest.mark.parametrize(
    ("publisher", "version"),
    [
        ("hannae", "rss20"),
        ("setouchi", "rss10"),
        ("ponghwa", "rss20"),
        ("albion", "rss20"),
        ("potomac", "rss20"),
        ("meridian", "atom10"),
        ("southern", "rss20"),
        ("rondo", "rss20"),
        ("luzon", "rss20"),
    ],
)
def test_every_feed_lists_every_article_of_its_publisher(site, publisher, version):
    path = site.publishers[publisher].feed_path
    parsed = read_feed(site, path)
    articles = [article for article in site.articles() if article.publisher_id == publisher]
    links = [urljoin(BASE_URL + path, entry.link).partition("?")[0] for entry in parsed.entries]
    dated = {
        entry.title: datetime(*when[:6], tzinfo=UTC)
        for entry in parsed.entries
        if (
            when := dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
        )  # RSS 1.0 knows only dc:date
    }

    assert parsed.version == version
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert links == [BASE_URL + article.path for article in articles]
    assert [entry.title for entry in parsed.entries] == [article.title for article in articles]
    assert dated == {article.title: article.published_at for article in articles if not article.feed_date}
    for entry, article in zip(parsed.entries, articles, strict=True):
        assert plain(article.lead)[:100] in plain(entry.summary)


def test_the_peculiar_feeds_are_peculiar(site):
    southern = site.response(site.publishers["southern"].feed_path, BASE_URL)
    potomac = read_feed(site, site.publishers["potomac"].feed_path)
    rondo = read_feed(site, site.publishers["rondo"].feed_path)
    dead = site.response(DEAD_FEED, BASE_URL)
    refused = next(article for article in site.articles() if article.article_id == "pot-icbm")

    assert "Nouméa".encode("latin-1") in southern.body
    assert refused.paragraphs[-1].replace('"', "") in plain(
        next(entry for entry in potomac.entries if entry.title == refused.title).content[0].value.replace('"', "")
    )
    assert all(entry.link.startswith("../") for entry in rondo.entries)
    assert {entry.source.title for entry in rondo.entries} == {"Rondo", "Meridian Wire"}
    assert dead.status == 404
    assert sum(article.feed_date is not None for article in site.articles()) == 1


def test_every_page_gives_up_its_lead_sentence(site):
    unread = []
    for article in site.articles():
        response = site.response(article.path, BASE_URL)
        if article.article_id in UNREADABLE:
            assert response.status == UNREADABLE[article.article_id]
            assert plain(article.lead) not in response.body.decode()
            continue
        text = trafilatura.extract(
            response.body.decode(), url=BASE_URL + article.path, fast=True, favor_recall=True, include_comments=False
        )
        if response.status != 200 or plain(article.lead) not in plain(text or ""):
            unread.append(article.article_id)
    assert unread == []


def test_pages_are_of_the_length_of_news(site):
    lengths = {
        article.article_id: len(" ".join([article.lead, *article.paragraphs]).split()) for article in site.articles()
    }
    assert {article_id: words for article_id, words in lengths.items() if not 110 <= words <= 400} == {}


def test_no_placeholder_is_left(site):
    for path in site.paths():
        assert b"{{" not in site.response(path, BASE_URL).body, path


def test_reprints_share_the_words_of_the_original_and_name_it(site):
    by_id = {article.article_id: article for article in site.articles()}
    reprints = [article for article in by_id.values() if article.credit]
    assert {article.publisher_id for article in reprints} == {"southern", "rondo", "luzon"}
    for reprint in reprints:
        original = by_id["mer-" + reprint.article_id.partition("-")[2]]
        assert reprint.paragraphs == original.paragraphs[: len(reprint.paragraphs)]
        assert reprint.published_at > original.published_at
        assert "Meridian Wire" in site.response(reprint.path, BASE_URL).body.decode()


def test_the_same_moment_gives_the_same_bytes_and_another_moment_moves_the_week(site):
    path = site.publishers["meridian"].feed_path
    later = DemoSite(FOLDER, NOW + timedelta(days=3))
    assert site.response(path, BASE_URL) == DemoSite(FOLDER, NOW).response(path, BASE_URL)
    in_seoul = DemoSite(FOLDER, NOW.astimezone(timezone(timedelta(hours=9))))
    assert site.response(path, BASE_URL) == in_seoul.response(path, BASE_URL)
    assert site.response(path, BASE_URL).headers["ETag"] != later.response(path, BASE_URL).headers["ETag"]
    assert all(NOW - timedelta(hours=168) < article.published_at < NOW for article in site.articles())


def test_a_week_shown_in_part_hides_what_is_to_come(site):
    early = DemoSite(FOLDER, NOW, until_hours=12)
    hidden = next(article for article in site.articles() if article.article_id == "hna-icbm")
    assert {article.article_id for article in early.articles()} == {
        article.article_id for article in site.articles() if article.hours <= 12
    }
    assert early.response(hidden.path).status == 404
    assert hidden.title.encode() not in early.response(site.publishers["hannae"].feed_path).body


def test_unknown_paths_and_queries(site):
    article = site.articles()[0]
    assert site.response("/nowhere").status == 404
    assert site.response(article.path + "?utm_source=feed") == site.response(article.path)


def test_expectations_agree_with_the_articles(site):
    by_id = {article.article_id: article for article in site.articles()}
    stories = {story["id"]: story for story in EXPECTED["stories"]}
    told = {article_id for story in EXPECTED["stories"] for article_id in story["articles"]}
    never = set(EXPECTED["never_alert"])

    for story_id, story in stories.items():
        assert set(story["articles"]) == {a.article_id for a in by_id.values() if a.expected.story == story_id}
        assert story["signal"] in SIGNALS
        assert story["alert"] in ("must", "may")
        openers = [by_id[article_id].expected for article_id in story["articles"]]
        assert any(story["signal"] in opener.signals for opener in openers)
        asserting = [by_id[article_id] for article_id in story["articles"] if by_id[article_id].expected.signals]
        assert story["origins"] == len({a.credit or site.publishers[a.publisher_id].name for a in asserting})
    assert told | never == set(by_id)
    assert told & never == {a.article_id for a in by_id.values() if a.expected.story and not a.expected.signals}
    assert all(not by_id[article_id].expected.signals for article_id in never)
    assert {a.expected.modality for a in by_id.values()} <= set(MODALITIES)
    assert Counter(signal for a in by_id.values() for signal in a.expected.signals).keys() == set(SIGNALS) - {"attack"}


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("site.yaml", "publishers: [", "site.yaml: not valid YAML"),
        ("site.yaml", "week_hours: 168\n", "site.yaml: "),
        ("site.yaml", "week_hours: 168\npublishers: []\nbehaviors: {}\n", "behaviors"),
        ("site.yaml", "week_hours: 168\npublishers: []\n", "no articles"),
        ("articles/new.md", "no front matter", "front matter"),
    ],
)
def test_a_broken_seed_is_named(tmp_path, name, text, words):
    (tmp_path / "articles").mkdir()
    (tmp_path / "site.yaml").write_text("week_hours: 168\npublishers: []\n")
    (tmp_path / name).write_text(text)
    with pytest.raises(RuntimeSetupError, match=words):
        DemoSite(tmp_path, NOW)
