"""The pairs page and the model's card."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from lxml import html
from starlette.testclient import TestClient

from builders_web import by_token
from newswatch.domain import Dyad
from newswatch.storage.stories import find_mentions, find_pair_counts
from newswatch.storage.tables_stories import story_articles
from newswatch.stories.index import Mention, index_at, surging_pairs
from newswatch.web.app import create_app
from newswatch.web.axis import scale
from newswatch.web.model import card_html
from newswatch.web.pairs import chart, matrix


def test_the_page_shows_what_the_twin_tells(visit) -> None:
    rows = visit("vera").get("/api/pairs?days=7").json()
    page = html.document_fromstring(visit("vera").get("/pairs?days=7").text)

    shown = [one.text_content().strip() for one in page.cssselect(".pairs tbody th .pair")]
    assert shown == [f"{row['source'] or '?'} → {row['target'] or '?'}" for row in rows]
    assert [row["acts"] + row["threats"] for row in rows] == sorted(
        (row["acts"] + row["threats"] for row in rows), reverse=True
    )
    assert page.cssselect(".matrix td a")


@pytest.mark.parametrize("days", [7, 30, 365])
def test_the_index_is_the_one_that_decisions_use(visit, week, days: int) -> None:
    with week.db.read() as connection:
        mentions = [Mention(*one) for one in find_mentions(connection, since=week.now - timedelta(days=400))]
    classifier = week.settings.classifier
    rows = visit("vera").get(f"/api/pairs?days={days}").json()

    values = {
        value.dyad: value for value in index_at(mentions, classifier.severity.signals, classifier.index, week.now)
    }
    assert {Dyad(row["source"], row["target"]) for row in rows} == set(values)
    for row in rows:
        value = values[Dyad(row["source"], row["target"])]
        assert (row["acts"], row["threats"]) == (pytest.approx(value.acts), pytest.approx(value.threats))
    assert sum(row["reports"] for row in rows) == len(mentions)


def test_a_point_leads_to_its_stories(visit, week) -> None:
    page = html.document_fromstring(visit("vera").get("/pair?pair=PRK→JPN&days=7").text)
    link = page.cssselect(".spots a")[-1].get("href").removeprefix("/newswatch").partition("#")[0]
    found = visit("vera").get(f"/api{link}").json()
    everything = visit("vera").get("/api/pair?pair=PRK→JPN&days=7").json()

    assert found["until"] == week.now.isoformat().replace("+00:00", "Z")
    assert {one["story_id"] for one in found["stories"]} < {one["story_id"] for one in everything["stories"]}
    assert {one["title"] for one in everything["stories"]} >= {
        "(URGENT) N. Korea fires long-range ballistic missile over Japan: JCS"
    }


def test_a_surge_is_marked_with_a_word(visit, week) -> None:
    """The reports of a quiet week all come on its last day."""
    with week.db.begin() as connection:
        wanted = sa.text("story_id IN (SELECT story_id FROM stories WHERE source = 'PRK' AND target = 'JPN')")
        others = sa.text("story_id NOT IN (SELECT story_id FROM stories WHERE source = 'PRK' AND target = 'JPN')")
        connection.execute(sa.update(story_articles).where(wanted).values(joined_at=week.now - timedelta(hours=2)))
        days = sa.func.make_interval(0, 0, 0, sa.cast(story_articles.c.article_id % 8, sa.Integer))
        connection.execute(
            sa.update(story_articles).where(others).values(joined_at=week.now - timedelta(hours=3) - days)
        )

    (surging,) = [row for row in visit("vera").get("/api/pairs").json() if row["surging"]]
    assert (surging["source"], surging["target"]) == ("PRK", "JPN")
    assert surging["surges"][-1] == week.now.isoformat().replace("+00:00", "Z")
    assert "▲ surging" in visit("vera").get("/pairs").text


def test_past_surges_are_those_that_severity_saw(visit, week) -> None:
    """Each mark is a day on which the test that decisions use, asked then, would have said so; no other day is marked."""
    settings = week.settings.classifier.index
    with week.db.read() as connection:
        for days_ago in range(7):
            then = week.now - timedelta(days=days_ago)
            counts = find_pair_counts(connection, now=then, days=settings.baseline_days)
            expected = surging_pairs(counts, settings)
            rows = visit("vera").get("/api/pairs?days=7").json()
            marked = {
                Dyad(row["source"], row["target"])
                for row in rows
                if then.isoformat().replace("+00:00", "Z") in row["surges"]
            }
            assert marked == expected, days_ago


def test_a_surge_leads_to_its_stories(visit) -> None:
    page = html.document_fromstring(visit("vera").get("/pair?pair=PRK→JPN&days=7").text)
    links = page.cssselect("p.surges a")

    assert len(links) == len(page.cssselect(".lines text.surge")) > 0
    found = visit("vera").get(f"/api{links[-1].get('href').removeprefix('/newswatch').partition('#')[0]}").json()
    assert found["stories"]


SCALES = {
    0.0: [],
    1.0: [0.25, 0.5, 0.75, 1.0],
    56.9: [20, 40],
    100.0: [25, 50, 75, 100],
    7.3: [2, 4, 6],
    0.03: [0.01, 0.02, 0.03],
}


@pytest.mark.parametrize(("most", "values"), SCALES.items())
def test_a_scale_has_round_values(most: float, values: list[float]) -> None:
    assert [line.value for line in scale(most)] == values
    assert all(line.y == pytest.approx(100 - 100 * line.value / most, abs=0.01) for line in scale(most))


def test_a_pair_nobody_reported(visit) -> None:
    assert visit("vera").get("/pair?pair=FRA→BEL").status_code == 404


def test_before_the_first_run(database) -> None:
    app = create_app(by_token, lambda: database, config_folder=Path("/nonexistent"), model_folder=Path("/nonexistent"))
    client = TestClient(app, headers={"Authorization": "Bearer otto"})

    for path in ("/", "/?view=held", "/search", "/search?q=x", "/pairs", "/feeds", "/silences"):
        page = client.get(path)
        assert page.status_code == 200 and ("nothing" in page.text), path
    assert client.get("/model").status_code == 404
    assert (matrix([]).sides, chart([], 1.0).spots) == ((), ())


@pytest.fixture
def model_client(week, tmp_path: Path):
    manifest = {"format": 1, "thresholds": {"launch": 0.3, "threat": 0.58}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "MODEL_CARD.md").write_text("# The card\n\n| a | b |\n|---|---|\n| 1 | <script>alert(1)</script> |\n")
    app = create_app(by_token, lambda: week.db, config_folder=tmp_path, model_folder=tmp_path, clock=lambda: week.now)
    return TestClient(app, headers={"Authorization": "Bearer vera"})


def test_thresholds_in_force_and_what_was_found(model_client) -> None:
    found = model_client.get("/api/model").json()
    rows = {row["signal"]: row for row in found["signals"]}

    assert (rows["launch"]["threshold"], rows["launch"]["own_threshold"]) == (0.62, 0.3)
    assert (rows["attack"]["threshold"], rows["nuclear"]["threshold"]) == (0.6, None)
    assert (found["in_use"], found["read"], rows["launch"]["found"]) == (False, 101, 22)


def test_the_card_is_rendered_and_its_html_is_text(model_client) -> None:
    page = html.document_fromstring(model_client.get("/model").text)

    assert page.cssselect(".prose h1")[0].text == "The card"
    assert page.cssselect(".prose td")[1].text_content() == "<script>alert(1)</script>"


@pytest.mark.parametrize(
    "card", ["[x](javascript:alert(1))", "<img src=x onerror=alert(1)>", "![x](javascript:alert(1))"]
)
def test_no_card_runs(card: str) -> None:
    made = html.fragment_fromstring(str(card_html(card)), create_parent=True)

    assert [
        one
        for one in made.iter()
        if one.get("onerror") or (one.get("href") or one.get("src") or "").startswith("javascript")
    ] == []
