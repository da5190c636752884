"""The tuning page: what other thresholds would change, saved as a revision, rolled back, and who did it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from lxml import html

from newswatch.domain import SIGNALS
from newswatch.storage.pages.tuning import ToldStory
from newswatch.storage.tables import classifications
from newswatch.storage.tables_tuning import revision_changes
from newswatch.web.asked import TuningAsked
from newswatch.web.model_figures import CurvePoint
from newswatch.web.precision_recall import pr_chart
from newswatch.web.score_history import DayScores, score_history
from newswatch.web.threshold_effect import effect_of

FLAT = dict.fromkeys(SIGNALS, 0.5)


def tuning(client: Any, query: str = "") -> dict[str, Any]:
    return client.get(f"/api/tuning?{query}").json()


def saved(client: Any, **said: Any) -> Any:
    known = {"expected": tuning(client)["revision"], "why": "fewer false launches"}
    return client.post("/api/tuning/save", json=known | said)


def test_every_signal_can_be_asked_for() -> None:
    assert set(TuningAsked.model_fields) == {*SIGNALS, "days"}


def test_as_it_is_nothing_changes(visit, week) -> None:
    found = tuning(visit("vera"))

    assert [one["signal"] for one in found["signals"]] == list(SIGNALS)
    assert (found["changed"], found["lost"], found["gained"]) == ([], [], 0)
    assert all(one["found"] == one["found_now"] and one["asked"] == one["in_force"] for one in found["signals"])
    assert found["alerts_a_day_now"] == found["alerts_a_day"] > 0
    assert found["articles"] == 101


def test_counts_are_those_of_the_database(visit, week) -> None:
    found = {one["signal"]: one for one in tuning(visit("vera"), "launch=0.3")["signals"]}
    with week.db.read() as connection:
        score = classifications.c.scores["launch"].as_float()
        counts = {
            threshold: connection.scalar(sa.select(sa.func.count()).where(score >= threshold))
            for threshold in (0.0, 0.3, 0.5, 0.8)
        }

    assert (found["launch"]["found"], found["launch"]["found_now"]) == (counts[0.3], counts[0.5])
    assert {place / 100: found["launch"]["above"][place] for place in (0, 30, 50, 80)} == counts


def test_a_higher_threshold_loses_told_stories_with_examples(visit) -> None:
    found = tuning(visit("vera"), "launch=0.99&threat=0.99")

    assert found["lost"] and all(one["signal"] in ("launch", "threat") for one in found["lost"])
    assert found["gained"] == 0 and found["alerts_a_day"] < found["alerts_a_day_now"]
    page = html.document_fromstring(visit("vera").get("/tuning?launch=0.99&threat=0.99").text)
    shown = [one.text_content() for one in page.cssselect("section[aria-labelledby=lost] li a")]
    assert shown == [one["title"] for one in found["lost"][:8]]


def test_a_lower_threshold_gains_articles_with_examples(visit) -> None:
    found = tuning(visit("vera"), "attack=0.2")

    assert found["gained"] >= len(found["gained_examples"]) > 0
    assert all(one["signal"] == "attack" and 0.2 <= one["score"] < 0.5 for one in found["gained_examples"])
    assert found["alerts_a_day"] >= found["alerts_a_day_now"] and not found["lost"]


def test_a_script_gets_the_effect_alone_and_a_short_address(visit) -> None:
    in_force = {one["signal"]: one["in_force"] for one in tuning(visit("vera"))["signals"]}
    everything = "&".join(f"{signal}={in_force[signal]}" for signal in SIGNALS)
    part = visit("vera").get(f"/tuning?{everything}&launch=0.7&days=30", headers={"HX-Request": "true"})

    assert part.text.lstrip().startswith('<div class="narrow" id="effect"')
    assert part.headers["hx-replace-url"] == "/newswatch/tuning?launch=0.7"


def test_saving_is_a_new_revision_with_an_audit_row(visit, week, config_folder: Path) -> None:
    before = tuning(visit("otto"))["revision"]
    answer = saved(visit("otto"), launch=0.62)

    assert answer.status_code == 200 and answer.json()["revision"] != before
    after = tuning(visit("vera"))
    assert after["revision"] == answer.json()["revision"]
    assert {one["signal"]: one["in_force"] for one in after["signals"]}["launch"] == 0.62
    assert "launch: 0.62" in (config_folder / "classifier.yaml").read_text()
    with week.db.read() as connection:
        found, row = connection.execute(sa.select(revision_changes).order_by(revision_changes.c.change_id)).mappings()
    assert (found["action"], found["revision"]) == ("found", before)  # nothing had run with these files yet
    assert (row["action"], row["who"], row["why"]) == ("saved", "airflow:otto", "fewer false launches")
    assert (row["was"], row["revision"]) == (before, after["revision"])


def test_the_models_own_threshold_leaves_the_file(visit, config_folder: Path) -> None:
    saved(visit("otto"), launch=0.62)
    saved(visit("otto"), launch=0.5)

    assert "launch: 0.62" not in (config_folder / "classifier.yaml").read_text()
    assert {one["signal"]: one["in_force"] for one in tuning(visit("vera"))["signals"]}["launch"] == 0.5


def test_rolled_back_is_as_before(visit, week, config_folder: Path) -> None:
    texts = {file.name: file.read_text() for file in config_folder.glob("*.yaml")}
    before = tuning(visit("otto"))["revision"]
    saved(visit("otto"), threat=0.7)
    now = tuning(visit("otto"))["revision"]
    answer = visit("otto").post("/api/tuning/rollback", json={"expected": now, "to": before, "why": "too quiet"})

    assert answer.json() == {"revision": before}
    assert tuning(visit("vera"))["revision"] == before
    assert {file.name: file.read_text() for file in config_folder.glob("*.yaml")} == texts
    with week.db.read() as connection:
        rows = connection.execute(sa.select(revision_changes.c.action).order_by(revision_changes.c.change_id))
        assert list(rows.scalars()) == ["found", "saved", "rolled_back"]


def test_what_changed_between_two_revisions(visit) -> None:
    before = tuning(visit("otto"))["revision"]
    after = saved(visit("otto"), launch=0.62).json()["revision"]
    visit("otto").post("/api/tuning/rollback", json={"expected": after, "to": before, "why": "x"})
    lines = visit("vera").get(f"/api/tuning/diff?old={before}&new={after}").json()

    assert lines == [{"path": "classifier.signals.thresholds.launch", "was": None, "now": "0.62"}]
    assert "0.62" in visit("vera").get(f"/tuning/diff?old={before}&new={after}").text
    assert visit("vera").get("/api/tuning/diff?old=0000&new=ffff").status_code == 422


def test_somebody_was_quicker(visit, config_folder: Path) -> None:
    old = tuning(visit("otto"))["revision"]
    saved(visit("otto"), launch=0.62)
    text = (config_folder / "classifier.yaml").read_text()
    late = saved(visit("otto"), expected=old, threat=0.7)

    assert late.status_code == 409 and "somebody else" in late.json()["detail"]
    assert (config_folder / "classifier.yaml").read_text() == text


@pytest.mark.parametrize(
    "said", [{"launch": 0}, {"launch": 1.5}, {"launch": "much"}, {"why": " "}, {"expected": "x"}], ids=str
)
def test_what_makes_no_sense_is_refused(visit, config_folder: Path, said: dict) -> None:
    text = (config_folder / "classifier.yaml").read_text()

    assert saved(visit("otto"), **said).status_code == 422
    assert (config_folder / "classifier.yaml").read_text() == text


@pytest.mark.parametrize("path", ["/tuning/save", "/api/tuning/save", "/tuning/rollback", "/api/tuning/rollback"])
def test_only_operators_change_thresholds(visit, week, path: str) -> None:
    revision = tuning(visit("vera"))["revision"]
    said = {"expected": revision, "why": "x", "launch": 0.7}
    how = {"json": said} if path.startswith("/api") else {"data": said}

    assert [visit(name).post(path, **how).status_code for name in (None, "stranger", "vera", "uma")] == [
        403,
        401,
        403,
        403,
    ]
    assert tuning(visit("vera"))["revision"] == revision


def test_a_broken_file_is_said_and_the_last_good_one_holds(visit, week, config_folder: Path) -> None:
    saved(visit("otto"), launch=0.62)
    (config_folder / "classifier.yaml").write_text("signals: [")
    page = visit("otto").get("/tuning")

    assert (
        page.status_code == 200
        and "classifier.yaml" in html.document_fromstring(page.text).cssselect(".trouble")[0].text
    )
    assert {one["signal"]: one["in_force"] for one in tuning(visit("vera"))["signals"]}["launch"] == 0.62


def test_a_file_changed_by_hand_is_seen(visit, config_folder: Path) -> None:
    before = tuning(visit("vera"))["revision"]
    path = config_folder / "classifier.yaml"
    path.write_text(path.read_text().replace("thresholds: {", "thresholds: {cyber: 0.71, "))

    after = tuning(visit("vera"))
    assert after["revision"] != before
    assert {one["signal"]: one["in_force"] for one in after["signals"]}["cyber"] == 0.71


def a_day(*scores: dict[str, float], first: int = 1, day: date = date(2026, 3, 1)) -> DayScores:
    rows = [[one.get(signal, 0.0) for signal in SIGNALS] for one in scores]
    ids = np.arange(first, first + len(scores))
    return DayScores(day, ids, np.array(rows).reshape(len(rows), len(SIGNALS)))


def told(*article_ids: int, signal: str = "launch", severity: int = 3) -> ToldStory:
    return ToldStory(f"s{article_ids[0]}", "title", signal, severity, datetime(2026, 3, 1, tzinfo=UTC), article_ids)


EFFECTS = {
    # articles' scores from id 1 on; thresholds asked; told stories: ids of stories lost, ids of articles gained
    "one report keeps its story": ([{"launch": 0.6}, {"launch": 0.9}], {"launch": 0.8}, [told(1, 2)], [], []),
    "all reports gone": ([{"launch": 0.6}, {"launch": 0.7}], {"launch": 0.8}, [told(1, 2)], ["s1"], []),
    "another signal keeps it": ([{"launch": 0.6, "threat": 0.6}], {"launch": 0.8}, [told(1)], [], []),
    "a copy that never fired is no reason to keep it": ([{"launch": 0.6}, {}], {"launch": 0.8}, [told(1, 2)], ["s1"], []),
    "an older report keeps it": ([{"launch": 0.6}], {"launch": 0.8}, [told(1, 99)], [], []),
    "the surest first": ([{"launch": 0.31}, {"launch": 0.45}], {"launch": 0.3}, [], [], [2, 1]),
    "found already by another signal": ([{"launch": 0.4, "threat": 0.9}], {"launch": 0.3}, [], [], []),
    "exactly at the threshold": ([{"launch": 0.3}], {"launch": 0.3}, [], [], [1]),
    "the gravest first": ([{"launch": 0.6}, {"launch": 0.6}], {"launch": 0.8}, [told(1), told(2, severity=5)], ["s2", "s1"], []),
}  # fmt: skip


@pytest.mark.parametrize(("scores", "asked", "stories", "lost", "gained"), EFFECTS.values(), ids=EFFECTS.keys())
def test_what_is_lost_and_gained(scores, asked, stories, lost, gained) -> None:
    effect = effect_of([a_day(*scores)], FLAT, FLAT | asked, stories)

    assert [story.story_id for story in effect.lost] == lost
    assert [one.article_id for one in effect.gained] == gained


def test_gained_articles_count_as_much_of_an_alert_as_those_of_their_signal_did() -> None:
    day = a_day({"launch": 0.9}, {"launch": 0.9}, {"threat": 0.9}, {"launch": 0.4}, {"launch": 0.4})
    effect = effect_of([day], FLAT, FLAT | {"launch": 0.3}, [told(1)])

    assert (effect.alerts_a_day_now, effect.alerts_a_day) == (
        1.0,
        2.0,
    )  # one alert of two launches found: two more are one


def test_days_before_the_first_article_do_not_count() -> None:
    empty = a_day(day=date(2026, 2, 28))
    effect = effect_of([empty, a_day({"launch": 0.9}), empty], FLAT, FLAT, [told(1)])

    assert (effect.counted_days, effect.alerts_a_day_now) == (2, 0.5)
    assert effect_of([], FLAT, FLAT, []).alerts_a_day == 0


def test_days_that_are_over_are_read_once(week, monkeypatch) -> None:
    first = score_history(week.db, days=7, now=week.now)
    read = []
    monkeypatch.setattr("newswatch.web.score_history._read", lambda connection, day: read.append(day) or first[-1])
    second = score_history(week.db, days=7, now=week.now)

    assert read == [week.now.date()]
    assert sum(len(day.ids) for day in first[:-1]) == sum(len(day.ids) for day in second[:-1]) > 90


def test_the_operating_point_lies_on_the_curve() -> None:
    curve = (
        CurvePoint(0.0, 0.1, 1.0),
        CurvePoint(0.5, 0.8, 0.6),
        CurvePoint(0.9, 1.0, 0.2),
        CurvePoint(1.0, None, 0.0),
    )
    chart = pr_chart(curve, None, in_force=0.5, asked=0.86)

    assert chart.now is not None and (chart.now.x, chart.now.y) == (60.0, 20.0)
    assert chart.asked is not None and chart.asked.threshold == 0.9
    assert (chart.own, chart.desk) == ("M100 90 L60 20 L20 0", "")
    assert pr_chart((), None, in_force=0.5, asked=0.5).now is None
