"""Champion, challenger and the swap between them: atomic, gated, and reversible by one command."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from builders import NOON, a_finding
from builders_signals import a_corpus, the_actors
from builders_tuning import add_scored
from newswatch.errors import ConflictError, ModelError
from newswatch.runtime.place import REPOSITORY
from newswatch.settings import load_settings
from newswatch.signals.train import train
from newswatch.steps.model_life import (
    current_model_folder,
    load_champion,
    manifest_sha,
    model_life,
    note_model,
    promote_challenger,
    reject_challenger,
    rollback_model,
    thresholds_in_force,
)
from newswatch.storage.session import Database
from newswatch.storage.tuning.models import save_model_row, save_shadow

pytestmark = pytest.mark.timeout(900)  # a busy machine trains and replays slowly

PASSED = {"gate": {"passed": True}}


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A tiny model, as the code's own and as the challenger's."""
    folder = tmp_path_factory.mktemp("model")
    train(a_corpus(tmp_path_factory.mktemp("articles")), folder, actors=the_actors(), progress=lambda _: None)
    return folder


@pytest.fixture
def place(trained, tmp_path, monkeypatch, database):
    """An installation whose bundled model is the tiny one, with a challenger that differs from it by one blank."""
    monkeypatch.setenv("NEWSWATCH_MODEL", str(trained))
    monkeypatch.setenv("NEWSWATCH_HOME", str(tmp_path))
    folder = tmp_path / "models" / "second"
    shutil.copytree(trained, folder)
    (folder / "manifest.json").write_text((folder / "manifest.json").read_text() + "\n")
    add_challenger(database, manifest_sha(folder))
    return folder


def add_challenger(db, sha, report=PASSED):
    with db.begin() as connection:
        row = {
            "model_sha": sha,
            "folder": "second",
            "state": "challenger",
            "trained_at": NOON,
            "corpus_sha": "c",
            "labels": 3,
        }
        save_model_row(connection, row | {"report": report})


def promote(db, sha, champion):
    promote_challenger(db, sha, expected_champion=champion, who="vera", why="better", now=NOON)


def test_promotion_and_rollback_swap_the_folder(database, place, trained):
    bundled, challenger = manifest_sha(trained), manifest_sha(place)
    promote(database, challenger, bundled)
    assert current_model_folder(database) == place
    assert rollback_model(database, who="otto", why="worse", now=NOON) == bundled
    assert current_model_folder(database) == trained.resolve()
    life = model_life(database, now=NOON)
    assert [(one.action, one.who, one.revision) for one in life.changes] == [
        ("rolled_back", "otto", bundled),
        ("promoted", "vera", challenger),
    ]
    assert (life.champion.model_sha, life.challenger) == (bundled, None)


def test_two_promotions_at_once_leave_one(database, place, trained):
    bundled, challenger = manifest_sha(trained), manifest_sha(place)

    def attempt(_: int) -> str:
        db = Database(database.url.render_as_string(hide_password=False))
        try:
            promote(db, challenger, bundled)
        except ConflictError:
            return "conflict"
        finally:
            db.close()
        return "promoted"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(attempt, range(4)))
    assert outcomes == ["conflict"] * 3 + ["promoted"]
    life = model_life(database, now=NOON)
    assert [one.state for one in life.models].count("champion") == 1
    assert len(life.changes) == 1


def test_what_failed_its_gate_is_not_promoted(database, place, trained):
    add_challenger(database, manifest_sha(place), {"gate": {"passed": False}})
    with pytest.raises(ModelError, match="not passed its gate"):
        promote(database, manifest_sha(place), manifest_sha(trained))
    assert current_model_folder(database) == trained.resolve()


def test_a_challenger_whose_files_are_altered_is_not_promoted(database, place, trained):
    sha = manifest_sha(place)
    (place / "weights.npz").write_bytes(b"else")
    with pytest.raises(ModelError, match="sha256 differs"):
        promote(database, sha, manifest_sha(trained))
    assert model_life(database, now=NOON).champion is None


def test_a_champion_whose_files_are_lost_gives_way_to_the_bundled_model(database, place, trained):
    promote(database, manifest_sha(place), manifest_sha(trained))
    shutil.rmtree(place)
    classifier, warning = load_champion(database, load_settings(REPOSITORY / "config"))
    assert classifier.model_sha == manifest_sha(trained)
    assert "came with the code is used" in warning


def test_a_rejected_challenger_cannot_be_promoted(database, place, trained):
    assert reject_challenger(database, manifest_sha(place), who="vera", now=NOON)
    with pytest.raises(ConflictError):
        promote(database, manifest_sha(place), manifest_sha(trained))


def test_there_is_nothing_to_go_back_to_before_a_promotion(database, place):
    with pytest.raises(ModelError, match="none to go back to"):
        rollback_model(database, who="otto", why="?", now=NOON)


def test_thresholds_are_the_configurations_else_the_models(database, place):
    settings = load_settings(REPOSITORY / "config")
    assert thresholds_in_force(database, settings) == dict(load_champion(database, settings)[0].thresholds)


def test_both_models_are_compared_on_the_same_articles(database, place, trained):
    champion, challenger = manifest_sha(trained), manifest_sha(place)
    add_scored(database, 1, NOON, {"launch": 0.9}, model_sha=champion)
    add_scored(database, 2, NOON, {"launch": 0.9}, model_sha=champion)
    add_scored(database, 3, NOON, model_sha=champion)
    with database.begin() as connection:
        save_shadow(connection, challenger, {1: a_finding("launch"), 2: a_finding("attack"), 3: a_finding()}, NOON)
    life = model_life(database, now=NOON)
    counts = {
        one.signal: (one.champion, one.challenger, one.both) for one in life.shadow if one.champion or one.challenger
    }
    assert (life.shadow_articles, counts) == (3, {"launch": (2, 1, 1), "attack": (0, 1, 0)})


def test_a_model_that_a_run_finds_leaves_one_audit_row(database, place, trained):
    for _ in range(3):
        note_model(database, manifest_sha(trained), None, NOON)
    (change,) = model_life(database, now=NOON).changes
    assert (change.action, change.was, change.revision) == ("found", None, manifest_sha(trained))
    promote(database, manifest_sha(place), manifest_sha(trained))
    note_model(database, manifest_sha(place), None, NOON)
    assert [one.action for one in model_life(database, now=NOON).changes] == ["promoted", "found"]
    assert rollback_model(database, who="otto", why="worse", now=NOON) == manifest_sha(trained)
