"""A replay of the present configuration gives exactly the alerts that were sent; one of another tells what would differ."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from newswatch.articles.fingerprint import fingerprint
from newswatch.domain import SIGNALS
from newswatch.runtime.place import REPOSITORY
from newswatch.settings import load_settings
from newswatch.steps.budget import solve_budget
from newswatch.steps.labels import decide_on_labels, report_missed
from newswatch.steps.replay import replay_config
from newswatch.steps.stories import group_stories
from newswatch.storage.alerts import add_silence, end_silence
from newswatch.storage.session import Database
from newswatch.storage.tables import classifications, feeds
from newswatch.storage.tables_alerts import alerts
from newswatch.tuning.report import as_markdown, headline
from newswatch.yaml_edit import patched

pytestmark = pytest.mark.timeout(900)  # a busy machine trains and replays slowly

START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 3
PAIRS = (("PRK", "JPN"), ("PRK", None), ("RUS", "UKR"), ("ISR", "IRN"), ("IRN", "ISR"), ("CHN", "TWN"), ("USA", "PRK"))
VERBS = {
    "launch": "fires missile off {place} as tensions rise {word}",
    "attack": "strikes depot in {place}, dozens killed {word}",
    "threat": "threatens {place} with retaliation over {word}",
    "sanction": "imposes sanctions on {place} firms for {word}",
    "incursion": "jets enter airspace near {place} {word}",
}
PLACES = ("Kharkiv", "Wonsan", "Haifa", "Isfahan", "Taichung", "Odesa", "Sinpo", "Natanz")
WORDS = (
    "harbour grain",
    "spring drills",
    "new envoy",
    "border post",
    "radar site",
    "fuel trains",
    "winter talks",
    "cable",
)
PUBLISHERS = ("BBC", "Yonhap", "KCNA", "Reuters", "TASS")
PATCH = {
    "signals": {"thresholds": dict.fromkeys(SIGNALS, 0.5)},
}
MUTED = {
    "time_intervals": [
        {
            "name": "nights",
            "time_intervals": [{"times": [{"start_time": "01:00", "end_time": "05:00"}], "location": "UTC"}],
        }
    ],
    "route": {"routes": {"0": {"mute_time_intervals": ["nights"], "mute_ceiling": 4}}},
}


@dataclass(frozen=True)
class Lived:
    """A week that was really lived: grouped and told run by run, in the database."""

    db: Database
    folder: Path
    now: datetime

    def replay(self, **changes):
        return replay_config(self.db, self.folder, now=self.now, days=DAYS + 1, **changes)


@pytest.fixture(scope="module")
def lived(postgres, template_database, tmp_path_factory):
    import psycopg

    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE lived TEMPLATE {template_database}")
    db, folder = Database(postgres.url("lived")), tmp_path_factory.mktemp("lived") / "config"
    shutil.copytree(REPOSITORY / "config", folder)
    for name, patch in (("classifier", PATCH), ("alerts", MUTED)):
        path = folder / f"{name}.yaml"
        path.write_text(patched(path.read_text(), patch))
    now = live(db, folder)
    yield Lived(db, folder, now)
    db.close()


def live(db: Database, folder: Path) -> datetime:
    """A run every hour; two silences on the way, one of them ended early."""
    settings, chance, number = load_settings(folder), Random(11), 0
    now = START
    while now < START + timedelta(days=DAYS):
        now += timedelta(hours=1)
        for _ in range(chance.choice((0, 1, 2, 3, 4, 6))):
            number += 1
            add_article(db, number, now - timedelta(minutes=chance.randrange(1, 200)), now, chance)
        if now in (START + timedelta(days=1, hours=6), START + timedelta(days=2, hours=9)):
            with db.begin() as connection:
                add_silence(connection, a_silence(now))
        if now == START + timedelta(days=2, hours=13):
            with db.begin() as connection:
                end_silence(connection, 2, now)
        group_stories(db, settings, now=now)
    return now


def a_silence(now: datetime) -> dict:
    return {
        "matchers": ["source=PRK"], "receiver": None, "ceiling": 5, "author": "vera", "reason": "exercise",
        "starts_at": now, "ends_at": now + timedelta(hours=9),
    }  # fmt: skip


def add_article(db: Database, number: int, published_at: datetime, now: datetime, chance: Random) -> None:
    """One classified article: often a signal, sometimes two, now and then a denial, now and then nothing."""
    source, target = chance.choice(PAIRS)
    signal = chance.choice([*VERBS, *VERBS, None])
    title = f"{source} " + (VERBS[signal] if signal else "opens museum in {place} {word}").format(
        place=chance.choice(PLACES), word=chance.choice(WORDS)
    )
    scores = {name: round(chance.uniform(0.01, 0.3), 4) for name in SIGNALS}
    if signal:
        scores[signal] = round(chance.uniform(0.5, 0.99), 4)
    if chance.random() < 0.2:
        scores["condemnation"] = round(chance.uniform(0.5, 0.9), 4)
    found = sorted((name for name in SIGNALS if scores[name] >= 0.5), key=lambda name: -scores[name])
    modality = (
        chance.choice(("act", "act", "act", "threat", "plan")) if found else chance.choice(("none", "none", "denial"))
    )
    publisher = chance.choice(PUBLISHERS)
    lead = chance.choice(
        ("", f"State media said on Monday. {title}.", f"Officials confirmed the report about {title}.")
    )
    row = {
        "article_id": number, "canonical_url": f"https://x.example/{number}", "url": f"https://x.example/{number}",
        "feed_id": publisher, "publisher": publisher, "title": title, "lead": lead, "text": "", "language": "en",
        "published_at": published_at, "seen_at": now, "backlog": chance.random() < 0.05,
        "stage": "classified" if found or modality == "denial" else "placed",
        "fate": None if found or modality == "denial" else "no_signal", "fingerprint": fingerprint(f"{title}. {lead}"),
    }  # fmt: skip
    with db.begin() as connection:
        feed = {
            "feed_id": publisher, "name": publisher, "publisher": publisher, "url": f"https://{publisher}.example/rss",
            "country": None, "language": "en", "tier": 2, "urgent": False, "family": None,
            "state_media": {"KCNA": "PRK", "TASS": "RUS"}.get(publisher), "next_due_at": now,
        }  # fmt: skip
        connection.execute(insert(feeds).values(feed).on_conflict_do_nothing())
        names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        statement = f"INSERT INTO articles ({names}) OVERRIDING SYSTEM VALUE VALUES ({values})"
        connection.execute(sa.text(statement).bindparams(**row))
        head = [name for name in found if name != "condemnation"]
        connection.execute(
            sa.insert(classifications).values(
                article_id=number, model_sha="m" * 64, config_rev="c" * 12, classified_at=now - timedelta(seconds=20),
                signals=found, head=head, scores=scores, modality=modality, modality_score=1.0, actors=[source],
                head_scores={name: scores[name] if name in head or name not in found else 0.1 for name in SIGNALS},
                source=source if found else None, target=target if found else None, evidence=[],
            )
        )  # fmt: skip


def sent(db: Database) -> list[tuple]:
    with db.begin() as connection:
        columns = (alerts.c.alert_key, alerts.c.receiver, alerts.c.decided_at, alerts.c.severity, alerts.c.reason)
        return sorted(tuple(row) for row in connection.execute(sa.select(*columns)))


def test_the_week_had_everything_in_it(lived):
    """Else the next test would prove little."""
    with lived.db.begin() as connection:
        reasons = set(connection.scalars(sa.text("SELECT DISTINCT reason FROM decisions")))
    assert {"first", "escalated", "silenced", "muted", "backlog", "duplicate", "budget", "below_severity"} <= reasons
    assert len(sent(lived.db)) > 40


def test_the_present_configuration_gives_exactly_the_alerts_that_were_sent(lived):
    report, number = lived.replay(), len(sent(lived.db))
    assert report["fidelity"] == {"exact": True, "sent": number, "as_sent": number, "replayed": number}
    assert (report["scored_again"], report["differences"], report["changes"]) == (0, [], [])
    assert report["before"]["alerts"] == report["after"]["alerts"] == report["counts"]["same"] > 0


def test_it_does_so_although_it_begins_in_the_middle(lived):
    report = replay_config(lived.db, lived.folder, now=lived.now, days=1.5)
    assert report["fidelity"]["exact"]
    assert 0 < report["fidelity"]["sent"] < len(sent(lived.db))


def test_a_higher_severity_loses_alerts_and_gains_none(lived):
    report = lived.replay(patch={"alerts": {"route": {"min_severity": 4, "routes": {"0": {"min_severity": 4}}}}})
    assert report["counts"]["lost"] > 0
    assert report["counts"]["gained"] == 0
    assert (
        report["after"]["alerts"] == report["before"]["alerts"] - report["counts"]["lost"] - report["counts"]["merged"]
    )
    assert sum(row["before"] for row in report["per_day"]) == report["before"]["alerts"]
    assert sum(row["after"] for row in report["per_signal"]) == report["after"]["alerts"]
    assert {change["kind"] for change in report["changes"]} <= {"lost", "merged", "severity"}


def test_another_receiver_is_told_of_as_such(lived):
    patch = {
        "alerts": {
            "receivers": [{"name": "desk", "kind": "log"}, {"name": "asia", "kind": "log"}],
            "route": {"routes": {"0": {"receiver": "asia"}}},
        }
    }
    report = lived.replay(patch=patch)
    moved = [change for change in report["changes"] if change["kind"] == "receiver"]
    assert moved
    assert {(one["receiver_before"], one["receiver_after"], one["signal"]) for one in moved} >= {
        ("desk", "asia", "launch")
    }


def test_a_wider_group_merges(lived):
    wider = {"group_by": ["family", "source"], "group_interval": "3d"}
    report = lived.replay(patch={"alerts": {"route": {"routes": {"0": wider, "1": wider}}}})
    assert report["counts"]["merged"] > 0
    assert report["after"]["alerts"] < report["before"]["alerts"]


def test_heavier_weights_change_severities(lived):
    report = lived.replay(patch={"classifier": {"severity": {"signals": {"sanction": 1.9, "threat": 1.5}}}})
    raised = [one for one in report["changes"] if one["kind"] == "severity"]
    assert raised and all(
        one["severity_after"] > one["severity_before"] for one in raised if one["signal"] == "sanction"
    )


def test_labels_give_precision_with_intervals(lived):
    with lived.db.begin() as connection:
        told = list(
            connection.execute(
                sa.text(
                    "SELECT sa.article_id, s.signal FROM story_articles sa JOIN stories s USING (story_id) "
                    "JOIN alerts a USING (story_id) WHERE a.ordinal = 1 ORDER BY sa.article_id LIMIT 20"
                )
            )
        )
    articles = dict(map(tuple, told))
    ids = [
        report_missed(lived.db, article, user_id="u", signals=[signal if n % 2 else "nuclear"], now=lived.now)
        for n, (article, signal) in enumerate(articles.items())
    ]
    decide_on_labels(lived.db, ids, "approved", who="vera", now=lived.now)
    report = lived.replay(patch={"alerts": {"route": {"min_severity": 5}}})
    precision = report["before"]["precision"]
    assert precision["items"] > 0
    assert precision["low"] < precision["value"] < precision["high"]
    assert report["before"]["recall"]["items"] == len(articles)
    text = as_markdown(report)
    assert headline(report) in text
    assert "## By signal" in text and "gives exactly the" in text


def test_a_budget_is_kept_and_worth_more_than_cutting_by_chance(lived):
    present = lived.replay()["before"]["per_day"]
    answer = solve_budget(lived.db, lived.folder, alerts_per_day=present / 2, now=lived.now, days=DAYS + 1)
    assert answer.alerts_per_day <= present / 2 < answer.alerts_per_day_now
    assert answer.utility > answer.utility_now * answer.alerts_per_day / answer.alerts_per_day_now
    again = lived.replay(patch=answer.patch)
    assert again["after"]["per_day"] == pytest.approx(answer.alerts_per_day, abs=0.001)
