"""The story page: reports, changes, the sum, what was told, what came before."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from lxml import html

from newswatch.storage.tables import revisions


@pytest.fixture
def launch(visit) -> dict:
    story_id = visit("vera").get("/api/alerts?order=gravest").json()["rows"][0]["story_id"]
    return visit("vera").get(f"/api/stories/{story_id}").json()


def shown(visit, launch) -> str:
    return html.document_fromstring(visit("vera").get(f"/stories/{launch['story']['story_id']}").text).text_content()


def test_everything_of_a_story_is_there(launch) -> None:
    assert launch["story"]["title"] == "(URGENT) N. Korea fires long-range ballistic missile over Japan: JCS"
    assert len(launch["reports"]) == len(launch["story"]["article_ids"]) > 3
    assert [one["published_at"] for one in launch["reports"]] == sorted(
        one["published_at"] for one in launch["reports"]
    )
    assert launch["reports"][0]["how"] == "opened"
    assert {one["receiver"] for one in launch["alerts"]} == {"desk", "night"}
    assert {one["state"] for one in launch["messages"]} <= {"sent", "superseded"}
    assert launch["decisions"] and launch["earlier"]
    assert launch["answered"]["alert_key"] in {one["alert_key"] for one in launch["alerts"]}


def test_the_sum_is_the_severity(launch) -> None:
    why, product = launch["why"], 1.0
    for factor in why["factors"]:
        product *= factor["weight"]

    assert product == pytest.approx(why["severity_score"], abs=1e-3)
    assert why["severity"] == 1 + sum(why["severity_score"] >= level for level in why["levels"])
    assert (why["threshold"], why["needed"]) == (0.62, 3)


def test_the_page_says_it_in_words(visit, launch) -> None:
    text = shown(visit, launch)

    assert "CRITICAL" in text and "Would not have been told if" in text and "it counts from 0.62" in text
    assert all(report["publisher"] in text for report in launch["reports"])
    assert all(change["reason"] in text for change in launch["story"]["changes"])
    assert all(message["text"].splitlines()[0] in text for message in launch["messages"])


def test_evidence_is_marked(visit, launch) -> None:
    page = html.document_fromstring(visit("vera").get(f"/stories/{launch['story']['story_id']}").text)
    first, evidence = page.cssselect("blockquote")[0], launch["story"]["evidence"][0]
    terms = {word for term, _ in evidence["terms"] for word in term.casefold().replace("_", " ").split()}

    assert first.text_content() == evidence["sentence"]
    assert {one.text_content().casefold() for one in first.cssselect("mark")} == {
        word for word in re.findall(r"[a-z][a-z-]+", evidence["sentence"].casefold()) if word in terms and len(word) > 2
    }


def test_a_story_whose_configuration_is_lost_is_shown_all_the_same(visit, week, launch) -> None:
    with week.db.begin() as connection:
        connection.execute(sa.delete(revisions))
    found = visit("vera").get(f"/api/stories/{launch['story']['story_id']}").json()["why"]

    assert (found["levels"], found["threshold"], found["needed"], found["otherwise"]) == ([], None, None, [])
    assert "CRITICAL" in shown(visit, launch)


def test_every_story_can_be_shown(visit, week) -> None:
    with week.db.read() as connection:
        ids = connection.scalars(sa.text("SELECT story_id FROM stories")).all()

    assert len(ids) > 10
    assert {visit("otto").get(f"/stories/{story_id}").status_code for story_id in ids} == {200}
    assert {visit("otto").get(f"/api/stories/{story_id}").status_code for story_id in ids} == {200}


def test_a_story_that_is_not_there(visit) -> None:
    assert visit("vera").get("/stories/st_0").status_code == 404
    assert visit("vera").get("/api/stories/st_0").json()["detail"].startswith("There is no such story")
