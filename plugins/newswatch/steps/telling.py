"""Who is told what of these stories? Reads the memory of alerts, decides, and writes decisions, alerts and outbox rows."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newswatch.alerts.decide import Circumstances, Decision, decide, told_by
from newswatch.alerts.matchers import parse_matcher
from newswatch.alerts.message import Provenance
from newswatch.alerts.plan import Planned, Root, Telling, edit_of, messages_for, shown, split_storms, storm_messages
from newswatch.alerts.silence import Silence
from newswatch.alerts.told import HORIZON, TellingLog, Told
from newswatch.domain import Story

if TYPE_CHECKING:
    import sqlalchemy as sa

    from newswatch.alerts.settings import Receiver
    from newswatch.settings import Settings

Row = dict[str, Any]


@dataclass
class ToldSummary:
    """What was decided."""

    told: int = 0
    threaded: int = 0
    reasons: Counter[str] = field(default_factory=Counter)  # of everything told, in a message of its own or in a thread
    held: Counter[str] = field(default_factory=Counter)


def tell_changes(
    connection: sa.Connection,
    settings: Settings,
    changed: Sequence[Story],
    waiting: Sequence[Story],
    *,
    model_sha: str,
    now: datetime,
    quiet: Sequence[Story] = (),
    thresholds: Mapping[str, float] | None = None,
) -> ToldSummary:
    """Decide about `changed` stories and about those `waiting` for the end of a mute, in one transaction.

    What the channel shows of them and of those now `quiet` is brought up to date. `thresholds` are shown beside the scores.
    """
    around = Circumstances(settings.alerts, _log(connection, now), find_silences(connection, now))
    decided: list[tuple[Decision, Story]] = []
    for story in sorted((*changed, *waiting), key=_gravest_first):
        for decision in decide(story, around, now, waiting=story in waiting):
            decided.append((decision, story))
            if decision.outcome != "hold":
                around.told.add(told_by(decision, story))
    _save(connection, settings, decided, model_sha=model_sha)
    provenance = Provenance(model_sha, settings.revision, thresholds, story_page())
    _enqueue(connection, settings, decided, provenance, now=now)
    edit_standing(connection, settings, (*changed, *waiting, *quiet), provenance, now=now)
    return _summed(decided)


def story_page() -> str:
    """The address of a story's page in the Airflow UI, "{story_id}" standing for its id; "" where no UI is named."""
    base = os.environ.get("AIRFLOW__API__BASE_URL", "")
    return f"{base.rstrip('/')}/newswatch/stories/{{story_id}}" if base else ""


def find_silences(connection: sa.Connection, now: datetime) -> tuple[Silence, ...]:
    """The silences in force or to come."""
    from newswatch.storage import alerts as storage

    return tuple(silence_of(row) for row in storage.find_silences(connection, now=now))


def silence_of(row: Mapping[str, Any]) -> Silence:
    """A stored silence as the value that decisions read."""
    return Silence(
        silence_id=row["silence_id"],
        matchers=tuple(parse_matcher(matcher) for matcher in row["matchers"]),
        author=row["author"],
        reason=row["reason"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        ceiling=row["ceiling"],
        receiver=row["receiver"],
    )


def _log(connection: sa.Connection, now: datetime) -> TellingLog:
    from newswatch.storage.alerts import find_tellings

    return TellingLog(_told(row) for row in find_tellings(connection, since=now - HORIZON))


def _told(row: Mapping[str, Any]) -> Told:
    names = (
        "story_id",
        "receiver",
        "group_key",
        "root_id",
        "severity",
        "modality",
        "state",
        "events",
        "ordinal",
        "last_report_at",
    )
    labels = {label: tuple(values) for label, values in row["labels"].items()}
    return Told(told_at=row["decided_at"], labels=labels, **{name: row[name] for name in names})


def _save(
    connection: sa.Connection, settings: Settings, decided: Sequence[tuple[Decision, Story]], *, model_sha: str
) -> None:
    from newswatch.storage.alerts import save_alerts, save_decisions
    from newswatch.storage.stories import set_waiting

    save_decisions(connection, [_decision_row(decision) for decision, _ in decided])
    save_alerts(
        connection,
        [
            _alert_row(decision, story) | {"config_rev": settings.revision, "model_sha": model_sha}
            for decision, story in decided
            if decision.outcome != "hold"
        ],
    )
    held = {decision.story_id for decision, _ in decided if decision.is_released}
    set_waiting(connection, {decision.story_id: decision.story_id in held for decision, _ in decided})


def _decision_row(decision: Decision) -> Row:
    names = ("story_id", "route", "outcome", "reason", "explanation", "severity", "ordinal", "decided_at")
    return {name: getattr(decision, name) for name in names} | {"receiver": decision.receiver or ""}


def _alert_row(decision: Decision, story: Story) -> Row:
    told, alert = told_by(decision, story), decision.alert
    return {
        "alert_key": alert.alert_key,
        "story_id": story.story_id,
        "receiver": told.receiver,
        "reason": alert.reason,
        "severity": alert.severity,
        "explanation": alert.explanation,
        "ordinal": alert.ordinal,
        "decided_at": alert.decided_at,
        "group_key": told.group_key,
        "root_id": told.root_id,
        "modality": told.modality,
        "state": told.state,
        "events": told.events,
        "labels": {label: list(values) for label, values in told.labels.items()},
        "last_report_at": told.last_report_at,
    }


def _enqueue(
    connection: sa.Connection,
    settings: Settings,
    decided: Sequence[tuple[Decision, Story]],
    provenance: Provenance,
    *,
    now: datetime,
) -> None:
    receivers: Mapping[str, Receiver] = settings.alerts.receivers_by_name
    tellings = [Telling(decision, story) for decision, story in decided if decision.outcome != "hold"]
    single, storms = split_storms(tellings, receivers)
    for name, stormy in storms.items():
        _write(connection, storm_messages(name, stormy, now), now)
    for telling in single:
        receiver = receivers[str(telling.decision.receiver)]
        root = _root_of(connection, telling.decision.root_id, receiver.name)
        _write(connection, messages_for(telling, root, receiver, provenance), now)


def edit_standing(
    connection: sa.Connection, settings: Settings, stories: Sequence[Story], provenance: Provenance, *, now: datetime
) -> int:
    """Edit the messages that no longer show how their stories stand; returns how many edits that makes."""
    from newswatch.storage.alerts import find_last_alerts
    from newswatch.storage.outbox import find_standing

    by_id = {story.story_id: story for story in stories}
    receivers = settings.alerts.receivers_by_name
    last = {(row["story_id"], row["receiver"]): row for row in find_last_alerts(connection, by_id)}
    edits = []
    for row in find_standing(connection, by_id):
        story, alert = by_id[row["story_id"]], last.get((row["story_id"], row["receiver"]))
        if alert and row["shown"] != shown(story) and row["receiver"] in receivers:
            telling = Telling(_decision_of(alert), story)
            edits.append(edit_of(telling, _own_root(row), receivers[row["receiver"]], provenance))
    _write(connection, edits, now)
    return len(edits)


def _decision_of(alert: Mapping[str, Any]) -> Decision:
    """The decision that made this alert; the message goes on giving its reason."""
    names = (
        "story_id", "receiver", "reason", "explanation", "severity", "decided_at", "group_key", "root_id", "ordinal"
    )  # fmt: skip
    return Decision(route="", outcome="tell", **{name: alert[name] for name in names})


def _own_root(row: Mapping[str, Any]) -> Root:
    return Root(row["notification_key"], is_own=True, untouched=row["state"] == "waiting" and row["attempts"] == 0)


def _root_of(connection: sa.Connection, story_id: str, receiver: str) -> Root | None:
    from newswatch.storage.outbox import find_root

    row = find_root(connection, story_id, receiver)
    if row is None:
        return None
    if row["kind"] == "root":
        return _own_root(row)
    return Root(row["root_key"] or row["notification_key"], is_own=False)


def _write(connection: sa.Connection, planned: Sequence[Planned], now: datetime) -> None:
    from newswatch.storage import outbox

    for one in planned:
        notification = one.notification
        blocks = [dict(block) for block in notification.blocks]
        if one.refresh and outbox.refresh_waiting(
            connection,
            notification.notification_key,
            text=notification.text,
            blocks=blocks,
            severity=notification.severity,
            shown=one.shown,
        ):
            continue
        if notification.kind == "update" and one.root_key:
            outbox.supersede_updates(connection, one.root_key)
        outbox.enqueue(connection, [_outbox_row(one, blocks, now)])


def _outbox_row(one: Planned, blocks: list[Row], now: datetime) -> Row:
    notification = one.notification
    return {
        "notification_key": notification.notification_key,
        "alert_key": notification.alert_key,
        "story_id": notification.story_id,
        "receiver": notification.receiver,
        "kind": notification.kind,
        "root_key": one.root_key,
        "severity": notification.severity,
        "text": notification.text,
        "blocks": blocks,
        "broadcast": one.broadcast,
        "shown": one.shown,
        "created_at": now,
        "not_before_at": notification.not_before_at or now,
    }


def _summed(decided: Sequence[tuple[Decision, Story]]) -> ToldSummary:
    summary = ToldSummary()
    for decision, _ in decided:
        summary.told += decision.outcome == "tell"
        summary.threaded += decision.outcome == "thread"
        (summary.held if decision.outcome == "hold" else summary.reasons)[decision.reason] += 1
    return summary


def _gravest_first(story: Story) -> tuple[float, str]:
    return -story.severity.score, story.story_id
