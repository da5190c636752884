"""Search: words, signal, pair, day; page, CSV and JSON tell the same."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from lxml import html


def found(client: Any, query: str) -> list[dict[str, Any]]:
    return client.get(f"/api/articles?{query}").json()["articles"]


def text_of(week, article: dict[str, Any]) -> str:
    with week.db.read() as connection:
        return connection.scalar(
            sa.text("SELECT lower(title || ' ' || lead || ' ' || text) FROM articles WHERE article_id = :id"),
            {"id": article["article_id"]},
        )


def test_words_are_found_in_any_form(visit, week) -> None:
    hits = found(visit("vera"), "q=missiles")

    assert len(hits) > 10
    assert all("missile" in text_of(week, one) for one in hits)
    assert "\x02" in hits[0]["snippet"]


SYNTAX = {
    'q="long-range ballistic missile"': lambda text: "long-range ballistic missile" in text,
    "q=missile -japan": lambda text: "missile" in text and not re.search(r"\bjapan\b", text),
    "q=panda or zoo": lambda text: "panda" in text or "zoo" in text,
}


@pytest.mark.parametrize(("query", "fits"), SYNTAX.items())
def test_the_syntax_people_know(visit, week, query: str, fits) -> None:
    hits = found(visit("vera"), query)

    assert hits and all(fits(text_of(week, one)) for one in hits)


@pytest.mark.parametrize("words", ["'", '"', "(((", "a & | !", ":*", "\\", "-", "' OR 1=1 --", "日本", "💥", "%25"])
def test_no_words_break_it(visit, words: str) -> None:
    assert visit("vera").get("/api/articles", params={"q": words}).status_code == 200


NARROWED = {
    "signal=launch": lambda one: "launch" in one["signals"],
    "pair=PRK→JPN": lambda one: (one["source"], one["target"]) == ("PRK", "JPN"),
    "publisher=Albion": lambda one: one["publisher"] == "Albion",
    "stories=true": lambda one: one["story_id"] is not None,
    "since=2026-03-05": lambda one: one["seen_at"] >= "2026-03-05",
    "until=2026-03-03": lambda one: one["seen_at"] < "2026-03-04",
    "since=2026-03-04&until=2026-03-04": lambda one: one["seen_at"].startswith("2026-03-04"),
    "q=missile&signal=launch&pair=PRK→": lambda one: "launch" in one["signals"] and one["source"] == "PRK",
}


@pytest.mark.parametrize(("query", "fits"), NARROWED.items())
def test_a_filter_leaves_what_fits(visit, query: str, fits) -> None:
    rows = list(csv.DictReader(io.StringIO(visit("vera").get("/search.csv").text.removeprefix("\ufeff"))))
    everything = visit("vera").get("/search.json").json()
    hits = visit("vera").get(f"/search.json?{query}").json()

    assert len(rows) == len(everything) > len(hits) > 0
    wanted = {one["article_id"] for one in everything if fits(one)}
    got = {one["article_id"] for one in hits}
    assert got == wanted if "q=" not in query else got <= wanted


def test_newest_first_and_every_one_once(visit) -> None:
    pages = [found(visit("vera"), f"page={number}") for number in (1, 2, 3)]
    together = [one for page in pages for one in page]

    assert [len(page) for page in pages] == [50, 50, 1]
    assert [one["seen_at"] for one in together] == sorted((one["seen_at"] for one in together), reverse=True)
    assert len({one["article_id"] for one in together}) == 101


def test_the_page_shows_what_the_twin_tells(visit) -> None:
    page = html.document_fromstring(visit("vera").get("/search?q=missile").text)

    assert [one.text for one in page.cssselect(".found h3 a")] == [
        one["title"] for one in found(visit("vera"), "q=missile")
    ]
    assert {one.text_content().lower().rstrip("s") for one in page.cssselect(".lead mark")} == {"missile"}


def test_the_index_serves_the_search(week) -> None:
    from newswatch.storage.pages.search import Sought, _narrowed
    from newswatch.storage.tables import articles

    statement = _narrowed(sa.select(articles.c.article_id), Sought(words="panda"))
    with week.db.begin() as connection:
        connection.execute(sa.text("SET LOCAL enable_indexscan = off"))
        connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
        text = str(statement.compile(connection, compile_kwargs={"literal_binds": True}))
        plan = "\n".join(connection.scalars(sa.text(f"EXPLAIN {text}".replace(":", "\\:"))))

    assert "ix_articles_words" in plan
