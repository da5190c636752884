"""Who may write the list of feeds now? One at a time, among all API servers that share this database."""

from __future__ import annotations

import sqlalchemy as sa

FEED_LIST_LOCK = 0x6E77_6664  # "nwfd"; any number that no other lock of ours has


def lock_feed_list(connection: sa.Connection) -> None:
    """Wait until nobody else writes the list; held until the end of the transaction."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(FEED_LIST_LOCK)))
