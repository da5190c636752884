"""The commands of tuning, as a person types them."""

from __future__ import annotations

import getpass
import json
import shutil

import pytest
import typer
from typer.testing import CliRunner

from builders import NOON
from builders_tuning import add_scored
from newswatch.cli import budget, config, model, replay
from newswatch.cli.stored_replay import patch_of
from newswatch.errors import ConfigError, ConflictError, ModelError, NewswatchError
from newswatch.runtime.place import REPOSITORY
from newswatch.steps.labels import report_missed


@pytest.fixture
def run(database, tmp_path, monkeypatch):
    """The commands over an empty database and a copy of the configuration."""
    shutil.copytree(REPOSITORY / "config", tmp_path / "config")
    monkeypatch.setenv("NEWSWATCH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("NEWSWATCH_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("NEWSWATCH_NOW", NOON.isoformat())
    app = typer.Typer()
    for group in (budget, config, model, replay):
        group.register(app)
    return lambda *words: CliRunner().invoke(app, list(words))


def rows(result) -> list[dict]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_change_its_difference_its_history_and_the_way_back(run):
    saved = run("config", "save", "--set", "alerts.route.min_severity=4", "--why", "exercise week")
    assert saved.exit_code == 0, saved.output
    difference = run("config", "diff")
    assert (difference.exit_code, difference.stdout) == (1, "alerts.route.min_severity: 3 → 4\n")
    latest, first = rows(run("config", "history"))
    assert (latest["action"], latest["who"], latest["why"]) == ("saved", f"cli:{getpass.getuser()}", "exercise week")
    assert latest["revision"] == saved.stdout.strip()
    assert run("config", "rollback", "--why", "over").stdout.strip() == first["revision"]
    late = run("config", "save", "--set", "alerts.route.min_severity=4", "--why", "x", "--expected", "abc")
    assert isinstance(late.exception, ConflictError)


def test_check_names_the_line_and_nothing_is_saved(run):
    refused = run("config", "save", "--set", "classifier.signals.thresholds.launch=7", "--why", "x")
    assert isinstance(refused.exception, ConfigError) and "classifier.yaml:" in str(refused.exception)
    assert len(rows(run("config", "history"))) == 1


def test_labels_are_listed_and_approved(run, database):
    add_scored(database, 1, NOON, {"launch": 0.9}, title="North Korea fires missile")
    label = report_missed(database, 1, user_id="slack:U1", signals=["attack"], now=NOON)
    (row,) = rows(run("labels", "list"))
    assert (row["label"], row["user"], row["says"], row["found"]) == (label, "slack:U1", "attack", "launch")
    assert run("labels", "approve", str(label)).stdout == "1\n"
    assert run("labels", "reconsider", str(label)).stdout == "1\n"
    assert rows(run("labels", "list", "--standing", "approved")) == []


def test_without_a_challenger_nothing_is_promoted_or_rolled_back(run):
    assert run("model", "list").stdout == ""
    assert isinstance(run("model", "promote", "--why", "x").exception, ModelError)
    assert isinstance(run("model", "rollback", "--why", "x").exception, ModelError)
    assert run("model", "reject").exit_code == 1


def test_a_replay_over_an_empty_history_says_so(run):
    report = json.loads(run("replay", "--days", "2", "--set", "alerts.route.min_severity=5").stdout)
    assert (report["articles"], report["before"]["alerts"], report["fidelity"]["exact"]) == (0, 0, True)
    assert [one["path"] for one in report["differences"]] == ["alerts.route.min_severity"]
    assert run("replay", "--days", "2", "--markdown").stdout.startswith("# Replay ")


PATCHES = {
    ("a.b=1",): {"a": {"b": 1}},
    ("a.b=0.5", "a.c.d=text"): {"a": {"b": 0.5, "c": {"d": "text"}}},
    ("alerts.route.budget=null",): {"alerts": {"route": {"budget": None}}},
    ('a.b=["x=y"]',): {"a": {"b": ["x=y"]}},
}


@pytest.mark.parametrize("words", PATCHES, ids=str)
def test_set_reads_places_and_values(words):
    assert patch_of(list(words)) == PATCHES[words]


@pytest.mark.parametrize("word", ["a.b", "a=1", "a..b=1", "=1"])
def test_what_is_no_place_is_refused(word):
    with pytest.raises(NewswatchError, match=r"is not file\.place=value"):
        patch_of([word])
