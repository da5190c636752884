"""What has moved is measured, kept, told once, and told again when it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from builders_signals import a_corpus, the_actors
from newswatch.runtime.place import REPOSITORY
from newswatch.signals.train import train
from newswatch.steps.drift import watch_drift
from newswatch.steps.model_life import manifest_sha, model_life

NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)
FEED = """INSERT INTO feeds (feed_id, name, publisher, url, language, tier, urgent, next_due_at)
    VALUES ('wire', 'Wire', 'Wire', 'https://wire.example', 'en', 2, false, now())"""
ARTICLES = """INSERT INTO articles (canonical_url, url, feed_id, publisher, title, lead, text, language, published_at, seen_at,
    backlog, stage, fate) SELECT 'https://w.example/' || :name || g, '', 'wire', 'Wire', :title, '', repeat('word ', 200),
    :language, :at, :at, false, 'placed', 'no_signal' FROM generate_series(1, :number) g"""
FINDINGS = """INSERT INTO classifications (article_id, model_sha, config_rev, classified_at, signals, head, scores, modality,
    modality_score, actors, evidence) SELECT article_id, :model, 'c', seen_at, '{}', '{}', jsonb_build_object('launch', 0.03),
    'none', 1, '{}', '[]' FROM articles WHERE article_id NOT IN (SELECT article_id FROM classifications)"""


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    train(a_corpus(tmp_path_factory.mktemp("articles")), folder, actors=the_actors(), progress=lambda _: None)
    return folder


@pytest.fixture
def desk(database, model, tmp_path, monkeypatch):
    monkeypatch.setenv("NEWSWATCH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("NEWSWATCH_CONFIG", str(REPOSITORY / "config"))
    monkeypatch.setenv("NEWSWATCH_HOME", str(tmp_path))
    monkeypatch.setenv("NEWSWATCH_MODEL", str(model))
    monkeypatch.setenv("NEWSWATCH_NOW", NOW.isoformat())
    with database.begin() as connection:
        connection.execute(sa.text(FEED))
    return database


def add(db, model, number, *, days_ago, title="Iran fires missile", language="en"):
    with db.begin() as connection:
        at = NOW - timedelta(days=days_ago)
        values = {
            "name": f"{days_ago}{language}{title}",
            "title": title,
            "language": language,
            "at": at,
            "number": number,
        }
        connection.execute(sa.text(ARTICLES), values)
        connection.execute(sa.text(FINDINGS), {"model": manifest_sha(model)})


def test_a_new_language_and_new_words_are_told(desk, model, monkeypatch):
    add(desk, model, 400, days_ago=10)
    add(desk, model, 300, days_ago=1, title="Quantum zebra flummox", language="en")
    add(desk, model, 200, days_ago=1, language="de")
    first = watch_drift()
    assert {line.split(" ", 1)[0] for line in first.lines} == {"Language", "Unknown"}
    assert watch_drift().lines == ()  # the same trouble is not told again so soon
    drift = {one.measure: one.distance for one in model_life(desk, now=NOW).drift}
    assert drift["score"] == drift["length"] == 0
    assert min(drift["language"], drift["unknown_words"]) > 0.25
    monkeypatch.setenv("NEWSWATCH_NOW", (NOW + timedelta(days=40)).isoformat())
    assert sorted(watch_drift().lines) == ["Resolved: drift:language", "Resolved: drift:unknown_words"]
