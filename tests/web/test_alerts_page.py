"""The inbox: what it shows, how it is narrowed, and what a person can answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from lxml import html

from newswatch.storage.tables_alerts import alerts, outbox, silences

FORM_AS_SENT = "/?severity=&signal=&pair=&state=&receiver=&days=7&order=newest"


def rows(client: Any, query: str = "") -> list[dict[str, Any]]:
    return client.get(f"/api/alerts?{query}").json()["rows"]


def titles(page: Any) -> list[str]:
    return [one.text_content() for one in html.document_fromstring(page.text).cssselect(".row h3 a")]


@pytest.fixture
def launch(visit) -> dict[str, Any]:
    """The gravest row: the missile over Japan."""
    return rows(visit("vera"), "order=gravest")[0]


NARROWED = {
    "signal=launch": lambda row: row["signal"] == "launch",
    "pair=PRK→JPN": lambda row: (row["source"], row["target"]) == ("PRK", "JPN"),
    "pair=→PRK": lambda row: row["target"] == "PRK",
    "severity=4": lambda row: row["severity"] >= 4,
    "state=official": lambda row: row["state"] == "official",
    "receiver=night": lambda row: "night" in row["receivers"],
    "signal=launch&severity=4&pair=PRK-JPN": lambda row: row["target"] == "JPN" and row["severity"] >= 4,
}


@pytest.mark.parametrize(("query", "fits"), NARROWED.items())
def test_a_filter_leaves_what_fits(visit, query: str, fits) -> None:
    everything, found = rows(visit("vera")), rows(visit("vera"), query)

    carries_signal_second = query.startswith("signal=")  # a story may carry the signal without leading with it
    assert found and len(found) < len(everything)
    assert all(map(fits, found)) or carries_signal_second
    assert {row["story_id"] for row in found} >= {row["story_id"] for row in everything if fits(row)}


def test_newest_first_or_gravest_first(visit) -> None:
    newest, gravest = rows(visit("vera")), rows(visit("vera"), "order=gravest")

    assert [row["decided_at"] for row in newest] == sorted((row["decided_at"] for row in newest), reverse=True)
    assert [row["severity"] for row in gravest] == sorted((row["severity"] for row in gravest), reverse=True)
    assert {row["story_id"] for row in newest} == {row["story_id"] for row in gravest}


def test_a_story_is_one_row_with_its_latest_alert(visit, week) -> None:
    found = rows(visit("vera"))
    with week.db.read() as connection:
        latest = dict(
            connection.execute(
                sa.select(alerts.c.story_id, sa.func.max(alerts.c.decided_at)).group_by(alerts.c.story_id)
            ).all()
        )

    assert len({row["story_id"] for row in found}) == len(found) == len(latest)
    assert all(latest[row["story_id"]].isoformat().replace("+00:00", "Z") == row["decided_at"] for row in found)


def test_the_page_shows_what_the_twin_tells(visit) -> None:
    for query in ("", "signal=launch", "view=held", "order=gravest&severity=3"):
        assert titles(visit("vera").get(f"/?{query}")) == [row["title"] for row in rows(visit("vera"), query)]


def test_an_untouched_form_asks_for_nothing_in_particular(visit) -> None:
    assert titles(visit("vera").get(FORM_AS_SENT)) == titles(visit("vera").get("/"))


def test_a_script_gets_the_list_alone_and_the_address_to_show(visit) -> None:
    part = visit("vera").get(f"{FORM_AS_SENT}&open=true", headers={"HX-Request": "true"})

    assert part.text.lstrip().startswith('<section id="inbox"')
    assert part.headers["hx-replace-url"] == "/newswatch/?open=true"


def test_what_was_held_back_says_why(visit, week) -> None:
    held = rows(visit("vera"), "view=held")

    assert held
    assert all(row["alert_key"] is None and row["explanation"] and row["reason"] for row in held)
    told = {row["story_id"] for row in rows(visit("vera"), "receiver=desk")}
    assert not told & {row["story_id"] for row in held if row["receivers"] == ["desk"]}
    reason = held[0]["reason"]
    assert {row["reason"] for row in rows(visit("vera"), f"view=held&reason={reason}")} == {reason}


def test_pages_follow_one_another_without_gap(visit, monkeypatch) -> None:
    monkeypatch.setattr("newswatch.web.alerts.ROWS", 4)
    first, second = visit("vera").get("/api/alerts").json(), visit("vera").get("/api/alerts?page=2").json()
    everything = [*first["rows"], *second["rows"]]
    monkeypatch.undo()

    assert first["more"] and len(first["rows"]) == 4
    assert everything == rows(visit("vera"))[: len(everything)]


def test_acknowledged_once_is_acknowledged(visit, week, launch) -> None:
    key = launch["alert_key"]
    for _ in range(2):
        row = visit("uma").post(f"/api/alerts/{key}/acknowledge").json()

    assert [(one["user"], one["verdict"]) for one in row["verdicts"]] == [("airflow:uma", "acknowledged")]
    assert launch["story_id"] not in {one["story_id"] for one in rows(visit("vera"), "open=true")}
    assert "✓ uma" in visit("vera").get("/").text
    with week.db.read() as connection:
        replies = connection.scalars(
            sa.select(outbox.c.text).where(outbox.c.kind == "reply", outbox.c.text.contains("uma"))
        )
        assert [text for text in replies if "has seen this" in text] == ["✅ uma has seen this"]


def test_two_people_answer_and_one_takes_it_back(visit, launch) -> None:
    key = launch["alert_key"]
    visit("otto").post(f"/api/alerts/{key}/acknowledge")
    visit("uma").post(f"/api/alerts/{key}/acknowledge")
    said = visit("uma").post(f"/api/alerts/{key}/wrong", json={"verdict": "wrong_signal", "signal": "threat"}).json()
    left = visit("uma").post(f"/api/alerts/{key}/undo").json()

    assert sorted((one["user"], one["verdict"], one["signal"]) for one in said["verdicts"]) == [
        ("airflow:otto", "acknowledged", None), ("airflow:uma", "acknowledged", None), ("airflow:uma", "wrong_signal", "threat"),
    ]  # fmt: skip
    assert [one["user"] for one in left["verdicts"]] == ["airflow:otto"]


def test_an_answer_to_one_receivers_message_counts_for_the_story(visit, week, launch) -> None:
    decided_at = datetime.fromisoformat(launch["decided_at"])
    with week.db.read() as connection:
        keys = connection.scalars(
            sa.select(alerts.c.alert_key).where(
                alerts.c.story_id == launch["story_id"], alerts.c.decided_at == decided_at
            )
        ).all()
    assert len(keys) == 2
    (other,) = [key for key in keys if key != launch["alert_key"]]
    visit("uma").post(f"/api/alerts/{other}/acknowledge")

    assert [one["user"] for one in rows(visit("vera"), "order=gravest")[0]["verdicts"]] == ["airflow:uma"]


def test_the_form_answers_with_the_bar_or_the_page(visit, launch) -> None:
    path = f"/alerts/{launch['alert_key']}/wrong"
    part = visit("uma").post(path, data={"verdict": "not_news", "signal": "none"}, headers={"HX-Request": "true"})
    whole = visit("uma").post(path, data={"verdict": "not_news", "signal": "none"})

    assert part.text.lstrip().startswith('<div class="answers"') and "✗ not news" in part.text
    assert (whole.status_code, whole.headers["location"]) == (303, f"/newswatch/stories/{launch['story_id']}")


def test_viewers_see_answers_and_no_buttons(visit) -> None:
    page = html.document_fromstring(visit("vera").get("/").text)

    assert page.cssselect(".answers") and not page.cssselect(".answers form, .answers button")


@pytest.mark.parametrize(
    "said", [{"verdict": "rubbish"}, {"verdict": "wrong_signal", "signal": "weather"}, {}], ids=str
)
def test_an_answer_nobody_understands_changes_nothing(visit, launch, said: dict) -> None:
    assert visit("uma").post(f"/api/alerts/{launch['alert_key']}/wrong", json=said).status_code == 422
    assert rows(visit("vera"), "order=gravest")[0]["verdicts"] == []


def test_an_unknown_alert_is_said_so(visit) -> None:
    for action in ("acknowledge", "undo", "silence"):
        assert visit("uma").post(f"/alerts/{'0' * 64}/{action}").status_code == 404


SILENCES = {
    # what the form says: (matchers, hours)
    ("pair", "6h"): (["pair=PRK→JPN"], 6),
    ("story", "24h"): (["story={story}"], 24),
    ("story", "quiet"): (["story={story}"], None),
    ("pair", "quiet"): (["story={story}"], None),  # a pair is never quiet for good
}


@pytest.mark.parametrize(("asked", "made"), SILENCES.items(), ids=str)
def test_a_silence_from_a_row(visit, week, launch, asked, made) -> None:
    about, until = asked
    visit("uma").post(
        f"/alerts/{launch['alert_key']}/silence", data={"about": about, "until": until, "reason": " drill "}
    )
    (silence,) = visit("vera").get("/api/silences").json()

    matchers, hours = made
    assert silence["matchers"] == [one.format(story=launch["story_id"]) for one in matchers]
    assert (silence["author"], silence["reason"], silence["ceiling"]) == ("uma", "drill", launch["severity"])
    assert (silence["ends_at"] is None) == (hours is None)


def test_a_silence_holds_back_what_decisions_read(visit, week, launch) -> None:
    """The stored matchers are those the decisions parse."""
    from newswatch.alerts.labels import labels_of
    from newswatch.alerts.silence import find_silence
    from newswatch.steps.telling import find_silences
    from newswatch.storage.stories import get_story

    visit("uma").post(f"/alerts/{launch['alert_key']}/silence", data={"about": "pair", "until": "1h"})
    with week.db.read() as connection:
        found, story = find_silences(connection, week.now), get_story(connection, launch["story_id"])

    assert find_silence(found, labels_of(story), receiver="desk", severity=story.severity.level, now=week.now)


def test_a_silence_is_ended_once(visit, week) -> None:
    made = visit("uma").post(
        "/api/silences", json={"matchers": ['pair="PRK→JPN"'], "reason": "x", "ends_at": "2026-03-08T18:00:00+00:00"}
    )
    number = made.json()["silence_id"]

    assert made.status_code == 201 and made.json()["matchers"] == ["pair=PRK→JPN"]
    assert visit("uma").post(f"/api/silences/{number}/end").json() == {"ended": number}
    assert visit("uma").post(f"/api/silences/{number}/end").status_code == 404
    assert visit("vera").get("/api/silences").json() == []
    with week.db.read() as connection:
        assert connection.scalar(sa.select(silences.c.ends_at)) == week.now


REFUSED = {
    "no reason": {"matchers": ["story=x"], "reason": ""},
    "no matcher": {"matchers": [], "reason": "x", "ends_at": "2026-03-08T18:00:00Z"},
    "unknown label": {"matchers": ["weather=bad"], "reason": "x", "ends_at": "2026-03-08T18:00:00Z"},
    "a pattern that looks back": {
        "matchers": [r'publisher=~"(a)\1"'],
        "reason": "x",
        "ends_at": "2026-03-08T18:00:00Z",
    },
    "ended already": {"matchers": ["story=x"], "reason": "x", "ends_at": "2026-03-08T11:00:00Z"},
    "for ever": {"matchers": ["pair=PRK→JPN"], "reason": "x"},
    "for ten years": {"matchers": ["pair=PRK→JPN"], "reason": "x", "ends_at": "2036-03-08T11:00:00Z"},
    "at an hour of no zone": {"matchers": ["pair=PRK→JPN"], "reason": "x", "ends_at": "2026-03-08T18:00:00"},
    "a NUL": {"matchers": ["pair=PRK→JPN"], "reason": "x\x00", "ends_at": "2026-03-08T18:00:00Z"},
    "a misspelt key": {"matchers": ["story=x"], "reason": "x", "until": "2026-03-08T18:00:00Z"},
}


@pytest.mark.parametrize("asked", REFUSED.values(), ids=REFUSED.keys())
def test_a_silence_that_makes_no_sense_is_refused(visit, asked: dict) -> None:
    assert visit("uma").post("/api/silences", json=asked).status_code == 422
    assert visit("vera").get("/api/silences").json() == []
