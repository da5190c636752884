"""Figures side by side: printed, and written between two marks into docs/performance.md."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from rich.console import Console
from rich.table import Table

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/performance.md"


@dataclass(frozen=True)
class Row:
    """One candidate of one measurement. `ratio`: how many times as quick as it we are; None where nothing is compared."""

    what: str
    who: str
    per_second: float
    ratio: float | None = None


@dataclass(frozen=True)
class Finding:
    """A target and what was measured."""

    what: str
    target: str
    measured: str
    met: bool | None


def show(title: str, header: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """A table in the terminal."""
    table = Table(title=title, title_justify="left")
    for place, name in enumerate(header):
        table.add_column(name, justify="left" if place < 2 else "right")
    for line in lines:
        table.add_row(*line)
    Console(width=130).print(table)


def of_rows(rows: Sequence[Row]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and cells of measurements, the first of each stage being ours."""
    cells = []
    for what, those in groupby(rows, key=lambda one: one.what):
        for number, one in enumerate(those):
            ratio = "" if one.ratio is None else "1" if number == 0 else f"{one.ratio:.2f}"
            cells.append((what if number == 0 else "", one.who, amount(one.per_second), ratio))
    return ("stage", "with", "a second", "we are × as quick"), cells


def of_findings(findings: Sequence[Finding]) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    marks = {True: "yes", False: "**no**", None: "–"}
    return ("what", "target", "measured", "met"), [
        (one.what, one.target, one.measured, marks[one.met]) for one in findings
    ]


def markdown(header: Sequence[str], cells: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [" | ".join(header), " | ".join("---" for _ in header), *(" | ".join(one) for one in cells)]
    return "\n".join(f"| {line} |" for line in lines)


def write(name: str, body: str, document: Path = DOCUMENT) -> None:
    """Put `body` between the marks of `name` in the document, with the day and the machine."""
    start, end = f"<!-- bench:{name} -->", f"<!-- /bench:{name} -->"
    text = document.read_text(encoding="utf-8")
    before, _, rest = text.partition(start)
    _, _, after = rest.partition(end)
    measured = f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores."
    document.write_text(f"{before}{start}\n{measured}\n\n{body.strip()}\n{end}{after}", encoding="utf-8")


def amount(number: float) -> str:
    """Three digits that matter."""
    return f"{number:,.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"
