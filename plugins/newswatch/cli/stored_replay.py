"""`newswatch replay` without entries: what would another configuration have told, over the stored history?"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newswatch.errors import NewswatchError

MOST_LINES = 40  # changes shown in the terminal; --json has them all


def replay_stored(
    *,
    days: float,
    since: datetime | None,
    until: datetime | None,
    changes: list[str],
    revision: str | None,
    config: Path | None,
    model: Path | None,
    as_json: bool,
    markdown: bool,
) -> None:
    """Compare the configuration in force with another on the stored articles, and show what would change."""
    from newswatch.runtime.place import config_folder
    from newswatch.steps.desk import open_desk
    from newswatch.steps.replay import replay_config
    from newswatch.tuning.report import as_markdown

    with open_desk() as desk:
        report = replay_config(
            desk.db, config_folder(), now=desk.now, patch=patch_of(changes), revision=revision, config=config, model=model,
            days=days, since=_utc(since), until=_utc(until), progress=say,
        )  # fmt: skip
    if markdown:
        sys.stdout.write(as_markdown(report))
    elif as_json or not sys.stdout.isatty():
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    else:
        show_report(report)


def patch_of(changes: list[str]) -> dict[str, Any]:
    """`["classifier.signals.thresholds.launch=0.6"]` as a patch. Raises NewswatchError for what is no `place=value`."""
    patch: dict[str, Any] = {}
    for change in changes:
        path, found, value = change.partition("=")
        steps = path.strip().split(".")
        if not found or len(steps) < 2 or not all(steps):
            raise NewswatchError(
                f"{change!r} is not file.place=value, such as classifier.signals.thresholds.launch=0.6. Nothing was replayed."
            )
        place = patch
        for step in steps[:-1]:
            place = place.setdefault(step, {})
        place[steps[-1]] = _value(value.strip())
    return patch


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def say(line: str) -> None:
    """Progress, for a person who watches."""
    if sys.stderr.isatty():
        print(line, file=sys.stderr, flush=True)


def show_report(report: Mapping[str, Any]) -> None:
    """The report as tables in the terminal."""
    from rich.console import Console
    from rich.table import Table

    from newswatch.tuning.report import change_cells, headline, told

    console = Console()
    console.print(headline(report), style="bold", markup=False)
    fidelity = report["fidelity"]
    console.print(
        f"{report['articles']:,} articles, {report['scored_again']:,} scored again, {report['seconds']:g} s; "
        f"{fidelity['as_sent']:,} of {fidelity['sent']:,} sent alerts come out the same today",
        markup=False,
    )
    signals = Table("signal", "before", "after", "gained", "lost", "precision before", "precision after", box=None)
    for row in report["per_signal"]:
        numbers = (str(row[name]) for name in ("before", "after", "gained", "lost"))
        signals.add_row(row["signal"], *numbers, told(row["precision_before"]), told(row["precision_after"]))
    console.print(signals)
    changes = Table("", "severity", "receiver", "first told", "signal", "pair", "headline", box=None)
    for change in report["changes"][:MOST_LINES]:
        changes.add_row(*(cell.replace("[", "\\[") for cell in change_cells(change)))
    console.print(changes)
    left = len(report["changes"]) + report["changes_left_out"] - MOST_LINES
    if left > 0:
        console.print(f"… and {left:,} more (--json shows all)", markup=False)
