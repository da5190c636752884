"""Which configuration or model was in force when? Content by its revision; the latest good one can be read back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from newswatch.storage.tables import revisions

Kind = Literal["config", "model"]


def save_revision(
    connection: sa.Connection,
    kind: Kind,
    revision: str,
    content: dict[str, Any],
    now: datetime,
    *,
    files_sha: str | None = None,
    texts: Mapping[str, str] | None = None,
) -> None:
    """Note that `revision` is in force now. The content of a revision that decides nothing may change under its name."""
    before = sa.select(sa.func.max(revisions.c.last_used_at)).where(revisions.c.kind == kind).scalar_subquery()
    later = before + sa.text("interval '1 microsecond'")  # what is saved last is in force, whatever the clock says
    moment = sa.func.greatest(sa.literal(now, sa.DateTime(timezone=True)), later)
    statement = insert(revisions).values(
        kind=kind, revision=revision, first_used_at=now, last_used_at=moment, content=content, files_sha=files_sha,
        texts=None if texts is None else dict(texts),
    )  # fmt: skip
    statement = statement.on_conflict_do_update(
        index_elements=[revisions.c.kind, revisions.c.revision],
        set_={
            "last_used_at": statement.excluded.last_used_at,
            "content": statement.excluded.content,
            "files_sha": files_sha,
            "texts": sa.func.coalesce(statement.excluded.texts, revisions.c.texts),
        },
    )
    connection.execute(statement)


def find_latest_revision(connection: sa.Connection, kind: Kind) -> dict[str, Any] | None:
    """The content that was in force last, or None when there never was any."""
    statement = (
        sa.select(revisions.c.content)
        .where(revisions.c.kind == kind)
        .order_by(revisions.c.last_used_at.desc())
        .limit(1)
    )
    return connection.scalar(statement)


def find_revision_of_files(connection: sa.Connection, files_sha: str) -> dict[str, Any] | None:
    """The configuration that was read from exactly these files and is the latest in force; None when another came since."""
    latest = (
        sa.select(revisions.c.files_sha, revisions.c.content)
        .where(revisions.c.kind == "config")
        .order_by(revisions.c.last_used_at.desc())
        .limit(1)
    )
    row = connection.execute(latest).one_or_none()
    return row.content if row and row.files_sha == files_sha else None
