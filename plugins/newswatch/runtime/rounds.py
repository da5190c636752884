"""How does one of our commands run the real DAG, several times, at moments of its choosing?"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, cast

from newswatch.errors import RuntimeSetupError
from newswatch.runtime.place import REPOSITORY


@dataclass(frozen=True)
class Round:
    """How one run of the DAG ended."""

    moment: str
    run_id: str
    state: str
    seconds: float
    failed_tasks: tuple[str, ...]


class Rounds:
    """A process in which Airflow runs the DAG once for each moment it is told; see `newswatch_dags.rounds`."""

    def __init__(self, asked: IO[str], answers: IO[str], log: Path) -> None:
        self._asked = asked
        self._answers = answers
        self._log = log

    def run(self, moment: datetime) -> Round:
        """Run the DAG at `moment` and wait for its end. Raises RuntimeSetupError when the process has died."""
        try:
            self._asked.write(moment.isoformat() + "\n")
            self._asked.flush()
            answer = json.loads(self._answers.readline())
        except (OSError, ValueError) as error:
            raise RuntimeSetupError(f"Airflow's process ended early. Its last words stand in {self._log}.") from error
        return Round(**{**answer, "failed_tasks": tuple(answer["failed_tasks"])})


@contextmanager
def rounds(dag_id: str, env: dict[str, str], log: Path) -> Iterator[Rounds]:
    """Start the process, with everything Airflow says in `log`; it ends with the block."""
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "newswatch_dags.rounds", dag_id]
    env = env | {"PYTHONPATH": f"{env['PYTHONPATH']}:{REPOSITORY / 'dags'}", "PYTHONWARNINGS": "ignore"}
    with log.open("w") as said:
        child = subprocess.Popen(
            command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True, bufsize=1
        )
        asked, answers = cast(IO[str], child.stdin), cast(IO[str], child.stdout)  # both are pipes, see above
        try:
            yield Rounds(asked, answers, log)
        finally:
            asked.close()
            try:
                child.wait(timeout=20)
            except subprocess.TimeoutExpired:
                child.kill()
