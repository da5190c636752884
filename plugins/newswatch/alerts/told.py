"""What was told before, to whom? The memory that decisions are made against."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from newswatch.alerts.matchers import Labels

HORIZON = timedelta(days=8)  # no rule looks further back than a week
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Told:
    """One story told to one receiver, as it stood then. `root_id` is the story whose message it stands in."""

    story_id: str
    receiver: str
    group_key: str
    root_id: str
    told_at: datetime
    severity: int
    modality: str
    state: str
    events: int
    ordinal: int
    labels: Labels
    last_report_at: datetime

    @property
    def is_root(self) -> bool:
        return self.root_id == self.story_id


class TellingLog:
    """Everything told lately, the newest last. In memory; the storage keeps it between runs."""

    def __init__(self, told: Iterable[Told] = ()) -> None:
        self._by_story: dict[tuple[str, str], list[Told]] = defaultdict(list)
        self._by_group: dict[str, list[Told]] = defaultdict(list)
        self._by_receiver: dict[str, list[Told]] = defaultdict(list)
        for one in told:
            self.add(one)

    def add(self, one: Told) -> None:
        """Remember one more telling."""
        self._by_story[one.story_id, one.receiver].append(one)
        self._by_group[one.group_key].append(one)
        self._by_receiver[one.receiver].append(one)

    def last_of(self, story_id: str, receiver: str) -> Told | None:
        """The latest telling of a story to a receiver."""
        told = self._by_story.get((story_id, receiver))
        return told[-1] if told else None

    def root_of_group(self, group_key: str, *, since: datetime) -> Told | None:
        """The latest root message of a group, told no earlier than `since`."""
        roots = (one for one in reversed(self._by_group.get(group_key, [])) if one.is_root and one.ordinal == 1)
        return next((one for one in roots if one.told_at >= since), None)

    def gravest_in_group(self, group_key: str, *, since: datetime) -> int:
        """The highest severity told in a group since then; 0 for none."""
        return max((one.severity for one in self._by_group.get(group_key, []) if one.told_at >= since), default=0)

    def roots(self, receiver: str, *, since: datetime) -> list[Told]:
        """First messages to a receiver since then, newest first."""
        found = []
        for one in reversed(self._by_receiver.get(receiver, [])):
            if one.told_at < since:
                break
            if one.is_root and one.ordinal == 1:
                found.append(one)
        return found

    def recent(self, receiver: str, *, since: datetime) -> list[Told]:
        """Every telling to a receiver of a story that was reported since then, newest first."""
        return [one for one in reversed(self._by_receiver.get(receiver, [])) if one.last_report_at >= since]

    def forget(self, before: datetime) -> None:
        """Drop what was told earlier; call it now and then in a long replay."""
        self._by_story = _without_old(self._by_story, before)
        self._by_group = _without_old(self._by_group, before)
        self._by_receiver = _without_old(self._by_receiver, before)
        for told in self._by_receiver.values():
            told[:] = [one for one in told if one.told_at >= before]


def _without_old(index: dict[Key, list[Told]], before: datetime) -> defaultdict[Key, list[Told]]:
    kept = {key: told for key, told in index.items() if told and told[-1].told_at >= before}
    return defaultdict(list, kept)
