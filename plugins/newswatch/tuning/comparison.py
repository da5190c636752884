"""Which messages would people get that they did not get, and which would they miss? Two outcomes laid side by side.

A message is what rings: a story told by itself, with every story that joined its thread. Two messages are the same when they are
for the same receiver and speak of the same articles; so a story may go by another id, or join another's thread, and is found.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, Protocol

from newswatch.tuning.intervals import Share, share
from newswatch.tuning.virtual_desk import Outcome

Kind = Literal["gained", "lost", "merged", "split", "severity", "receiver"]
KINDS: tuple[Kind, ...] = ("gained", "lost", "merged", "split", "severity", "receiver")
USELESS = ("known_already", "not_for_us")  # right signal, and still nobody wanted to hear it


class Label(Protocol):
    """An approved label: what the article carries, and the verdict it came from."""

    @property
    def article_id(self) -> int: ...
    @property
    def signals(self) -> tuple[str, ...]: ...
    @property
    def verdict(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Message:
    """What one receiver was told by one message and in its thread. `severity` is the gravest that was told."""

    receiver: str
    story_id: str
    first_at: datetime
    signal: str
    pair: str
    title: str
    severity: int
    score: float
    articles: frozenset[int | str] = frozenset()
    updates: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `before` None: gained; `after` None: lost."""

    kind: Kind
    before: Message | None
    after: Message | None

    @property
    def message(self) -> Message:
        """The one to speak of: as it would be, else as it was."""
        found = self.after or self.before
        assert found is not None  # noqa: S101  # a change has at least one side
        return found


@dataclass(frozen=True, slots=True)
class Quality:
    """How good messages are, on articles with an approved label.

    `precision`: of messages with a label, those whose signal the label confirms. `useful`: those, less what somebody called
    known already or not for us. `recall`: of articles whose label names a signal, those that were told.
    """

    precision: Share
    useful: Share
    recall: Share


@dataclass(frozen=True, slots=True)
class SignalRow:
    """One signal: messages before and after, gained and lost, and precision on labels before and after."""

    signal: str
    before: int
    after: int
    gained: int
    lost: int
    precision_before: Share
    precision_after: Share


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day (UTC): messages before and after, gained and lost."""

    day: date
    before: int
    after: int
    gained: int
    lost: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs, and how much stays."""

    changes: tuple[Change, ...]
    same: int
    before: int
    after: int
    per_signal: tuple[SignalRow, ...]
    per_day: tuple[DayRow, ...]
    quality_before: Quality
    quality_after: Quality
    counts: Mapping[str, int] = field(default_factory=dict)


def messages_of(outcome: Outcome, since: datetime, until: datetime) -> list[Message]:
    """The messages of an outcome that were first told in [since, until), in order."""
    articles: dict[str, set[int | str]] = defaultdict(set)
    for article, story_id in outcome.story_of.items():
        articles[story_id].add(article)
    found: dict[tuple[str, str], Message] = {}
    members: dict[tuple[str, str], set[str]] = defaultdict(set)
    for telling in outcome.tellings:
        decision, story = telling.decision, telling.story
        key = (decision.root_id, str(decision.receiver))
        known = found.get(key)
        members[key].add(story.story_id)
        if known is None and telling.is_first:
            found[key] = Message(
                key[1], story.story_id, decision.decided_at, story.signal, str(story.dyad), story.title,
                decision.severity, story.score,
            )  # fmt: skip
        elif known is not None:
            gravest = max(known.severity, decision.severity)
            found[key] = replace(
                known, severity=gravest, updates=known.updates + 1, score=max(known.score, story.score)
            )
    return [
        replace(message, articles=frozenset().union(*(articles[story_id] for story_id in members[key])))
        for key, message in found.items()
        if since <= message.first_at < until
    ]


def compare(before: Sequence[Message], after: Sequence[Message], labels: Iterable[Label]) -> Comparison:
    """What differs between two lists of messages, judged on labelled articles where there are some."""
    changes, same = _changes(before, after)
    known = {label.article_id: label for label in labels}
    counts = Counter(change.kind for change in changes)
    return Comparison(
        changes=tuple(
            sorted(changes, key=lambda one: (KINDS.index(one.kind), -one.message.severity, one.message.first_at))
        ),
        same=same,
        before=len(before),
        after=len(after),
        per_signal=_per_signal(before, after, changes, known),
        per_day=_per_day(before, after, changes),
        quality_before=quality(before, known),
        quality_after=quality(after, known),
        counts={kind: counts[kind] for kind in KINDS},
    )


def quality(messages: Sequence[Message], labels: Mapping[int, Label]) -> Quality:
    """Precision, use and recall of these messages on the labelled articles."""
    judged = [(message, _labels_of(message, labels)) for message in messages]
    judged = [(message, found) for message, found in judged if found]
    right = [any(message.signal in label.signals for label in found) for message, found in judged]
    unwanted = [any(label.verdict in USELESS for label in found) for _, found in judged]
    told = frozenset[int | str]().union(*(message.articles for message in messages))
    true = [label for label in labels.values() if label.signals]
    return Quality(
        share(sum(right), len(judged)),
        share(sum(one and not other for one, other in zip(right, unwanted, strict=True)), len(judged)),
        share(sum(label.article_id in told for label in true), len(true)),
    )


def _labels_of(message: Message, labels: Mapping[int, Label]) -> list[Label]:
    return [labels[article] for article in message.articles if article in labels]  # type: ignore[index]  # stored ids are numbers


def _changes(before: Sequence[Message], after: Sequence[Message]) -> tuple[list[Change], int]:
    by_article: dict[int | str, list[Message]] = defaultdict(list)
    for message in after:
        for article in message.articles:
            by_article[article].append(message)
    changes: list[Change] = []
    partners: dict[int, list[tuple[int, Message]]] = defaultdict(
        list
    )  # id of an `after` -> (articles in common, before)
    moved: set[int] = set()
    touched: dict[int, Message] = {}
    for message in before:
        mine, others = _nearest(message, by_article)
        for one in (*mine, *others):
            touched.setdefault(id(one), message)
        if mine:
            best = max(mine, key=lambda one: (len(one.articles & message.articles), one.story_id == message.story_id))
            partners[id(best)].append((len(best.articles & message.articles), message))
        elif others:
            changes.append(Change("receiver", message, others[0]))
            moved.add(id(others[0]))
        else:
            changes.append(Change("lost", message, None))
    same = 0
    for message in after:
        mapped = sorted(partners.get(id(message), []), key=lambda one: (-one[0], one[1].first_at))
        if not mapped:
            if id(message) not in moved:
                origin = touched.get(id(message))
                changes.append(Change("split" if origin else "gained", origin, message))
            continue
        first = mapped[0][1]
        changes += [Change("merged", other, message) for _, other in mapped[1:]]
        if first.severity != message.severity:
            changes.append(Change("severity", first, message))
        else:
            same += 1
    return changes, same


def _nearest(message: Message, by_article: Mapping[int | str, list[Message]]) -> tuple[list[Message], list[Message]]:
    """The messages of the other outcome that share an article: for the same receiver, and for others."""
    found = {id(one): one for article in message.articles for one in by_article.get(article, ())}
    mine = [one for one in found.values() if one.receiver == message.receiver]
    return mine, [one for one in found.values() if one.receiver != message.receiver]


def _per_signal(
    before: Sequence[Message], after: Sequence[Message], changes: Sequence[Change], labels: Mapping[int, Label]
) -> tuple[SignalRow, ...]:
    signals = sorted({message.signal for message in (*before, *after)})
    rows = []
    for signal in signals:
        old = [one for one in before if one.signal == signal]
        new = [one for one in after if one.signal == signal]
        mine = Counter(change.kind for change in changes if change.message.signal == signal)
        rows.append(
            SignalRow(
                signal, len(old), len(new), mine["gained"], mine["lost"], quality(old, labels).precision,
                quality(new, labels).precision,
            )
        )  # fmt: skip
    return tuple(rows)


def _per_day(before: Sequence[Message], after: Sequence[Message], changes: Sequence[Change]) -> tuple[DayRow, ...]:
    old, new = (Counter(one.first_at.date() for one in messages) for messages in (before, after))
    days: dict[date, Counter[str]] = defaultdict(Counter)
    for change in changes:
        days[change.message.first_at.date()][change.kind] += 1
    return tuple(
        DayRow(day, old[day], new[day], days[day]["gained"], days[day]["lost"])
        for day in sorted(old.keys() | new.keys())
    )
