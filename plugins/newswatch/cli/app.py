"""Which commands are there, and how does an error reach the person who typed one?

Exit codes: 0 done · 1 done, and something asked about was found wrong · 2 could not be done; the reason stands on stderr.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Annotated

import typer

from newswatch import __version__
from newswatch.errors import NewswatchError

GROUPS = (
    "feeds", "articles", "signals", "replay", "budget", "model", "alerts", "config", "local", "backup", "doctor", "export",
)  # fmt: skip
"""Each names a module of this package that registers its own commands; heavy libraries load inside the commands."""

app = typer.Typer(
    name="newswatch",
    help="News monitoring for escalation. Results go to stdout (JSON Lines), messages and progress to stderr.",
    epilog="Exit codes: 0 done, 1 done and something was found wrong, 2 could not be done.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def main() -> None:
    """Entry point of the `newswatch` command."""
    for group in GROUPS:
        import_module(f"newswatch.cli.{group}").register(app)
    try:
        app()
    except NewswatchError as error:
        print(f"newswatch: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except BrokenPipeError:  # `newswatch … | head`: the reader has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None


def _version(*, value: bool) -> None:
    if value:
        typer.echo(f"newswatch {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version and exit.", is_eager=True, callback=lambda value: _version(value=value)
        ),
    ] = False,
) -> None:
    """News monitoring for escalation."""
