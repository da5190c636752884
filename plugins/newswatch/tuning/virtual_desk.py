"""What would have been told, run by run, on a virtual clock?

The live pipeline groups and decides in runs: whatever was classified by then is placed in order of publication, stories that
have been silent close, then every story that changed, and every one that waits for the end of a mute or silence, is decided on,
the gravest first. This does the same in memory. With the configuration, the model and the silences of the time it tells exactly
what was told; an acceptance test holds it to that.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol

from newswatch.alerts.decide import Circumstances, Decision, decide, told_by
from newswatch.alerts.settings import AlertSettings
from newswatch.alerts.silence import Silence
from newswatch.alerts.told import HORIZON, TellingLog, Told
from newswatch.domain import Dyad, Report, Story
from newswatch.stories.index import surging_pairs
from newswatch.stories.settings import IndexSettings, SeveritySettings, StorySettings
from newswatch.stories.trace import Trace, trace_of
from newswatch.stories.window import StoryWindow

BATCH = 1_000  # reports placed before anything is decided, as in the live run
DAY_SECONDS = 86_400


class DeskSettings(Protocol):
    """What a run needs of the settings."""

    @property
    def stories(self) -> StorySettings: ...
    @property
    def severity(self) -> SeveritySettings: ...
    @property
    def index(self) -> IndexSettings: ...
    @property
    def alerts(self) -> AlertSettings: ...


@dataclass(frozen=True, slots=True)
class Arrived:
    """A report, and when it was classified."""

    at: datetime
    report: Report


@dataclass(frozen=True, slots=True)
class Telling:
    """One alert as it was decided on, with the story as it then stood."""

    decision: Decision
    story: Story

    @property
    def is_first(self) -> bool:
        """A message of its own, rather than an update or a line in another's thread."""
        return self.decision.outcome == "tell" and self.decision.root_id == self.story.story_id


@dataclass(slots=True)
class Outcome:
    """Everything that was told, in order, and in which story each article ended."""

    tellings: list[Telling] = field(default_factory=list)
    story_of: dict[int | str, str] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass(frozen=True, slots=True)
class _PairDays:
    dyad: Dyad
    counts: tuple[int, ...]
    totals: tuple[int, ...]


def run_through(
    arrived: Iterable[Arrived],
    moments: Iterable[datetime],
    *,
    settings: DeskSettings,
    silences: Sequence[Silence] = (),
    traces: dict[object, Trace] | None = None,
) -> Outcome:
    """One run at each of `moments` (in order), each with the reports that had `arrived` (in order) by then.

    `traces` is filled with what was read of each report; handed on, the next outcome over the same history is had for less.
    """
    desk = _VirtualDesk(settings, silences, {} if traces is None else traces)
    waiting = deque(arrived)
    for now in moments:
        due = []
        while waiting and waiting[0].at <= now:
            due.append(waiting.popleft().report)
        due.sort(key=lambda report: (report.published_at, report.article_id))
        desk.run(due, now)
    return desk.outcome


def ticks(arrivals: Iterable[datetime], every: timedelta = timedelta(minutes=5)) -> list[datetime]:
    """Moments at which runs would have taken up these arrivals: the next full five minutes after each."""
    seconds = every.total_seconds()
    return sorted({at + timedelta(seconds=-at.timestamp() % seconds) for at in arrivals})


class _VirtualDesk:
    """Open stories, what was told, and who waits, between runs."""

    def __init__(self, settings: DeskSettings, silences: Sequence[Silence], traces: dict[object, Trace]) -> None:
        self._settings, self._silences, self._traces = settings, silences, traces
        self._window = StoryWindow(settings.stories, settings.severity, self._read)
        self._told: list[tuple[datetime, str, Told]] = []
        self._log = TellingLog()
        self._waiting: dict[str, Story] = {}
        self._joined: deque[tuple[float, str]] = deque()  # seconds, story
        self._dyads: dict[str, Dyad] = {}
        self.outcome = Outcome()

    def _read(self, report: Report) -> Trace:
        """The trace of a report, which depends on what was found in it and on nothing that is set."""
        key = (report.article_id, report.reported, report.modality, report.dyad)
        if key not in self._traces:
            self._traces[key] = trace_of(report)
        return self._traces[key]

    def run(self, due: Sequence[Report], now: datetime) -> None:
        """As the live run: batch after batch until one is not full."""
        rest = iter(due)
        while True:
            batch = list(islice(rest, BATCH))
            self._batch(batch, now)
            if len(batch) < BATCH:
                return

    def _batch(self, reports: Sequence[Report], now: datetime) -> None:
        changed = self._place(reports, now)
        for quiet in self._window.expire(now):
            if quiet.story_id in self._waiting:
                self._waiting[quiet.story_id] = quiet
        others = [story for story_id, story in self._waiting.items() if story_id not in changed]
        if changed or others:
            self._decide(changed, others, now)

    def _place(self, reports: Sequence[Report], now: datetime) -> dict[str, Story]:
        changed: dict[str, Story] = {}
        if not reports:
            return changed
        surging = surging_pairs(self._pair_days(now), self._settings.index)
        for report in reports:
            placed = self._window.place(report, surging=surging)
            if placed is not None:
                changed[placed.story.story_id] = placed.story
                self.outcome.story_of[report.article_id] = placed.story.story_id
                self._joined.append((now.timestamp(), placed.story.story_id))
        for story in changed.values():
            self._dyads[story.story_id] = story.dyad
        return changed

    def _decide(self, changed: Mapping[str, Story], others: Sequence[Story], now: datetime) -> None:
        around = Circumstances(self._settings.alerts, self._log, self._silences)
        new: list[tuple[datetime, str, Told]] = []
        held: dict[str, bool] = {}
        for story in sorted((*changed.values(), *others), key=lambda one: (-one.severity.score, one.story_id)):
            for decision in decide(story, around, now, waiting=story.story_id not in changed):
                is_held = decision.outcome == "hold"
                held[story.story_id] = held.get(story.story_id, False) or decision.is_released
                if is_held:
                    self.outcome.held[decision.reason] += 1
                    continue
                told = told_by(decision, story)
                self._log.add(told)
                new.append((now, decision.alert.alert_key, told))
                self.outcome.tellings.append(Telling(decision, story))
        stories = {story.story_id: story for story in (*changed.values(), *others)}
        for story_id, waits in held.items():
            if waits:
                self._waiting[story_id] = stories[story_id]
            else:
                self._waiting.pop(story_id, None)
        self._remember(new, now)

    def _remember(self, new: list[tuple[datetime, str, Told]], now: datetime) -> None:
        """Between runs the log lies in the database, in order of moment and key; the next run reads it so."""
        self._told += new
        if len(new) < 2:
            return
        self._told = sorted((one for one in self._told if one[0] >= now - HORIZON), key=lambda one: one[:2])
        self._log = TellingLog(told for _, _, told in self._told)

    def _pair_days(self, now: datetime) -> Iterator[_PairDays]:
        """Reports of each pair in each of the last days, as `storage.stories.find_pair_counts` tells them."""
        days = self._settings.index.baseline_days
        moment = now.timestamp()
        while self._joined and self._joined[0][0] <= moment - (days + 1) * DAY_SECONDS:
            self._joined.popleft()
        counts: dict[Dyad, list[int]] = {}
        totals = [0] * (days + 1)
        for at, story_id in self._joined:
            place = days - int((moment - at) // DAY_SECONDS)
            counts.setdefault(self._dyads[story_id], [0] * (days + 1))[place] += 1
            totals[place] += 1
        for dyad, each in counts.items():
            if each[-1] and (dyad.source or dyad.target):
                yield _PairDays(dyad, tuple(each), tuple(totals))
