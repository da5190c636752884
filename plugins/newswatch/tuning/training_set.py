"""What does a training here learn from, and what is kept from it so that it can be judged?

The seeds give up a twentieth as the frozen set, always the same items. Of the approved labels three in ten are kept for judging,
chosen by a hash of the text: a label once kept is never learnt from, however often is trained.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

FROZEN_OF_TWENTY = 1
KEPT_OF_TEN = 3
CURRENT = ("act", "plan", "threat")
CALM = ("none", "comment", "denial", "retrospective")
SILENT = ("known_already", "not_for_us")  # verdicts that say nothing of signals


class Label(Protocol):
    """An approved label with its article."""

    @property
    def title(self) -> str: ...
    @property
    def lead(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def signals(self) -> tuple[str, ...]: ...
    @property
    def modality(self) -> str | None: ...
    @property
    def found_modality(self) -> str: ...
    @property
    def verdict(self) -> str: ...


@dataclass(frozen=True)
class Lines:
    """JSON Lines to learn from and to judge with."""

    learn: tuple[str, ...]
    judge: tuple[str, ...]


def split_seeds(lines: Iterable[str]) -> Lines:
    """The seed corpus, parted: `judge` is the frozen set."""
    parts: tuple[list[str], list[str]] = ([], [])
    for line in lines:
        if line.strip():
            fields = json.loads(line)
            parts[_hash(fields["title"], fields.get("lead") or "") % 20 < FROZEN_OF_TWENTY].append(line.strip())
    return Lines(tuple(parts[0]), tuple(parts[1]))


def split_labels(labels: Iterable[Label]) -> Lines:
    """Approved labels as corpus lines, parted; verdicts that say nothing of signals teach nothing."""
    parts: tuple[list[str], list[str]] = ([], [])
    for label in labels:
        if label.verdict not in SILENT and label.title.strip():
            parts[_hash(label.title, label.lead) % 10 < KEPT_OF_TEN].append(_line(label))
    return Lines(tuple(parts[0]), tuple(parts[1]))


def _line(label: Label) -> str:
    fields = {"title": label.title, "lead": label.lead, "body": label.text, "signals": list(label.signals)}
    return json.dumps(fields | {"modality": _modality(label)}, ensure_ascii=False)


def _modality(label: Label) -> str:
    """What the person said, else what the model found where that can go with these signals."""
    fitting = CURRENT if label.signals else CALM
    said = (label.modality or "", label.found_modality)
    return next((one for one in said if one in fitting), fitting[0])


def _hash(title: str, lead: str) -> int:
    """Another part of the hash than training's folds use, so that no fold is emptier than the others."""
    return int(hashlib.sha256(f"{title}\n{lead}".encode()).hexdigest()[8:16], 16)
