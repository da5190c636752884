"""The files under config/ are valid, stand at the defaults they claim, and their schemas are those of the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from newswatch.cli.config import schemas
from newswatch.settings import FILES, NewswatchFile, from_content, load_settings

CONFIG = Path(__file__).resolve().parents[1] / "config"


def test_settings_survive_being_stored() -> None:
    settings = load_settings(CONFIG)

    assert from_content(json.loads(json.dumps(settings.content))) == settings


def test_newswatch_yaml_stands_at_its_defaults() -> None:
    assert load_settings(CONFIG).newswatch == NewswatchFile()


def test_there_are_eighty_feeds_of_many_countries() -> None:
    feeds = load_settings(CONFIG).feed_list.as_feeds()

    assert len(feeds) >= 80
    assert len({feed.country for feed in feeds}) >= 25


@pytest.mark.parametrize("name", FILES)
def test_the_committed_schema_is_what_the_code_says(name: str) -> None:
    assert (CONFIG / "schema" / f"{name}.schema.json").read_text() == schemas()[name], "run `make schema`"


@pytest.mark.parametrize("name", FILES)
def test_editors_find_the_schema(name: str) -> None:
    first_line = (CONFIG / f"{name}.yaml").read_text().splitlines()[0]

    assert first_line == f"# yaml-language-server: $schema=schema/{name}.schema.json"


def test_no_line_of_newswatch_yaml_stands_unexplained() -> None:
    lines = (CONFIG / "newswatch.yaml").read_text().splitlines()
    keys = [number for number, line in enumerate(lines) if re.match(r"\s*\w+:", line)]

    assert keys
    assert [lines[number] for number in keys if not lines[number - 1].strip().startswith("#")] == []
