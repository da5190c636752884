"""Every DAG loads, explains itself, can be left alone at night, and stays light to parse."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
DAG_FILES = sorted(path for path in (REPOSITORY / "dags").glob("*.py"))
HEAVY = ("sklearn", "trafilatura", "feedparser", "slack_sdk", "onnxruntime", "scipy")
MOST_LINES = 75  # a DAG file is the pipeline as a list; logic belongs in a stage


def test_every_dag_file_loads(bag) -> None:
    assert bag.import_errors == {}
    assert {path.stem for path in DAG_FILES} == set(bag.dags)


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.stem)
def test_a_dag_file_is_short_and_its_docstring_is_the_run_book(bag, path: Path) -> None:
    dag = bag.dags[path.stem]

    assert len(path.read_text().splitlines()) <= MOST_LINES
    assert dag.doc_md and dag.doc_md.startswith("# ") and len(dag.doc_md) > 200
    assert "newswatch" in dag.tags


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.stem)
def test_a_dag_can_be_left_alone(bag, path: Path) -> None:
    dag = bag.dags[path.stem]

    assert dag.max_active_runs == 1 and not dag.catchup
    assert dag.dagrun_timeout is not None
    assert dag.has_on_failure_callback
    for one in dag.tasks:
        assert one.has_on_failure_callback, one.task_id
        assert one.execution_timeout is not None and one.execution_timeout <= timedelta(minutes=30), one.task_id
        assert one.retries >= 1 or one.task_id.startswith("check_"), one.task_id


@pytest.mark.parametrize("path", DAG_FILES, ids=lambda path: path.stem)
def test_a_dag_has_an_owner_and_says_what_it_asks_for(bag, path: Path) -> None:
    dag = bag.dags[path.stem]

    assert {one.owner for one in dag.tasks if one.task_id != "approve"} == {"newswatch"}
    assert len(dag.tags) >= 2
    for name in dag.params:
        param = dag.params.get_param(name)
        assert param.description and param.schema.get("title"), f"{name} is shown in the form of `Trigger`"


def test_the_main_chain_is_five_hops_long(bag) -> None:
    depth: dict[str, int] = {}
    for one in bag.dags["monitor_news"].topological_sort():
        depth[one.task_id] = max((depth[up] + 1 for up in one.upstream_task_ids), default=0)

    assert max(depth.values()) == depth["send_alerts"] == 5


def test_parsing_needs_no_database_no_network_and_no_heavy_library(tmp_path: Path) -> None:
    script = (
        "import sys, time; started = time.monotonic()\n"
        "import monitor_news\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    env = {
        "PATH": os.environ["PATH"],
        "AIRFLOW_HOME": str(tmp_path),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": "postgresql+psycopg2://nobody@127.0.0.1:1/nowhere",
        "NEWSWATCH_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere",
        "PYTHONPATH": f"{REPOSITORY / 'plugins'}:{REPOSITORY / 'dags'}",
    }
    done = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=120)

    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip().splitlines()[-1] == "[]"


def test_airflow_executes_nothing_of_the_package() -> None:
    ignored = (REPOSITORY / "plugins" / ".airflowignore").read_text().split()

    assert "newswatch/" in ignored
