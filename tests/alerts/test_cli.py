"""The commands about alerts, as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from newswatch.cli.alerts import register
from newswatch.cli.replay import register as register_replay

CONFIG = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture(scope="module")
def run():
    app = typer.Typer()
    register(app)
    register_replay(app)
    runner = CliRunner()
    return lambda *words: runner.invoke(app, list(words))


def test_routes_test_prints_the_receivers(run):
    result = run("routes", "test", "severity=4", "target=JPN", "signal=launch", "--config", str(CONFIG))
    assert (result.exit_code, result.stdout) == (0, "desk\troute 0\tmin_severity 3\n")


def test_routes_test_verifies_receivers(run):
    result = run("routes", "test", "severity=4", "--expect", "phone", "--config", str(CONFIG))
    assert (result.exit_code, result.stderr) == (1, "newswatch: expected phone, found desk\n")


def test_words_that_are_no_labels_are_named(run):
    result = run("routes", "test", "severity", "--config", str(CONFIG))
    assert "'severity' is not label=value" in str(result.exception)


@pytest.mark.parametrize("words", [("--for", "soon"), ("--for", "off")])
def test_a_silence_needs_an_end(run, words):
    result = run("silence", "add", "source=PRK", "--reason", "drill", *words)
    assert "No silence was made" in str(result.exception)


@pytest.mark.parametrize(
    "command",
    [
        "replay",
        "slack-listen",
        "alerts list",
        "alerts show",
        "alerts queue",
        "routes test",
        "silence add",
        "silence list",
        "silence expire",
    ],
)
def test_every_command_shows_an_example(run, command):
    assert "Example:" in run(*command.split(), "--help").stdout
