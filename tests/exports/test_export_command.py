"""`newswatch export`, as a person types it, over stories that were told."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import stix2
import typer
from typer.testing import CliRunner

from acceptance.outbox_rows import tell
from builders_alerts import NOW, DeskSettings, a_story
from newswatch.alerts.settings import AlertSettings
from newswatch.cli.export import register

CONFIG = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture
def run(database, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NEWSWATCH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("NEWSWATCH_CONFIG", str(CONFIG))
    monkeypatch.setenv("NEWSWATCH_NOW", NOW.isoformat())
    desk = DeskSettings(
        alerts=AlertSettings.model_validate(
            {"route": {"receiver": "desk", "min_severity": 3}, "receivers": [{"name": "desk"}]}
        )
    )
    tell(database, desk, a_story("st_grave", level=5), a_story("st_slight", level=2, signal="condemnation"))
    app = typer.Typer()
    register(app)
    return lambda *words: CliRunner().invoke(app, ["export", *words])


def test_alerts_and_stories_in_every_form(run, tmp_path: Path) -> None:
    told = [json.loads(line) for line in run("alerts").stdout.splitlines()]
    assert [(one["story_id"], one["receiver"], one["reason"]) for one in told] == [("st_grave", "desk", "first")]

    assert run("alerts", "--format", "csv", "--output", str(tmp_path / "a.csv")).exit_code == 0
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["story_id"] for row in csv.DictReader(file)] == ["st_grave"]

    stories = [json.loads(line)["story_id"] for line in run("stories").stdout.splitlines()]
    assert stories == ["st_grave", "st_slight"]
    read = stix2.parse(run("stories", "--format", "stix", "--min-severity", "3").stdout, version="2.1")
    assert [one["name"] for one in read.objects if one["type"] == "report"] == [a_story().title]


def test_what_does_not_map_is_refused(run) -> None:
    assert run("alerts", "--format", "stix").exit_code == 2
