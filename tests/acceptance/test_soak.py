"""Twenty minutes in which everything goes wrong all the time, and at the end nothing is missing and nothing was told twice.

Left out unless asked for (`make soak`): feeds fail in turns, task processes are killed at any boundary, Slack refuses, hangs up
and answers nonsense, and the database throws everybody out. Its figures stand in docs/reliability.md.
"""

from __future__ import annotations

import json
import os
import random
import threading
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from acceptance.busy_site import BusySite, serving
from acceptance.conservation import assert_conserved
from acceptance.desk import desk_env, write_desk
from acceptance.outbox_rows import sent_keys
from acceptance.test_crash_sweep import crashing, time_passes
from acceptance.test_load import HASTY
from acceptance.test_outbox_machine import FAULTS, SEARCH_FAULTS
from builders import NOON

MINUTES = float(os.environ.get("NEWSWATCH_SOAK_MINUTES", "0"))
BETWEEN = 2.0  # seconds of rest between two runs: the machine has other things to do
KILLED, THROWN_OUT, SLACK_FAULTY = 0.4, 0.2, 0.5  # shares of the runs
MOST_BOUNDARIES = 120


@pytest.mark.skipif(not MINUTES, reason="takes NEWSWATCH_SOAK_MINUTES minutes; `make soak` sets twenty")
@pytest.mark.timeout(60 * MINUTES + 900)
def test_twenty_bad_minutes_lose_nothing(database, slack, postgres, tmp_path: Path) -> None:
    chance = random.Random(8)
    counts = {"runs": 0, "killed": 0, "failed": 0, "thrown_out": 0, "slack_faults": 0}
    with serving(BusySite(40)) as site:
        config = write_desk(tmp_path / "config", site.listed(), network={"allow_private": ["127.0.0.1/32"], **HASTY})
        with crashing(config) as tasks:
            env = desk_env(database, config, slack.base_url, NOON)
            assert tasks.run(env, tmp_path / "log") == 0
            memory, end = [sizes(database)], time.monotonic() + 60 * MINUTES
            while time.monotonic() < end:
                site.turn += 1
                now = NOON + timedelta(hours=site.turn)
                site.publish(now, share=8)
                counts["slack_faults"] += break_slack(slack, chance)
                die_at = chance.randrange(1, MOST_BOUNDARIES) if chance.random() < KILLED else 0
                with thrown_out_now_and_then(postgres, database, chance) as thrown:
                    env = desk_env(database, config, slack.base_url, now, f"r{site.turn}")
                    ended = tasks.run(env, tmp_path / "log", die_at=die_at)
                counts["runs"] += 1
                counts["killed"] += ended == -9
                counts["failed"] += ended == 1
                counts["thrown_out"] += bool(thrown)
                time_passes(database)
                assert_conserved(database)
                memory.append(sizes(database))
                time.sleep(BETWEEN)
            site.well = True
            slack.heal()
            for hours in (48, 96, 97):
                now = NOON + timedelta(hours=site.turn + hours)
                assert tasks.run(desk_env(database, config, slack.base_url, now, f"end{hours}"), tmp_path / "log") == 0
                time_passes(database)
    ends = assert_conserved(database, seen=site.published)
    keys = slack.keys()
    print(json.dumps({**counts, "failed fetches": site.failed, "published": site.published, "items": dict(ends),
                      "messages": len(keys), "database": [memory[0], memory[-1]]}))  # fmt: skip
    assert ends["pending"] == 0 and counts["killed"] and counts["thrown_out"]
    assert len(keys) == len(set(keys))
    assert sorted(keys) == sent_keys(database)


def break_slack(slack, chance: random.Random) -> int:
    if chance.random() > SLACK_FAULTY:
        return 0
    slack.fault(chance.choice(FAULTS), times=chance.randint(1, 3))
    slack.fault(chance.choice(SEARCH_FAULTS), method="conversations.history")
    return 1


class thrown_out_now_and_then:  # noqa: N801 - reads as the sentence it is
    """Now and then, while a run goes on, the database ends every connection to it."""

    def __init__(self, postgres, database, chance: random.Random) -> None:
        self._url, self._name = postgres.url("postgres"), database.url.database
        self._after = chance.uniform(0.2, 3.0) if chance.random() < THROWN_OUT else None
        self._over = threading.Event()
        self.thrown: list[int] = []

    def __enter__(self) -> list[int]:
        self._thread = threading.Thread(target=self._throw, daemon=True)
        self._thread.start()
        return self.thrown

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _throw(self) -> None:
        if self._after is None or self._over.wait(self._after):
            return
        with suppress(psycopg.Error), psycopg.connect(self._url, autocommit=True) as connection:
            ended = connection.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s", (self._name,)
            ).fetchone()
            self.thrown.append(ended[0] if ended else 0)


def sizes(database) -> float:
    """Megabytes of the database."""
    with database.read() as connection:
        return round(connection.scalar(sa.text("SELECT pg_database_size(current_database())")) / 2**20, 1)
