"""What was backed up comes back whole; what cannot be restored is refused before anything is touched."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tarfile
import uuid
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from acceptance.classified import add_reports
from builders_alerts import NOW, a_report
from newswatch.errors import RuntimeSetupError
from newswatch.runtime import backup
from newswatch.storage.migrate import find_schema, migrate
from newswatch.storage.session import Database

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def desk(postgres, database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An installation with a report in one database, a table of Airflow's in the other, and keys of its own."""
    airflow = a_database(postgres)
    add_reports(database, a_report("North Korea fires ballistic missile", article_id=7))
    with psycopg.connect(airflow, autocommit=True) as connection:
        connection.execute("CREATE TYPE mood AS ENUM ('calm'); CREATE TABLE connection (conn_id text PRIMARY KEY)")
        connection.execute("INSERT INTO connection VALUES ('slack_default')")
    home = tmp_path / "home"
    home.mkdir()
    (home / "secrets.json").write_text('{"fernet_key": "old"}')
    (home / "models" / "5eed").mkdir(parents=True)
    (home / "models" / "5eed" / "weights.npz").write_bytes(b"weights")
    monkeypatch.setenv("NEWSWATCH_HOME", str(home))
    monkeypatch.setenv("NEWSWATCH_DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", airflow.replace("postgresql:", "postgresql+psycopg2:"))
    return home


def a_database(postgres) -> str:
    name = f"b_{uuid.uuid4().hex[:12]}"
    postgres.create_database(name)
    return postgres.url(name)


def newswatch(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "newswatch", *words]
    return subprocess.run(command, env={**os.environ}, capture_output=True, text=True, timeout=120)


def titles(url: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT article_id, title FROM articles ORDER BY 1").fetchall()


def test_a_round_trip_into_another_installation(desk: Path, postgres, tmp_path: Path, monkeypatch) -> None:
    file = tmp_path / "monday.tar"
    done = newswatch("backup", str(file))
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    told = json.loads(done.stdout)
    assert set(told["sha256"]) >= {"newswatch.dump", "airflow.dump", "secrets.json", "config/alerts.yaml"}
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".newswatch-")] == []

    ours, airflow = a_database(postgres), a_database(postgres)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "secrets.json").write_text('{"fernet_key": "new"}')
    monkeypatch.setenv("NEWSWATCH_HOME", str(elsewhere))
    monkeypatch.setenv("NEWSWATCH_DATABASE_URL", ours)
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", airflow)
    first = newswatch("restore", str(file))
    assert first.returncode == 0, first.stderr
    again = newswatch("restore", str(file))
    assert again.returncode == 2 and "--replace" in again.stderr
    with psycopg.connect(ours, autocommit=True) as connection:  # what came since is gone after the second restore
        connection.execute("UPDATE articles SET title = 'altered'")
        connection.execute("CREATE TABLE of_a_later_version (n int)")
    second = newswatch("restore", str(file), "--replace")
    assert second.returncode == 0, second.stderr

    assert titles(ours) == [(7, "North Korea fires ballistic missile")]
    with psycopg.connect(airflow) as connection:
        assert connection.execute("SELECT conn_id FROM connection").fetchall() == [("slack_default",)]
    with psycopg.connect(ours) as connection:
        assert connection.execute("SELECT to_regclass('of_a_later_version')").fetchone() == (None,)
    assert (elsewhere / "models" / "5eed" / "weights.npz").read_bytes() == b"weights"
    assert (elsewhere / "secrets.json").read_text() == '{"fernet_key": "old"}'
    assert (elsewhere / "secrets.json.before-restore").read_text() == '{"fernet_key": "new"}'
    restored = Database(ours)
    assert find_schema(restored).found == migrate(restored)
    restored.close()
    assert dump_of(ours, tmp_path / "again") == dump_of(os.environ["NEWSWATCH_DATABASE_URL"], tmp_path / "here")


def dump_of(url: str, path: Path) -> str:
    """The schema as pg_dump writes it, without the lines that differ from dump to dump."""
    backup._run("pg_dump", url, "--schema-only", "--no-owner", f"--file={path}")
    return "\n".join(line for line in path.read_text().splitlines() if "restrict" not in line)


def test_a_damaged_file_is_refused(desk: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.tar"
    write(file)
    content = bytearray(file.read_bytes())
    place = content.find(b"PGDMP") + 200  # inside the first dump
    content[place] ^= 0xFF
    file.write_bytes(bytes(content))

    with (
        pytest.raises(RuntimeSetupError, match=r"damaged: \w+\.dump differs.*Nothing was restored"),
        backup.open_backup(file),
    ):
        pass


@pytest.mark.parametrize("content", [b"", b"not a tar at all"], ids=["empty", "something else"])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.tar").write_bytes(content)

    with pytest.raises(RuntimeSetupError, match="not a whole backup"), backup.open_backup(tmp_path / "a.tar"):
        pass


def test_a_member_that_would_leave_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "evil").write_text("x")
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        tar.add(tmp_path / "evil", arcname="../../evil")

    with pytest.raises(RuntimeSetupError, match="not a whole backup"), backup.open_backup(tmp_path / "a.tar"):
        pass


def test_a_backup_of_a_newer_version_is_refused(desk: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.tar"
    write(file, schema="9999")

    done = newswatch("restore", str(file), "--replace")

    assert done.returncode == 2
    assert "schema 9999" in done.stderr and "Nothing was restored" in done.stderr


def test_a_database_that_fails_half_way_is_as_it_was(desk: Path, postgres, database, tmp_path: Path) -> None:
    file, target = tmp_path / "a.tar", a_database(postgres)
    with database.begin() as connection:
        connection.execute(sa.text("CREATE SCHEMA meets_another"))
    write(file)
    with psycopg.connect(target, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA meets_another; CREATE TABLE before_it AS SELECT 1 AS n")

    with (
        backup.open_backup(file) as (_, folder),
        pytest.raises(RuntimeSetupError, match=r"(?s)already exists.*as it was before"),
    ):
        backup.restore_database(folder / "newswatch.dump", target)

    with psycopg.connect(target) as connection:
        assert connection.execute("SELECT n FROM before_it").fetchall() == [(1,)]


def test_no_file_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_text("precious")

    with pytest.raises(RuntimeSetupError, match="is there already"):
        backup.write_backup(tmp_path / "a.tar", databases={}, schema="0001", now=NOW)
    assert (tmp_path / "a.tar").read_text() == "precious"


def write(file: Path, **changes: str) -> None:
    """A backup of this test's databases; `changes` are what its manifest says instead."""
    from newswatch.cli.backup import _by_dump
    from newswatch.runtime.airflow import database_urls

    manifest = backup.write_backup(file, databases=_by_dump(database_urls()), schema="0001", now=NOW)
    if not changes:
        return
    with backup.open_backup(file) as (_, folder):
        (folder / backup.MANIFEST).write_text(json.dumps(vars(replace(manifest, **changes))))
        with tarfile.open(file, "w") as tar:
            for one in sorted(folder.iterdir()):
                tar.add(one, arcname=one.name)
