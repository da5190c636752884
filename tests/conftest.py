"""What every test may use: a real PostgreSQL (one embedded server a session), a fresh database a test, shared material."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples every time, so that a change fails for what it changed; others each time with NEWSWATCH_FULL.
settings.register_profile("steady", derandomize=not os.environ.get("NEWSWATCH_FULL"))
settings.load_profile("steady")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def postgres() -> Iterator[object]:
    """An embedded PostgreSQL of this session's own, without fsync: tests kill processes, not machines."""
    from newswatch.runtime.postgres import EmbeddedPostgres

    folder = Path(tempfile.mkdtemp(prefix="nw-pg-", dir="/tmp"))
    folder.chmod(0o755)
    server = EmbeddedPostgres(folder / "data")
    server.start()
    import psycopg

    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def template_database(postgres) -> str:
    """A migrated, empty database; each test gets a copy of it, which takes a tenth of migrating anew."""
    from newswatch.storage.migrate import migrate
    from newswatch.storage.session import Database

    postgres.create_database("template_newswatch")
    db = Database(postgres.url("template_newswatch"))
    migrate(db)
    db.close()
    return "template_newswatch"


@pytest.fixture
def database(postgres, template_database) -> Iterator[object]:
    """A fresh, migrated, empty `Database`."""
    import psycopg

    from newswatch.storage.session import Database

    name = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template_database}")
    db = Database(postgres.url(name))
    yield db
    db.close()
    with psycopg.connect(postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def shared_material() -> Path:
    """The folder of real feeds, pages and headlines that nobody here wrote; skips where it is absent."""
    folder = Path(os.environ.get("NEWSWATCH_SHARED_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent: real material is read where present and never part of the repository")
    return folder
