"""What is read from feed documents, well and ill formed, honest and hostile."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders_feeds import NOW, an_item, an_rss
from newswatch.domain import Entry, ParsedFeed
from newswatch.feeds.parse import parse

URL = "https://alpha.example/rss"

_opened: list[str] = []
_listening = threading.Event()


def _note(event: str, arguments: tuple[object, ...]) -> None:
    if _listening.is_set() and event in ("open", "socket.connect", "socket.getaddrinfo"):
        _opened.append(f"{event} {arguments[0] if event == 'open' else arguments[1]}")


sys.addaudithook(_note)


@pytest.fixture
def opened() -> Iterator[list[str]]:
    """Every file and socket this process opens, as the interpreter itself reports it."""
    parse(an_rss(an_item()), url=URL, now=NOW)  # imports open files of their own
    _opened.clear()
    _listening.set()
    yield _opened
    _listening.clear()


def the_entry(document: bytes, url: str | None = URL) -> Entry:
    """The only entry of `document`."""
    (entry,) = parse(document, url=url, now=NOW).entries
    return entry


def test_an_rss_feed_is_read() -> None:
    head = (
        "<title>Alpha &amp; Co</title><link>/home</link><ttl>30</ttl>"
        '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/"/>'
    )
    item = (
        an_item(description="&lt;p&gt;The &lt;b&gt;first&lt;/b&gt;&lt;/p&gt;")
        + '<source url="https://b.example/">Beta</source>'
    )
    assert parse(an_rss(item, head=head), url=URL, now=NOW) == ParsedFeed(
        title="Alpha & Co",
        link="https://alpha.example/home",
        entries=(
            Entry(
                key="https://alpha.example/1",
                title="Title 1",
                link="https://alpha.example/1",
                summary="The first",
                published_at=datetime(2026, 3, 1, 10, tzinfo=UTC),
                outlet="Beta",
            ),
        ),
        ttl_seconds=1800,
        hub="https://hub.example/",
    )


def test_an_atom_feed_is_read() -> None:
    document = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><link href="https://alpha.example/"/>
      <entry><title type="html">&lt;i&gt;Talks&lt;/i&gt; fail</title><link href="n/1"/><id>urn:1</id>
      <updated>2026-03-01T11:00:00+02:00</updated><summary>Short.</summary><content type="html">&lt;p&gt;Much longer text
      than the summary.&lt;/p&gt;</content></entry></feed>"""
    assert the_entry(document) == Entry(
        key="https://alpha.example/n/1",
        title="Talks fail",
        link="https://alpha.example/n/1",
        summary="Short.",
        published_at=datetime(2026, 3, 1, 9, tzinfo=UTC),
        text="Much longer text than the summary.",
    )


# --- F15: what is no feed -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("nothing", b""),
        ("blank", b"  \n"),
        ("login page", b"<!DOCTYPE html><html><body><form>Log in</form></body></html>"),
        ("PDF", b"%PDF-1.7 \x00\x01"),
        ("image", b"\x89PNG\r\n\x1a\n\x00\x00"),
        ("JSON Feed", b'{"version": "https://jsonfeed.org/version/1.1", "items": []}'),
        ("plain text", b"Service unavailable"),
        ("NULs", b"\x00" * 10_000),
        ("page that mentions RSS", b"<html><body>We offer <a href='/rss'>rss</a> &lt;rss&gt;</body></html>"),
    ],
)
def test_what_is_no_feed_is_told_as_such(name: str, body: bytes) -> None:
    assert parse(body, url=URL, now=NOW) == ParsedFeed("", None, (), error="not_a_feed"), name


def test_a_feed_without_entries_is_a_feed() -> None:
    parsed = parse(an_rss(), url=URL, now=NOW)
    assert (parsed.error, parsed.entries, parsed.title) == (None, (), "Alpha")


# --- P1, P2, P5: hostile documents --------------------------------------------------------------------------

LAUGHS = (
    '<!DOCTYPE rss [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
)
MIB = 1024 * 1024
START = b'<?xml version="1.0"?><rss version="2.0"><channel><title>x</title>'


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("billion laughs", LAUGHS.encode() + an_rss("<title>&a9;</title>")),
        (
            "quadratic",
            b'<!DOCTYPE rss [<!ENTITY a "' + b"x" * 50_000 + b'">]>' + an_rss("<title>" + "&a;" * 20_000 + "</title>"),
        ),
        ("file entity", b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + an_rss("<title>&x;</title>")),
        ("http entity", b'<!DOCTYPE rss [<!ENTITY x SYSTEM "http://127.0.0.1/x">]>' + an_rss("<title>&x;</title>")),
        ("external DTD", b'<!DOCTYPE rss SYSTEM "http://127.0.0.1/x.dtd">' + an_rss("<title>t</title>")),
        (
            "parameter entity",
            b'<!DOCTYPE rss [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]>' + an_rss("<title>t</title>"),
        ),
        ("unclosed tags", START + b"<a" * (2 * MIB)),
        ("deep nesting", START + b"<a>" * MIB),
        ("nested titles", START + b"<item><title>" * (MIB // 4)),
        ("ampersands", START + b"&" * (4 * MIB)),
        ("one huge entry", an_rss("<title>t</title><description>" + "word " * (2 * MIB) + "</description>")),
        ("huge broken entry", an_rss("<title>t</title><description>" + "x &nbsp; " * MIB + "</description>")),
    ],
)
def test_a_hostile_document_opens_nothing_and_takes_no_time(name: str, document: bytes, opened: list[str]) -> None:
    started = time.process_time()
    parsed = parse(document, url=URL, now=NOW)
    assert opened == []
    assert time.process_time() - started < 6, name  # alone on a core: under 3
    assert all("root:" not in entry.title and len(entry.title) <= 500 for entry in parsed.entries)


@pytest.mark.parametrize("body", [b"/etc/hostname", b"/dev/zero", b"http://127.0.0.1:9/rss", b"file:///etc/passwd"])
def test_bytes_that_look_like_an_address_are_bytes(body: bytes, opened: list[str]) -> None:
    assert parse(body, url=URL, now=NOW).error == "not_a_feed"
    assert opened == []


def test_entries_beyond_the_cap_are_counted() -> None:
    document = an_rss(*(an_item(number) for number in range(20_000)))
    started = time.process_time()
    parsed = parse(document, url=URL, now=NOW, max_entries=100)
    assert (len(parsed.entries), parsed.truncated, parsed.salvaged) == (100, 19_900, False)
    assert parsed.entries[-1].title == "Title 99"
    assert time.process_time() - started < 2


# --- P3: broken documents -----------------------------------------------------------------------------------


def test_complete_entries_of_a_truncated_document_are_saved() -> None:
    document = an_rss(*(an_item(number) for number in range(10)))
    for cut in range(document.rindex(b"<item>") + 10, document.rindex(b"</item>"), 7):
        parsed = parse(document[:cut], url=URL, now=NOW)
        assert [entry.title for entry in parsed.entries] == [f"Title {number}" for number in range(9)]
        assert parsed.salvaged


@pytest.mark.parametrize(
    ("name", "document", "titles"),
    [
        ("undeclared entity", an_rss(an_item(title="Caf&eacute; &nbsp;closed")), ["Café closed"]),
        ("bare ampersand", an_rss(an_item(title="Q&A: what next")), ["Q&A: what next"]),
        ("blank before the declaration", b"\n\n " + an_rss(an_item()), ["Title 1"]),
        ("byte order mark", b"\xef\xbb\xbf" + an_rss(an_item()), ["Title 1"]),
        (
            "never closed items",
            START + b"<item><title>One</title><item><title>Two</title></channel></rss>",
            ["One", "Two"],
        ),
        ("control character", an_rss(an_item(title="One\x08Two")), ["OneTwo"]),
    ],
)
def test_small_faults_cost_nothing(name: str, document: bytes, titles: list[str]) -> None:
    assert [entry.title for entry in parse(document, url=URL, now=NOW).entries] == titles, name


# --- P4, P9: characters -------------------------------------------------------------------------------------

WORDS = "Ядерные переговоры – «провал»"


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("UTF-8", an_rss(an_item(title=WORDS))),
        ("UTF-16", an_rss(an_item(title=WORDS)).decode().replace("UTF-8", "UTF-16").encode("utf-16")),
        ("UTF-16 without a mark", an_rss(an_item(title=WORDS)).decode().replace("UTF-8", "UTF-16").encode("utf-16-le")),
        ("UTF-8 that says UTF-16", an_rss(an_item(title=WORDS)).replace(b"UTF-8", b"UTF-16")),
        ("windows-1251", an_rss(an_item(title=WORDS)).decode().replace("UTF-8", "windows-1251").encode("windows-1251")),
        ("no declaration", an_rss(an_item(title=WORDS)).split(b"?>", 1)[1]),
        ("unknown encoding", an_rss(an_item(title=WORDS)).replace(b"UTF-8", b"x-klingon")),
    ],
)
def test_encodings_are_understood(name: str, document: bytes) -> None:
    assert the_entry(document).title == WORDS, name


@pytest.mark.parametrize(
    ("name", "title", "read"),
    [
        ("markup", "&lt;script&gt;alert(1)&lt;/script&gt;Kim &lt;b&gt;warns&lt;/b&gt;", "Kim warns"),
        ("CDATA markup", "<![CDATA[<img src=x onerror=alert(1)>Kim warns]]>", "Kim warns"),
        ("direction controls", "safe\u202egnp.exe", "safegnp.exe"),
        ("zero width", "mis\u200bsile\ufeff", "missile"),
        ("hidden tags", "a\U000e0041\U000e0042b", "ab"),
        ("less than", "<![CDATA[Inflation < 2 %]]>", "Inflation < 2 %"),
        ("twice escaped", "AT&amp;amp;T", "AT&T"),
        ("line breaks", "one\n\n  two", "one two"),
        ("decomposed", "Cafe\u0301", "Café"),
        ("joined emoji", "👩\u200d🚀 lands", "👩\u200d🚀 lands"),
    ],
)
def test_titles_are_plain_text(name: str, title: str, read: str) -> None:
    assert the_entry(an_rss(an_item(title=title))).title == read, name


def test_nul_and_surrogates_never_leave() -> None:
    document = an_rss(an_item(title="a&#0;b&#xD800;c", description="d\x00e"))
    entry = the_entry(document)
    assert not {"\x00", "\ud800"} & set(entry.title + entry.summary)
    (entry.title + entry.summary).encode("utf-8")


def test_long_words_are_cut() -> None:
    entry = the_entry(an_rss(an_item(title="🚀" * 5_000, description="word " * 5_000)))
    assert (len(entry.title), len(entry.summary) <= 5_000, entry.summary[-1]) == (500, True, "…")


# --- P6, P8: keys and links ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "parts", "key", "link", "flags"),
    [
        ("link", {}, "https://alpha.example/1", "https://alpha.example/1", ()),
        ("relative link", {"link": "../n/1"}, "https://alpha.example/n/1", "https://alpha.example/n/1", ()),
        ("no link", {"link": "", "guid": "g-1"}, "g-1", None, ("no_link",)),
        (
            "guid is the link",
            {"link": "", "guid": "https://alpha.example/g"},
            "https://alpha.example/g",
            "https://alpha.example/g",
            (),
        ),
        ("script", {"link": "javascript:alert(1)"}, "g1", None, ("bad_link",)),
        ("data", {"link": "data:text/html,x"}, "g1", None, ("bad_link",)),
        ("too long", {"link": "https://alpha.example/" + "x" * 3000}, "g1", None, ("bad_link",)),
        (
            "credentials",
            {"link": "https://u:p@alpha.example/1"},
            "https://alpha.example/1",
            "https://alpha.example/1",
            (),
        ),
    ],
)
def test_an_entry_is_known_by_link_then_guid(
    name: str, parts: dict[str, str], key: str, link: str | None, flags: tuple[str, ...]
) -> None:
    entry = the_entry(an_rss(an_item(**parts)))
    assert (entry.key, entry.link, entry.flags) == (key, link, flags), name


def test_an_entry_without_link_and_guid_is_known_by_its_words() -> None:
    keys = [
        the_entry(an_rss(an_item(link="", guid="", title=title))).key
        for title in ("Talks fail", "Talks fail", "Talks go on")
    ]
    assert keys[0] == keys[1] != keys[2]
    assert keys[0].startswith("sha256:")


def test_an_entry_without_a_title_lends_one_from_its_summary() -> None:
    entry = the_entry(an_rss(an_item(title="", description="Troops crossed the border at dawn.")))
    assert (entry.title, entry.flags) == ("Troops crossed the border at dawn.", ("no_title",))


def test_an_entry_without_anything_is_still_an_entry() -> None:
    entry = the_entry(an_rss("<category>x</category>"))
    assert (entry.title, entry.link, entry.flags) == ("", None, ("undated", "no_link", "no_title"))


def test_repeated_entries_are_kept_once_and_reused_guids_are_told_apart() -> None:
    document = an_rss(an_item(1), an_item(1), an_item(2, guid="g1"))
    assert [entry.key for entry in parse(document, url=URL, now=NOW).entries] == [
        "https://alpha.example/1",
        "https://alpha.example/2",
    ]


def test_a_link_that_many_entries_share_is_nobodys_page() -> None:
    document = an_rss(*(an_item(number, link="https://alpha.example/") for number in range(3)))
    entries = parse(document, url=URL, now=NOW).entries
    assert [(entry.key, entry.link, entry.flags) for entry in entries] == [
        (f"g{number}", None, ("shared_link",)) for number in range(3)
    ]


# --- P7: dates ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_date", "moment", "flags"),
    [
        ("Sun, 01 Mar 2026 10:00:00 GMT", datetime(2026, 3, 1, 10, tzinfo=UTC), ()),
        ("Sun, 01 Mar 2026 10:00:00 +0900", datetime(2026, 3, 1, 1, tzinfo=UTC), ()),
        ("2026-03-01T10:00:00+02:00", datetime(2026, 3, 1, 8, tzinfo=UTC), ()),
        ("2026-03-01 10:00:00", datetime(2026, 3, 1, 10, tzinfo=UTC), ()),
        ("Sun, 01 Mar 2026 12:05:00 GMT", datetime(2026, 3, 1, 12, 5, tzinfo=UTC), ()),
        ("Wed, 04 Mar 2026 10:00:00 GMT", NOW, ("future",)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", NOW, ("future",)),
        ("Mon, 01 Jan 0001 00:00:00 GMT", None, ("ancient",)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None, ("ancient",)),
        ("Mon, 30 Feb 2026 10:00:00 GMT", None, ("undated",)),
        ("dimanche 1 mars 2026 10:00", datetime(2026, 3, 1, 10, tzinfo=UTC), ()),
        ("1 марта 2026 10:00", datetime(2026, 3, 1, 10, tzinfo=UTC), ()),
        ("yesterday", None, ("undated",)),
        ("", None, ("undated",)),
    ],
)
def test_dates_are_believed_within_reason(given_date: str, moment: datetime | None, flags: tuple[str, ...]) -> None:
    entry = the_entry(an_rss(an_item(pubDate=given_date)))
    assert (entry.published_at, entry.flags) == (moment, flags)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 50))
def test_no_bytes_make_it_raise(noise: bytes, at: int, without: int) -> None:
    document = an_rss(an_item(1), an_item(2))
    parsed = parse(document[:at] + noise + document[at + without :], url=URL, now=NOW)
    for entry in parsed.entries:
        assert entry.key
        f"{entry.title}{entry.summary}{entry.key}".encode()
