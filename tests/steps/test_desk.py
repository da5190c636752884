"""An invalid file never replaces a valid one; unchanged files are not read again; a change is in force at once."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from builders import NOON
from newswatch.errors import ConfigError
from newswatch.settings import load_settings
from newswatch.steps.desk import active_settings

CONFIG = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONFIG, tmp_path / "config"))


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_broken_file_leaves_the_last_good_revision_in_force(database, folder: Path) -> None:
    good, _ = active_settings(database, folder, NOON)
    change(folder, "classifier.yaml", "window_hours: 72", "window_hours: never")

    kept, warning = active_settings(database, folder, NOON + timedelta(minutes=5))

    assert kept == good
    assert warning is not None
    assert "classifier.yaml:" in warning and "stories.window_hours" in warning and good.revision in warning


def test_a_broken_file_at_the_first_start_is_an_error(database, folder: Path) -> None:
    (folder / "alerts.yaml").unlink()

    with pytest.raises(ConfigError, match=r"alerts\.yaml: no such file"):
        active_settings(database, folder, NOON)


def test_a_mended_or_changed_file_is_in_force_at_once(database, folder: Path) -> None:
    first, _ = active_settings(database, folder, NOON)
    change(folder, "classifier.yaml", "window_hours: 72", "window_hours: 48")

    second, warning = active_settings(database, folder, NOON + timedelta(minutes=5))
    again, _ = active_settings(database, folder, NOON + timedelta(minutes=10))

    assert warning is None
    assert (second.stories.window_hours, second.revision != first.revision) == (48, True)
    assert again == second == load_settings(folder)


def test_going_back_to_earlier_files_brings_back_the_earlier_revision(database, folder: Path) -> None:
    first, _ = active_settings(database, folder, NOON)
    change(folder, "classifier.yaml", "window_hours: 72", "window_hours: 48")
    active_settings(database, folder, NOON + timedelta(minutes=5))
    change(folder, "classifier.yaml", "window_hours: 48", "window_hours: 72")

    back, _ = active_settings(database, folder, NOON + timedelta(minutes=10))

    assert back == first


def test_the_revision_names_what_decides_and_nothing_else(folder: Path) -> None:
    before = load_settings(folder).revision
    change(folder, "newswatch.yaml", "threads: 32", "threads: 8")
    assert load_settings(folder).revision == before
    change(folder, "alerts.yaml", "min_severity: 3", "min_severity: 4")
    assert load_settings(folder).revision != before
