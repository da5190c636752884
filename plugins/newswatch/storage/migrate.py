"""Is the schema the one this code knows? Migrates an older one under a lock, refuses a newer one.

Alembic, with its version table in our own database: Airflow's metadata database is never touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from newswatch.errors import SchemaTooNewError
from newswatch.storage.session import Database

MIGRATION_LOCK = 0x6E657773  # "news": any number will do, as long as all migrators take the same


def migrate(db: Database) -> str:
    """Bring the schema to this code's revision and return that revision. Safe to call from many processes at once."""
    head, known = _revisions()
    with db.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        found = MigrationContext.configure(connection).get_current_revision()
        _refuse_newer(found, known)
        if found != head:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return head


@dataclass(frozen=True)
class Schema:
    """Which schema a database has (None: none yet), and which one this code works with."""

    found: str | None
    head: str
    known: bool  # False: a newer Newswatch has migrated it


def find_schema(db: Database) -> Schema:
    """The schema of `db`, which is left as it is."""
    with db.read() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return Schema(found, _revisions()[0], found is None or is_known(found))


def is_known(revision: str) -> bool:
    """Whether this code has the migration of that name; False for one of a newer Newswatch."""
    return revision in _revisions()[1]


@cache
def _revisions() -> tuple[str, frozenset[str]]:
    """The newest revision of this code and all it has: read once a process, for every task asks twice."""
    script = ScriptDirectory.from_config(_config())
    return str(script.get_current_head()), frozenset(one.revision for one in script.walk_revisions())


def _refuse_newer(found: str | None, known: frozenset[str]) -> None:
    if found is not None and found not in known:
        raise SchemaTooNewError(
            f"The database has schema {found}, which this version does not know: a newer Newswatch has migrated it. "
            "Nothing was changed. Install that version again, or restore a backup from before its migration."
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
