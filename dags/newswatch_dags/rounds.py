"""Run a DAG again and again in one process, each time at another moment: `python -m newswatch_dags.rounds monitor_news`.

The demo and the acceptance tests use it: the real DAG, real task instances in Airflow's own database, no waiting for a
scheduler. Each line on stdin is a moment (ISO 8601) that the steps take for the present; each line on stdout answers with
`{"moment", "run_id", "state", "seconds", "failed_tasks"}`. Everything Airflow says goes to stderr.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any


def main() -> None:
    """Answer one line for each line on stdin, until it ends."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # Airflow prints to stdout; the answers must stay alone there
    dag = load_dag(sys.argv[1])
    for line in sys.stdin:
        answers.write(json.dumps(run_round(dag, line.strip())) + "\n")
        answers.flush()


def load_dag(dag_id: str) -> Any:
    """The DAG from its file. Raises SystemExit with Airflow's own words when a file does not load."""
    from airflow.dag_processing.dagbag import BundleDagBag

    folder = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    bag = BundleDagBag(dag_folder=folder, bundle_path=folder, bundle_name="dags-folder")
    if bag.import_errors:
        raise SystemExit("\n".join(f"{path}: {error}" for path, error in bag.import_errors.items()))
    dag = bag.dags[dag_id]
    for one in dag.tasks:
        one.retry_delay, one.retry_exponential_backoff = timedelta(0), 0  # a pretended present never gets any later
    return dag


def run_round(dag: Any, moment: str) -> dict[str, Any]:
    """One run whose steps take `moment` for the present (see `newswatch.steps.desk`)."""
    os.environ["NEWSWATCH_NOW"] = moment
    started = time.monotonic()
    run = dag.test(logical_date=datetime.fromisoformat(moment))
    failed = [f"{ti.task_id}[{ti.map_index}]" for ti in run.get_task_instances() if ti.state == "failed"]
    return {
        "moment": moment,
        "run_id": run.run_id,
        "state": str(run.state),
        "seconds": round(time.monotonic() - started, 2),
        "failed_tasks": failed,
    }


if __name__ == "__main__":
    main()
