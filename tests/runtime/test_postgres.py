"""The embedded PostgreSQL starts, stops, survives a kill, and refuses what it cannot use with one clear sentence."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from newswatch.errors import RuntimeSetupError, StorageError
from newswatch.runtime.postgres import AIRFLOW, OURS, EmbeddedPostgres, database_url
from newswatch.storage.session import Database


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="nw-rt-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    EmbeddedPostgres(made / "data").stop()
    shutil.rmtree(made, ignore_errors=True)


def databases(server: EmbeddedPostgres) -> set[str]:
    with psycopg.connect(server.url("postgres")) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database WHERE NOT datistemplate")}


def test_one_server_holds_both_databases_and_starting_twice_is_harmless(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "data")
    server.start()
    server.start()

    assert databases(server) == {"postgres", OURS, AIRFLOW}
    server.stop()
    assert not server.is_running()
    server.stop()


def test_what_was_committed_survives_a_kill(folder: Path) -> None:
    server = EmbeddedPostgres(folder / "data")
    server.start()
    with psycopg.connect(server.url(OURS), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    killed = psutil.Process(int((folder / "data" / "postmaster.pid").read_text().splitlines()[0]))
    killed.kill()
    while killed.is_running() and killed.status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.05)

    server.start()
    with psycopg.connect(server.url(OURS)) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)


def test_data_of_another_version_is_left_alone(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "PG_VERSION").write_text("15\n")

    with pytest.raises(RuntimeSetupError, match=r"PostgreSQL 15, this is PostgreSQL 18\. Nothing was touched"):
        EmbeddedPostgres(folder / "data").start()
    assert [path.name for path in (folder / "data").iterdir()] == ["PG_VERSION"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        pytest.param("/proc/nowhere/data", "cannot be created", id="a folder that cannot be made"),
        pytest.param("/tmp/" + "long/" * 30 + "data", "too long for a database socket", id="a path too long"),
    ],
)
def test_an_unusable_folder_is_named(path: str, words: str) -> None:
    with pytest.raises(RuntimeSetupError, match=words):
        EmbeddedPostgres(Path(path)).start()


def test_an_external_server_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWATCH_DATABASE_URL", "postgresql://desk@db.example/news")

    assert database_url() == "postgresql://desk@db.example/news"


def test_a_database_out_of_reach_is_one_clear_error_without_the_password() -> None:
    db = Database("postgresql://desk:s3cret@127.0.0.1:1/news")

    with pytest.raises(StorageError) as caught, db.begin():
        pass
    assert "NEWSWATCH_DATABASE_URL" in str(caught.value) and "Nothing is lost" in str(caught.value)
    assert "s3cret" not in str(caught.value)
