"""Fault X1: killed at any boundary of a run, the next run ends where an uninterrupted one would have ended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any, cast

import psycopg
import pytest
import sqlalchemy as sa

from acceptance.conftest import MockSlack, start
from acceptance.conservation import assert_conserved
from acceptance.desk import Item, Publisher, desk_env, serve_all, write_desk
from builders import NOON
from local_web import a_local_web
from newswatch.storage.session import Database

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.timeout(1800)  # NEWSWATCH_FULL: every one of some sixty boundaries, four seconds each
STAGES = ("fetched", "parsed", "extracted", "scored", "before the request", "after the answer")
EVERY = bool(os.environ.get("NEWSWATCH_FULL"))  # every boundary there is; otherwise the nine that divide a run
NINE = {
    "fetch": "fetch: fetched", "parse": "fetch: parsed", "store": "fetch: after the commit", "extract": "read: extracted",
    "score": "classify: scored", "alert row": "group: before the commit", "claim": "send: after the commit",
    "send": "send: after the answer", "mark": "send: before the commit",
}  # fmt: skip

OLD = Item("Minister opens new bridge in the north", "old", NOON - 30 * HOUR)
LAUNCH = "North Korea fires ballistic missile into Sea of Japan"
ALPHA = [
    OLD,
    Item(LAUNCH, "launch", NOON - HOUR, lead="North Korea fired a ballistic missile on Sunday, Seoul said."),
    Item("City council debates parking fees again", "parking", NOON - HOUR),
    Item("Russian missiles kill twelve in Kharkiv", "kharkiv", NOON - HOUR),
]
BETA = [
    Item("Museum shows paintings from the coast", "old", NOON - 40 * HOUR),
    Item("N. Korea launches ballistic missile, Japan says", "launch", NOON - HOUR / 2),
    Item("…", "empty", NOON - HOUR, text="."),
]

DIGEST = {
    "articles": "SELECT canonical_url, title, lead, text, text_source, stage, fate, reason, backlog, language, published_at, "
    "encode(fingerprint, 'hex') FROM articles",
    "entries": "SELECT e.feed_id, e.entry_key, a.canonical_url FROM entries e LEFT JOIN articles a USING (article_id)",
    "classifications": "SELECT a.canonical_url, c.model_sha, c.config_rev, c.signals, c.scores::text, c.modality, c.source, "
    "c.target, c.evidence::text, c.reason FROM classifications c JOIN articles a USING (article_id)",
    "stories": "SELECT title, signal, signals, source, target, modality, state, severity, severity_score, origins, publishers, "
    "events, score, backlog, (SELECT array_agg(a.canonical_url ORDER BY a.canonical_url) FROM story_articles sa "
    "JOIN articles a USING (article_id) WHERE sa.story_id = stories.story_id) FROM stories",
    "decisions": "SELECT s.title, d.receiver, d.route, d.outcome, d.reason, d.severity, d.ordinal FROM decisions d "
    "JOIN stories s USING (story_id)",
    "alerts": "SELECT s.title, a.receiver, a.reason, a.severity, a.ordinal, a.modality, a.state, a.events FROM alerts a "
    "JOIN stories s USING (story_id)",
    "outbox": "SELECT o.receiver, o.kind, o.severity, o.state, o.channel, o.possible_duplicate, o.uncertain, "
    "CASE WHEN o.kind = 'root' THEN o.text END FROM outbox o WHERE o.state <> 'superseded'",
}
"""What a run leaves behind, by content: without numbers that the database counts (a rolled back insert leaves a gap) and
without the moments and counters of claims."""


def digest(db: Database, slack: MockSlack) -> dict[str, list[str]]:
    with db.read() as connection:
        found = {name: sorted(map(str, connection.execute(sa.text(query)))) for name, query in DIGEST.items()}
    return found | {"slack": sorted(message["text"] for message in slack.messages())}


@dataclass
class Crashing:
    """The process that forks task processes; see `crashing.py`."""

    asked: IO[str]
    answers: IO[str]

    def run(self, env: dict[str, str], log: Path, *, die_at: int = 0, how: str = "kill") -> int:
        self.asked.write(json.dumps({"env": env, "die_at": die_at, "how": how, "log": str(log)}) + "\n")
        self.asked.flush()
        return int(self.answers.readline())


@contextmanager
def crashing(config: Path) -> Iterator[Crashing]:
    script = Path(__file__).with_name("crashing.py")
    env = os.environ | {"OMP_NUM_THREADS": "1", "NEWSWATCH_CONFIG": str(config)}
    child = subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env
    )
    try:
        assert cast(IO[str], child.stdout).readline() == "ready\n"
        yield Crashing(cast(IO[str], child.stdin), cast(IO[str], child.stdout))
    finally:
        cast(IO[str], child.stdin).close()
        child.wait(20)


@pytest.fixture(scope="module")
def scene(postgres, template_database, tmp_path_factory) -> Iterator[Any]:
    """Publishers that have been visited once (what they had then is backlog), and a database as that visit left it."""
    config = tmp_path_factory.mktemp("desk") / "config"
    template = Database(_copied(postgres, template_database, "template_visited"))
    folder = tmp_path_factory.mktemp("slack")
    with a_local_web() as web:
        publishers = [Publisher("alpha", ALPHA[:1]), Publisher("beta", BETA[:1])]
        write_desk(config, [one.listed(web) for one in publishers])
        serve_all(web, publishers)
        with crashing(config) as tasks:
            for slack in start(folder):
                log = folder / "seeding"
                assert tasks.run(desk_env(template, config, slack.base_url, NOON - 24 * HOUR), log) == 0
                template.close()
                serve_all(web, (Publisher("alpha", ALPHA), Publisher("beta", BETA)))
                yield postgres, config, tasks, slack


def _copied(postgres, template: str, name: str) -> str:
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    return str(postgres.url(name))


@contextmanager
def visited(postgres) -> Iterator[Database]:
    name = f"t_{uuid.uuid4().hex[:12]}"
    db = Database(_copied(postgres, "template_visited", name))
    try:
        yield db
    finally:
        db.close()
        postgres.drop_database(name)


def time_passes(db: Database) -> None:
    """Claims and leases of what died have run out."""
    with db.begin() as connection:
        connection.execute(sa.text("UPDATE articles SET claimed_until = claimed_until - interval '1 day'"))
        connection.execute(sa.text("UPDATE outbox SET lease_until = lease_until - interval '1 day'"))


@pytest.fixture(scope="module")
def uninterrupted(scene, tmp_path_factory) -> tuple[dict[str, list[str]], list[str]]:
    """What a run that nobody disturbs leaves, and the boundaries it passes."""
    postgres, config, tasks, slack = scene
    folder = tmp_path_factory.mktemp("uninterrupted")
    with visited(postgres) as db:
        slack.reset()
        assert tasks.run(desk_env(db, config, slack.base_url, NOON), folder / "log") == 0
        ends = assert_conserved(db, seen=len(ALPHA) + len(BETA))
        left = digest(db, slack)
    assert ends["alerted"] >= 1 and ends["unclassifiable"] == 1 and left["slack"], ends
    return left, (folder / "log").read_text().splitlines()


def chosen(boundaries: list[str]) -> list[int]:
    """Numbers (from 1) of the boundaries to die at."""
    if EVERY:
        return list(range(1, len(boundaries) + 1))
    last = len(boundaries) - boundaries[::-1].index(NINE["mark"])  # of several messages the last one's
    return [last if name == "mark" else boundaries.index(what) + 1 for name, what in NINE.items()]


def test_every_stage_has_its_boundary(uninterrupted) -> None:
    kinds = {line.partition(": ")[2] for line in uninterrupted[1]}
    assert kinds == {*STAGES, "before the commit", "after the commit"}
    written = {line for line in uninterrupted[1] if line.endswith("the commit")}
    assert {line.partition(":")[0] for line in written} == {"list", "fetch", "read", "classify", "group", "send"}


def test_x1_killed_at_any_boundary_the_next_run_ends_the_same(scene, uninterrupted, tmp_path: Path) -> None:
    postgres, config, tasks, slack = scene
    expected, boundaries = uninterrupted
    for number in chosen(boundaries):
        where = f"{number} of {len(boundaries)}: {boundaries[number - 1]}"
        slack.reset()
        with visited(postgres) as db:
            assert tasks.run(desk_env(db, config, slack.base_url, NOON), tmp_path / "log", die_at=number) == -9, where
            assert_conserved(db)
            time_passes(db)
            assert tasks.run(desk_env(db, config, slack.base_url, NOON, "again"), tmp_path / "log") == 0, where
            assert_conserved(db, seen=len(ALPHA) + len(BETA))
            assert digest(db, slack) == expected, where
            assert len(slack.keys()) == len(set(slack.keys())), where


@pytest.mark.parametrize("step", ["fetch", "read", "classify", "group", "send"])
def test_s2_thrown_out_by_the_database_before_a_commit_the_next_run_ends_the_same(
    scene, uninterrupted, tmp_path: Path, step: str
) -> None:
    postgres, config, tasks, slack = scene
    expected, boundaries = uninterrupted
    number = boundaries.index(f"{step}: before the commit") + 1
    slack.reset()
    with visited(postgres) as db:
        ended = tasks.run(desk_env(db, config, slack.base_url, NOON), tmp_path / "log", die_at=number, how="disconnect")
        assert ended == 1, "a task whose database is gone fails, so that Airflow tries it again"
        assert_conserved(db)
        time_passes(db)
        assert tasks.run(desk_env(db, config, slack.base_url, NOON, "again"), tmp_path / "log") == 0
        assert digest(db, slack) == expected


def test_x2_two_runs_at_once_end_as_one(scene, uninterrupted, tmp_path: Path) -> None:
    postgres, config, tasks, slack = scene
    slack.reset()
    with visited(postgres) as db, crashing(config) as others, ThreadPoolExecutor(2) as side_by_side:
        runs = [
            side_by_side.submit(
                one.run, desk_env(db, config, slack.base_url, NOON, f"run{number}"), tmp_path / f"{number}"
            )
            for number, one in enumerate((tasks, others))
        ]
        assert [run.result() for run in runs] == [0, 0]
        assert tasks.run(desk_env(db, config, slack.base_url, NOON, "third"), tmp_path / "log") == 0
        assert_conserved(db, seen=len(ALPHA) + len(BETA))
        assert digest(db, slack) == uninterrupted[0]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/New_York"])
def test_x4_the_hosts_time_zone_changes_nothing(scene, uninterrupted, tmp_path: Path, zone: str) -> None:
    postgres, config, tasks, slack = scene
    slack.reset()
    with visited(postgres) as db:
        env = desk_env(db, config, slack.base_url, NOON) | {"TZ": zone, "PGTZ": zone}
        assert tasks.run(env, tmp_path / "log") == 0
        assert digest(db, slack) == uninterrupted[0]


def test_x3_x4_run_again_at_any_other_moment_nothing_is_told_again(scene, uninterrupted, tmp_path: Path) -> None:
    """A clock that jumps, a backfill of days gone by, a leap day, the hour that daylight saving takes away."""
    postgres, config, tasks, slack = scene
    jumps = [
        NOON + HOUR,
        NOON - HOUR,
        NOON - 30 * 24 * HOUR,
        datetime(2028, 2, 29, 12, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
    ]
    slack.reset()
    with visited(postgres) as db:
        assert tasks.run(desk_env(db, config, slack.base_url, NOON), tmp_path / "log") == 0
        told = slack.keys()
        for moment in jumps:
            with db.begin() as connection:  # every feed is due again, whatever the clock says
                connection.execute(sa.text("UPDATE feeds SET next_due_at = '1990-01-01', content_hash = NULL"))
            assert tasks.run(desk_env(db, config, slack.base_url, moment, f"{moment}"), tmp_path / "log") == 0
        assert slack.keys() == told
        assert_conserved(db, seen=len(ALPHA) + len(BETA))
