"""A whole installation of its own for a test: PostgreSQL, Airflow's metadata, configuration, and publishers on the loopback."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from newswatch.runtime.airflow import environment, migrate_metadata
from newswatch.runtime.demo import write_config
from newswatch.runtime.demo_server import serve
from newswatch.runtime.demo_site import DemoResponse
from newswatch.runtime.postgres import OURS, EmbeddedPostgres
from newswatch.runtime.rounds import Rounds, rounds
from newswatch.storage.session import Database

DATABASES = ("NEWSWATCH_DATABASE_URL", "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN")


@dataclass
class Installation:
    """One folder with everything in it; `fresh` empties Newswatch's database between tests."""

    folder: Path
    server: EmbeddedPostgres

    def fresh(self) -> Database:
        self.server.drop_database(OURS)
        self.server.create_database(OURS)
        return Database(self.server.url(OURS))

    @contextmanager
    def airflow(
        self, feeds: Callable[[str], list[dict[str, object]]], answer: Callable[[str], DemoResponse]
    ) -> Iterator[Rounds]:
        """Publishers that answer, a configuration that lists `feeds(base_url)`, and Airflow ready to run the DAG."""
        with serve(answer) as base_url:
            write_config(self.folder / "config", feeds(base_url))
            with rounds("monitor_news", environment(), self.folder / "logs" / "rounds.log") as ready:
                yield ready


@contextmanager
def an_installation(folder: Path) -> Iterator[Installation]:
    """Start it, and stop it at the end; the environment is put back as it was."""
    before = {name: os.environ.get(name) for name in (*DATABASES, "NEWSWATCH_HOME", "NEWSWATCH_CONFIG")}
    for name in DATABASES:
        os.environ.pop(name, None)
    os.environ |= {"NEWSWATCH_HOME": str(folder), "NEWSWATCH_CONFIG": str(folder / "config")}
    server = EmbeddedPostgres(folder / "postgres")
    try:
        server.start()
        migrate_metadata(environment(), tell=lambda line: None)
        yield Installation(folder, server)
    finally:
        server.stop()
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
