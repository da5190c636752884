"""What does Newswatch do with a week of news? The bundled one, through the real DAG, told as it goes.

Its own folder (`demo` inside NEWSWATCH_HOME) holds its own PostgreSQL, Airflow metadata and configuration, so that nothing of
the real installation is touched. A local web server plays the publishers; the week is lived through in rounds, each a run of
`monitor_news` at its moment of that week.
"""

from __future__ import annotations

import io
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ruamel.yaml import YAML

from newswatch.errors import RuntimeSetupError
from newswatch.runtime.airflow import environment, migrate_metadata
from newswatch.runtime.demo_server import serve
from newswatch.runtime.demo_site import DemoResponse, DemoSite
from newswatch.runtime.place import REPOSITORY, home
from newswatch.runtime.postgres import OURS, EmbeddedPostgres
from newswatch.runtime.rounds import Round, rounds
from newswatch.storage.runs import get_summaries
from newswatch.storage.session import Database

Tell = Callable[[str], None]

SITE = REPOSITORY / "seeds" / "demo"
ROUND_HOURS = (24, 48, 72, 96, 120, 144, 168)
"""The moments of the week at which the DAG runs; what the first finds is backlog, read without alerting."""


@dataclass
class Week:
    """The demo's publishers as they stand at one moment of their week."""

    ends_at: datetime
    site: DemoSite
    base_url: str = ""

    @classmethod
    def starting(cls, ends_at: datetime) -> Week:
        return cls(ends_at, DemoSite(SITE, ends_at, until_hours=0))

    def move_to(self, hours: float) -> datetime:
        """Let `hours` of the week have passed; returns that moment."""
        self.site = DemoSite(SITE, self.ends_at, until_hours=hours)
        return self.site.week_starts_at + timedelta(hours=hours)

    def answer(self, path: str) -> DemoResponse:
        return self.site.response(path, self.base_url)


def run_demo(*, tell: Tell) -> None:
    """Run the whole demo and print its alerts. Raises RuntimeSetupError when a server does not start or a run fails."""
    from newswatch.runtime.demo_report import print_report

    started = time.monotonic()
    with demo_home() as folder:
        tell("Starting PostgreSQL ...")
        server = EmbeddedPostgres(folder / "postgres")
        server.start()
        server.drop_database(OURS)
        server.create_database(OURS)
        week = Week.starting(datetime.now(UTC).replace(microsecond=0))
        try:
            with serve(week.answer) as week.base_url:
                write_config(folder / "config", week.site.feeds(week.base_url))
                env = environment(paused=True)  # the UI shows the demo; its publishers are gone by then
                migrate_metadata(env, tell=tell)
                _live_through(week, env, Database(server.url(OURS)), folder / "logs" / "rounds.log", tell)
            print_report(Database(server.url(OURS)), week.site.week_starts_at, tell)
        finally:
            server.stop()
    tell(
        f"Done in {time.monotonic() - started:.0f} s. `make up DEMO=1` opens the same runs, tasks and alerts in Airflow's UI "
        "(DAG monitor_news, Grid; each task's log ends with the sentences above)."
    )


def _live_through(week: Week, env: dict[str, str], db: Database, log: Path, tell: Tell) -> None:
    publishers = len(week.site.publishers)
    tell(f"{publishers} publishers serve a week of news at {week.base_url}; Airflow runs monitor_news once a day.")
    with rounds("monitor_news", env, log) as airflow:
        for number, hours in enumerate(ROUND_HOURS, start=1):
            moment = week.move_to(hours)
            tell(f"\nDay {number} of {len(ROUND_HOURS)}, {moment:%A %H:%M} UTC")
            with _telling_summaries(db, tell):
                done = airflow.run(moment)
            _refuse_failure(done, log)


def _refuse_failure(done: Round, log: Path) -> None:
    if done.state != "success":
        raise RuntimeSetupError(
            f"The run {done.run_id} ended as {done.state} (tasks: {', '.join(done.failed_tasks) or 'none failed'}). See {log}."
        )


@contextmanager
def _telling_summaries(db: Database, tell: Tell) -> Iterator[None]:
    """Tell each step's sentence as soon as the step has stored it."""
    known = set(get_summaries(db))
    ended = threading.Event()

    def follow() -> None:
        while not ended.is_set():
            ended.wait(0.3)
            for run_id, step, summary in get_summaries(db):
                if (run_id, step, summary) not in known:
                    known.add((run_id, step, summary))
                    tell(f"  {step:<21} {summary}")

    teller = threading.Thread(target=follow)
    teller.start()
    try:
        yield
    finally:
        ended.set()
        teller.join()


@contextmanager
def demo_home() -> Iterator[Path]:
    """Everything inside happens in the demo's own folder, which it yields, whatever databases the environment names."""
    folder = home() / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    set_aside = {
        name: os.environ.pop(name, None)
        for name in (
            "NEWSWATCH_DATABASE_URL",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
            "NEWSWATCH_HOME",
            "NEWSWATCH_CONFIG",
        )
    }
    os.environ |= {"NEWSWATCH_HOME": str(folder), "NEWSWATCH_CONFIG": str(folder / "config")}
    try:
        yield folder
    finally:
        for name, value in set_aside.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def write_config(
    folder: Path, feeds: list[dict[str, object]], *, networks: tuple[str, ...] = ("127.0.0.1/32",)
) -> None:
    """The repository's configuration with other feeds, on servers of this machine."""
    shutil.copytree(REPOSITORY / "config", folder, dirs_exist_ok=True)
    yaml = YAML()
    yaml.dump({"feeds": feeds}, folder / "feeds.yaml")
    settings = yaml.load((folder / "newswatch.yaml").read_text(encoding="utf-8"))
    settings["network"]["allow_private"] = list(networks)
    text = io.StringIO()
    yaml.dump(settings, text)
    (folder / "newswatch.yaml").write_text(text.getvalue(), encoding="utf-8")
