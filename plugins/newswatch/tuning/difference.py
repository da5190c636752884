"""What differs between two configurations? One line a value, named by its place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not the same. `was` or `now` None: it was not there (JSON null shows as "null")."""

    path: str  # "classifier.signals.thresholds.launch"
    was: str | None
    now: str | None

    def __str__(self) -> str:
        return f"{self.path}: {self.was if self.was is not None else '–'} → {self.now if self.now is not None else '–'}"


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Every value that was added, removed or changed, in order of its path."""
    was, now = dict(_leaves(old)), dict(_leaves(new))
    paths = sorted(was.keys() | now.keys())
    return tuple(Difference(path, was.get(path), now.get(path)) for path in paths if was.get(path) != now.get(path))


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):  # an empty one holds nothing to compare
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, Sequence) and not isinstance(value, str) and any(isinstance(one, Mapping) for one in value):
        for number, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{number}]")
    else:
        yield path, json.dumps(value, ensure_ascii=False)
