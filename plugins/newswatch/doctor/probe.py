"""How do things stand? Gathers facts without changing anything: no server is started, no schema migrated, nothing sent."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from newswatch.doctor import judge
from newswatch.doctor.finding import Finding
from newswatch.errors import NewswatchError, RuntimeSetupError
from newswatch.runtime.given import given
from newswatch.runtime.place import config_folder, home, model_folder
from newswatch.runtime.postgres import OURS, EmbeddedPostgres

if TYPE_CHECKING:
    from newswatch.settings import Settings
    from newswatch.storage.session import Database

SECONDS = 10  # that a server may take to answer
CLI_SECONDS = 60  # Airflow's command line needs six on a quiet machine


def examine(*, airflow_url: str) -> Iterator[Finding]:
    """Every finding as soon as it is made, in the order in which troubles cause one another."""
    off: dict[str, float] = {}
    settings, finding = _configuration()
    yield finding
    yield _model(settings) if settings else _skipped("model", "the configuration cannot be read")
    yield _disk()
    db = _reached()
    if isinstance(db, Finding):
        yield db
        yield from (
            _skipped(one, "the database cannot be reached") for one in ("schema", "last run", "feeds", "outbox")
        )
    else:
        yield from _guarded("database", lambda: _database(db, settings, off))
        db.close()
    yield judge.of_airflow(_health(airflow_url), airflow_url)
    if settings:
        yield from _guarded("slack", lambda: _slack(settings, off, is_reached=not isinstance(db, Finding)))
    yield judge.of_clock(off)


def _configuration() -> tuple[Settings | None, Finding]:
    from newswatch.settings import load_settings

    try:
        settings = load_settings(config_folder())
    except NewswatchError as error:
        remedy = "Mend the file, then: newswatch config check. Until then the last good revision stays in force."
        return None, Finding("configuration", "broken", str(error), remedy)
    return settings, Finding("configuration", "ok", f"Revision {settings.revision} in {config_folder()}.")


def _model(settings: Settings) -> Finding:
    from newswatch.signals.classify import load_classifier
    from newswatch.signals.model_store import has_encoder

    try:
        classifier = load_classifier(model_folder(), settings=settings.signals, actors=settings.actors)
    except NewswatchError as error:
        return Finding(
            "model", "broken", str(error), "Restore the folder from the repository, or train anew: make train"
        )
    used = settings.signals.use_encoder and has_encoder(model_folder())
    encoder = f"with{'' if used else 'out'} the sentence encoder"
    return Finding("model", "ok", f"Model {classifier.model_sha[:8]} loads, {encoder}.")


def _disk() -> Finding:
    folder = home()
    while not folder.exists():
        folder = folder.parent
    return judge.of_disk(str(folder), shutil.disk_usage(folder).free, writable=os.access(folder, os.W_OK))


def _reached() -> Database | Finding:
    from newswatch.storage.session import Database

    url = given("NEWSWATCH_DATABASE_URL")
    if url:
        return Database(url)
    server = EmbeddedPostgres(home() / "postgres")
    if not server.is_running():
        return Finding(
            "database", "broken", "The embedded PostgreSQL is stopped.", "Start it: `make up`, or newswatch db start"
        )
    return Database(server.url(OURS))


def _database(db: Database, settings: Settings | None, off: dict[str, float]) -> Iterator[Finding]:
    from newswatch.storage.feeds import count_feed_states, find_silent_feeds
    from newswatch.storage.migrate import find_schema
    from newswatch.storage.outbox import count_states
    from newswatch.storage.runs import last_run_at
    from newswatch.storage.server import ask_server

    server = ask_server(db)
    off["the database"] = (datetime.now(UTC) - server.clock).total_seconds()
    schema = find_schema(db)
    yield from judge.of_server(server.version, schema)
    if schema.found != schema.head:
        yield from (_skipped(one, "the schema is another version's") for one in ("last run", "feeds", "outbox"))
        return
    now = datetime.now(UTC)
    with db.read() as connection:
        yield judge.of_last_run(last_run_at(connection), now)
        if settings:
            quiet_for = timedelta(days=settings.operations.silent_feed_days)
            silent = [feed_id for feed_id, _ in find_silent_feeds(connection, now, quiet_for)]
            yield judge.of_feeds(len(settings.feed_list.feeds), count_feed_states(connection), silent)
        yield judge.of_queue(count_states(connection))


def _health(url: str) -> dict[str, Any] | None:
    import requests

    try:
        answer = requests.get(f"{url.rstrip('/')}/api/v2/monitor/health", timeout=SECONDS)
        return dict(answer.json()) if answer.ok else None
    except (requests.RequestException, ValueError, TypeError):
        return None


def _slack(settings: Settings, off: dict[str, float], *, is_reached: bool) -> Iterator[Finding]:
    from newswatch.alerts.slack import SlackSender
    from newswatch.steps.senders import SLACK

    receivers = [one for one in settings.alerts.receivers if one.kind == "slack"]
    if receivers and not is_reached:
        yield _skipped("slack", "Airflow keeps the token, and its database cannot be reached")
        return
    access = slack_access() if receivers else None
    if access is None:
        yield judge.of_no_token([one.name for one in receivers])
        return
    sender = SlackSender(access["token"], base_url=access.get("base_url") or SLACK, timeout_seconds=SECONDS)
    asked = time.time()
    standing = sender.standing()
    if standing.answered_at:
        off["Slack"] = (asked + time.time()) / 2 - standing.answered_at.timestamp()
    channels = {one for receiver in receivers for one in (receiver.channel, receiver.fallback_channel) if one}
    yield from judge.of_slack(standing, {} if standing.error else {one: sender.reach(one) for one in channels})


def slack_access() -> dict[str, str] | None:
    """Token and base URL of Airflow's connection `slack_default`, wherever Airflow keeps it; None when there is none."""
    from newswatch.runtime.airflow import environment
    from newswatch.runtime.alive import airflow_url

    outside = "AIRFLOW_HOME" in os.environ and airflow_url() is not None
    done = subprocess.run(
        [sys.executable, "-m", "airflow", "connections", "get", "slack_default", "--output", "json"],
        env=dict(os.environ) if outside else environment(), capture_output=True, text=True, check=False, timeout=CLI_SECONDS,
    )  # fmt: skip
    if done.returncode and "not found" in done.stderr + done.stdout:
        return None
    if done.returncode or "[" not in done.stdout:
        raise RuntimeSetupError(
            f"Airflow could not be asked for its connection slack_default: {done.stderr.strip()[-300:]}"
        )
    connection = json.loads(done.stdout[done.stdout.index("[") :])[0]
    if not connection.get("password"):
        return None
    return {
        "token": str(connection["password"]),
        "base_url": (connection.get("extra_dejson") or {}).get("base_url") or "",
    }


def _guarded(check: str, facts: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """The findings, or one that tells why they could not be made: a check that fails is itself a finding."""
    try:
        yield from facts()
    except (NewswatchError, OSError, ValueError, subprocess.SubprocessError) as error:
        yield Finding(check, "broken", str(error).strip(), "Mend this first; what hangs on it was not looked at.")


def _skipped(check: str, why: str) -> Finding:
    return Finding(check, "skipped", f"Not looked at: {why}.")
