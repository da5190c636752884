"""Who put which configuration or model in force, when and why? An audit that is only ever added to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from newswatch.storage.revisions import Kind
from newswatch.storage.tables import revisions
from newswatch.storage.tables_tuning import revision_changes

Action = Literal["found", "saved", "rolled_back", "promoted"]
CHANGE_LOCK = {"config": 0x636F6E66, "model": 0x6D6F6465}  # "conf", "mode": one change of each at a time


@dataclass(frozen=True, slots=True)
class Change:
    """One change of what is in force. `found`: the files had been edited by hand, and a run noticed."""

    change_id: int
    changed_at: datetime
    kind: str
    action: str
    who: str
    why: str
    was: str | None
    revision: str


def take_change_lock(connection: sa.Connection, kind: Kind) -> None:
    """Until this transaction ends nobody else changes the configuration (or the model), nor reads its files half-written."""
    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(CHANGE_LOCK[kind])))


def add_change(
    connection: sa.Connection,
    kind: Kind,
    action: Action,
    *,
    who: str,
    why: str,
    was: str | None,
    revision: str,
    now: datetime,
) -> None:
    """Write one line of the audit."""
    connection.execute(
        sa.insert(revision_changes).values(
            changed_at=now, kind=kind, action=action, who=who, why=why, was=was, revision=revision
        )
    )


def find_changes(connection: sa.Connection, kind: Kind, *, limit: int = 100) -> list[Change]:
    """The audit of one kind, the latest first."""
    statement = (
        sa.select(revision_changes)
        .where(revision_changes.c.kind == kind)
        .order_by(revision_changes.c.change_id.desc())
        .limit(limit)
    )
    return [Change(**row) for row in connection.execute(statement).mappings()]


def latest_revision(connection: sa.Connection, kind: Kind) -> str | None:
    """The revision that is in force; None before the first."""
    statement = (
        sa.select(revisions.c.revision)
        .where(revisions.c.kind == kind)
        .order_by(revisions.c.last_used_at.desc())
        .limit(1)
    )
    return connection.scalar(statement)


def find_revision(connection: sa.Connection, kind: Kind, beginning: str) -> Mapping[str, Any] | None:
    """The revision (`revision`, `content`, `texts`, `first_used_at`, `last_used_at`) whose name begins so, if only one does."""
    statement = sa.select(revisions).where(
        revisions.c.kind == kind, revisions.c.revision.startswith(beginning, autoescape=True)
    )
    rows = connection.execute(statement.limit(2)).mappings().all()
    return dict(rows[0]) if len(rows) == 1 else None
