"""The review card and the labels: what is asked, what is hidden, who may approve."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from lxml import html

from newswatch.storage.tables import articles
from newswatch.storage.tables_tuning import labels, review_items


@pytest.fixture
def card(visit) -> list[dict[str, Any]]:
    """Yesterday's card, drawn by uma."""
    return visit("uma").post("/api/review/prepare").json()["items"]


def test_a_card_is_drawn_once_and_by_asking(visit, week, card) -> None:
    again = visit("otto").post("/api/review/prepare").json()["items"]

    assert 5 < len(card) <= 20
    assert [one["item_id"] for one in again] == [one["item_id"] for one in card]
    assert {one["day"] for one in card} == {"2026-03-07"}


def test_looking_draws_nothing(visit, week) -> None:
    page = html.document_fromstring(visit("uma").get("/review").text)

    with week.db.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(review_items)) == 0
    assert page.get_element_by_id("review").get("hx-post") == "/newswatch/review/prepare"
    assert (
        html.document_fromstring(visit("vera").get("/review").text).get_element_by_id("review").get("hx-post") is None
    )


def test_what_the_model_found_is_hidden_until_one_has_answered(visit, week, card) -> None:
    with week.db.read() as connection:
        found = dict(connection.execute(sa.select(review_items.c.item_id, review_items.c.found)).all())
    item = next(one["item_id"] for one in card if found[one["item_id"]])

    assert all((one["found"], one["stratum"], one["told"]) == ([], "", False) for one in card)
    answered = visit("uma").post(f"/api/review/items/{item}", json={"signals": ["launch"]}).json()
    assert (answered["answer"], answered["found"]) == (["launch"], found[item])
    (others,) = [one for one in visit("otto").get("/api/review").json()["items"] if one["item_id"] == item]
    assert (others["answer"], others["found"]) == (None, [])


def test_ordinary_news_takes_one_click_and_signals_two(visit, card) -> None:
    page = html.document_fromstring(visit("uma").get("/review").text)
    item = page.cssselect(".item")[0]
    path = item.cssselect("form")[0].get("action").removeprefix("/newswatch")

    part = visit("uma").post(path, data={"ordinary": "true", "signals": "launch"}, headers={"HX-Request": "true"})
    assert "You:" in part.text and "ordinary news" in part.text and 'class="item done"' in part.text
    again = visit("uma").post(path, data={"signals": ["launch", "threat"]}, headers={"HX-Request": "true"})
    assert "launch, threat" in " ".join(html.fragment_fromstring(again.text).text_content().split())
    without_script = visit("uma").post(path, data={"signals": "threat"})
    assert (without_script.status_code, without_script.headers["location"].partition("#")[0]) == (
        303,
        "/newswatch/review?day=2026-03-07",
    )


def test_an_answer_is_taken_back_by_who_gave_it(visit, week, card) -> None:
    item = card[0]["item_id"]
    label = visit("uma").post(f"/api/review/items/{item}", json={"signals": []}).json()["label_id"]

    assert visit("otto").post(f"/api/labels/{label}/undo").status_code == 404
    assert visit("uma").post(f"/api/labels/{label}/undo").json() == {"taken_back": label}
    assert visit("uma").get("/api/review").json()["items"][0]["answer"] is None


def test_answers_count_once_they_are_approved(visit, card) -> None:
    for one in card:
        visit("uma").post(f"/api/review/items/{one['item_id']}", json={"signals": []})
    waiting = visit("vera").get("/api/labels").json()["labels"]

    assert len(waiting) == len(card)
    assert visit("vera").get("/api/review").json()["figures"]["answered"] == 0
    ids = [one["label_id"] for one in waiting]
    assert visit("otto").post("/api/labels/decide", json={"ids": ids, "decision": "approved"}).json() == {
        "changed": len(ids)
    }
    figures = visit("vera").get("/api/review").json()["figures"]
    assert (figures["answered"], figures["precision"]["value"]) == (len(card), 0.0)
    assert "0.00 (0.00" in visit("vera").get("/review").text
    visit("otto").post("/api/labels/decide", json={"ids": ids, "decision": "waiting"})
    assert visit("vera").get("/api/review").json()["figures"]["answered"] == 0


def test_labels_are_ticked_and_decided_in_the_page(visit, card) -> None:
    for one in card[:2]:
        visit("uma").post(f"/api/review/items/{one['item_id']}", json={"signals": ["attack"]})
    page = html.document_fromstring(visit("otto").get("/labels").text)
    ids = [one.get("value") for one in page.cssselect("input[name=ids]")]

    assert len(ids) == 2
    assert not html.document_fromstring(visit("uma").get("/labels").text).cssselect("input, button")
    assert visit("otto").post("/labels/decide", data={"ids": ids[0], "decision": "rejected"}).status_code == 303
    shown = html.document_fromstring(visit("vera").get("/labels?standing=rejected").text)
    assert len(shown.cssselect(".label")) == 1 and "rejected by otto" in shown.cssselect(".label")[0].text_content()


def test_votes_under_alerts_become_labels(visit) -> None:
    key = visit("vera").get("/api/alerts").json()["rows"][0]["alert_key"]
    visit("uma").post(f"/api/alerts/{key}/wrong", json={"verdict": "not_news"})
    assert visit("vera").get("/api/labels").json()["labels"] == []
    visit("uma").post("/api/review/prepare")

    (label,) = visit("vera").get("/api/labels").json()["labels"]
    assert (label["user_id"], label["source"], label["verdict"]) == ("airflow:uma", "alert", "not_news")


def test_a_missed_article_is_said_from_the_search(visit, week) -> None:
    page = html.document_fromstring(visit("uma").get("/search").text)
    form = page.cssselect(".missed form")[0]
    part = visit("uma").post(
        form.get("action").removeprefix("/newswatch"), data={"signals": "cyber"}, headers={"HX-Request": "true"}
    )

    assert "cyber" in part.text
    with week.db.read() as connection:
        row = connection.execute(sa.select(labels)).mappings().one()
    assert (row["source"], row["user_id"], row["signals"]) == ("missed", "airflow:uma", ["cyber"])
    assert not html.document_fromstring(visit("vera").get("/search").text).cssselect(".missed")


def test_only_what_is_in_no_story_can_be_missed(visit, week) -> None:
    page = html.document_fromstring(visit("uma").get("/search?stories=true").text)

    assert page.cssselect(".found li") and not page.cssselect(".missed")


WRONG = {
    "/api/review/items/{item}": {"signals": ["weather"]},
    "/api/articles/1/missed": {"signals": []},
    "/api/labels/decide": {"ids": [], "decision": "approved"},
    "/review/items/{item}": {"signals": "weather"},
}


@pytest.mark.parametrize(("path", "said"), WRONG.items())
def test_what_makes_no_sense_is_refused(visit, week, card, path: str, said: dict) -> None:
    how = {"json": said} if path.startswith("/api") else {"data": said}

    assert visit("otto").post(path.format(item=card[0]["item_id"]), **how).status_code == 422
    with week.db.read() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(labels)) == 0


def test_what_is_not_there_is_said_so(visit, week) -> None:
    with week.db.read() as connection:
        unknown = 1 + connection.scalar(sa.select(sa.func.max(articles.c.article_id)))
    assert visit("uma").post("/api/review/items/999", json={"signals": []}).status_code == 404
    assert visit("uma").post(f"/api/articles/{unknown}/missed", json={"signals": ["launch"]}).status_code == 404
    assert visit("uma").post("/api/labels/999/undo").status_code == 404


@pytest.mark.parametrize(
    "path", ["/review/items/{item}", "/api/review/items/{item}", "/labels/1/undo", "/api/labels/1/undo"]
)
def test_only_users_answer(visit, card, path: str) -> None:
    how = {"json": {"signals": []}} if path.startswith("/api") else {"data": {"ordinary": "true"}}
    path = path.format(item=card[0]["item_id"])

    assert [visit(name).post(path, **how).status_code for name in (None, "stranger", "vera")] == [403, 401, 403]


def test_a_day_without_a_card_says_so(visit) -> None:
    assert "nothing to review" in visit("uma").get("/review?day=2026-01-01").text
    assert visit("uma").get("/review?day=yesterday").status_code == 422
