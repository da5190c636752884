"""Pages downloaded from a real local server: with leave, in turn, within bounds."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise

import pytest

from local_web import LOCAL, LOOPBACK, LocalWeb, a_local_web, a_lookup
from newswatch.articles.download import Patience, download_many, why_no_page
from newswatch.articles.robots import Robots, rules_of
from newswatch.articles.settings import ArticleSettings
from newswatch.domain import Downloaded
from newswatch.network.client import Answer, Client
from newswatch.network.failure import Failure
from newswatch.network.resolve import Resolver

SETTINGS = ArticleSettings()
PAGE = b"<html><body><p>Hello.</p></body></html>"
HTML = {"Content_Type": "text/html; charset=utf-8"}


@pytest.fixture
def web() -> Iterator[LocalWeb]:
    with a_local_web() as local:
        yield local


def downloaded(*urls: str, settings: ArticleSettings = SETTINGS) -> dict[int, Downloaded]:
    with Client(LOCAL) as client:
        return dict(download_many(list(enumerate(urls)), client=client, settings=settings))


def test_a_page_comes_with_where_it_was_found(web: LocalWeb) -> None:
    web.page("/new", PAGE, **HTML)
    old = web.page("/old", status=301, Location="/new")
    assert downloaded(old) == {0: Downloaded(old, PAGE, web.url("/new"), "text/html; charset=utf-8", None, 200)}


@pytest.mark.parametrize(
    ("reasons", "over"),
    [
        (["timeout"], False),
        (["timeout", "unreachable"], True),
        (["timeout", None, "timeout"], False),
        (["http_404", "http_404", "http_404"], False),
        ([], False),
    ],
)
def test_a_host_that_keeps_silent_is_asked_no_more(reasons: list[str | None], over: bool) -> None:
    patience = Patience()
    for reason in reasons:
        patience.note("slow.example", reason)

    assert patience.is_over("slow.example") is over
    assert not patience.is_over("other.example")


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Answer("u", 200, {"content-type": "text/html"}, PAGE), None),
        (Answer("u", 200, {}, PAGE), None),
        (Answer("u", 200, {"content-type": "application/pdf"}, b"%PDF-1.7"), "not_html"),
        (Answer("u", 200, {"content-type": "text/html"}, b"%PDF-1.7"), "not_html"),
        (Answer("u", 200, {"content-type": "image/png"}, b"\x89PNG"), "not_html"),
        (Answer("u", 200, {"content-type": "text/html"}, b"  \n"), "empty"),
        (Answer("u", 403, {}, b"no"), "http_403"),
        (Answer("u", 404, {}, b""), "http_404"),
        (Answer("u", failure=Failure("timeout", "slow")), "timeout"),
        (Answer("u", failure=Failure("too_large", "big")), "too_large"),
    ],
)
def test_why_there_is_no_page(answer: Answer, reason: str | None) -> None:
    assert why_no_page(answer) == reason


# --- F13: robots.txt ----------------------------------------------------------------------------------------

US_OUT = b"User-agent: newswatch\nDisallow: /\n"
ALL_OUT = b"User-agent: *\nDisallow: /private\n"


@pytest.mark.parametrize(
    ("name", "answer", "path", "objection"),
    [
        ("none", Answer("u", 404), "/a", None),
        ("forbidden itself", Answer("u", 403), "/a", None),
        ("in trouble", Answer("u", 503), "/a", "robots_unreachable"),
        ("too many requests", Answer("u", 429), "/a", "robots_unreachable"),
        ("silent", Answer("u", failure=Failure("timeout", "")), "/a", "robots_unreachable"),
        ("in a circle", Answer("u", failure=Failure("redirects", "")), "/a", None),
        ("empty", Answer("u", 200, {}, b""), "/a", None),
        ("we are out", Answer("u", 200, {}, US_OUT), "/a", "robots_disallow"),
        ("we are out, with a byte order mark", Answer("u", 200, {}, b"\xef\xbb\xbf" + US_OUT), "/a", "robots_disallow"),
        ("a part is closed", Answer("u", 200, {}, ALL_OUT), "/private/a", "robots_disallow"),
        ("the rest is open", Answer("u", 200, {}, ALL_OUT), "/a", None),
        ("more specific wins", Answer("u", 200, {}, ALL_OUT + b"Allow: /private/news\n"), "/private/news/1", None),
        (
            "600 KiB, rule at the start",
            Answer("u", 200, {}, ALL_OUT + b"# x\n" * 153_600),
            "/private/a",
            "robots_disallow",
        ),
        ("600 KiB, rule at the end", Answer("u", 200, {}, b"# x\n" * 153_600 + ALL_OUT), "/private/a", None),
        ("a page", Answer("u", 200, {}, b"<!DOCTYPE html><html>"), "/a", None),
        ("junk", Answer("u", 200, {}, bytes(range(256)) * 10), "/a", None),
    ],
)
def test_robots_rules_are_kept(name: str, answer: Answer, path: str, objection: str | None) -> None:
    rules = rules_of(answer, "newswatch")
    assert rules.objection(f"https://a.example{path}", "newswatch") == objection, name


def test_a_page_that_is_closed_to_us_is_not_asked_for(web: LocalWeb) -> None:
    web.page("/robots.txt", ALL_OUT)
    closed, open_ = web.page("/private/1", PAGE, **HTML), web.page("/1", PAGE, **HTML)
    results = downloaded(closed, open_, closed)
    assert [results[number].reason for number in range(3)] == ["robots_disallow", None, "robots_disallow"]
    assert sorted(asked.path for asked in web.asked) == ["/1", "/robots.txt"]


def test_robots_are_found_behind_a_redirect(web: LocalWeb) -> None:
    web.page("/robots.txt", status=301, Location="/r.txt")
    web.page("/r.txt", US_OUT)
    assert downloaded(web.page("/1", PAGE))[0].reason == "robots_disallow"


# --- F14: turns ---------------------------------------------------------------------------------------------


def _named_client(*hosts: str) -> Client:
    known = {f"{host}_example": "127.0.0.1" for host in hosts}
    return Client(LOCAL, resolver=Resolver(LOOPBACK, a_lookup(**known)))


def test_one_busy_host_waits_and_the_others_do_not(web: LocalWeb) -> None:
    for number in range(20):
        web.page(f"/{number}", PAGE, **HTML)
    wanted = [(number, f"http://busy.example:{web.port}/{number}") for number in range(4)]
    wanted += [(100 + number, f"http://h{number}.example:{web.port}/{number}") for number in range(12)]
    settings = ArticleSettings(host_pause_seconds=0.4)
    with _named_client("busy", *(f"h{number}" for number in range(12))) as client:
        order = [number for number, _ in download_many(wanted, client=client, settings=settings)]
    busy = [asked.at for asked in web.asked if asked.host.startswith("busy") and asked.path != "/robots.txt"]
    assert min(later - earlier for earlier, later in pairwise(busy)) >= 0.4
    assert set(order[:13]) == {0, *range(100, 112)}
    assert [number for number in order if number < 100] == [0, 1, 2, 3]


def test_a_crawl_delay_is_obeyed(web: LocalWeb) -> None:
    web.page("/robots.txt", b"User-agent: *\nCrawl-delay: 0.5\n")
    for number in range(2):
        web.page(f"/{number}", PAGE, **HTML)
    with _named_client("a") as client:
        wanted = [(number, f"http://a.example:{web.port}/{number}") for number in range(2)]
        assert len(list(download_many(wanted, client=client, settings=ArticleSettings(host_pause_seconds=0)))) == 2
    assert web.times_of("/1")[0] - web.times_of("/0")[0] >= 0.5


def test_what_is_not_reached_in_time_is_left_for_another_run(web: LocalWeb) -> None:
    for number in range(10):
        web.page(f"/{number}", PAGE, **HTML)
    wanted = [(number, f"http://a.example:{web.port}/{number}") for number in range(10)]
    with _named_client("a") as client:
        settings = ArticleSettings(host_pause_seconds=0.3)
        done = [number for number, _ in download_many(wanted, client=client, settings=settings, seconds=0.8)]
    assert done in ([0, 1, 2], [0, 1])


def test_machines_of_our_own_are_asked_without_pauses(web: LocalWeb) -> None:
    urls = [web.page(f"/{number}", PAGE, **HTML) for number in range(100)]
    started = time.monotonic()
    assert {one.reason for one in downloaded(*urls).values()} == {None}
    assert time.monotonic() - started < 5


def test_an_address_that_is_none_has_its_reason() -> None:
    assert [one.reason for one in downloaded("http://[", "nonsense", "ftp://a.example/").values()] == ["refused"] * 3


def test_robots_of_a_host_are_asked_for_once(web: LocalWeb) -> None:
    with Client(LOCAL) as client:
        robots = Robots(client)
        for _ in range(5):
            robots.objection(web.url("/x"))
    assert [asked.path for asked in web.asked] == ["/robots.txt"]
