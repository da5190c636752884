"""The real DAG `train_classifier`, with a person who answers Airflow's question; and the real DAG `replay_config`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from acceptance.installation import Installation
from builders_signals import a_corpus, the_actors
from builders_tuning import add_scored
from newswatch.runtime.airflow import environment
from newswatch.runtime.demo import write_config
from newswatch.runtime.rounds import Round, Rounds, rounds
from newswatch.signals.train import train
from newswatch.steps.labels import decide_on_labels, report_missed
from newswatch.steps.model_life import manifest_sha, model_life
from newswatch.storage.migrate import migrate
from newswatch.storage.tuning.replays import find_replays
from newswatch.yaml_edit import patched

pytestmark = pytest.mark.timeout(900)  # a busy machine trains and replays slowly

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
PATIENCE = 240  # seconds until the question is asked, on a busy machine
ANSWER = """
import sys
import time
from types import SimpleNamespace
import sqlalchemy as sa
from airflow.api_fastapi.core_api.datamodels.hitl import UpdateHITLDetailPayload
from airflow.api_fastapi.core_api.routes.public.hitl import update_hitl_detail
from airflow.models.taskinstance import TaskInstance
from airflow.utils.session import create_session
vera = SimpleNamespace(get_id=lambda: "1", get_name=lambda: "vera")
payload = UpdateHITLDetailPayload(chosen_options=[sys.argv[1]], params_input={})
asked = sa.select(TaskInstance).where(TaskInstance.task_id == "approve", TaskInstance.state == "awaiting_input")
for _ in range(int(sys.argv[2])):
    with create_session() as session:
        task = session.scalar(asked)
        if task is not None:
            update_hitl_detail(task.dag_id, task.run_id, task.task_id, payload, vera, session)
            break
    time.sleep(1)
else:
    raise SystemExit("the question was never asked")
"""  # what the button of Airflow's own page does, without a browser and a server


@pytest.fixture(scope="module")
def material(tmp_path_factory) -> tuple[Path, Path]:
    """A tiny corpus and the model made of it."""
    corpus, model = tmp_path_factory.mktemp("articles"), tmp_path_factory.mktemp("model")
    a_corpus(corpus)
    calm = ("none", "comment", "denial", "retrospective")
    lines = [{"title": f"School {n} opens", "lead": "", "signals": [], "modality": calm[n % 4]} for n in range(40)]
    (corpus / "more.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    train(corpus, model, actors=the_actors(), progress=lambda _: None)
    return corpus, model


@pytest.fixture
def desk(installation: Installation, material, monkeypatch):
    """An empty database with one approved label, floors that a tiny model reaches, and that model in force."""
    corpus, model = material
    monkeypatch.setenv("NEWSWATCH_SEEDS", str(corpus))
    monkeypatch.setenv("NEWSWATCH_MODEL", str(model))
    db = installation.fresh()
    migrate(db)
    write_config(installation.folder / "config", [])
    path = installation.folder / "config" / "newswatch.yaml"
    low = {"macro_f1": 0, "any_f1": 0, "false_alarms": 1}
    path.write_text(patched(path.read_text(), {"training": low}))
    add_scored(db, 1, NOW - timedelta(hours=3), {"launch": 0.9}, title="Hackers strike Peru ministry")
    label = report_missed(db, 1, user_id="slack:U1", signals=["cyber"], now=NOW)
    decide_on_labels(db, [label], "approved", who="otto", now=NOW)
    yield db
    db.close()


@pytest.mark.slow
def test_a_challenger_becomes_champion_when_a_person_says_so(installation: Installation, desk, material):
    with rounds("train_classifier", environment(), installation.folder / "logs" / "train.log") as airflow:
        ended = run_beside(airflow)
        answer("Promote")
        assert ended().state == "success"
    life = model_life(desk, now=NOW)
    assert life.champion is not None and life.champion.model_sha != manifest_sha(material[1])
    assert [(one.action, one.who) for one in life.changes] == [("promoted", "vera")]


@pytest.mark.slow
def test_the_report_of_a_replay_is_kept(installation: Installation, desk):
    with rounds("replay_config", environment(), installation.folder / "logs" / "replay.log") as airflow:
        assert airflow.run(NOW).state == "success"
    with desk.begin() as connection:
        (kept,) = find_replays(connection)
    assert kept["report"]["articles"] == 1
    assert kept["report"]["differences"] == []


def run_beside(airflow: Rounds):
    """Start the run in a thread; the function returned waits for its end."""
    found: list[Round] = []
    thread = threading.Thread(target=lambda: found.append(airflow.run(NOW)), daemon=True)
    thread.start()

    def ended() -> Round:
        thread.join(PATIENCE)
        return found[0]

    return ended


def answer(choice: str) -> None:
    """As a person on the page Required Actions, as soon as the question is there."""
    command = [sys.executable, "-c", ANSWER, choice, str(PATIENCE)]
    done = subprocess.run(command, env=os.environ | environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
