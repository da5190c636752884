"""The migrations make the schema that the code declares; an older one is migrated once, a newer one refused."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from newswatch.errors import SchemaTooNewError
from newswatch.storage.migrate import migrate
from newswatch.storage.session import Database
from newswatch.storage.tables_all import metadata


@pytest.fixture
def empty(postgres) -> Database:
    name = f"m_{uuid.uuid4().hex[:12]}"
    postgres.create_database(name)
    return Database(postgres.url(name))


def test_migrating_makes_what_the_tables_declare(database) -> None:
    with database.begin() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_twice_changes_nothing(empty: Database) -> None:
    assert migrate(empty) == migrate(empty)


def test_eight_migrators_at_once_make_one_schema(empty: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        heads = set(
            pool.map(lambda _: migrate(Database(str(empty.url.render_as_string(hide_password=False)))), range(8))
        )

    assert len(heads) == 1


def test_a_newer_schema_is_refused_and_left_alone(empty: Database) -> None:
    migrate(empty)
    with empty.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(SchemaTooNewError, match=r"9999.*Nothing was changed"):
        migrate(empty)
