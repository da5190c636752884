"""What would this configuration have alerted on?

Past entries run through classify -> group -> severity -> decide, as in the live pipeline: the clock of each entry
is its publication. Nothing is fetched, nothing is stored, nobody is told.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Protocol
from urllib.parse import urlsplit

from newswatch.alerts.decide import Circumstances, Decision, decide, told_by
from newswatch.alerts.settings import AlertSettings
from newswatch.alerts.told import HORIZON, TellingLog
from newswatch.domain import Classification, Feed, Reading, Report, Story
from newswatch.errors import NewswatchError
from newswatch.stories.settings import SeveritySettings, StorySettings
from newswatch.stories.window import StoryWindow

BATCH = 1024  # entries classified at once: enough for every processor to have a share
TICK = timedelta(minutes=5)  # the live pipeline's interval: mutes and silences end, silent stories close

FeedLookup = Callable[[str], Feed | None]


class Classifier(Protocol):
    """What replay needs of a classifier."""

    def classify(self, readings: Sequence[Reading]) -> list[Classification]: ...


class ReplaySettings(Protocol):
    """What replay needs of the settings."""

    @property
    def stories(self) -> StorySettings: ...
    @property
    def severity(self) -> SeveritySettings: ...
    @property
    def alerts(self) -> AlertSettings: ...


@dataclass(frozen=True, slots=True)
class ReplayEntry:
    """One entry of the past. `entry_id` is its id, else its link."""

    entry_id: str
    feed: str
    published_at: datetime
    title: str
    description: str
    link: str | None


@dataclass(slots=True)
class AlertLine:
    """One alert as it stood at the end: a story told by a message of its own, with what joined its thread."""

    story: Story
    first: Decision
    entries: dict[str, None]  # ids, in the order they came
    severity: int
    last_at: datetime
    updates: list[Decision] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The line that `newswatch replay` writes."""
        return {
            "alert_id": self.first.alert.alert_key[:16],
            "first_at": _iso(self.first.decided_at),
            "last_at": _iso(self.last_at),
            "signal": self.story.signal,
            "signals": list(self.story.signals),
            "dyad": {"source": self.story.dyad.source, "target": self.story.dyad.target},
            "severity": self.severity,
            "reason": self.first.reason,
            "title": self.story.title,
            "entries": list(self.entries),
            "origins": list(self.story.origins),
        }


def read_entries(lines: Iterable[str], name: str = "entries") -> Iterator[ReplayEntry]:
    """Entries of a JSON Lines file. Raises NewswatchError naming the line that cannot be read or goes back in time."""
    latest: datetime | None = None
    for number, line in enumerate(lines, start=1):
        if line.strip():
            entry = _entry(line, f"{name}:{number}")
            if latest and entry.published_at < latest:
                raise NewswatchError(
                    f"{name}:{number}: published {_iso(entry.published_at)}, before the line above ({_iso(latest)}). "
                    "A replay runs forward in time: sort the file by `published`."
                )
            latest = entry.published_at
            yield entry


def replay(
    entries: Iterable[ReplayEntry], *, classifier: Classifier, settings: ReplaySettings, feed_of: FeedLookup
) -> Iterator[AlertLine]:
    """One line per alert, as its story closes; sort by `first.decided_at` for the order in which people were told."""
    bench = _Bench(settings)
    seen: set[str] = set()
    rest = iter(entries)
    while batch := list(islice(rest, BATCH)):
        fresh = [entry for entry in batch if _is_new(entry, seen)]
        findings = classifier.classify([Reading(entry.title, entry.description) for entry in fresh])
        for entry, finding in zip(fresh, findings, strict=True):
            yield from bench.tick(entry.published_at)
            if finding.signals or finding.modality == "denial":
                bench.take(_report(entry, finding, feed_of(entry.feed)))
    yield from bench.close()


class _Bench:
    """Window, telling log and open alert lines of one replay."""

    def __init__(self, settings: ReplaySettings) -> None:
        self._window = StoryWindow(settings.stories, settings.severity)
        self._around = Circumstances(settings.alerts, TellingLog())
        self._lines: dict[str, AlertLine] = {}
        self._waiting: dict[str, Story] = {}
        self._root_of: dict[str, str] = {}
        self._next_tick: datetime | None = None

    def take(self, report: Report) -> None:
        placed = self._window.place(report)
        if placed is not None:
            self._decide(placed.story, report.published_at)

    def tick(self, now: datetime) -> Iterator[AlertLine]:
        if self._next_tick and now < self._next_tick:
            return
        self._next_tick = now + TICK
        for story in tuple(self._waiting.values()):
            self._decide(story, now, waiting=True)
        for quiet in self._window.expire(now):
            self._waiting.pop(quiet.story_id, None)
            self._root_of.pop(quiet.story_id, None)
            if quiet.story_id in self._lines:
                yield self._lines.pop(quiet.story_id)
        self._around.told.forget(now - HORIZON)

    def close(self) -> Iterator[AlertLine]:
        yield from self._lines.values()
        self._lines = {}

    def _decide(self, story: Story, now: datetime, *, waiting: bool = False) -> None:
        self._waiting.pop(story.story_id, None)
        decisions = decide(story, self._around, now, waiting=waiting)
        for decision in decisions:
            if decision.outcome == "hold":
                if decision.is_released:
                    self._waiting[story.story_id] = story
                continue
            self._around.told.add(told_by(decision, story))
            self._note(decision, story, now)
        self._refresh(story)

    def _note(self, decision: Decision, story: Story, now: datetime) -> None:
        self._root_of[story.story_id] = decision.root_id
        line = self._lines.get(decision.root_id)
        if line is None and decision.outcome == "tell" and decision.root_id == story.story_id:
            line = self._lines[story.story_id] = AlertLine(story, decision, {}, story.severity.level, now)
        elif line is not None:
            line.updates.append(decision)
        if line is not None:
            line.entries.update(dict.fromkeys(map(str, story.article_ids)))

    def _refresh(self, story: Story) -> None:
        line = self._lines.get(self._root_of.get(story.story_id, ""))
        if line is None:
            return
        line.entries[str(story.article_ids[-1])] = None
        line.last_at = max(line.last_at, story.last_at)
        if line.story.story_id == story.story_id:
            line.story = story
            line.severity = max(line.severity, story.severity.level)


def _report(entry: ReplayEntry, finding: Classification, feed: Feed | None) -> Report:
    publisher = feed.publisher if feed else urlsplit(entry.feed).hostname or entry.feed
    return Report(
        article_id=entry.entry_id,
        title=entry.title,
        lead=entry.description,
        text="",
        publisher=publisher,
        family=feed.family if feed else None,
        tier=feed.tier if feed else 2,
        published_at=entry.published_at,
        signals=finding.signals,
        scores=finding.scores,
        modality=finding.modality,
        dyad=finding.dyad,
        actors=finding.actors,
        evidence=finding.evidence,
        head=finding.head,
        country=feed.country if feed else None,
        state_media=feed.state_media if feed else None,
        url=entry.link,
    )


def _entry(line: str, where: str) -> ReplayEntry:
    try:
        fields: Mapping[str, Any] = json.loads(line)
        published_at = datetime.fromisoformat(str(fields["published"]))
        title, description = str(fields["title"] or ""), str(fields.get("description") or "")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NewswatchError(
            f"{where}: not an entry ({type(error).__name__}: {error}). Nothing was written. "
            "Each line is a JSON object with feed, published (ISO 8601) and title."
        ) from None
    link = fields.get("link") or None
    return ReplayEntry(
        entry_id=str(fields.get("id") or link or where),
        feed=str(fields.get("feed") or ""),
        published_at=published_at.replace(tzinfo=UTC) if published_at.tzinfo is None else published_at.astimezone(UTC),
        title=title,
        description=description,
        link=link,
    )


def _is_new(entry: ReplayEntry, seen: set[str]) -> bool:
    """The live pipeline reads an address once, however many feeds list it."""
    key = entry.link or entry.entry_id
    if key in seen:
        return False
    seen.add(key)
    return True


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
