"""What holds for every input: escaping, cutting, addresses, configurations, feeds. Hypothesis looks for the exception."""

from __future__ import annotations

import io
import json
import signal
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from builders_alerts import a_decision, a_story
from builders_feeds import NOW, an_item, an_rss
from mock_slack import invalid
from newswatch.alerts.message import Provenance, escaped, reply_message, root_message
from newswatch.alerts.plain import clean, cut, escape, web_link
from newswatch.alerts.settings import AlertSettings, Receiver
from newswatch.articles.urls import canonical_url
from newswatch.domain import SIGNALS, Evidence
from newswatch.errors import ConfigError
from newswatch.exports.sheet import harmless
from newswatch.feeds.dates import CLOCK_SKEW
from newswatch.feeds.parse import parse
from newswatch.feeds.settings import FeedList
from newswatch.runtime.demo_site import DemoSite
from newswatch.settings import ClassifierFile, NewswatchFile, from_content, load_settings
from newswatch.stories.settings import SeveritySettings
from newswatch.yaml_file import read_yaml_text

REPOSITORY = Path(__file__).resolve().parents[1]
LIMIT = 2.0  # seconds of processor time that no feed may exceed
UNWANTED = ("Cc", "Cf", "Cs", "Co")
texts = st.text(max_size=300) | st.text("<>&@!|*_~`#\u202e\u200b\x00\x1b\n 'ab", max_size=80)
many = settings(max_examples=150, deadline=None)


# --- escaping and cutting -------------------------------------------------------------------------------------------


@many
@given(texts)
def test_escaping_leaves_no_markup_and_can_be_undone(text: str) -> None:
    made = escape(text)
    assert "<" not in made and ">" not in made
    assert made.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text


@many
@given(texts)
def test_cleaning_is_done_once_and_leaves_one_printable_line(text: str) -> None:
    made = clean(text)
    assert clean(made) == made
    assert not any(unicodedata.category(sign) in UNWANTED for sign in made)
    assert len(made.splitlines()) <= 1


@many
@given(texts, st.integers(1, 60))
def test_cutting_keeps_the_beginning_whole(text: str, limit: int) -> None:
    made = cut(text, limit)
    assert len(made) <= limit
    if made != text:
        assert made.endswith("…") and text.startswith(made[:-1])
        rest = text[len(made) - 1 :].lstrip()
        assert not rest or not unicodedata.combining(rest[0]) or len(made) == 1


@many
@given(texts, texts, texts)
def test_whatever_the_news_says_slack_takes_it_and_reads_no_markup(title: str, sentence: str, publisher: str) -> None:
    story = a_story(
        title=title,
        evidence=(Evidence(sentence, ((title, 1.0),)),),
        publishers=(publisher,),
        origins=(publisher,),
        url=title,
    )
    desk = Receiver(name="desk", kind="slack", channel="C1")
    for made in (root_message(story, a_decision(story), desk, Provenance()), reply_message(story, a_decision(story))):
        content = {"channel": "C1", "text": escaped(made), "blocks": [dict(block) for block in made.blocks]}
        assert invalid(content) is None
        assert "<" not in content["text"] and '"mrkdwn"' not in json.dumps(content["blocks"])


@many
@given(texts)
def test_no_cell_of_the_export_is_a_formula(text: str) -> None:
    made = harmless(text)
    assert not made.lstrip().startswith(("=", "+", "-", "@")) and made.removeprefix("'") == text.removeprefix("'")


# --- addresses ------------------------------------------------------------------------------------------------------

names = st.text("abcdefghijklmnop0123456789-äßпе", min_size=1, max_size=12)
paths = st.lists(st.text("abcXYZ019-_.~%äß ", min_size=1, max_size=10), max_size=4).map("/".join)
queries = st.lists(
    st.tuples(st.sampled_from(("id", "p", "cid", "page", "q")), st.text("abc019+&=%", max_size=6)), max_size=3
)
TRACKERS = ("utm_source=rss", "fbclid=x", "gclid=1", "at_medium=RSS", "ns_campaign=1", "cmpid=x")


@many
@given(names, paths, queries, st.sampled_from(TRACKERS), st.sampled_from(("http", "https", "HTTP")))
def test_one_article_has_one_key_however_it_is_linked(
    name: str, path: str, query: list[tuple[str, str]], tracker: str, scheme: str
) -> None:
    asked = "&".join(f"{key}={value.replace('&', '')}" for key, value in query)
    plain = f"https://{name}.example/{path}" + (f"?{asked}" if asked else "")
    key = canonical_url(plain)
    if key is None:
        return  # no address at all, such as a host that begins with a hyphen
    assert canonical_url(key) == key
    assert key.startswith("https://") and "@" not in urlsplit(key).netloc and "#" not in key
    joined = plain + ("&" if asked else "?") + tracker
    for other in (joined, f"{plain}#part", plain.replace("https://", f"{scheme}://u:p@", 1)):
        assert canonical_url(other) == key, other


@many
@given(texts)
def test_a_link_in_a_message_is_a_web_address_or_none(text: str) -> None:
    for url in (text, f"https://a.example/{text}", f"javascript:{text}", f"https://{text}/"):
        made = web_link(url)
        if made is not None:
            assert urlsplit(made).scheme in ("http", "https") and made.isascii()
            assert not set(made) & set('<>|" \n')
            assert web_link(made) == made


# --- configurations -------------------------------------------------------------------------------------------------

words = st.sampled_from(
    ("NO", "12:30", "null", "1e3", "true", "~", "- a", "a: b", "#1", "0x10", "'", "desk", "Küche", "!!str")
)
minutes = st.integers(1, 600).map(lambda number: f"{number}m")


@st.composite
def alert_files(draw: st.DrawFn) -> dict[str, Any]:
    """A valid config/alerts.yaml as plain values."""
    named = draw(st.lists(words, min_size=1, max_size=4, unique=True))
    children = [
        {"receiver": draw(st.sampled_from(named)), "matchers": [f"publisher={draw(words)}", "severity=~[1-5]"],
         "min_severity": draw(st.integers(1, 5)), "continue": draw(st.booleans())}
        for _ in range(draw(st.integers(0, 3)))
    ]  # fmt: skip
    return {
        "receivers": [{"name": name, "storm": draw(st.integers(1, 99))} for name in named],
        "route": {
            "receiver": named[0],
            "group_wait": draw(minutes),
            "group_interval": draw(minutes),
            "routes": children,
        },
        "outbox": {"lease": draw(minutes), "give_up": draw(minutes)},
        "operators": {
            "receiver": draw(st.sampled_from([None, *named])),
            "heartbeat": draw(st.sampled_from(["off", "1d"])),
        },
    }


@st.composite
def classifier_files(draw: st.DrawFn) -> dict[str, Any]:
    levels = sorted(draw(st.lists(st.floats(0.01, 3), min_size=4, max_size=4, unique=True)))
    return {
        "signals": {"thresholds": draw(st.dictionaries(st.sampled_from(SIGNALS), st.floats(0, 1)))},
        "severity": {
            "levels": levels,
            "pairs": [{"source": draw(words), "target": draw(words), "weight": draw(st.floats(0, 5))}],
        },
    }


@lru_cache(maxsize=1)
def as_shipped() -> dict[str, Any]:
    return load_settings(REPOSITORY / "config").content


def as_yaml(tree: Any) -> str:
    written = io.StringIO()
    YAML(typ="rt", pure=True).dump(tree, written)
    return written.getvalue()


@settings(max_examples=60, deadline=None)
@given(alert_files(), classifier_files())
def test_a_configuration_survives_file_and_database(alerts: dict[str, Any], classifier: dict[str, Any]) -> None:
    """Written as YAML and read, stored as JSON and read back: the same settings, the same revision, every `NO` a word."""
    for model, tree in ((AlertSettings, alerts), (ClassifierFile, classifier)):
        direct = model.model_validate(tree)
        assert read_yaml_text(as_yaml(tree), model) == direct
        assert model.model_validate(json.loads(json.dumps(direct.model_dump(mode="json", by_alias=True)))) == direct


@settings(max_examples=30, deadline=None)
@given(alert_files(), classifier_files())
def test_the_whole_comes_back_from_its_revision(alerts: dict[str, Any], classifier: dict[str, Any]) -> None:
    whole = as_shipped() | {
        "alerts": AlertSettings.model_validate(alerts).model_dump(mode="json", by_alias=True),
        "classifier": ClassifierFile.model_validate(classifier).model_dump(mode="json", by_alias=True),
    }
    once = from_content(whole)
    again = from_content(json.loads(json.dumps(once.content)))
    assert (again, again.revision) == (once, once.revision)


@many
@given(st.text(max_size=200) | st.text("a:-[]{}&*!#|>'\"%@`\t\n 01", max_size=80))
def test_no_text_makes_a_configuration_raise_anything_but_its_own_error(text: str) -> None:
    for model in (NewswatchFile, FeedList, AlertSettings):
        try:
            read_yaml_text(text, model, "f.yaml")
        except ConfigError as error:
            assert str(error).startswith("f.yaml")


@pytest.mark.parametrize("levels", [(0.5, 0.4, 0.8, 1.0), (0.5, 0.5, 0.8, 1.0), (1.0, 0.8, 0.5, 0.2)])
def test_m5_levels_out_of_order_are_refused(levels: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="must rise"):
        SeveritySettings(levels=levels)  # type: ignore[arg-type]  # four numbers, as the field wants


# --- feeds ----------------------------------------------------------------------------------------------------------

ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><link href="https://a.example/"/>
<entry><title type="html">&lt;b&gt;Talks&lt;/b&gt;</title><link href="n/1"/><id>urn:1</id><updated>2026-03-01T11:00:00Z</updated>
<summary>S.</summary></entry></feed>"""
DEMO = DemoSite(REPOSITORY / "seeds" / "demo", NOW)
DOCUMENTS = (
    an_rss(*(an_item(number) for number in range(5))),
    ATOM,
    *(
        DEMO.response(one.feed_path, "https://demo.example").body[:20_000]
        for one in DEMO.publishers.values()
        if one.feed_status == 200
    ),
)
PIECES = (
    b"<item>", b"</item>", b"<![CDATA[", b"]]>", b"<!--", b"-->", b"&#x0;", b"&#xD800;", b"&amp;amp;", b"&", b"<", b">", b"\x00",
    b"\xff\xfe", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"<?xml version='1.0' encoding='utf-16'?>", b'xml:base="x"',
    b"<title>", b"<entry>", b"<link/>", b"<pubDate>31 Feb 99999</pubDate>", b"\xed\xa0\x80", b"<a" * 500, b"x" * 5_000,
)  # fmt: skip


@st.composite
def mutated_feeds(draw: st.DrawFn) -> bytes:
    """A real feed with slices removed, repeated, swapped and overwritten."""
    document = draw(st.sampled_from(DOCUMENTS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(document)))
        end = min(len(document), start + draw(st.sampled_from((0, 1, 7, 80, 900, 20_000))))
        piece = draw(st.sampled_from(PIECES) | st.binary(max_size=12) | st.just(document[start:end] * 2) | st.just(b""))
        document = document[:start] + piece + document[end:]
    return document


@contextmanager
def no_longer_than(seconds: float) -> Iterator[None]:
    """Ends what takes more processor time: a guard against a parser that hangs, blind to the load of the machine."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"took more than {seconds} s of processor time")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.large_base_example, HealthCheck.data_too_large]
)
@given(mutated_feeds())
def test_no_mutated_feed_raises_or_hangs(document: bytes) -> None:
    with no_longer_than(LIMIT):
        parsed = parse(document, url="https://a.example/rss", now=NOW)
    keys = [entry.key for entry in parsed.entries]
    assert len(keys) == len(set(keys)) and all(keys)
    for entry in parsed.entries:
        assert entry.link is None or urlsplit(entry.link).scheme in ("http", "https")
        assert entry.published_at is None or entry.published_at <= NOW + CLOCK_SKEW
        assert "\x00" not in (entry.title + entry.summary + entry.text)
        (entry.title + entry.summary + entry.text + entry.key).encode("utf-8")


def test_the_guard_ends_what_hangs() -> None:
    with pytest.raises(TimeoutError), no_longer_than(0.05):
        while True:
            pass
