"""Should these people hear of this story now, and why, or why not? Pure: the same arguments give the same decisions.

Told for a reason:  first, corroborated, escalated, denied, reminder
Held for a reason:  modality, backlog, no_route, duplicate, below_severity, silenced, inhibited, muted, grouped, budget
`grouped` stories are not lost: they go into the thread of the message that their group already has.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from newswatch.alerts.inhibit import find_inhibition
from newswatch.alerts.labels import labels_of
from newswatch.alerts.matchers import Labels
from newswatch.alerts.mute import find_mute
from newswatch.alerts.route import NOBODY, Matched, find_routes
from newswatch.alerts.settings import AlertSettings
from newswatch.alerts.silence import Silence, explain, find_silence
from newswatch.alerts.told import TellingLog, Told
from newswatch.domain import Alert, Held, HoldReason, Reason, Story

SPEAKING = ("act", "threat", "plan")
DISPUTED = ("denied", "false_alarm", "corrected")
BELIEF = {"claimed": 0, "corroborated": 1, "official": 2}
STRENGTH = {"plan": 0, "threat": 1, "act": 2}
RELEASED = ("muted", "grouped")  # what was held for these is looked at again when that ends, even without a new report
URGENT = 5  # does not wait for company


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one story for one receiver. `root_id` names the story in whose message and thread it is told."""

    story_id: str
    receiver: str | None
    route: str
    outcome: Literal["tell", "thread", "hold"]
    reason: Reason | HoldReason
    explanation: str
    severity: int
    decided_at: datetime
    group_key: str = ""
    root_id: str = ""
    ordinal: int = 1
    not_before_at: datetime | None = None

    @property
    def alert(self) -> Alert:
        """The alert of a story that is told. The key holds what was told, so a rerun that decides the same writes the same."""
        if self.outcome == "hold":
            raise ValueError(f"{self.story_id} was held ({self.reason}); there is no alert")
        text = f"{self.story_id}|{self.group_key}|{self.reason}|{self.severity}|{self.ordinal}"
        return Alert(
            alert_key=hashlib.sha256(text.encode()).hexdigest(),
            story_id=self.story_id,
            reason=self.reason,  # type: ignore[arg-type]  # a story that is not held has a reason to tell
            severity=self.severity,
            decided_at=self.decided_at,
            explanation=self.explanation,
            ordinal=self.ordinal,
        )

    @property
    def is_released(self) -> bool:
        """Whether a held story is looked at again once what held it has ended.

        Of a silence one line tells what it held; only a message that stands in the channel is then brought up to date.
        """
        return self.outcome == "hold" and (self.reason in RELEASED or (self.reason == "silenced" and self.ordinal > 1))

    @property
    def held(self) -> Held:
        """The record of a story that was not told, or only in a thread."""
        reason: HoldReason = self.reason if self.outcome == "hold" else "grouped"  # type: ignore[assignment]
        return Held(self.story_id, self.receiver, reason, self.decided_at, self.explanation, self.severity)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Everything besides the story that a decision rests on."""

    settings: AlertSettings
    told: TellingLog
    silences: Sequence[Silence] = ()


def decide(
    story: Story,
    around: Circumstances,
    now: datetime,
    *,
    waiting: bool = False,
) -> tuple[Decision, ...]:
    """One decision per receiver that the route tree names. `waiting`: it was held by a mute or a silence that may have ended."""
    labels = labels_of(story)
    return tuple(
        _decide_for(story, matched, labels, around, now, waiting=waiting)
        for matched in find_routes(around.settings.route, labels)
    )


def told_by(decision: Decision, story: Story) -> Told:
    """What the log keeps of a decision to tell."""
    return Told(
        story_id=story.story_id,
        receiver=str(decision.receiver),
        group_key=decision.group_key,
        root_id=decision.root_id,
        told_at=decision.decided_at,
        severity=story.severity.level,
        modality=story.modality,
        state=story.state,
        events=story.events,
        ordinal=decision.ordinal,
        labels=labels_of(story),
        last_report_at=story.last_at,
    )


def _decide_for(
    story: Story, matched: Matched, labels: Labels, around: Circumstances, now: datetime, *, waiting: bool
) -> Decision:
    before = around.told.last_of(story.story_id, matched.receiver)
    ordinal = before.ordinal + 1 if before else 1
    refused = _not_news(story, matched, before, around.settings, now, waiting=waiting)
    if refused:
        return _hold(story, matched, refused, now)
    why = _reason(story, before, matched, now)
    if why is None:
        told = f"told at {_clock(before)} and nothing has changed since"
        return _hold(story, matched, ("duplicate", told), now, ordinal=ordinal)
    refused = _unwanted(story, matched, labels, around, now, why=why[0])
    if refused:
        return _hold(story, matched, refused, now, ordinal=ordinal)
    if before is None:
        return _first(story, matched, labels, around, now)
    return _again(story, matched, before, why, around, now)


def _not_news(
    story: Story, matched: Matched, before: Told | None, settings: AlertSettings, now: datetime, *, waiting: bool
) -> tuple[HoldReason, str] | None:
    if before is not None:
        return None
    if matched.receiver == NOBODY:
        return "no_route", f"route {matched.path or 'root'} tells nobody"
    if story.backlog:
        return "backlog", "it stood in a feed when that was first read"
    if story.modality not in SPEAKING:
        return "modality", f"only {story.modality}: nothing happened or was threatened now"
    if story.state in DISPUTED:
        return "modality", f"{story.state.replace('_', ' ')} before anyone was told"
    if not waiting and now - story.last_at > settings.stale_after:
        return "backlog", f"its last report is of {story.last_at:%Y-%m-%d %H:%M} UTC"
    return None


def _reason(story: Story, before: Told | None, matched: Matched, now: datetime) -> tuple[Reason, str] | None:
    """Why speak now? The gravest reason first."""
    if before is None:
        return "first", f"first report at severity {story.severity.level}: {_last_change(story)}"
    if story.state in DISPUTED and before.state not in DISPUTED:
        return "denied", _last_change(story, "state")
    if story.severity.level > before.severity:
        return "escalated", f"severity {before.severity} → {story.severity.level}: {_last_change(story)}"
    if STRENGTH.get(story.modality, -1) > STRENGTH.get(before.modality, -1):
        return "escalated", f"{before.modality} → {story.modality}"
    if story.events > before.events:
        return "escalated", f"{story.events} distinct acts: {_last_change(story, 'event')}"
    if BELIEF.get(story.state, -1) > BELIEF.get(before.state, -1):
        return "corroborated", _last_change(story, "state")
    if matched.repeat_interval and now - before.told_at >= matched.repeat_interval and story.last_at > before.told_at:
        return "reminder", f"still reported {_hours(now - before.told_at)} after it was last told"
    return None


def _unwanted(
    story: Story, matched: Matched, labels: Labels, around: Circumstances, now: datetime, *, why: Reason
) -> tuple[HoldReason, str] | None:
    """Silences and mutes hold back updates too; a lower severity or an inhibition never hides a denial of what was told."""
    level, settings = story.severity.level, around.settings
    if why != "denied" and level < matched.min_severity:
        return "below_severity", f"severity {level} is below {matched.min_severity} ({story.severity.score:.2f})"
    silence = find_silence(around.silences, labels, receiver=matched.receiver, severity=level, now=now)
    if silence:
        return "silenced", explain(silence)
    if why == "first":
        inhibited = find_inhibition(
            settings.inhibit_rules, labels, around.told, receiver=matched.receiver, story_id=story.story_id, now=now
        )
        if inhibited:
            return "inhibited", inhibited
    mute = find_mute(matched.mute_time_intervals, settings.time_intervals, now)
    if mute and level <= matched.mute_ceiling:
        return "muted", f"{mute} is in force; it is told when that ends"
    return None


def _first(story: Story, matched: Matched, labels: Labels, around: Circumstances, now: datetime) -> Decision:
    group = matched.group_key(labels)
    level, since = story.severity.level, now - matched.group_interval
    root = around.told.root_of_group(group, since=since)
    if root and level <= around.told.gravest_in_group(group, since=since):
        explanation = f"in the thread of {root.story_id}, told at {_clock(root)} to the same group"
        return _tell(story, matched, "first", explanation, now, outcome="thread", root_id=root.root_id, group=group)
    spent = _spent(story, matched, labels, around, now)
    if spent:
        return _hold(story, matched, ("budget", spent), now)
    why = _reason(story, None, matched, now)
    assert why is not None  # noqa: S101 - a story never told always has the reason `first`
    return _tell(story, matched, why[0], why[1], now, outcome="tell", root_id=story.story_id, group=group)


def _again(
    story: Story, matched: Matched, before: Told, why: tuple[Reason, str], around: Circumstances, now: datetime
) -> Decision:
    reason, explanation = why
    if reason == "corroborated" and now - before.told_at < around.settings.updates_after:
        waits = f"{explanation}; told at {_clock(before)}, the update waits"
        return _hold(story, matched, ("grouped", waits), now, ordinal=before.ordinal + 1)
    gravest = around.told.gravest_in_group(before.group_key, since=now - matched.group_interval)
    outgrown = not before.is_root and reason == "escalated" and story.severity.level > gravest
    return _tell(
        story,
        matched,
        reason,
        explanation,
        now,
        outcome="tell" if outgrown or before.is_root else "thread",
        root_id=story.story_id if outgrown else before.root_id,
        group=before.group_key,
        ordinal=before.ordinal + 1,
    )


def _spent(story: Story, matched: Matched, labels: Labels, around: Circumstances, now: datetime) -> str | None:
    budget = matched.budget
    if budget is None or story.severity.level >= budget.break_through:
        return None
    key = _budget_key(budget.by, labels)
    told = [
        one
        for one in around.told.roots(matched.receiver, since=now - budget.within)
        if _budget_key(budget.by, one.labels) == key
    ]
    if len(told) < budget.count or story.severity.level > max(one.severity for one in told):
        return None
    about = " ".join(part for part in key if part) or "this receiver"
    return f"{len(told)} messages about {about} in {_hours(budget.within)} are the budget, and none was less grave"


def _budget_key(by: tuple[str, ...], labels: Labels) -> tuple[str, ...]:
    return tuple(",".join(labels.get(label, ())) for label in by)


def _tell(
    story: Story,
    matched: Matched,
    reason: Reason,
    explanation: str,
    now: datetime,
    *,
    outcome: Literal["tell", "thread"],
    root_id: str,
    group: str,
    ordinal: int = 1,
) -> Decision:
    waits = reason == "first" and outcome == "tell" and story.severity.level < URGENT
    return Decision(
        story_id=story.story_id,
        receiver=matched.receiver,
        route=matched.path,
        outcome=outcome,
        reason=reason,
        explanation=explanation,
        severity=story.severity.level,
        decided_at=now,
        group_key=group,
        root_id=root_id,
        ordinal=ordinal,
        not_before_at=now + matched.group_wait if waits else None,
    )


def _hold(
    story: Story, matched: Matched, refused: tuple[HoldReason, str], now: datetime, *, ordinal: int = 1
) -> Decision:
    """`ordinal` counts the telling that was held: above 1 the story has been told before."""
    return Decision(
        story_id=story.story_id,
        receiver=None if matched.receiver == NOBODY else matched.receiver,
        route=matched.path,
        outcome="hold",
        reason=refused[0],
        explanation=refused[1],
        severity=story.severity.level,
        decided_at=now,
        ordinal=ordinal,
    )


def _last_change(story: Story, *kinds: str) -> str:
    """The reason of the latest change of these kinds, of any kind when none is named."""
    found = [change.reason for change in story.changes if not kinds or change.kind in kinds]
    return found[-1] if found else story.state


def _clock(told: Told | None) -> str:
    return f"{told.told_at:%H:%M} UTC" if told else "?"


def _hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:g} h"
