"""Does a graver story make this one superfluous? The condemnation of a launch is part of the launch's story."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from newswatch.alerts.matchers import Labels, all_fit, parse_matcher
from newswatch.alerts.told import TellingLog
from newswatch.alerts.tree import InhibitRule


def find_inhibition(
    rules: Iterable[InhibitRule], labels: Labels, told: TellingLog, *, receiver: str, story_id: str, now: datetime
) -> str | None:
    """Why the story is held back, in words, or None. As in Alertmanager no story inhibits itself."""
    for rule in rules:
        if not all_fit(map(parse_matcher, rule.target_matchers), labels):
            continue
        for other in told.recent(receiver, since=now - rule.within):
            if other.story_id != story_id and _holds(rule, other.labels, labels):
                return f"{rule.name or 'inhibited'}: {other.story_id} was told ({', '.join(other.labels.get('signal', ()))})"
    return None


def _holds(rule: InhibitRule, graver: Labels, lesser: Labels) -> bool:
    if not all_fit(map(parse_matcher, rule.source_matchers), graver):
        return False
    return all(_equal(label, graver, lesser) for label in rule.equal)


def _equal(label: str, graver: Labels, lesser: Labels) -> bool:
    """Absent labels are equal to one another, as in Alertmanager. `actor` needs one actor in common."""
    if label == "actor":
        return bool(set(graver.get("actor", ())) & set(lesser.get("actor", ())))
    return set(graver.get(label, ())) == set(lesser.get(label, ()))
