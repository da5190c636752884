"""Which server holds the database, and what time is it there?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from newswatch.storage.session import Database


@dataclass(frozen=True)
class Server:
    """`version` is PostgreSQL's major version, `clock` its time at the moment of asking."""

    version: int
    clock: datetime


def ask_server(db: Database) -> Server:
    """Raises StorageError when it cannot be reached."""
    with db.read() as connection:
        number, clock = connection.execute(
            sa.text("SELECT current_setting('server_version_num')::int, clock_timestamp()")
        ).one()
    return Server(int(number) // 10_000, clock)
