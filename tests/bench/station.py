"""A whole installation for a benchmark: PostgreSQL, Airflow with its scheduler, two hundred publishers and a Slack of our own.

Nothing of the real installation is touched: everything lies in a temporary folder. The DAGs are the repository's, with one
line changed: they have no schedule, so that a run starts when the benchmark says so.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import requests

BENCH = Path(__file__).resolve().parent
REPOSITORY = BENCH.parents[1]
sys.path[:0] = [str(REPOSITORY / "plugins"), str(REPOSITORY / "tests"), str(BENCH)]

import machine
import news_site

from airflow_api import AirflowApi
from newswatch.runtime import airflow as runtime_airflow
from newswatch.runtime.demo import write_config
from newswatch.runtime.postgres import AIRFLOW, OURS, EmbeddedPostgres

RUN_SECONDS = 900
START_SECONDS = 900  # a benchmark has more patience with a busy machine than a person
CHANNEL = "C0BENCH"


@dataclass
class Site:
    """The publishers' process."""

    port: int
    feeds: int
    articles: int
    pid: int

    def set(self, **values: object) -> None:
        query = "&".join(f"{name}={value}" for name, value in values.items())
        urllib.request.urlopen(f"http://127.0.0.1:{self.port}/__set?{query}", timeout=600).close()

    def urls(self, count: int | None = None) -> list[str]:
        return [news_site.feed_url(number, self.port) for number in range(count or self.feeds)]


@contextmanager
def a_site(feeds: int = 200, articles: int = 20) -> Iterator[Site]:
    command = [sys.executable, str(BENCH / "news_site.py"), "--feeds", str(feeds), "--articles", str(articles)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield Site(int(server.stdout.readline()), feeds, articles, server.pid)
    finally:
        server.kill()
        server.wait()


@contextmanager
def a_slack(folder: Path) -> Iterator[str]:
    """The mock of the acceptance tests; yields its base URL."""
    command = [sys.executable, str(REPOSITORY / "tests/mock_slack.py"), "--folder", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip()
    finally:
        server.kill()
        server.wait()


@dataclass
class Measured:
    """One run of a DAG."""

    seconds: float
    cpu_seconds: float  # of Airflow's processes and our tasks
    postgres_seconds: float
    state: str
    articles: int = 0  # that met their fate in this run
    tasks: dict[str, tuple[float, float]] = field(
        default_factory=dict
    )  # task -> (starts, ends), seconds after the trigger
    others: float = 0.0  # share of the machine that processes other than ours took
    tasks_megabytes: float = 0.0
    all_megabytes: float = 0.0


class Station:
    """Airflow under way, with its publishers and its database."""

    def __init__(self, folder: Path, port: int, server: EmbeddedPostgres, pid: int, slack_url: str) -> None:
        self.folder, self.port, self.server, self.pid, self.slack_url = folder, port, server, pid, slack_url
        self.beside: list[int] = []  # publishers and Slack: not the machine's other users, and not our cost
        self._api = AirflowApi(port, patience=60)

    @property
    def postgres_pid(self) -> int:
        return int((self.server.folder / "postmaster.pid").read_text().splitlines()[0])

    def ours(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.server.url(OURS), autocommit=True)

    def scalar(self, query: str) -> Any:
        with self.ours() as connection:
            row = connection.execute(query).fetchone()
        return row[0] if row else None

    def _placed(self) -> int:
        """Articles that have met their fate; 0 before the first run has made the table."""
        if self.scalar("SELECT to_regclass('articles')") is None:
            return 0
        return int(self.scalar("SELECT count(*) FROM articles WHERE stage = 'placed'"))

    def all_due(self) -> None:
        with self.ours() as connection:
            connection.execute("UPDATE feeds SET next_due_at = now() - interval '1 minute'")

    def list_feeds(self, feeds: list[dict[str, object]], **operations: object) -> None:
        """Watch these feeds from the next run on, with the desk on the mock Slack."""
        write_config(self.folder / "config", feeds, networks=("127.0.0.0/8",))
        alerts = self.folder / "config/alerts.yaml"
        text = alerts.read_text(encoding="utf-8")
        text = re.sub(r"kind: log +#[^\n]*", f"kind: slack\n    channel: {CHANNEL}", text, count=1)
        alerts.write_text(text, encoding="utf-8")

    def messages(self) -> list[dict[str, Any]]:
        answer = requests.get(self.slack_url.replace("/api/", "/__messages"), timeout=30)
        return list(answer.json()["messages"])

    def run(self, dag_id: str = "monitor_news", conf: Mapping[str, object] | None = None) -> Measured:
        """Trigger `dag_id`, wait for its end, and tell what it took."""
        all_before, site_before = machine.machine_seconds(), machine.cpu_seconds(*self.beside, os.getpid())
        cpu, postgres = machine.cpu_seconds(self.pid), machine.cpu_seconds(self.postgres_pid)
        placed = self._placed()
        idle = {process.pid for process in machine.tree(self.pid)}

        def tasks() -> list[Any]:
            return [process for process in machine.tree(self.pid) if process.pid not in idle]

        with machine.Peak(tasks) as ours, machine.Peak(lambda: machine.tree(self.pid, self.postgres_pid)) as everything:
            started = time.time()
            run_id = self._trigger(dag_id, dict(conf or {}))
            state = self._wait(dag_id, run_id)
        rows = self._task_rows(dag_id, run_id)
        ended = max((end for _, _, end in rows if end), default=started)
        tasks_seen: dict[str, tuple[float, float]] = {}
        for task_id, start, end in rows:
            if start and end:
                before = tasks_seen.get(task_id, (1e9, 0.0))
                tasks_seen[task_id] = (min(before[0], start - started), max(before[1], end - started))
        used = machine.cpu_seconds(self.pid) - cpu, machine.cpu_seconds(self.postgres_pid) - postgres
        beside = machine.cpu_seconds(*self.beside, os.getpid()) - site_before
        others = machine.machine_seconds() - all_before - sum(used) - beside
        return Measured(
            ended - started,
            *used,
            state,
            self._placed() - placed,
            tasks_seen,
            max(0.0, others / ((time.time() - started) * (os.cpu_count() or 1))),
            ours.megabytes,
            everything.megabytes,
        )

    def _trigger(self, dag_id: str, conf: dict[str, object]) -> str:
        answer = self._api.ask("POST", f"dags/{dag_id}/dagRuns", {"logical_date": None, "conf": conf})
        return str(answer["dag_run_id"])

    def _wait(self, dag_id: str, run_id: str) -> str:
        with psycopg.connect(self.server.url(AIRFLOW), autocommit=True) as connection:
            deadline = time.monotonic() + RUN_SECONDS
            while time.monotonic() < deadline:
                row = connection.execute(
                    "SELECT state FROM dag_run WHERE dag_id = %s AND run_id = %s", (dag_id, run_id)
                ).fetchone()
                if row and row[0] in ("success", "failed"):
                    return str(row[0])
                time.sleep(0.25)
        raise TimeoutError(f"{dag_id} {run_id} was not over after {RUN_SECONDS} s")

    def _task_rows(self, dag_id: str, run_id: str) -> list[tuple[str, float, float]]:
        def seconds(moment: datetime | None) -> float:
            return moment.timestamp() if moment else 0.0

        with psycopg.connect(self.server.url(AIRFLOW), autocommit=True) as connection:
            rows = connection.execute(
                "SELECT task_id, start_date, end_date FROM task_instance WHERE dag_id = %s AND run_id = %s ORDER BY start_date",
                (dag_id, run_id),
            ).fetchall()
        return [(task_id, seconds(start), seconds(end)) for task_id, start, end in rows]


@contextmanager
def a_station(*, scheduled: bool = False) -> Iterator[Station]:
    """Start everything; stop and remove it at the end. `scheduled` leaves the DAGs' own schedules in place."""
    folder = Path(tempfile.mkdtemp(prefix="nw-bench-", dir="/tmp"))
    folder.chmod(0o755)
    before = dict(os.environ)
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stack.callback(_restore, before)
        for name in ("NEWSWATCH_DATABASE_URL", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"):
            os.environ.pop(name, None)
        slack_url = stack.enter_context(a_slack(folder / "slack"))
        slack = {"conn_type": "slack", "password": "xoxb-bench", "extra": {"base_url": slack_url}}
        os.environ |= {
            "NEWSWATCH_HOME": str(folder),
            "NEWSWATCH_CONFIG": str(folder / "config"),
            "AIRFLOW_CONN_SLACK_DEFAULT": json.dumps(slack),
            "OMP_NUM_THREADS": "1",
        }
        server = EmbeddedPostgres(folder / "postgres")
        server.start()
        stack.callback(server.stop)
        port = _free_port()
        dags = _dags(folder / "dags", scheduled=scheduled)
        runtime_airflow.START_SECONDS = START_SECONDS
        original = runtime_airflow.environment
        runtime_airflow.environment = lambda *a, **k: original(*a, **k) | {"AIRFLOW__CORE__DAGS_FOLDER": str(dags)}
        stack.callback(setattr, runtime_airflow, "environment", original)
        write_config(folder / "config", [], networks=("127.0.0.0/8",))
        airflow = runtime_airflow.Standalone(port)
        airflow.start(tell=lambda line: print(line, file=sys.stderr))
        stack.callback(airflow.stop)
        pid = int(airflow.pid_file.read_text())
        yield Station(folder, port, server, pid, slack_url)


def _dags(folder: Path, *, scheduled: bool) -> Path:
    """A copy of the repository's DAGs and the benchmark's own beside them."""
    shutil.copytree(REPOSITORY / "dags", folder)
    shutil.copytree(BENCH / "dags", folder, dirs_exist_ok=True)
    if not scheduled:
        for path in folder.glob("*.py"):
            path.write_text(re.sub(r"schedule=[^\n]+,\n", "schedule=None,\n", path.read_text(), count=1))
    return folder


def _restore(before: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(before)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listed(site: Site, *, urgent: bool = False, count: int | None = None) -> list[dict[str, object]]:
    """The site's feeds as lines of feeds.yaml."""
    return [
        {
            "id": f"courier_{number}",
            "name": f"Courier {number}",
            "publisher": f"Courier {number}",
            "url": url,
            "tier": 2,
        }
        | ({"urgent": True} if urgent else {})
        for number, url in enumerate(site.urls(count))
    ]
