"""`newswatch config check|schema`: is the configuration valid, and what may stand in it?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the group `config` to `app`."""
    group = typer.Typer(no_args_is_help=True, help="Check the configuration, and describe its files.")
    group.command("check")(check)
    group.command("schema")(schema)
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


def schemas() -> dict[str, str]:
    """File name (without ending) -> JSON Schema text, generated from the models."""
    from newswatch.settings import FILES

    return {
        name: json.dumps(model.model_json_schema(by_alias=True), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        for name, model in FILES.items()
    }
