"""A configuration comes into force whole or not at all, with who and why, and can go back."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from builders import NOON
from newswatch.errors import ConfigError, ConflictError
from newswatch.runtime.place import REPOSITORY
from newswatch.settings import load_settings
from newswatch.steps.config_life import (
    config_difference,
    config_history,
    config_state,
    patch_difference,
    rollback_config,
    save_config,
)
from newswatch.steps.desk import active_settings

STRICTER = {"classifier": {"signals": {"thresholds": {"launch": 0.8}}}}


@pytest.fixture
def folder(tmp_path: Path, database) -> Path:
    shutil.copytree(REPOSITORY / "config", tmp_path / "config")
    active_settings(database, tmp_path / "config", NOON)
    return tmp_path / "config"


def save(db, folder, patch=STRICTER, *, expected=None, why="too many"):
    expected = expected or load_settings(folder).revision
    return save_config(db, folder, patch=patch, expected=expected, who="vera", why=why, now=NOON)


def test_a_saved_change_is_in_force_with_its_comments_and_its_audit(database, folder):
    was = load_settings(folder).revision
    revision = save(database, folder)
    text = (folder / "classifier.yaml").read_text()
    assert load_settings(folder).signals.thresholds == {"threat": 0.5, "launch": 0.8}
    assert "# Which signals an article carries." in text
    change = config_history(database)[0]
    assert (change.action, change.who, change.why, change.was, change.revision) == (
        "saved",
        "vera",
        "too many",
        was,
        revision,
    )
    assert active_settings(database, folder, NOON)[0].revision == revision
    assert len(config_history(database)) == 2  # the first found, and this


def test_what_differs_is_told_by_its_place(database, folder):
    was = load_settings(folder).revision
    (line,) = patch_difference(load_settings(folder), folder, STRICTER)
    assert str(line) == "classifier.signals.thresholds.launch: – → 0.8"
    revision = save(database, folder)
    assert config_difference(database, was[:8], revision) == (line,)


def test_who_comes_second_is_told_and_changes_nothing(database, folder):
    seen = load_settings(folder).revision
    first = save(database, folder)
    with pytest.raises(ConflictError, match=f"revision {first} by now, not {seen}"):
        save(database, folder, {"alerts": {"updates_after": "1h"}}, expected=seen)
    assert load_settings(folder).revision == first


def test_of_eight_editors_at_once_one_saves(database, folder):
    seen = load_settings(folder).revision

    def edit(number: int) -> str:
        try:
            return save(database, folder, {"classifier": {"signals": {"batch_size": 100 + number}}}, expected=seen)
        except ConflictError:
            return "conflict"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(edit, range(8)))
    assert outcomes.count("conflict") == 7
    assert load_settings(folder).revision in outcomes


INVALID = {
    "a threshold of two": ({"classifier": {"signals": {"thresholds": {"launch": 2}}}}, r"classifier\.yaml:\d+:\d+"),
    "a signal that is none": ({"classifier": {"signals": {"thresholds": {"lunch": 0.5}}}}, "unknown signal"),
    "a key that is none": ({"alerts": {"rout": {}}}, "Did you mean"),
    "a file that is not for this": ({"feeds": {"feeds": []}}, "none of the files"),
    "no such element": ({"classifier": {"severity": {"pairs": {"99": {"weight": 1}}}}}, "the list has only"),
}


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_change_never_replaces_what_is_in_force(database, folder, name):
    patch, says = INVALID[name]
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    with pytest.raises(ConfigError, match=says):
        save(database, folder, patch)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    assert len(config_history(database)) == 1


def test_a_rollback_brings_back_every_byte(database, folder):
    before = (folder / "classifier.yaml").read_bytes()
    first = load_settings(folder).revision
    second = save(database, folder)
    assert rollback_config(database, folder, who="otto", why="too quiet", now=NOON) == first
    assert (folder / "classifier.yaml").read_bytes() == before
    assert config_history(database)[0].action == "rolled_back"
    assert rollback_config(database, folder, to=second[:6], who="otto", why="after all", now=NOON) == second


def test_a_change_needs_a_name_and_a_reason(database, folder):
    with pytest.raises(ConfigError, match="who makes it and why"):
        save(database, folder, why=" ")


def test_edits_by_hand_are_found_and_told(database, folder):
    path = folder / "classifier.yaml"
    path.write_text(path.read_text().replace("window_hours: 72", "window_hours: 71"))
    settings, _ = active_settings(database, folder, NOON)
    change = config_history(database)[0]
    assert (change.action, change.revision) == ("found", settings.revision)
    assert change.who.startswith("file:")


def test_a_broken_file_can_be_mended_from_the_last_good_revision(database, folder):
    good = load_settings(folder).revision
    text = (folder / "classifier.yaml").read_text()
    (folder / "classifier.yaml").write_text("signals: [")
    state = config_state(database, folder)
    assert state.revision == good
    assert "classifier.yaml" in state.trouble
    mended = text.replace("window_hours: 72", "window_hours: 70")
    save_config(database, folder, texts={"classifier": mended}, expected=good, who="vera", why="mend", now=NOON)
    assert load_settings(folder).stories.window_hours == 70
