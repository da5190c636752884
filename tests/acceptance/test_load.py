"""Many feeds, one in twenty failing in ten different ways, run after run: nothing lost, told twice, or leaking (I1, I2, I5).

The default is small; `make load` runs 2,000 feeds 30 times (NEWSWATCH_FULL) and prints the figures of docs/reliability.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import IO, cast

import pytest

from acceptance.busy_site import BusySite, serving
from acceptance.conservation import assert_conserved
from acceptance.desk import desk_env, write_desk
from acceptance.outbox_rows import sent_keys
from builders import NOON

FULL = bool(os.environ.get("NEWSWATCH_FULL"))
FEEDS = int(os.environ.get("NEWSWATCH_LOAD_FEEDS") or (2_000 if FULL else 60))
RUNS, SETTLED = (30, 5) if FULL else (8, 4)  # memory is compared from the run SETTLED on
# glibc gives threads arenas and never takes them back: leaks are looked for, not these.
ARENAS = {"MALLOC_ARENA_MAX": "2"}
HASTY = {"read_seconds": 1, "total_seconds": 2}
GROWTH = 1.10  # of the memory after run SETTLED


@pytest.mark.timeout(7200 if FULL else 300)
def test_nothing_is_lost_nothing_is_told_twice_and_nothing_leaks(database, slack, tmp_path: Path) -> None:
    told = []
    with serving(BusySite(FEEDS)) as site:
        config = write_desk(tmp_path / "config", site.listed(), network={"allow_private": ["127.0.0.1/32"], **HASTY})
        worker = Worker(desk_env(database, config, slack.base_url, NOON))
        try:
            told.append(worker.run(NOON))
            for turn in range(1, RUNS):
                site.turn = turn
                now = NOON + timedelta(hours=turn)
                site.publish(now)
                told.append(worker.run(now))
                assert_conserved(database)
            site.well = True
            for hours in (48, 96):  # the longest that a feed which failed is left alone
                told.append(worker.run(NOON + timedelta(hours=RUNS + hours)))
        finally:
            worker.end()
    ends = assert_conserved(database, seen=site.published)
    print(json.dumps({"runs": told, "requests that failed": site.failed, "items": dict(ends)}))

    assert ends["pending"] == 0 and site.failed > 0
    assert ends["alerted"] > 0 and sorted(slack.keys()) == sent_keys(database)
    assert len(slack.keys()) == len(set(slack.keys()))
    before, after = told[SETTLED - 1], told[RUNS - 1]
    assert after["megabytes"] <= GROWTH * before["megabytes"], (before, after)
    assert after["open_files"] <= before["open_files"] + 2 and after["threads"] <= before["threads"] + 2, (
        before,
        after,
    )


class Worker:
    """The process of `many_runs.py`."""

    def __init__(self, env: dict[str, str]) -> None:
        script = Path(__file__).with_name("many_runs.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | ARENAS | env,
        )

    def run(self, now: object) -> dict[str, float]:
        asked, answers = cast(IO[str], self._process.stdin), cast(IO[str], self._process.stdout)
        asked.write(f"{now:%Y-%m-%dT%H:%M:%S%z}\n")
        asked.flush()
        return dict(json.loads(answers.readline()))

    def end(self) -> None:
        cast(IO[str], self._process.stdin).close()
        self._process.wait(30)
