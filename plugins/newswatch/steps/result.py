"""What does a step say of itself? A title, a sentence for a person, and numbers for the next step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from newswatch.metrics import Measure


@dataclass(frozen=True)
class StepResult:
    """`label` is the task's title in the Airflow UI, `summary` the line a person reads, `counts` the same as numbers."""

    label: str
    summary: str
    counts: dict[str, int] = field(default_factory=dict)
    lines: tuple[str, ...] = ()  # details for the task's log, one a line
    names: dict[str, str] = field(default_factory=dict)  # such as a model's sha256, for the next step
    shards: tuple[tuple[str, ...], ...] | None = None  # what the next step is mapped over, where it is
    measures: tuple[Measure, ...] = ()  # for the metrics backend, see `newswatch.metrics`

    def as_xcom(self) -> dict[str, Any] | list[list[str]]:
        """Plain values for XCom: the shards, or numbers and the summary; ids and counts, never text of articles."""
        if self.shards is not None:
            return [list(shard) for shard in self.shards]
        return {"summary": self.summary, **self.counts, **self.names}


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """`counted(2, "feed")` is "2 feeds"."""
    return f"{number:,} {singular if number == 1 else plural or singular + 's'}"


def sentence(*parts: tuple[int, str]) -> str:
    """The parts whose number is not zero, joined: `sentence((3, "fetched"), (0, "failed"))` is "3 fetched"."""
    return ", ".join(f"{number:,} {word}" for number, word in parts if number) or "nothing to do"
