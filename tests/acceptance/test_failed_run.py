"""A run that fails half-way, through the real DAG: what waits is sent all the same, and the operators are told of both."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from acceptance.outbox_rows import rows
from newswatch.runtime.demo_site import DemoResponse
from newswatch.steps.desk import active_settings
from newswatch.steps.notices import enqueue_notice
from newswatch.storage.migrate import migrate

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # Airflow on a busy machine
NOW = datetime.now(UTC).replace(microsecond=0)


def feeds(base_url: str) -> list[dict[str, object]]:
    return [{"id": "paper", "name": "Paper", "publisher": "Paper", "url": f"{base_url}/feed", "country": "USA"}]


def answer(path: str) -> DemoResponse:
    entry = f"<item><title>Rain in the north</title><link>http://127.0.0.1/{path}</link><pubDate>{format_datetime(NOW)}</pubDate></item>"
    feed = f"<rss version='2.0'><channel><title>Paper</title>{entry}</channel></rss>"
    return DemoResponse(200, {"Content-Type": "application/rss+xml"}, feed.encode())


def test_without_a_model_the_run_fails_and_what_waits_is_sent(installation, monkeypatch, tmp_path):
    db = installation.fresh()
    migrate(db)
    monkeypatch.setenv("NEWSWATCH_MODEL", str(tmp_path))
    with installation.airflow(feeds, answer) as airflow:
        _tell_operators(installation.folder / "config" / "alerts.yaml")
        settings, _ = active_settings(db, installation.folder / "config", NOW)
        with db.begin() as connection:
            enqueue_notice(connection, settings.alerts, "desk", "what an earlier run left", NOW)
        done = airflow.run(NOW)

    assert done.state == "failed"
    assert {name.partition("[")[0] for name in done.failed_tasks} == {"classify_articles"}
    earlier, notice = [row["text"] for row in rows(db, "sent")]
    assert earlier == "what an earlier run left"
    assert "monitor_news failed: classify_articles: " in notice and "no model there" in notice
    assert rows(db, "waiting") == []


def _tell_operators(path: Path) -> None:
    yaml = YAML()
    content = yaml.load(path.read_text())
    content["operators"]["receiver"] = "desk"
    with path.open("w") as file:
        yaml.dump(content, file)
