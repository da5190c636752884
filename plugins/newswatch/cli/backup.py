"""`newswatch backup|restore`: everything this installation knows in one file, and back."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from newswatch.errors import RuntimeSetupError


def register(app: typer.Typer) -> None:
    """Add `backup` and `restore` to `app`."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    file: Annotated[Path | None, typer.Argument(help="Default: newswatch-TIME.tar in the folder you are in.")] = None,
) -> None:
    """Write both databases, the keys and the configuration into one file. Everything may go on running meanwhile.

    Whoever has the file can read Airflow's connections: keep it as you keep passwords. Prints what it holds.

    Example: newswatch backup /backups/newswatch-monday.tar
    """
    from newswatch.runtime.airflow import database_urls
    from newswatch.runtime.backup import write_backup
    from newswatch.storage.migrate import migrate
    from newswatch.storage.session import Database

    now = datetime.now(UTC)
    path = (file or Path(f"newswatch-{now:%Y%m%dT%H%M%SZ}.tar")).resolve()
    urls = database_urls()
    schema = migrate(Database(urls["NEWSWATCH_DATABASE_URL"]))
    manifest = write_backup(path, databases=_by_dump(urls), schema=schema, now=now)
    typer.echo(json.dumps({"file": str(path), "bytes": path.stat().st_size, **asdict(manifest)}))


def restore(
    file: Annotated[Path, typer.Argument(help="What `newswatch backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace databases that hold something. What they hold is lost.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only tell whether the file is whole, and what it holds.")
    ] = False,
) -> None:
    """Bring both databases back as a backup holds them, then migrate them to this version. Stop Airflow before.

    Each database is replaced in one transaction. A backup of a newer Newswatch is refused. Exit codes: 0 restored (or
    whole), 2 nothing was changed; the reason stands on stderr.

    Example: newswatch restore newswatch-monday.tar --replace
    """
    from newswatch.runtime.airflow import Standalone, database_urls
    from newswatch.runtime.backup import holds_tables, open_backup, restore_database, restore_files
    from newswatch.runtime.place import home
    from newswatch.storage.migrate import is_known, migrate
    from newswatch.storage.session import Database

    with open_backup(file.resolve()) as (manifest, folder):
        if not is_known(manifest.schema):
            raise RuntimeSetupError(
                f"{file} has schema {manifest.schema}, of Newswatch {manifest.newswatch}, newer than this one. "
                "Nothing was restored; install that version."
            )
        if check:
            typer.echo(json.dumps(asdict(manifest)))
            return
        if Standalone().is_running():
            raise RuntimeSetupError("Airflow runs here. Nothing was restored; stop it with `newswatch down` first.")
        urls = _by_dump(database_urls())
        full = [name for name, url in urls.items() if holds_tables(url)]
        if full and not replace:
            raise RuntimeSetupError(
                f"The database {' and '.join(full)} holds something already. Nothing was restored; take a backup of it, "
                "then say --replace."
            )
        for name, url in urls.items():
            restore_database(folder / f"{name}.dump", url)
        told = restore_files(folder)
    (home() / "airflow" / "migrated").unlink(missing_ok=True)  # the next start brings Airflow's schema up to date
    schema = migrate(Database(urls["newswatch"]))
    for line in told:
        print(line, file=sys.stderr)
    typer.echo(json.dumps({"restored": sorted(urls), "schema": schema, "from": asdict(manifest)}))


def _by_dump(urls: dict[str, str]) -> dict[str, str]:
    return {"newswatch": urls["NEWSWATCH_DATABASE_URL"], "airflow": urls["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"]}
