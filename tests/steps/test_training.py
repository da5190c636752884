"""The desk's approved labels make a challenger; whatever goes wrong on the way leaves the champion."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from builders_signals import a_corpus, the_actors
from builders_tuning import add_scored
from newswatch.runtime.place import REPOSITORY
from newswatch.signals.train import train
from newswatch.steps.labels import decide_on_labels, report_missed
from newswatch.steps.model_life import current_model_folder, folder_of, manifest_sha, model_life
from newswatch.steps.training import (
    KEEP,
    PROMOTE,
    count_new_labels,
    decide_on_challenger,
    score_in_shadow,
    train_challenger,
)
from newswatch.storage.tuning.models import find_trainings
from newswatch.yaml_edit import patched

pytestmark = pytest.mark.timeout(900)  # a busy machine trains and replays slowly

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DYING = """
import os, signal, sys
from pathlib import Path
from newswatch.steps.training import train_challenger
def die(line):
    if "features counted" in line:
        os.kill(os.getpid(), signal.SIGKILL)
train_challenger(articles=Path(sys.argv[1]), progress=die)
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    """Enough items that some can be kept back."""
    folder = a_corpus(tmp_path_factory.mktemp("articles"))
    calm = ("none", "comment", "denial", "retrospective")
    lines = [{"title": f"School {n} opens", "lead": "", "signals": [], "modality": calm[n % 4]} for n in range(40)]
    (folder / "more.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def bundled(corpus, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundled")
    train(corpus, folder, actors=the_actors(), progress=lambda _: None)
    return folder


@pytest.fixture
def desk(database, bundled, tmp_path, monkeypatch):
    """An installation with a tiny model and floors that it can reach."""
    config = tmp_path / "config"
    shutil.copytree(REPOSITORY / "config", config)
    path = config / "newswatch.yaml"
    low = {"macro_f1": 0, "any_f1": 0, "false_alarms": 1, "new_labels": 2}
    path.write_text(patched(path.read_text(), {"training": low}))
    monkeypatch.setenv("NEWSWATCH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("NEWSWATCH_CONFIG", str(config))
    monkeypatch.setenv("NEWSWATCH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("NEWSWATCH_MODEL", str(bundled))
    monkeypatch.setenv("NEWSWATCH_NOW", NOW.isoformat())
    return database


def approve(db, *titles: str) -> None:
    for number, title in enumerate(titles, start=1):
        add_scored(db, number, NOW - timedelta(days=1), title=title, model_sha=manifest_sha(current_model_folder(db)))
        label = report_missed(db, number, user_id="u", signals=["cyber"], now=NOW)
        decide_on_labels(db, [label], "approved", who="vera", now=NOW + timedelta(hours=number))


def test_from_labels_to_champion_and_never_without_a_person(desk, corpus, bundled):
    """The whole way: labels call for a training, the challenger reads in the shadow, a person promotes it."""
    assert count_new_labels().counts["enough"] == 0
    approve(desk, "Hackers strike Peru ministry", "Hackers strike Mali ministry", "Hackers strike Fiji ministry")
    assert count_new_labels().counts == {"new_labels": 3, "enough": 1}

    result = train_challenger(articles=corpus)
    challenger = result.names["model_sha"]
    life = model_life(desk, now=NOW)
    assert result.counts["passed"] == 1
    assert (life.challenger.model_sha, life.champion, life.champion_sha) == (challenger, None, manifest_sha(bundled))
    assert current_model_folder(desk) == bundled.resolve()  # nothing live has changed
    assert "### Gate" in result.summary and "95 % of draws" in result.summary
    card = (folder_of(life.challenger) / "MODEL_CARD.md").read_text()
    assert "## Trained here" in card and challenger in card
    assert not list((folder_of(life.challenger).parent).glob("unfinished-*"))

    assert score_in_shadow().counts == {"articles": 3}
    assert score_in_shadow().counts == {"articles": 0}
    assert model_life(desk, now=NOW).shadow_articles == 3

    champion = result.names["champion"]
    told = decide_on_challenger([PROMOTE], model_sha=challenger, champion=champion, who="vera")
    assert "is champion" in told.summary
    assert current_model_folder(desk) == folder_of(model_life(desk, now=NOW).champion)
    late = decide_on_challenger([PROMOTE], model_sha=challenger, champion=champion, who="otto")
    assert late.label == "decided already"
    assert [one.who for one in model_life(desk, now=NOW).changes] == ["vera"]


def test_a_training_that_is_killed_leaves_the_champion_and_the_next_one_goes_through(desk, corpus, bundled):
    died = subprocess.run(
        [sys.executable, "-c", DYING, str(corpus)], env=os.environ | {"PYTHONPATH": str(REPOSITORY / "plugins")}
    )
    assert died.returncode == -signal.SIGKILL
    life = model_life(desk, now=NOW)
    assert (life.champion_sha, life.challenger, life.models) == (manifest_sha(bundled), None, [])
    assert [one["outcome"] for one in life.trainings] == [None]

    result = train_challenger(articles=corpus)
    assert [one["outcome"] for one in model_life(desk, now=NOW).trainings] == ["trained", None]
    told = decide_on_challenger(
        [KEEP], model_sha=result.names["model_sha"], champion=result.names["champion"], who="vera"
    )
    assert "the champion stays" in told.summary
    assert [one.state for one in model_life(desk, now=NOW).models] == ["rejected"]
    again = train_challenger(articles=corpus)  # the same labels make the same model, which was rejected
    assert again.counts["passed"] == 0
    with desk.read() as connection:
        assert find_trainings(connection, limit=1)[0]["outcome"] == "unchanged"


def test_without_a_challenger_there_is_nothing_to_do_in_the_shadow(desk):
    assert score_in_shadow().label == "no challenger"
