"""What does a check tell? How it stands, in a sentence, and the next step where one is needed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warning", "broken", "skipped"]
MARKS: dict[State, str] = {"ok": "✔", "warning": "!", "broken": "✘", "skipped": "–"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result. `remedy` is "" where nothing is to be done."""

    check: str
    state: State
    told: str
    remedy: str = ""

    @property
    def mark(self) -> str:
        """One character for a terminal; the word stands beside it, so that no colour is needed."""
        return MARKS[self.state]


def is_well(findings: Iterable[Finding]) -> bool:
    """Whether nothing is broken; warnings and skipped checks leave an installation well."""
    return all(finding.state != "broken" for finding in findings)
