"""`newswatch feeds …` as a person and a script meet it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from builders_feeds import an_item, an_rss
from local_web import LocalWeb, a_local_web
from newswatch.cli import feeds
from newswatch.errors import ConfigError, NewswatchError

FEEDS = """\
# ours
feeds:
  - {{id: good, name: Good, publisher: Good, url: "{0}/good", country: NOR}}
  - {{id: gone, name: Gone, publisher: Gone, url: "{0}/gone"}}
"""


@pytest.fixture
def web() -> Iterator[LocalWeb]:
    with a_local_web() as local:
        local.page("/good", an_rss(an_item(pubDate=format_datetime(datetime.now(UTC)))))
        yield local


@pytest.fixture
def config(web: LocalWeb, tmp_path: Path) -> Path:
    (tmp_path / "feeds.yaml").write_text(FEEDS.format(web.url("")))
    (tmp_path / "newswatch.yaml").write_text('network: {allow_private: ["127.0.0.1/32"]}\n')
    return tmp_path


def run(*words: str | Path) -> Result:
    app = typer.Typer()
    feeds.register(app)
    return CliRunner().invoke(app, ["feeds", *map(str, words)])


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_list_gives_a_line_for_each_feed(config: Path) -> None:
    result = run("list", "--config", config)
    assert [(line["feed_id"], line["country"], line["tier"]) for line in lines(result)] == [
        ("good", "NOR", 2),
        ("gone", None, 2),
    ]


def test_check_fetches_and_tells_the_state(config: Path) -> None:
    result = run("check", "--config", config)
    assert [(line["feed_id"], line["state"], line["entries"], line["http_status"]) for line in lines(result)] == [
        ("gone", "failing", 0, 404),
        ("good", "ok", 1, 200),
    ]
    assert result.exit_code == 1


def test_check_takes_ids_and_addresses(config: Path, web: LocalWeb) -> None:
    result = run("check", "good", web.url("/good"), "--config", config)
    assert ([line["state"] for line in lines(result)], result.exit_code) == (["ok", "ok"], 0)


def test_an_unknown_id_is_one_clear_error(config: Path) -> None:
    result = run("check", "goood", "--config", config)
    assert isinstance(result.exception, ConfigError)
    assert "No feed has the id 'goood'" in str(result.exception)


def test_add_finds_the_feed_of_a_site_and_keeps_the_comments(config: Path, web: LocalWeb) -> None:
    web.page("/new", an_rss(an_item(), head="<title>New Feed</title>"))
    site = web.page("/", '<html><head><link rel="alternate" type="application/rss+xml" href="/new"></head></html>')
    result = run("add", site, "--country", "KOR", "--tier", "3", "--config", config)
    assert result.exit_code == 0
    added = {
        "id": "new_feed",
        "name": "New Feed",
        "publisher": "New Feed",
        "url": web.url("/new"),
        "country": "KOR",
        "tier": 3,
    }
    assert lines(result) == [added]
    assert (config / "feeds.yaml").read_text().startswith(FEEDS.format(web.url("")))
    again = run("add", web.url("/new"), "--config", config)
    assert (again.exit_code, again.stdout) == (1, "")


def test_add_refuses_what_is_no_feed(config: Path, web: LocalWeb) -> None:
    before = (config / "feeds.yaml").read_text()
    result = run("add", web.page("/", "<html></html>"), "--config", config)
    assert isinstance(result.exception, NewswatchError)
    assert (config / "feeds.yaml").read_text() == before


def test_what_is_exported_can_be_imported(config: Path, tmp_path: Path) -> None:
    opml = tmp_path / "out.opml"
    opml.write_text(run("export", "--config", config).stdout)
    other = tmp_path / "other"
    other.mkdir()
    (other / "feeds.yaml").write_text("# empty\nfeeds: []\n")
    dry = run("import", opml, "--dry-run", "--config", other)
    assert ([line["id"] for line in lines(dry)], (other / "feeds.yaml").read_text()) == (
        ["good", "gone"],
        "# empty\nfeeds: []\n",
    )
    done = run("import", opml, "--config", other)
    assert ([line["id"] for line in lines(done)], "2 added" in done.stderr) == (["good", "gone"], True)
    again = run("import", opml, "--config", other)
    assert (again.exit_code, again.stdout, "2 listed already" in again.stderr) == (0, "", True)


@pytest.mark.parametrize("content", [None, b"", b"hello", b"<opml/>"])
def test_a_list_that_cannot_be_read_is_one_clear_error(config: Path, tmp_path: Path, content: bytes | None) -> None:
    opml = tmp_path / "x.opml"
    if content is not None:
        opml.write_bytes(content)
    result = run("import", opml, "--config", config)
    assert isinstance(result.exception, NewswatchError)
    assert "Nothing was added" in str(result.exception)
