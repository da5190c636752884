"""No secret in any log, row, exception, page or rendered template (promise I7): real tasks of Airflow with canaries for secrets.

The bot token, Slack's signing secret and the database's password are words that occur nowhere else. Slack refuses the
first attempt and hangs up after the second; then all that was written anywhere is searched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from ruamel.yaml import YAML
from starlette.testclient import TestClient

from builders_signals import MODEL, REPOSITORY
from builders_web import by_token
from newswatch.errors import StorageError
from newswatch.runtime.demo_site import DemoResponse
from newswatch.runtime.postgres import AIRFLOW, OURS
from newswatch.storage.session import Database
from newswatch.web.app import create_app

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # three runs of Airflow on a machine that may be busy
NOW = datetime.now(UTC).replace(microsecond=0)
CANARIES = ("xoxb-canary-7f3a9c", "signing-canary-51be02", "password-canary-c0ffee")
PAGES = (
    "/",
    "/?view=held",
    "/search?q=canary",
    "/feeds",
    "/silences",
    "/pairs",
    "/model",
    "/api/alerts",
    "/api/model",
    "/feeds.opml",
)


class Paper:
    """A feed that is empty at its first visit and then tells of a launch."""

    published = False

    def feeds(self, base_url: str) -> list[dict[str, object]]:
        return [{"id": "paper", "name": "Paper", "publisher": "Paper", "url": f"{base_url}/feed", "country": "USA"}]

    def answer(self, path: str) -> DemoResponse:
        at = format_datetime(NOW - timedelta(minutes=9))
        entry = (
            "<item><title>North Korea fires ballistic missile into Sea of Japan</title><guid>1</guid>"
            f"<description>It fell into the sea, Seoul said.</description><pubDate>{at}</pubDate></item>"
        )
        listed = entry if self.published else ""
        feed = f"<rss version='2.0'><channel><title>Paper</title>{listed}</channel></rss>"
        return DemoResponse(200, {"Content-Type": "application/rss+xml"}, feed.encode())


def test_no_canary_is_found_anywhere(installation, slack, monkeypatch: pytest.MonkeyPatch) -> None:
    token, signing, password = CANARIES
    db = installation.fresh()
    extra = {"base_url": slack.base_url, "signing_secret": signing}
    connection = {"conn_type": "slack", "password": token, "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_SLACK_DEFAULT", json.dumps(connection))
    url = installation.server.url(OURS).replace("postgres:@", f"postgres:{password}@")
    monkeypatch.setenv("NEWSWATCH_DATABASE_URL", url)
    paper = Paper()
    with installation.airflow(paper.feeds, paper.answer) as airflow:
        to_slack(installation.folder / "config" / "alerts.yaml")
        assert airflow.run(NOW - timedelta(hours=12)).state == "success"
        paper.published = True
        slack.fault("error:invalid_auth")
        slack.fault("accept_then_drop")
        assert airflow.run(NOW).state == "success"  # Airflow tries the refused task again
    met = [one["fault"] for one in slack.requests("chat.postMessage")]
    assert met[:2] == ["error:invalid_auth", "accept_then_drop"] and len(slack.messages()) == 1

    found = list(canaries_in_files(installation.folder)) + list(canaries_in_rows(installation.server.url(OURS)))
    found += list(canaries_in_rows(installation.server.url(AIRFLOW)))
    found += list(canaries_in_pages(db))
    assert found == []


def test_an_error_of_the_database_never_shows_its_password() -> None:
    db = Database(f"postgresql://desk:{CANARIES[2]}@127.0.0.1:1/news")
    with pytest.raises(StorageError) as caught, db.begin():
        pass
    shown = f"{caught.value}{caught.value.__cause__}{db.url!r}{db.engine!r}"
    assert CANARIES[2] not in shown


def test_the_search_finds_what_is_there(tmp_path: Path, database) -> None:
    """A search that cannot find proves nothing."""
    (tmp_path / "task.log").write_text(f"token={CANARIES[0]}")
    with database.begin() as connection:
        connection.execute(sa.text("INSERT INTO notices VALUES ('run:x', :text, now(), now())"), {"text": CANARIES[2]})
    assert [one.rpartition("/")[2] for one in canaries_in_files(tmp_path)] == ["task.log"]
    assert list(canaries_in_rows(database.url.render_as_string(hide_password=False))) == ["notices"]


def to_slack(path: Path) -> None:
    yaml = YAML()
    content = yaml.load(path.read_text())
    content["receivers"] = [{"name": "desk", "kind": "slack", "channel": "C1"}]
    content["route"] = {"receiver": "desk", "min_severity": 2, "group_by": ["story"], "group_wait": "0s"}
    content["inhibit_rules"], content["digest"] = [], {"receivers": []}
    content["operators"] = {"receiver": "desk", "heartbeat": "off"}
    content["outbox"] = {"retry_first": "0s", "retry_last": "1s"}
    with path.open("w") as file:
        yaml.dump(content, file)


def canaries_in_files(folder: Path) -> Iterator[str]:
    """Files below `folder`, the databases' own aside (their rows are searched), that hold a canary."""
    for path in folder.rglob("*"):
        if path.is_file() and "postgres" not in path.relative_to(folder).parts[:1]:
            content = path.read_bytes()
            if any(canary.encode() in content for canary in CANARIES):
                yield str(path)


def canaries_in_rows(url: str) -> Iterator[str]:
    """Tables with a row that holds a canary in any column."""
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        for table in sa.inspect(connection).get_table_names():
            rows = connection.execute(sa.text(f'SELECT t::text FROM "{table}" t')).scalars()
            if any(canary in row for row in rows for canary in CANARIES):
                yield table
    engine.dispose()


def canaries_in_pages(db: Database) -> Iterator[str]:
    app, outer = create_app(by_token, lambda: db, config_folder=REPOSITORY / "config", model_folder=MODEL), FastAPI()
    outer.mount("/newswatch", app)
    visitor = TestClient(outer, base_url="http://desk.example/newswatch", headers={"Authorization": "Bearer otto"})
    for path in PAGES:
        text = visitor.get(path).text
        if any(canary in text for canary in CANARIES):
            yield path
