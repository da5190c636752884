"""One article, one key, however it was linked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newswatch.articles.urls import canonical_url

KEY = "https://www.a.example/world/talks-fail"


@pytest.mark.parametrize(
    "url",
    [
        KEY,
        "http://www.a.example/world/talks-fail",
        "HTTPS://WWW.A.EXAMPLE/world/talks-fail",
        "https://www.a.example:443/world/talks-fail",
        "http://www.a.example:80/world/talks-fail",
        "https://www.a.example./world/talks-fail",
        "https://www.a.example/world/talks-fail/",
        "https://www.a.example//world///talks-fail",
        "https://www.a.example/world/talks-fail#comments",
        "https://www.a.example/world/talks-fail?utm_source=rss&utm_medium=feed&UTM_Campaign=x",
        "https://www.a.example/world/talks-fail?at_medium=RSS&at_campaign=KARANGA",
        "https://www.a.example/world/talks-fail?fbclid=abc&gclid=def&mc_cid=1&_ga=2.3",
        "https://www.a.example/world/talks-fail?maca=en-rss-en-all-1573-rdf",
        "https://www.a.example/world/talks-fail?traffic_source=rss",
        "https://user:secret@www.a.example/world/talks-fail",
        "  https://www.a.example/world/talks-fail\n",
        "https://www.a.example/world/talks-fail/amp",
        "https://www.a.example/world/talks-fail/amp/",
        "https://www.a.example/world/talks-fail.amp",
        "https://www.a.example/world/talks-fail?amp",
        "https://www.a.example/world/talks-fail?amp=1",
        "https://www.a.example/world/talks-fail?outputType=amp",
        "https://amp.www.a.example/world/talks-fail",
        "https://www.google.com/amp/s/www.a.example/world/talks-fail",
        "https://www-a-example.cdn.ampproject.org/c/s/www.a.example/world/talks-fail",
    ],
)
def test_all_links_to_an_article_have_one_key(url: str) -> None:
    assert canonical_url(url) == KEY


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://a.example", "https://a.example/"),
        ("https://a.example/?id=5&cat=2", "https://a.example/?cat=2&id=5"),
        ("https://a.example/n?cid=7", "https://a.example/n?cid=7"),
        ("https://a.example/n?eid=7&uid=8&source=9", "https://a.example/n?eid=7&source=9&uid=8"),
        ("https://a.example:8080/n", "https://a.example:8080/n"),
        ("https://bücher.example/ä b", "https://xn--bcher-kva.example/%C3%A4%20b"),
        ("https://a.example/%7euser/%C3%a9", "https://a.example/~user/%C3%A9"),
        ("https://a.example/camp", "https://a.example/camp"),
        ("https://a.example/page.amp.html", "https://a.example/page.html"),
        ("http://[2606:4700::1111]/n", "https://[2606:4700::1111]/n"),
        ("https://а.example/n", "https://xn--80a.example/n"),  # a Cyrillic а is another host than a Latin a
    ],
)
def test_what_belongs_to_an_article_stays(url: str, key: str) -> None:
    assert canonical_url(url) == key


@pytest.mark.parametrize(
    "url",
    [
        "",
        "   ",
        "talks-fail",
        "/world/talks-fail",
        "javascript:alert(1)",
        "data:text/html,x",
        "mailto:a@a.example",
        "ftp://a.example/x",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "https://[::1",
        "https://a.example:99999/",
        "https://a.example/" + "x" * 10_000,
    ],
)
def test_what_is_not_on_the_web_has_no_key(url: str) -> None:
    assert canonical_url(url) is None


@given(st.text(max_size=60))
def test_a_key_is_its_own_key_and_nothing_raises(text: str) -> None:
    for url in (text, f"https://a.example/{text}", f"https://{text}/"):
        key = canonical_url(url)
        assert key is None or canonical_url(key) == key
