"""How is everything this installation knows put into one file, and brought back?

    newswatch-20261128T103000Z.tar          readable by its owner alone: it holds the keys of Airflow's connections
    ├── manifest.json                       which versions wrote it, when, and the sha256 of every other member
    ├── newswatch.dump, airflow.dump        both databases, as `pg_dump --format=custom` writes them
    ├── secrets.json, passwords.json        where this installation keeps its own (absent where they come from outside)
    ├── config/*.yaml                       the configuration in force
    └── models/                             the models trained here, one of which may be in force

A dump is one snapshot, so a backup may be taken while everything runs. A restore replaces a database whole, in one transaction:
it is as it was before, or as it was in the backup, and nothing between. pg_dump and psql come with the embedded PostgreSQL's
wheel; they read servers of version 18 and older.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from newswatch import __version__
from newswatch.errors import RuntimeSetupError
from newswatch.runtime.place import config_folder, home
from newswatch.runtime.postgres import client_program

FORMAT = 1  # of this file; a later one is refused
MANIFEST = "manifest.json"
KEPT = ("secrets.json", "passwords.json")
EMPTY_SCHEMA = (
    "DROP SCHEMA IF EXISTS public CASCADE;\n"
    "CREATE SCHEMA public AUTHORIZATION pg_database_owner;\n"
    "COMMENT ON SCHEMA public IS 'standard public schema';\n"
    "GRANT USAGE ON SCHEMA public TO PUBLIC;\n"
)
"""What PostgreSQL puts into a new database, so that the next dump finds nothing to remember about it."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `schema` is the revision of our database, `sha256` one digest a member."""

    format: int
    newswatch: str
    airflow: str
    schema: str
    created_at: str
    sha256: dict[str, str]


def write_backup(path: Path, *, databases: Mapping[str, str], schema: str, now: datetime) -> Manifest:
    """Write a backup to `path`, which appears only once it is whole. `databases` maps the name of each dump to its URL."""
    if path.exists():
        raise RuntimeSetupError(f"{path} is there already. Nothing was written; name another file, or remove it.")
    with _folder_beside(path) as folder:
        for name, url in databases.items():
            _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={folder / name}.dump")
        _copy_files(folder)
        members = sorted(one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file())
        manifest = Manifest(
            FORMAT, __version__, _version_of_airflow(), schema, now.isoformat(timespec="seconds"),
            {name: _sha256(folder / name) for name in members},
        )  # fmt: skip
        (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1) + "\n")
        whole = folder / "whole.tar"
        with os.fdopen(os.open(whole, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w") as tar:
                for name in (MANIFEST, *members):
                    tar.add(folder / name, arcname=name)
            file.flush()
            os.fsync(file.fileno())
        whole.rename(path)
    return manifest


@contextmanager
def open_backup(path: Path) -> Iterator[tuple[Manifest, Path]]:
    """A backup unpacked into a folder that lives as long as the block, every member checked. Raises RuntimeSetupError."""
    with _folder_beside(path) as folder:
        try:
            with tarfile.open(path) as tar:
                tar.extractall(folder, filter="data")  # refuses members that would leave the folder
            manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
        except (OSError, tarfile.TarError, ValueError, TypeError) as error:
            raise RuntimeSetupError(f"{path} is not a whole backup ({error}). Nothing was restored.") from None
        if manifest.format > FORMAT:
            raise RuntimeSetupError(
                f"{path} was written by Newswatch {manifest.newswatch}, newer than this one. Nothing was restored; "
                "install that version."
            )
        for name, digest in manifest.sha256.items():
            member = folder / name
            if not member.is_file() or _sha256(member) != digest:
                raise RuntimeSetupError(
                    f"{path} is damaged: {name} differs from what was written. Nothing was restored."
                )
        yield manifest, folder


def restore_database(dump: Path, url: str) -> None:
    """Replace everything in the database at `url` by the dump, in one transaction. Raises RuntimeSetupError."""
    script = dump.with_suffix(".sql")
    _run("pg_restore", None, "--no-owner", "--no-privileges", f"--file={script}", str(dump))
    with script.open("rb") as commands:
        _run("psql", url, "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
             f"--command={EMPTY_SCHEMA}", "--file=-", stdin=commands)  # fmt: skip
    script.unlink()


def holds_tables(url: str) -> bool:
    """Whether anything is in the database that a restore would replace."""
    import psycopg

    with psycopg.connect(_libpq(url)) as connection:
        found = connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone()
    return found is not None


def restore_files(folder: Path) -> list[str]:
    """Put keys and passwords back, what differed beside them as `….before-restore`; returns what a person should know."""
    told = []
    for name in KEPT:
        if not (folder / name).exists():
            continue
        target = home() / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists() and target.read_bytes() != (folder / name).read_bytes():
            target.replace(target.with_name(f"{name}.before-restore"))
            told.append(f"{target} was replaced; what stood there is kept as {name}.before-restore.")
        shutil.copy(folder / name, target)
        target.chmod(0o600)
    if (folder / "models").is_dir():  # named by their content: one that is there already is the same
        shutil.copytree(folder / "models", home() / "models", dirs_exist_ok=True)
    return told + _restore_config(folder / "config")


def _restore_config(saved: Path) -> list[str]:
    """The configuration in force is a person's work and is never replaced; a different one is laid beside it."""
    differing = [one for one in saved.glob("*.yaml") if not _same(one, config_folder() / one.name)]
    if not differing:
        return []
    beside = home() / "restored-config"
    shutil.copytree(saved, beside, dirs_exist_ok=True)
    names = ", ".join(sorted(one.name for one in differing))
    return [f"The backup's configuration differs from the one in force ({names}); it was laid into {beside}."]


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def _copy_files(folder: Path) -> None:
    for name in KEPT:
        if (home() / name).exists():
            shutil.copy(home() / name, folder / name)
    if (home() / "models").is_dir():
        shutil.copytree(home() / "models", folder / "models", ignore=shutil.ignore_patterns("unfinished-*"))
    (folder / "config").mkdir()
    for file in sorted(config_folder().glob("*.yaml")):
        shutil.copy(file, folder / "config" / file.name)


@contextmanager
def _folder_beside(path: Path) -> Iterator[Path]:
    """A private folder on the same disk as `path`, so that the finished file can be renamed into place."""
    if not path.parent.is_dir():
        raise RuntimeSetupError(f"{path.parent} is no folder. Nothing was done; make it, or name another place.")
    with tempfile.TemporaryDirectory(prefix=".newswatch-", dir=path.parent) as folder:
        yield Path(folder)


def _run(program: str, url: str | None, *arguments: str, stdin: IO[bytes] | None = None) -> None:
    target = (f"--dbname={_libpq(url)}",) if url else ()
    done = subprocess.run(
        [client_program(program), *target, *arguments], stdin=stdin, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeSetupError(f"{program} failed: {done.stderr.strip()[-600:]}. The database is as it was before.")


def _libpq(url: str) -> str:
    """A SQLAlchemy URL as PostgreSQL's own programs take it. Raises RuntimeSetupError for another kind of database."""
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] not in ("postgresql", "postgres"):
        raise RuntimeSetupError(f"A {scheme} database cannot be backed up here; Newswatch knows PostgreSQL alone.")
    return f"postgresql://{rest}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _version_of_airflow() -> str:
    from importlib.metadata import version

    return version("apache-airflow")
