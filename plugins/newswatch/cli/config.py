"""`newswatch config check|schema|save|diff|history|rollback`: is the configuration valid, what was it, and who changed it?"""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the group `config` to `app`."""
    group = typer.Typer(no_args_is_help=True, help="Check the configuration, change it under a revision, and go back.")
    group.command("check")(check)
    group.command("schema")(schema)
    group.command("save")(save)
    group.command("diff")(diff)
    group.command("history")(history)
    group.command("rollback")(rollback)
    app.add_typer(group, name="config")


def check(
    folder: Annotated[
        Path | None, typer.Argument(help="The folder of the YAML files; default: the one in force.")
    ] = None,
) -> None:
    """Validate every file; prints the revision, or each error as file:line:column.

    Example: newswatch config check config/
    """
    from newswatch.runtime.place import config_folder
    from newswatch.settings import load_settings

    settings = load_settings(folder or config_folder())
    feeds = len(settings.feed_list.as_feeds())
    typer.echo(json.dumps({"revision": settings.revision, "feeds": feeds, "valid": True}))


def schema(
    folder: Annotated[Path, typer.Argument(help="Where to write one JSON Schema a file.")] = Path("config/schema"),
) -> None:
    """Write the JSON Schema of each configuration file, with which editors complete and check.

    Example: newswatch config schema config/schema
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / f"{name}.schema.json").write_text(text, encoding="utf-8")
        typer.echo(str(folder / f"{name}.schema.json"))


def save(
    changes: Annotated[
        list[str],
        typer.Option("--set", help="A value, such as classifier.signals.thresholds.launch=0.6; null removes it."),
    ],
    why: Annotated[str, typer.Option(help="The reason, for the history.")],
    expected: Annotated[
        str | None, typer.Option(help="The revision the change was made from; refused when another is in force by now.")
    ] = None,
) -> None:
    """Put values in force as a new revision; comments stay. Prints the revision.

    Exit codes: 0 done, 2 not valid, or somebody else has changed it since; then nothing was saved.

    Example: newswatch config save --set alerts.route.min_severity=4 --why "exercise week"
    """
    from newswatch.cli.stored_replay import patch_of
    from newswatch.runtime.place import config_folder
    from newswatch.steps.config_life import config_state, save_config
    from newswatch.steps.desk import open_desk

    with open_desk() as desk:
        seen = expected or config_state(desk.db, config_folder()).revision
        revision = save_config(
            desk.db, config_folder(), patch=patch_of(changes), expected=seen, who=_me(), why=why, now=desk.now
        )
    typer.echo(revision)


def diff(
    old: Annotated[str | None, typer.Argument(help="A revision; default: the one before the present.")] = None,
    new: Annotated[str | None, typer.Argument(help="A revision; default: the present one.")] = None,
) -> None:
    """What differs between two revisions, one value a line.

    Exit codes: 0 nothing differs, 1 something does, 2 there is no such revision.

    Example: newswatch config diff 3f2a90 81bc04
    """
    from newswatch.errors import ConfigError
    from newswatch.steps.config_life import config_difference, config_history
    from newswatch.steps.desk import open_desk

    with open_desk() as desk:
        changes = config_history(desk.db, limit=1)
        present = changes[0].revision if changes else ""
        before = old or (changes[0].was if changes else None)
        if before is None:
            raise ConfigError(
                "There is only one revision, so nothing to compare it with. See `newswatch config history`."
            )
        found = config_difference(desk.db, before, new or present)
    for line in found:
        typer.echo(str(line))
    raise typer.Exit(1 if found else 0)


def history(
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line instead of a table.")] = False,
) -> None:
    """Who put which revision in force, when and why, the newest first.

    Example: newswatch config history
    """
    from newswatch.cli.table import show
    from newswatch.steps.config_life import config_history
    from newswatch.steps.desk import open_desk

    with open_desk() as desk:
        rows = [
            asdict(one) | {"changed_at": one.changed_at.isoformat()} for one in config_history(desk.db, limit=limit)
        ]
    show(rows, ("changed_at", "revision", "was", "action", "who", "why"), as_json=as_json)


def rollback(
    why: Annotated[str, typer.Option(help="The reason, for the history.")],
    to: Annotated[
        str | None, typer.Option(help="The revision to go back to; default: the one before the present.")
    ] = None,
) -> None:
    """Put an earlier revision in force again, with the comments it had. Prints it.

    Exit codes: 0 done, 2 there is none; then nothing was changed.

    Example: newswatch config rollback --why "missed the test of the 5th"
    """
    from newswatch.runtime.place import config_folder
    from newswatch.steps.config_life import rollback_config
    from newswatch.steps.desk import open_desk

    with open_desk() as desk:
        typer.echo(rollback_config(desk.db, config_folder(), to=to, who=_me(), why=why, now=desk.now))


def _me() -> str:
    return f"cli:{getpass.getuser()}"


def schemas() -> dict[str, str]:
    """File name (without ending) -> JSON Schema text, generated from the models."""
    from newswatch.settings import FILES

    return {
        name: json.dumps(model.model_json_schema(by_alias=True), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        for name, model in FILES.items()
    }
