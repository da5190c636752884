"""How are rows shown to a person at a terminal, and to a program that reads a pipe?"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any

import typer


def show(rows: Sequence[dict[str, Any]], columns: Sequence[str], *, as_json: bool) -> None:
    """A table for a person at a terminal; JSON Lines when asked for, or when another program reads."""
    if as_json or not sys.stdout.isatty():
        for row in rows:
            typer.echo(json.dumps(row, ensure_ascii=False))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=None)
    for row in rows:
        table.add_row(*("" if row[column] is None else str(row[column]) for column in columns))
    Console().print(table)
