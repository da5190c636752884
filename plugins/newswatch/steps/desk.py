"""With which database, settings and clock does a step work?"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from newswatch.errors import ConfigError
from newswatch.runtime.place import config_folder
from newswatch.runtime.postgres import database_url
from newswatch.settings import DECIDING, Settings, deciding_texts, files_sha, from_content, load_settings
from newswatch.storage.migrate import migrate
from newswatch.storage.revisions import find_latest_revision, find_revision_of_files, save_revision
from newswatch.storage.session import Database
from newswatch.storage.tuning.changes import add_change, latest_revision, take_change_lock

log = logging.getLogger("newswatch")


@dataclass(frozen=True)
class Desk:
    """Everything a step needs from outside. `warning` tells why the settings in force are not those of the files."""

    db: Database
    settings: Settings
    clock: Callable[[], datetime]
    warning: str | None = None

    @property
    def now(self) -> datetime:
        return self.clock()


@contextmanager
def open_desk() -> Iterator[Desk]:
    """The desk of this installation: its database, migrated, and its settings, the last good ones if a file is broken."""
    db = Database(database_url())
    try:
        migrate(db)
        settings, warning = active_settings(db, config_folder(), utc_now())
        if warning:
            log.error("%s", warning)
        yield Desk(db, settings, utc_now, warning)
    finally:
        db.close()


def active_settings(db: Database, folder: Path, now: datetime) -> tuple[Settings, str | None]:
    """The settings of `folder`, stored as a revision; if they are invalid, the last good revision and why.

    Files that have not changed since are not parsed again: their content is in the database (0.3 s a task).
    Raises ConfigError when there is no good revision to fall back on.
    """
    sha = files_sha(folder)
    with db.begin() as connection:
        known = find_revision_of_files(connection, sha) if sha else None
    if known is not None:
        return from_content(known), None
    with db.begin() as connection:
        take_change_lock(connection, "config")  # whoever saves several files is done with all of them
        try:
            settings, sha = load_settings(folder), files_sha(folder)
        except ConfigError as error:
            content = find_latest_revision(connection, "config")
            if content is None:
                raise
            kept = from_content(content)
            return kept, f"{error}\nRevision {kept.revision} is still in force: nothing was lost, and nothing changed."
        was = latest_revision(connection, "config")
        if was != settings.revision:
            who, why = f"file:{_editor(folder)}", "the files were edited"
            add_change(connection, "config", "found", who=who, why=why, was=was, revision=settings.revision, now=now)
        texts = deciding_texts(folder)
        save_revision(connection, "config", settings.revision, settings.content, now, files_sha=sha, texts=texts)
    return settings, None


def _editor(folder: Path) -> str:
    """Who owns the file that was changed last: the nearest to a name that a folder tells."""
    newest = max((folder / f"{name}.yaml" for name in DECIDING), key=lambda path: path.stat().st_mtime)
    try:
        return newest.owner()
    except (KeyError, OSError):  # no such user in this container
        return str(newest.stat().st_uid)


def utc_now() -> datetime:
    """The present; the demo and tests set NEWSWATCH_NOW (ISO 8601 with offset) to replay a week in a minute."""
    pretended = os.environ.get("NEWSWATCH_NOW")
    return datetime.fromisoformat(pretended).astimezone(UTC) if pretended else datetime.now(UTC)


def rest(seconds: float) -> None:
    """Sleep; not at all while the present is pretended, for then nothing is gained by waiting."""
    if not os.environ.get("NEWSWATCH_NOW"):
        time.sleep(seconds)
