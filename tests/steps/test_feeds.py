"""Which feeds go into which shard, when is a run declared failed, and what is said when there is nothing to watch?"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from builders import NOON, a_feed, an_entry
from newswatch import steps
from newswatch.errors import ConfigError, GateError
from newswatch.steps.feeds import article_key, deal
from newswatch.storage import feeds as feed_storage
from newswatch.storage.tables import fetches

CONFIG = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture
def desk(database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The environment in which a step opens its desk: this test's database and a configuration of its own."""
    folder = Path(shutil.copytree(CONFIG, tmp_path / "config"))
    monkeypatch.setenv("NEWSWATCH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("NEWSWATCH_CONFIG", str(folder))
    monkeypatch.setenv("NEWSWATCH_NOW", NOON.isoformat())
    return folder


@pytest.mark.parametrize(
    ("hosts", "most", "expected"),
    [
        pytest.param("abc", 6, [("a",), ("b",), ("c",)], id="fewer feeds than shards"),
        pytest.param("aab", 2, [("0", "1"), ("2",)], id="one host stays together"),
        pytest.param("", 6, [], id="nothing is due"),
    ],
)
def test_shards(hosts: str, most: int, expected: list[tuple[str, ...]]) -> None:
    ids = list(hosts) if len(set(hosts)) == len(hosts) else [str(number) for number in range(len(hosts))]

    assert deal(ids, dict(zip(ids, hosts, strict=True)), most) == expected


def test_an_entry_without_an_address_has_a_name_of_its_own() -> None:
    entry = an_entry("guid-7", link=None)

    assert article_key("wire", entry) == article_key("wire", entry)
    assert article_key("wire", entry) != article_key("other", entry)
    assert article_key("wire", entry).startswith("entry:wire:")


def test_an_empty_feed_list_says_what_to_do(desk: Path) -> None:
    (desk / "feeds.yaml").write_text("feeds: []\n")

    with pytest.raises(ConfigError, match="newswatch feeds add"):
        steps.list_due_feeds()


def test_every_feed_is_due_at_the_first_run(desk: Path) -> None:
    result = steps.list_due_feeds()

    listed = [feed_id for shard in result.shards for feed_id in shard]
    assert len(listed) == len(set(listed)) == result.counts["due"] >= 80
    assert 4 <= len(result.shards) <= 8


@pytest.mark.parametrize(("failed", "fails"), [(5, False), (6, True)])
def test_a_run_fails_when_most_of_its_feeds_do(desk: Path, database, failed: int, fails: bool) -> None:
    with database.begin() as connection:
        feed_storage.save_feeds(connection, [a_feed(f"f{number}") for number in range(10)], NOON)
        connection.execute(
            sa.insert(fetches),
            [
                {
                    "feed_id": f"f{number}", "run_id": "r1", "fetched_at": NOON, "body_bytes": 0, "elapsed_seconds": 0.1,
                    "status": "failed" if number < failed else "fetched", "reason": "no route", "entries": 0, "new_entries": 0,
                }
                for number in range(10)
            ],
        )  # fmt: skip

    if fails:
        with pytest.raises(GateError, match=r"6 of 10 feeds failed.*nothing is lost"):
            steps.check_feed_failures(run_id="r1")
    else:
        assert steps.check_feed_failures(run_id="r1").counts == {"failed": 5, "fetched": 5}
