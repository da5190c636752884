"""`newswatch budget`: at most so many alerts a day, which thresholds?"""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer

from newswatch.cli.stored_replay import say


def register(app: typer.Typer) -> None:
    """Add `budget` to `app`."""
    app.command("budget")(budget)


def budget(
    alerts_per_day: Annotated[float, typer.Option(help="The most alerts a day, on average.")],
    days: Annotated[float, typer.Option(min=1, help="Days of stored history to answer on.")] = 30,
    false_alarm_cost: Annotated[
        float, typer.Option(min=0, help="What a false alarm takes away, where a right alert gives 1.")
    ] = 1.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of a table.")] = False,
) -> None:
    """The thresholds that keep within a budget and are worth most on labelled articles, as a patch with its effect.

    Nothing is changed. The answer has been replayed on the stored history. Save it with `newswatch config save --set …`.
    Exit codes: 0 done, 2 no thresholds keep within it, or there is no usable model.

    Example: newswatch budget --alerts-per-day 12
    """
    from newswatch.runtime.place import config_folder
    from newswatch.steps.budget import solve_budget
    from newswatch.steps.desk import open_desk

    with open_desk() as desk:
        answer = solve_budget(
            desk.db, config_folder(), alerts_per_day=alerts_per_day, now=desk.now, days=days,
            false_alarm_cost=false_alarm_cost, progress=say,
        )  # fmt: skip
    fields = {
        "patch": answer.patch, "thresholds": answer.thresholds, "alerts_per_day_now": answer.alerts_per_day_now,
        "alerts_per_day": answer.alerts_per_day, "utility_now": answer.utility_now, "utility": answer.utility,
        "labels": answer.labels, "counts": answer.report["counts"],
    }  # fmt: skip
    if as_json or not sys.stdout.isatty():
        typer.echo(json.dumps(fields, ensure_ascii=False))
        return
    show_answer(fields, alerts_per_day)


def show_answer(fields: dict[str, Any], alerts_per_day: float) -> None:
    """The answer as a table in the terminal, with the command that puts it in force."""
    from newswatch.cli.table import show

    typer.echo(
        f"{fields['alerts_per_day_now']:g} → {fields['alerts_per_day']:g} alerts a day, worth {fields['utility_now']:g} → "
        f"{fields['utility']:g} by {fields['labels']} labels and the model's probabilities."
    )
    rows = [{"signal": name, "threshold": value} for name, value in fields["thresholds"].items()]
    show(rows, ("signal", "threshold"), as_json=False)
    changed = fields["patch"].get("classifier", {}).get("signals", {}).get("thresholds", {})
    if not changed:
        typer.echo("Nothing to change.")
        return
    words = " ".join(f"--set classifier.signals.thresholds.{name}={value:g}" for name, value in changed.items())
    typer.echo(f"Put it in force: newswatch config save {words} --why 'a budget of {alerts_per_day:g} a day'")
