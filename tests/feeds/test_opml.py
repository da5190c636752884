"""Lists of feeds from and for other readers."""

from __future__ import annotations

import time

import pytest

from builders_feeds import a_feed
from newswatch.feeds.discover import feed_links
from newswatch.feeds.opml import OpmlResult, Outline, read_opml, write_opml


def an_opml(body: str) -> bytes:
    return f'<?xml version="1.0"?><opml version="2.0"><body>{body}</body></opml>'.encode()


ONE = (
    '<outline text="One" type="rss" xmlUrl="https://one.example/rss" htmlUrl="https://one.example/" language="en-us"/>'
)


def test_outlines_are_read_with_their_folder() -> None:
    result = read_opml(an_opml(f'<outline text="Asia">{ONE}</outline>{ONE}<outline xmlUrl="https://two.example/f"/>'))
    assert result == OpmlResult(
        outlines=(
            Outline("One", "https://one.example/rss", "https://one.example/", "Asia", "en"),
            Outline("two.example", "https://two.example/f"),
        ),
        repeated=1,
    )


def test_what_is_not_on_the_web_is_refused() -> None:
    result = read_opml(an_opml('<outline xmlUrl="file:///etc/passwd"/><outline xmlUrl="javascript:x"/>' + ONE))
    assert (result.refused, len(result.outlines), result.error) == (("file:///etc/passwd", "javascript:x"), 1, None)


@pytest.mark.parametrize(
    ("name", "document", "error"),
    [
        ("nothing", b"", "not well-formed XML at line 1, column 1: no element found"),
        ("not XML", b"hello", "not well-formed XML at line 1, column 1: syntax error"),
        ("no feeds", an_opml("<outline text='x'/>"), "names no feeds (no outline with an xmlUrl)"),
        ("entities", b'<!DOCTYPE x [<!ENTITY a "b">]><opml/>', "declares entities, which no list of feeds needs"),
        (
            "external",
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml>&a;</opml>',
            "declares entities, which no list of feeds needs",
        ),
        ("deep", an_opml("<outline>" * 1000 + "</outline>" * 1000), "nested more than 200 levels deep"),
        (
            "strange encoding",
            b'<?xml version="1.0" encoding="x-y"?><opml/>',
            "unknown encoding: x-y",
        ),
    ],
)
def test_a_bad_list_says_what_is_wrong(name: str, document: bytes, error: str) -> None:
    assert read_opml(document) == OpmlResult(error=error), name


def test_a_list_cut_short_keeps_what_was_read() -> None:
    result = read_opml(an_opml(ONE)[:-10])
    assert (len(result.outlines), result.error is not None) == (1, True)


def test_a_huge_list_is_read_up_to_a_bound() -> None:
    started = time.process_time()
    result = read_opml(an_opml("".join(f'<outline xmlUrl="https://e.example/{n}"/>' for n in range(100_000))))
    assert (len(result.outlines), result.error) == (20_000, "names more than 20,000 feeds")
    assert time.process_time() - started < 5


def test_what_is_written_can_be_read() -> None:
    feeds = [
        a_feed("a", name='A & "B" <C>', url="https://a.example/?x=1&y=2"),
        a_feed("b", url="https://b.example/", language="ko"),
    ]
    assert [(one.title, one.url, one.language) for one in read_opml(write_opml(feeds).encode()).outlines] == [
        ('A & "B" <C>', "https://a.example/?x=1&y=2", "en"),
        ("Alpha News", "https://b.example/", "ko"),
    ]


def test_a_page_names_its_feeds() -> None:
    page = b"""<html><head><link rel="stylesheet" href="/x.css">
      <link rel="alternate" type="application/rss+xml" title="All &amp; more" href="/rss?a=1&amp;b=2">
      <link rel="alternate" type="application/atom+xml" href="https://b.example/atom">
      <link rel="alternate" type="application/rss+xml" href="/rss?a=1&amp;b=2">
      <link rel="alternate" type="application/rss+xml" href="javascript:alert(1)">
      <link rel="alternate" hreflang="de" href="/de"></head></html>"""
    assert feed_links(page, "https://a.example/") == (
        ("https://a.example/rss?a=1&b=2", "All & more"),
        ("https://b.example/atom", ""),
    )


@pytest.mark.parametrize("page", [b"", b"\x00\xff\xfe", b"<" * 100_000, b"plain"])
def test_a_page_without_feeds_names_none(page: bytes) -> None:
    assert feed_links(page, "https://a.example/") == ()
