"""`newswatch export …`: what was found and told, for other programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


class Table(StrEnum):
    """How rows are written."""

    csv = "csv"
    json = "json"


class Form(StrEnum):
    """How stories are written."""

    csv = "csv"
    json = "json"
    stix = "stix"


Hours = Annotated[float, typer.Option(help="How far back.")]
Output = Annotated[Path | None, typer.Option("--output", help="A file; default: stdout.")]
Severity = Annotated[int, typer.Option(min=1, max=5, help="From this severity on.")]
Limit = Annotated[int, typer.Option(min=1, help="At most so many.")]


def register(app: typer.Typer) -> None:
    """Add the group `export` to `app`."""
    group = typer.Typer(no_args_is_help=True, help="Stories and alerts as CSV, JSON or STIX 2.1.")
    group.command("alerts")(export_alerts)
    group.command("stories")(export_stories)
    app.add_typer(group, name="export")


def export_alerts(
    form: Annotated[Table, typer.Option("--format", help="csv, or one JSON object a line.")] = Table.json,
    hours: Hours = 168,
    receiver: Annotated[str | None, typer.Option(help="Of this receiver alone.")] = None,
    min_severity: Severity = 1,
    limit: Limit = 10_000,
    output: Output = None,
) -> None:
    """Alerts, newest first, each with what its story was about.

    Example: newswatch export alerts --format csv --hours 24 --output alerts.csv
    """
    from newswatch.exports.rows import ALERT_COLUMNS, alert_row
    from newswatch.steps.desk import open_desk
    from newswatch.storage.told import find_told

    with open_desk() as desk, desk.db.read() as connection:
        since = desk.now - timedelta(hours=hours)
        told = find_told(connection, since=since, receiver=receiver, min_severity=min_severity, limit=limit)
    _write_table(form.value, ALERT_COLUMNS, [alert_row(one) for one in told], output)


def export_stories(
    form: Annotated[
        Form, typer.Option("--format", help="csv, one JSON object a line, or a STIX 2.1 bundle.")
    ] = Form.json,
    hours: Hours = 168,
    min_severity: Severity = 1,
    limit: Limit = 10_000,
    output: Output = None,
) -> None:
    """Stories with a report in that time, the gravest first, whether they were told or not.

    Example: newswatch export stories --format stix --min-severity 3 --output bundle.json
    """
    from newswatch.exports.rows import STORY_COLUMNS, story_row
    from newswatch.exports.stix import bundle
    from newswatch.steps.desk import open_desk
    from newswatch.storage.stories import find_stories

    with open_desk() as desk, desk.db.read() as connection:
        found = find_stories(connection, since=desk.now - timedelta(hours=hours), limit=limit)
    stories = [story for story in found if story.severity.level >= min_severity]
    if form is Form.stix:
        _write(json.dumps(bundle(stories), ensure_ascii=False, indent=1) + "\n", output)
    else:
        _write_table(form.value, STORY_COLUMNS, [story_row(story) for story in stories], output)


def _write_table(form: str, columns: Sequence[str], rows: Sequence[Mapping[str, Any]], output: Path | None) -> None:
    from newswatch.exports.rows import plain
    from newswatch.exports.sheet import write_csv

    lines = (json.dumps(plain(dict(row)), ensure_ascii=False) + "\n" for row in rows)
    _write(write_csv(columns, rows) if form == "csv" else "".join(lines), output)


def _write(text: str, output: Path | None) -> None:
    if output is not None:
        output.write_text(text, encoding="utf-8", newline="")
        print(f"Written: {output}", file=sys.stderr)
        return
    sys.stdout.buffer.write(text.encode())
    sys.stdout.buffer.flush()
