"""config/feeds.yaml: valid, edited without harm, complete."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from newswatch.errors import ConfigError
from newswatch.feeds.listing import add_feeds, new_feed_id, not_yet_listed, valid_feed
from newswatch.feeds.opml import Outline
from newswatch.feeds.settings import FeedList, FeedSettings
from newswatch.yaml_file import read_yaml

CONFIG = Path(__file__).resolve().parents[2] / "config" / "feeds.yaml"
FILE = """\
# Our feeds, with a comment that took somebody an hour.
feeds:

  # Agencies
  - {id: one, name: "One: the first", publisher: One, url: "https://one.example/rss", country: NOR}  # keep
  - id: two          # written out, and that is fine
    name: Two
    publisher: Two
    url: https://two.example/rss
"""


def a_listed(name: str = "three", **more: object) -> object:
    return valid_feed({"id": name, "name": name, "publisher": name, "url": f"https://{name}.example/rss"} | more)


def test_adding_touches_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(FILE)
    path.chmod(0o640)
    added = add_feeds(
        path, [a_listed(), a_listed("four", url="https://one.example/rss"), a_listed("five", country="NOR")]
    )
    assert [one.id for one in added] == ["three", "five"]
    assert path.read_text() == (
        FILE
        + "  - {id: three, name: three, publisher: three, url: https://three.example/rss}\n"
        + "  - {id: five, name: five, publisher: five, url: https://five.example/rss, country: NOR}\n"
    )
    assert path.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["feeds.yaml"]


def test_a_country_called_no_stays_a_word(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(FILE)
    add_feeds(path, [a_listed(name="NO", id="no", language="no")])
    assert read_yaml(path, FeedList).feeds[-1].language == "no"


def test_a_first_feed_goes_into_an_empty_list(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text("feeds: []\n")
    assert len(add_feeds(path, [a_listed()])) == 1
    assert len(read_yaml(path, FeedList).feeds) == 1


def test_nothing_changes_when_the_result_would_be_wrong(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(FILE)
    with pytest.raises(ConfigError, match="two feeds have the id 'one'"):
        add_feeds(path, [a_listed("one", url="https://other.example/")])
    assert path.read_text() == FILE


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"url": "ftp://x.example/"}, "url: String should match pattern"),
        ({"country": "Norway"}, "country: String should match pattern"),
        ({"tier": 5}, "tier: Input should be less than or equal to 4"),
    ],
)
def test_a_wrong_field_is_named(fields: dict[str, object], complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        a_listed(**fields)


@pytest.mark.parametrize(
    ("name", "taken", "feed_id"),
    [
        ("El País", set(), "el_pais"),
        ("El País", {"el_pais"}, "el_pais_2"),
        ("El País", {"el_pais", "el_pais_2"}, "el_pais_3"),
        ("朝日新聞", set(), "feed"),
        ("A  -  B!", set(), "a_b"),
    ],
)
def test_ids_come_from_names(name: str, taken: set[str], feed_id: str) -> None:
    assert new_feed_id(name, taken) == feed_id


def test_another_readers_feeds_come_unvetted() -> None:
    listed = FeedList(feeds=(a_listed("one"),))
    outlines = [Outline("One", "https://one.example/rss"), Outline("One", "https://new.example/rss", language="ko")]
    (fresh,) = not_yet_listed(outlines, listed)
    assert (fresh.id, fresh.url, fresh.tier, fresh.language) == ("one_2", "https://new.example/rss", 4, "ko")


def test_intervals_must_be_in_order() -> None:
    with pytest.raises(ValueError, match="shortest_interval_minutes <= interval_minutes"):
        FeedSettings(interval_minutes=2)


def test_the_list_we_ship_is_valid_and_long_enough() -> None:
    feeds = read_yaml(CONFIG, FeedList).as_feeds()
    assert len(feeds) >= 80
    assert any(feed.urgent for feed in feeds) and any(feed.state_media for feed in feeds)
    assert len({feed.country for feed in feeds}) >= 20
    aggregated = [feed for feed in feeds if "news.google.com" in feed.url]
    assert len(aggregated) <= 15


def test_the_list_we_ship_was_found_working(shared_material: Path) -> None:
    with (shared_material / "feed_urls_checked_2026-02.csv").open(newline="", encoding="utf-8") as file:
        working = {row["url"] for row in csv.DictReader(file) if row["status_2026_02"] == "OK"}
    assert [feed.feed_id for feed in read_yaml(CONFIG, FeedList).as_feeds() if feed.url not in working] == []
