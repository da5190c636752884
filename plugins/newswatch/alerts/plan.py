"""Which messages does a decision make? A first message, or an edit and a line in its thread, or a line in another's thread."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from newswatch.alerts.decide import Decision
from newswatch.alerts.message import MARKS, WORDS, Block, Message, Provenance, reply_message, root_message
from newswatch.alerts.plain import clean, cut
from newswatch.alerts.settings import Receiver
from newswatch.domain import Notification, Story

DIGEST_LINES = 30
SECTION_LINES = 10  # of 200 characters: below the 3,000 that a section takes
EDIT_SEVERITY = 0  # an edit that tells nothing new goes after every alert
BROADCAST_FROM = 4  # an escalation to this severity is shown in the channel too, not only in the thread


@dataclass(frozen=True, slots=True)
class Root:
    """The message that a story already has. `is_own`: it is the story's, else another's whose thread it stands in."""

    key: str
    is_own: bool
    untouched: bool = False  # nobody has tried to send it yet


@dataclass(frozen=True, slots=True)
class Planned:
    """One row for the outbox. `refresh`: it replaces the text of a message that still waits."""

    notification: Notification
    root_key: str | None = None
    broadcast: bool = False
    refresh: bool = False
    shown: str | None = None  # what the message shows of its story, see `shown`


@dataclass(frozen=True, slots=True)
class Telling:
    """A decision to tell, and the story as it stands."""

    decision: Decision
    story: Story


def messages_for(
    telling: Telling, root: Root | None, receiver: Receiver, provenance: Provenance
) -> tuple[Planned, ...]:
    """The rows that one telling makes. `root` is the message of the story in whose thread it is told, if there is one."""
    decision = telling.decision
    if decision.outcome == "thread" and root is not None:
        return (_reply(telling, root),)
    if root is None or (not root.is_own and decision.reason in ("first", "escalated")):
        return (_root(telling, receiver, provenance),)
    if not root.is_own:
        return (_reply(telling, root),)
    if root.untouched:
        fresh = _root(telling, receiver, provenance)
        return (replace(fresh, notification=replace(fresh.notification, notification_key=root.key), refresh=True),)
    return _update(telling, root, receiver, provenance), _reply(telling, root)


def split_storms(
    tellings: Sequence[Telling], receivers: Mapping[str, Receiver]
) -> tuple[tuple[Telling, ...], dict[str, tuple[Telling, ...]]]:
    """Tellings that go out one by one, and per receiver those that are too many and become one digest, gravest first."""
    firsts = Counter(str(one.decision.receiver) for one in tellings if _is_first(one))
    stormy = {name for name, count in firsts.items() if count > receivers[name].storm}
    single = tuple(one for one in tellings if one.decision.receiver not in stormy or not _is_first(one))
    storms = {
        name: tuple(
            sorted((one for one in tellings if one.decision.receiver == name and _is_first(one)), key=_gravest_first)
        )
        for name in sorted(stormy)
    }
    return single, storms


def storm_messages(receiver: str, tellings: Sequence[Telling], now: datetime) -> tuple[Planned, ...]:
    """One digest that names the gravest, and every story as a line in its thread."""
    key = notification_key("|".join(sorted(one.decision.alert.alert_key for one in tellings)), receiver, "digest")
    lines = [_line(one.story) for one in tellings[:DIGEST_LINES]]
    left = len(tellings) - len(lines)
    more = (f"and {left} more in the thread",) if left else ()
    title = f"{len(tellings)} new alerts at once"
    text = "\n".join((title, *lines, *more))
    blocks: tuple[Block, ...] = (
        {"type": "header", "text": {"type": "plain_text", "text": title}},
        *(_section(lines[start : start + SECTION_LINES]) for start in range(0, len(lines), SECTION_LINES)),
        {
            "type": "context",
            "elements": [{"type": "plain_text", "text": more[0] if more else "Each is in the thread."}],
        },
    )
    digest = Notification(key, "", "", receiver, "digest", tellings[0].decision.severity, text, blocks, now)
    return (Planned(digest), *(_reply(one, Root(key, is_own=False)) for one in tellings))


def notification_key(alert_key: str, receiver: str, kind: str) -> str:
    """The unique key of a message: the same alert, receiver and kind make the same message on every rerun."""
    return hashlib.sha256(f"{alert_key}|{receiver}|{kind}".encode()).hexdigest()


def shown(story: Story) -> str:
    """What a root message shows that may change without a telling: state, severity, origins, acts."""
    return f"{story.state}|{story.severity.level}|{len(story.origins)}|{story.events}"


def edit_of(telling: Telling, root: Root, receiver: Receiver, provenance: Provenance) -> Planned:
    """The message of a story brought up to date without a word in its thread. It waits for every alert."""
    planned = _update(telling, root, receiver, provenance)
    kind = f"edit:{shown(telling.story)}:{len(telling.story.article_ids)}:{len(telling.story.changes)}"
    key = notification_key(planned.notification.alert_key, receiver.name, kind)
    if root.untouched:
        return replace(planned, notification=replace(planned.notification, notification_key=root.key), refresh=True)
    return replace(planned, notification=replace(planned.notification, notification_key=key, severity=EDIT_SEVERITY))


def _root(telling: Telling, receiver: Receiver, provenance: Provenance) -> Planned:
    message = root_message(telling.story, telling.decision, receiver, provenance)
    notification = _notification(telling, "root", message, telling.decision.not_before_at)
    return Planned(notification, shown=shown(telling.story))


def _update(telling: Telling, root: Root, receiver: Receiver, provenance: Provenance) -> Planned:
    message = root_message(telling.story, telling.decision, receiver, provenance)
    return Planned(_notification(telling, "update", message), root_key=root.key, shown=shown(telling.story))


def _reply(telling: Telling, root: Root) -> Planned:
    loud = telling.decision.reason == "escalated" and telling.decision.severity >= BROADCAST_FROM
    return Planned(
        _notification(telling, "reply", reply_message(telling.story, telling.decision)), root.key, broadcast=loud
    )


def _notification(
    telling: Telling, kind: Literal["root", "update", "reply"], message: Message, not_before_at: datetime | None = None
) -> Notification:
    alert, receiver = telling.decision.alert, str(telling.decision.receiver)
    return Notification(
        notification_key=notification_key(alert.alert_key, receiver, kind),
        alert_key=alert.alert_key,
        story_id=telling.story.story_id,
        receiver=receiver,
        kind=kind,
        severity=telling.decision.severity,
        text=message.text,
        blocks=message.blocks,
        not_before_at=not_before_at or telling.decision.decided_at,
    )


def _is_first(telling: Telling) -> bool:
    return telling.decision.outcome == "tell" and telling.decision.ordinal == 1


def _gravest_first(telling: Telling) -> tuple[float, str]:
    return -telling.story.severity.score, telling.story.story_id


def _section(lines: Sequence[str]) -> Block:
    return {"type": "section", "text": {"type": "plain_text", "text": "\n".join(lines)}}


def _line(story: Story) -> str:
    return cut(
        f"{MARKS[story.severity.level]} {WORDS[story.severity.level]} · {story.dyad} · {clean(story.title)}", 200
    )
