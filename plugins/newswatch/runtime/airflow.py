"""How is a local Airflow set up, started and stopped?

One environment for every process (two processes with different secrets refuse each other's tasks), `airflow standalone` with
LocalExecutor on the embedded PostgreSQL, and a stop that leaves no orphans.
"""

from __future__ import annotations

import base64
import hmac
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from newswatch.errors import RuntimeSetupError
from newswatch.runtime.alive import airflow_url
from newswatch.runtime.given import given
from newswatch.runtime.place import REPOSITORY, config_folder, home
from newswatch.runtime.postgres import AIRFLOW, OURS, EmbeddedPostgres

DEFAULT_PORT = 8080
START_SECONDS = 180  # measured: 23-33 s on two idle cores, up to 100 s on loaded ones
STOP_SECONDS = 15  # measured: SIGINT ends `airflow standalone` and all its children in 9.6 s
PARALLELISM = 8  # more than cores: a finished task can keep its slot for a heartbeat


def environment(port: int = DEFAULT_PORT, *, paused: bool = False) -> dict[str, str]:
    """The environment of every Airflow process and of our commands beside it. Starts the embedded database if it is needed."""
    folder = home() / "airflow"
    folder.mkdir(parents=True, exist_ok=True)
    kept = _secrets(home() / "secrets.json")
    ours = {
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__DAGS_FOLDER": str(REPOSITORY / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(REPOSITORY / "plugins"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": str(paused),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__PARALLELISM": str(PARALLELISM),
        "AIRFLOW__CORE__FERNET_KEY": kept["fernet_key"],
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "admin:admin",
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(_passwords(home() / "passwords.json")),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}/",  # tasks call this; the default port would refuse them
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": kept["secret_key"],
        "AIRFLOW__API_AUTH__JWT_SECRET": kept["jwt_secret"],
        "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",  # a hop between tasks: 0.6 s instead of 1.8
        "AIRFLOW__WORKERS__MIN_HEARTBEAT_INTERVAL": "1",  # the default of 5 holds slots of tasks that have ended
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO",
        "PYTHONPATH": os.pathsep.join(
            [str(REPOSITORY / "plugins"), str(REPOSITORY / "plugins/newswatch/runtime/local_settings")]
        ),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "NEWSWATCH_PUSH_KEY": hmac.new(kept["secret_key"].encode(), b"push", "sha256").hexdigest(),
        "NEWSWATCH_HOME": str(home()),
        "NEWSWATCH_CONFIG": str(config_folder()),
    }
    return {**os.environ, **ours, **database_urls()}


def database_urls() -> dict[str, str]:
    """URLs of both databases: those the environment names, else the embedded server's."""
    ours, airflows = given("NEWSWATCH_DATABASE_URL"), airflow_url()
    named = {
        name: url
        for name, url in (("NEWSWATCH_DATABASE_URL", ours), ("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", airflows))
        if url
    }
    if len(named) < 2:
        server = EmbeddedPostgres(home() / "postgres")
        server.start()
        named.setdefault("NEWSWATCH_DATABASE_URL", server.url(OURS))
        named.setdefault("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", server.url(AIRFLOW, "postgresql+psycopg2"))
    return named


def _secrets(path: Path) -> dict[str, str]:
    """Generated once and kept: without common secrets every task fails with "Signature verification failed"."""
    if not path.exists():
        _write_private(
            path,
            {
                "fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
                "secret_key": secrets.token_urlsafe(48),
                "jwt_secret": secrets.token_urlsafe(64),
            },
        )
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def _passwords(path: Path) -> Path:
    if not path.exists():
        _write_private(path, {"admin": secrets.token_urlsafe(9)})
    return path


def admin_password() -> str:
    """The password of the user `admin` of the local Airflow."""
    return str(json.loads(_passwords(home() / "passwords.json").read_text())["admin"])


def _write_private(path: Path, content: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file)


def migrate_metadata(env: dict[str, str], *, tell: Callable[[str], None]) -> None:
    """Create or upgrade Airflow's own database, unless this version has done so before."""
    marker = home() / "airflow" / "migrated"
    stamp = f"{_airflow_version()} {env['AIRFLOW__DATABASE__SQL_ALCHEMY_CONN'].split('?')[0]}"
    if marker.exists() and marker.read_text() == stamp:
        return
    tell("Preparing Airflow's database (once) ...")
    done = subprocess.run(["airflow", "db", "migrate"], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeSetupError(
            f"Airflow could not prepare its database: {done.stderr.strip()[-600:]}\n"
            "Check AIRFLOW__DATABASE__SQL_ALCHEMY_CONN, or remove it to use the embedded PostgreSQL."
        )
    marker.write_text(stamp)


def _airflow_version() -> str:
    from importlib.metadata import version

    return version("apache-airflow")


class Standalone:
    """`airflow standalone` as a child in its own session, so that it can be stopped whole."""

    def __init__(self, port: int = DEFAULT_PORT, *, paused: bool = False) -> None:
        self.port = port
        self.paused = paused
        self.log = home() / "logs" / "airflow.log"
        self.pid_file = home() / "airflow.pid"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self, *, tell: Callable[[str], None]) -> None:
        """Start, and return when API server, scheduler and DAG processor answer. Raises RuntimeSetupError."""
        if self.is_running():
            raise RuntimeSetupError(f"Airflow already runs here ({self.url}). Stop it with `make down` first.")
        refuse_used_port(self.port)
        env = environment(self.port, paused=self.paused)
        migrate_metadata(env, tell=tell)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                ["airflow", "standalone"], env=env, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        self.pid_file.write_text(str(child.pid))
        self._await_health(child, tell)

    def _await_health(self, child: subprocess.Popen[bytes], tell: Callable[[str], None]) -> None:
        import requests

        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if child.poll() is not None:
                raise RuntimeSetupError(
                    f"Airflow ended while it was starting (exit {child.returncode}). See {self.log}."
                )
            try:
                health = requests.get(f"{self.url}api/v2/monitor/health", timeout=5).json()
                if all(health[part]["status"] == "healthy" for part in ("metadatabase", "scheduler", "dag_processor")):
                    return
            except (requests.RequestException, ValueError, KeyError):
                pass
            time.sleep(1)
        self.stop()
        raise RuntimeSetupError(f"Airflow was not healthy after {START_SECONDS} s. See {self.log}.")

    def is_running(self) -> bool:
        """Whether the process group that `start` made is alive."""
        pid = self._pid()
        return pid is not None and _alive(pid)

    def stop(self) -> None:
        """SIGINT, which standalone passes on; then the whole group with TERM and KILL, so that no orphan stays."""
        pid = self._pid()
        if pid is None:
            return
        for how, seconds in ((signal.SIGINT, STOP_SECONDS), (signal.SIGTERM, STOP_SECONDS), (signal.SIGKILL, 5)):
            if not _group_alive(pid):
                break
            _signal(pid, how)
            _wait(lambda: not _group_alive(pid), seconds)
        self.pid_file.unlink(missing_ok=True)

    def _pid(self) -> int | None:
        try:
            return int(self.pid_file.read_text())
        except (FileNotFoundError, ValueError):
            return None


def refuse_used_port(port: int) -> None:
    """Raises RuntimeSetupError when something else listens on `port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise RuntimeSetupError(
                f"Port {port} is in use. Stop what uses it, or choose another: `make up PORT={port + 1}`."
            ) from error


def _signal(pid: int, how: signal.Signals) -> None:
    try:
        if how is signal.SIGINT:
            os.kill(pid, how)
        else:
            os.killpg(pid, how)
    except ProcessLookupError:
        pass


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _group_alive(pid: int) -> bool:
    with suppress(ChildProcessError):  # our own zombie child counts as ended
        os.waitpid(pid, os.WNOHANG)
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _wait(done: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not done() and time.monotonic() < deadline:
        time.sleep(0.2)
