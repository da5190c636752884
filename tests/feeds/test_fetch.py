"""Feeds fetched from a real local server: concurrently, conditionally, politely."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from itertools import pairwise

import pytest

from builders_feeds import NOW, a_feed, a_history, an_item, an_rss
from local_web import LOCAL, LOOPBACK, LocalWeb, a_local_web, a_lookup
from newswatch.domain import Feed, FeedHistory, Fetched
from newswatch.errors import NewswatchError
from newswatch.feeds.check import check_feeds, find_feed
from newswatch.feeds.content_hash import content_hash
from newswatch.feeds.fetch import fetch_many
from newswatch.feeds.settings import FeedSettings
from newswatch.network.client import Client
from newswatch.network.resolve import Resolver

SETTINGS = FeedSettings()
BODY = an_rss(an_item())


@pytest.fixture
def web() -> Iterator[LocalWeb]:
    with a_local_web() as local:
        yield local


def fetched(*due: tuple[Feed, FeedHistory], settings: FeedSettings = SETTINGS) -> dict[str, Fetched]:
    with Client(LOCAL) as client:
        return {one.feed_id: one for one in fetch_many(due, client=client, settings=settings, now=NOW)}


def test_a_feed_comes_whole_with_what_is_needed_next_time(web: LocalWeb) -> None:
    url = web.page("/rss", BODY, ETag='"7"', Last_Modified="Sun, 01 Mar 2026 10:00:00 GMT", Cache_Control="max-age=60")
    one = fetched((a_feed(url=url), FeedHistory()))["alpha"]
    assert (one.status, one.body, one.etag, one.content_hash) == ("fetched", BODY, '"7"', content_hash(BODY))
    assert (one.last_modified, one.max_age_seconds, one.unconditional) == ("Sun, 01 Mar 2026 10:00:00 GMT", 60, True)
    assert "If-None-Match" not in web.asked[0].headers


def test_what_is_known_is_asked_for_conditionally(web: LocalWeb) -> None:
    url = web.page("/rss", status=304)
    history = a_history(etag='"7"', last_modified="Sat", last_unconditional_at=NOW - timedelta(hours=1))
    assert fetched((a_feed(url=url), history))["alpha"].status == "not_modified"
    assert (web.asked[0].headers["If-None-Match"], web.asked[0].headers["If-Modified-Since"]) == ('"7"', "Sat")


def test_a_server_that_lies_304_is_found_out_within_a_day(web: LocalWeb) -> None:
    """It answers 304 whenever it is given a validator; only the daily request without one brings the new entry."""

    def lie(handler: BaseHTTPRequestHandler) -> None:
        lied = "If-None-Match" in handler.headers
        handler.send_response(304 if lied else 200)
        handler.send_header("Content-Length", "0" if lied else str(len(BODY)))
        handler.end_headers()
        handler.wfile.write(b"" if lied else BODY)

    feed = a_feed(url=web.script("/rss", lie))
    fresh = a_history(etag='"7"', last_unconditional_at=NOW - timedelta(hours=2))
    old = a_history(etag='"7"', last_unconditional_at=NOW - timedelta(hours=25))
    assert fetched((feed, fresh))["alpha"].status == "not_modified"
    assert fetched((feed, old))["alpha"].status == "fetched"


def test_a_dead_feed_holds_nobody_up(web: LocalWeb) -> None:
    def hang(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(3)

    due = [(a_feed("slow", url=web.script("/slow", hang)), FeedHistory())]
    due += [(a_feed(f"f{n}", url=web.page(f"/{n}", BODY)), FeedHistory()) for n in range(40)]
    order = []
    with Client(LOCAL) as client:
        for one in fetch_many(due, client=client, settings=SETTINGS, now=NOW):
            order.append(one.feed_id)
    assert order[-1] == "slow"
    assert len(order) == 41


def test_a_host_is_left_in_peace_between_two_feeds(web: LocalWeb) -> None:
    for number in range(3):
        web.page(f"/{number}", BODY)
    resolver = Resolver(LOOPBACK, a_lookup(one_example="127.0.0.1", two_example="127.0.0.1"))
    due = [
        (a_feed(f"{host}{number}", url=f"http://{host}.example:{web.port}/{number}"), FeedHistory())
        for host in ("one", "two")
        for number in range(3)
    ]
    with Client(LOCAL, resolver=resolver) as client:
        results = list(fetch_many(due, client=client, settings=FeedSettings(host_pause_seconds=0.3), now=NOW))
    times = [asked.at for asked in web.asked if asked.host.startswith("one.")]
    assert {one.status for one in results} == {"fetched"}
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.3


def test_a_redirect_for_good_is_reported(web: LocalWeb) -> None:
    web.page("/new", BODY)
    one = fetched((a_feed(url=web.page("/old", status=301, Location="/new")), FeedHistory()))["alpha"]
    assert (one.status, one.final_url, one.permanent_url) == ("fetched", web.url("/new"), web.url("/new"))


def test_checking_tells_the_state_of_each_feed(web: LocalWeb) -> None:
    feeds = [
        a_feed("good", url=web.page("/good", BODY)),
        a_feed("page", url=web.page("/page", "<!DOCTYPE html><html></html>")),
        a_feed("gone", url=web.url("/none")),
        a_feed("empty", url=web.page("/empty", an_rss())),
    ]
    found = {one.feed.feed_id: one for one in check_feeds(feeds, network=LOCAL, settings=SETTINGS, now=NOW)}
    assert {name: (one.state, one.entries) for name, one in found.items()} == {
        "good": ("ok", 1),
        "page": ("failing", 0),
        "gone": ("failing", 0),
        "empty": ("empty", 0),
    }
    assert found["page"].message == "not_a_feed: what came is an HTML page (1 of 30 failure points)"


def test_a_site_leads_to_its_feed(web: LocalWeb) -> None:
    web.page("/broken", "no feed")
    web.page("/rss", BODY)
    link = '<link rel="alternate" type="application/rss+xml" title="Alpha" href="{}">'
    site = web.page("/", f"<html><head>{link.format('/broken')}{link.format('/rss')}</head></html>")
    assert find_feed(site, network=LOCAL, settings=SETTINGS, now=NOW).url == web.url("/rss")
    assert find_feed(web.url("/rss"), network=LOCAL, settings=SETTINGS, now=NOW).title == "Alpha"


def test_no_feed_to_be_found_is_one_clear_error(web: LocalWeb) -> None:
    with pytest.raises(NewswatchError, match="neither a feed nor a page that names one"):
        find_feed(web.page("/", "<html></html>"), network=LOCAL, settings=SETTINGS, now=NOW)
    with pytest.raises(NewswatchError, match="answered 404"):
        find_feed(web.url("/none"), network=LOCAL, settings=SETTINGS, now=NOW)
