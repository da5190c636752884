"""`newswatch up|down|status|demo` and `newswatch db …`: the local installation, its servers and its demo."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from typing import Annotated

import typer

Port = Annotated[int, typer.Option(help="Port of the Airflow UI on 127.0.0.1.")]


def register(app: typer.Typer) -> None:
    """Add the local installation's commands to `app`."""
    app.command("up")(up)
    app.command("down")(down)
    app.command("status")(status)
    app.command("demo")(demo)
    group = typer.Typer(no_args_is_help=True, help="The embedded PostgreSQL.")
    group.command("start")(db_start)
    group.command("stop")(db_stop)
    group.command("migrate")(db_migrate)
    app.add_typer(group, name="db")


def tell(line: str) -> None:
    """A message for the person, on stderr."""
    print(line, file=sys.stderr, flush=True)


def up(
    port: Port = 8080,
    demo: Annotated[
        bool, typer.Option("--demo", help="Show the week that `newswatch demo` ran; nothing is fetched.")
    ] = False,
) -> None:
    """Start PostgreSQL and Airflow with its UI, watching the feeds of config/feeds.yaml.

    Example: newswatch up --port 8081
    """
    from newswatch.runtime.airflow import Standalone, admin_password
    from newswatch.runtime.demo import demo_home

    with demo_home() if demo else nullcontext():
        airflow = Standalone(port, paused=demo)
        tell("Starting Airflow; this takes half a minute ...")
        airflow.start(tell=tell)
        tell(f"Newswatch is running. UI: {airflow.url}  user: admin  password: {admin_password()}")
        tell(f"Log: {airflow.log}. Stop it with `make down`.")


def down() -> None:
    """Stop Airflow and the embedded PostgreSQL; nothing is lost.

    Example: newswatch down
    """
    from newswatch.runtime.airflow import Standalone
    from newswatch.runtime.demo import demo_home
    from newswatch.runtime.place import home
    from newswatch.runtime.postgres import EmbeddedPostgres

    for where in (nullcontext(), demo_home()):
        with where:
            Standalone().stop()
            EmbeddedPostgres(home() / "postgres").stop()
    tell("Stopped.")


def status(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of lines.")] = False,
) -> None:
    """Tell what runs here. Exit 1 when Airflow or the database does not.

    Example: newswatch status
    """
    from newswatch.runtime.airflow import Standalone
    from newswatch.runtime.place import home
    from newswatch.runtime.postgres import EmbeddedPostgres

    states = {
        "airflow": Standalone().is_running(),
        "postgresql": EmbeddedPostgres(home() / "postgres").is_running(),
    }
    if as_json:
        typer.echo(json.dumps(states))
    else:
        for name, running in states.items():
            typer.echo(f"{name}: {'running' if running else 'stopped'}")
    raise typer.Exit(0 if all(states.values()) else 1)


def demo() -> None:
    """Replay a bundled week of news through the real DAG and show the alerts it raises.

    Example: newswatch demo
    """
    from newswatch.runtime.demo import run_demo

    run_demo(tell=tell)


def db_start() -> None:
    """Start the embedded PostgreSQL and print the URL of Newswatch's database.

    Example: export NEWSWATCH_DATABASE_URL=$(newswatch db start)
    """
    from newswatch.runtime.postgres import database_url

    typer.echo(database_url())


def db_stop() -> None:
    """Stop the embedded PostgreSQL.

    Example: newswatch db stop
    """
    from newswatch.runtime.place import home
    from newswatch.runtime.postgres import EmbeddedPostgres

    EmbeddedPostgres(home() / "postgres").stop()


def db_migrate() -> None:
    """Bring the schema to this version's; refuses a database that a newer version has migrated.

    Example: newswatch db migrate
    """
    from newswatch.runtime.postgres import database_url
    from newswatch.storage.migrate import migrate
    from newswatch.storage.session import Database

    typer.echo(migrate(Database(database_url())))
