"""How do we talk to the database? One engine, short transactions, one error text.

This package is the only one that knows SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, OperationalError

from newswatch.errors import StorageError

Connection = sa.Connection  # for those who pass one on and do not know SQLAlchemy
POOL_SIZE = 4  # a task holds one connection, seldom two; eight tasks stay below PostgreSQL's default of 100
DISK_FULL = "53100"  # PostgreSQL's error code (appendix A of its manual)
STATEMENT_TIMEOUT_MS = 120_000  # far above any honest statement; a stuck lock ends instead of hanging a task


class Database:
    """Newswatch's own PostgreSQL database. Cheap to make: nothing connects before the first transaction."""

    def __init__(self, url: str) -> None:
        self.url = sa.make_url(url).set(drivername="postgresql+psycopg")

    @cached_property
    def engine(self) -> sa.Engine:
        return sa.create_engine(
            self.url,
            pool_size=POOL_SIZE,
            pool_pre_ping=True,  # a restarted server costs one reconnect, not one failed task
            connect_args={
                "connect_timeout": 10,
                "application_name": "newswatch",
                "options": f"-c timezone=UTC -c statement_timeout={STATEMENT_TIMEOUT_MS}",
            },
        )

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """One transaction: committed at the end of the block, rolled back when it raises."""
        with self._explained(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One read-only transaction with a stable view of the data."""
        with self._explained(), self.engine.connect() as opened:
            connection = opened.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Give the connections back; the next use opens new ones."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            if error.connection_invalidated or "connection" in str(error.orig).lower():
                raise StorageError(
                    f"The database {self.url.render_as_string(hide_password=True)} cannot be reached: "
                    f"{str(error.orig).strip().splitlines()[0]} Nothing is lost: the next run takes up what this one left. "
                    "Start it with `newswatch db start`, or correct NEWSWATCH_DATABASE_URL."
                ) from error
            if _has_no_room(error):
                raise self._full(error) from error
            raise
        except DBAPIError as error:
            if _has_no_room(error):
                raise self._full(error) from error
            raise

    def _full(self, error: DBAPIError) -> StorageError:
        return StorageError(
            f"The database {self.url.render_as_string(hide_password=True)} cannot write: "
            f"{str(error.orig).strip().splitlines()[0]}. Nothing is lost: what was begun is undone, and the next run takes "
            "it up. Free space on the disk of the database server."
        )


def _has_no_room(error: DBAPIError) -> bool:
    """Whether the server could not extend a file: its disk is full, or a quota or limit on files is reached."""
    said = str(error.orig)
    return (
        getattr(error.orig, "sqlstate", None) == DISK_FULL
        or "could not extend file" in said
        or "could not write" in said
    )
