"""`newswatch doctor`: is this installation well, and what is to be done?"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from newswatch.doctor.finding import Finding


def register(app: typer.Typer) -> None:
    """Add `doctor` to `app`."""
    app.command("doctor")(doctor)


def doctor(
    port: Annotated[int, typer.Option(help="Port of the local Airflow; AIRFLOW__API__BASE_URL goes before it.")] = 8080,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line instead of a list.")] = False,
) -> None:
    """Check configuration, model, disk, database, runs, feeds, outbox, Airflow, Slack and clock; each with its remedy.

    Nothing is started, migrated or sent. Exit codes: 0 well (warnings may stand), 1 something is broken.

    Example: newswatch doctor --json | jq -r 'select(.state == "broken") | .remedy'
    """
    from newswatch.doctor.finding import is_well
    from newswatch.doctor.probe import examine

    findings = []
    for finding in examine(airflow_url=os.environ.get("AIRFLOW__API__BASE_URL") or f"http://127.0.0.1:{port}/"):
        findings.append(finding)
        _show(finding, as_json=as_json or not sys.stdout.isatty())
    raise typer.Exit(0 if is_well(findings) else 1)


def _show(finding: Finding, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(finding), ensure_ascii=False))
        return
    colours = {"ok": "green", "warning": "yellow", "broken": "red", "skipped": "white"}
    state = f"{finding.mark} {finding.state:8}"
    plain = "NO_COLOR" in os.environ
    typer.echo(f"{state if plain else typer.style(state, fg=colours[finding.state])} {finding.check}: {finding.told}")
    if finding.remedy:
        typer.echo(f"{'':10} → {finding.remedy}")
