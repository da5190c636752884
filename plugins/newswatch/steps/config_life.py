"""How does a configuration come into force and go again? Saved as a new revision, never blind, always with who and why.

The files are the configuration; the database keeps what they were. A save holds one lock, looks whether the files are still
those the editor had seen, checks the new text whole, replaces each file in one move, and writes revision and audit.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from newswatch.errors import ConfigError, ConflictError
from newswatch.settings import DECIDING, Settings, deciding_texts, files_sha, from_content, load_settings, load_texts
from newswatch.tuning.difference import Difference, differences
from newswatch.yaml_edit import Patch, patched, plain_yaml

if TYPE_CHECKING:
    import sqlalchemy as sa

    from newswatch.storage.session import Database
    from newswatch.storage.tuning.changes import Change


@dataclass(frozen=True)
class ConfigState:
    """The configuration as it stands in the files. `trouble` tells why they cannot be used; then `revision` is still in force."""

    revision: str
    texts: Mapping[str, str]
    settings: Settings
    trouble: str | None = None


def config_state(db: Database, folder: Path) -> ConfigState:
    """The deciding files with the revision that a save must name as the one it started from."""
    with db.begin() as connection:
        return _state(connection, folder)


def config_history(db: Database, *, limit: int = 100) -> list[Change]:
    """Who put what in force, when and why, the latest first."""
    from newswatch.storage.tuning.changes import find_changes

    with db.read() as connection:
        return find_changes(connection, "config", limit=limit)


def config_difference(db: Database, old: str, new: str) -> tuple[Difference, ...]:
    """What differs between two stored revisions, each named by the beginning of its name. Raises ConfigError for unknown ones."""
    with db.read() as connection:
        return differences(_content(connection, old), _content(connection, new))


def patch_difference(settings: Settings, folder: Path, patch: Mapping[str, Patch]) -> tuple[Difference, ...]:
    """What a patch would change of the settings in the files. Raises ConfigError when the result is not valid."""
    return differences(_deciding(settings), _deciding(load_texts(folder, patched_texts(deciding_texts(folder), patch))))


def save_config(
    db: Database,
    folder: Path,
    *,
    expected: str,
    who: str,
    why: str,
    now: datetime,
    patch: Mapping[str, Patch] | None = None,
    texts: Mapping[str, str] | None = None,
) -> str:
    """Put a change in force and return its revision: values by file (`patch`), or whole files (`texts`), of `DECIDING`.

    `expected` is the revision the change was made from. Raises ConflictError when another is in force by now, ConfigError
    when the result is not valid; either way nothing has changed.
    """
    with db.begin() as connection:
        state = _locked(connection, folder, expected)
        wanted = dict(texts or {}) | patched_texts(dict(state.texts) | dict(texts or {}), patch or {})
        return _put_in_force(connection, folder, state, wanted, action="saved", who=who, why=why, now=now)


def rollback_config(
    db: Database, folder: Path, *, who: str, why: str, now: datetime, to: str | None = None, expected: str | None = None
) -> str:
    """Put an earlier revision in force again and return it: `to`, else the one before the present.

    Raises ConfigError when there is none, ConflictError when another than `expected` is in force by now.
    """
    from newswatch.storage.tuning.changes import find_changes

    with db.begin() as connection:
        state = _locked(connection, folder, expected)
        if to is None:
            to = next((one.was for one in find_changes(connection, "config") if one.revision == state.revision), None)
        if to is None:
            raise ConfigError("There is no earlier revision to go back to. Nothing was changed.")
        wanted = _texts_of(connection, to)
        return _put_in_force(connection, folder, state, wanted, action="rolled_back", who=who, why=why, now=now)


def texts_of_revision(db: Database, beginning: str) -> dict[str, str]:
    """The deciding files of a stored revision, named by the beginning of its name. Raises ConfigError for an unknown one."""
    with db.read() as connection:
        return _texts_of(connection, beginning)


def _locked(connection: sa.Connection, folder: Path, expected: str | None) -> ConfigState:
    from newswatch.storage.tuning.changes import take_change_lock

    take_change_lock(connection, "config")
    state = _state(connection, folder)
    if expected is not None and state.revision != expected:
        raise ConflictError(
            f"The configuration is revision {state.revision} by now, not {expected}: somebody else has changed it. "
            f"Nothing was saved. Look at `newswatch config diff {expected} {state.revision}`, then make the change again."
        )
    return state


def _state(connection: sa.Connection, folder: Path) -> ConfigState:
    from newswatch.storage.revisions import find_latest_revision

    try:
        settings = load_settings(folder)
    except ConfigError as error:
        content = find_latest_revision(connection, "config")
        if content is None:
            raise
        settings = from_content(content)
        return ConfigState(settings.revision, _readable(folder), settings, str(error))
    return ConfigState(settings.revision, deciding_texts(folder), settings)


def _put_in_force(
    connection: sa.Connection,
    folder: Path,
    state: ConfigState,
    wanted: Mapping[str, str],
    *,
    action: Literal["saved", "rolled_back"],
    who: str,
    why: str,
    now: datetime,
) -> str:
    from newswatch.storage.revisions import save_revision
    from newswatch.storage.tuning.changes import add_change

    if strange := set(wanted) - set(DECIDING):
        raise ConfigError(f"`{sorted(strange)[0]}` is none of the files that can be saved here: {', '.join(DECIDING)}.")
    if not who.strip() or not why.strip():
        raise ConfigError("A change needs who makes it and why. Nothing was saved.")
    settings = load_texts(folder, wanted)
    replace_files(folder, {name: text for name, text in wanted.items() if text != state.texts.get(name)})
    save_revision(
        connection,
        "config",
        settings.revision,
        settings.content,
        now,
        files_sha=files_sha(folder),
        texts=deciding_texts(folder),
    )
    if settings.revision != state.revision:
        add_change(
            connection, "config", action, who=who, why=why, was=state.revision, revision=settings.revision, now=now
        )
    return settings.revision  # fmt: skip


def replace_files(folder: Path, texts: Mapping[str, str]) -> None:
    """Replace each file in one move: whoever reads sees the old one or the new one, and a power cut leaves either."""
    written: list[tuple[str, Path]] = []
    try:
        for name, text in texts.items():
            with tempfile.NamedTemporaryFile(
                "w", encoding="utf-8", dir=folder, prefix=f".{name}.", delete=False
            ) as file:
                written.append((file.name, folder / f"{name}.yaml"))
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        for temporary, path in written:
            if path.exists():
                Path(temporary).chmod(path.stat().st_mode & 0o777)
            Path(temporary).replace(path)
    except OSError as error:
        raise ConfigError(
            f"{folder}: cannot be written ({error.strerror}). Nothing was saved; make the folder writable for this user."
        ) from error
    finally:
        for temporary, _ in written:
            Path(temporary).unlink(missing_ok=True)


def patched_texts(texts: Mapping[str, str], patch: Mapping[str, Patch]) -> dict[str, str]:
    """The files that `patch` changes, changed. Raises ConfigError for a file or a place that cannot be."""
    if strange := set(patch) - set(DECIDING):
        raise ConfigError(
            f"`{sorted(strange)[0]}` is none of the files that can be changed here: {', '.join(DECIDING)}."
        )
    return {name: patched(texts[name], part) for name, part in patch.items()}


def _content(connection: sa.Connection, beginning: str) -> dict[str, object]:
    from newswatch.storage.tuning.changes import find_revision

    row = find_revision(connection, "config", beginning)
    if row is None:
        raise ConfigError(f"No revision, or more than one, begins with {beginning!r}. See `newswatch config history`.")
    return {name: row["content"][name] for name in DECIDING}


def _texts_of(connection: sa.Connection, beginning: str) -> dict[str, str]:
    """The files of a revision; those of a revision kept before texts were are written anew, without their comments."""
    from newswatch.storage.tuning.changes import find_revision

    content = _content(connection, beginning)
    row = find_revision(connection, "config", beginning)
    texts = (row or {}).get("texts") or {}
    return {name: texts.get(name) or plain_yaml(content[name]) for name in DECIDING}  # type: ignore[arg-type]


def _deciding(settings: Settings) -> dict[str, object]:
    return {name: settings.content[name] for name in DECIDING}


def _readable(folder: Path) -> dict[str, str]:
    """The files as they lie there, for mending: what is not text is left out."""
    found = {}
    for name in DECIDING:
        try:
            found[name] = (folder / f"{name}.yaml").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            continue
    return found
