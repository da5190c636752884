"""Which open story does a report belong to?

Holds the open stories in memory, found through an inverted index (bands of the fingerprint, words of the headline, places,
actors of one-sided acts), so that the cost of a report depends on the window and never on the archive. What is found depends on
the open stories alone, never on the order in which they came: a window that goes on and one that is restored answer the same.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newswatch.domain import Dyad, Report, Story
from newswatch.stories import fingerprints
from newswatch.stories.match import Match, match
from newswatch.stories.memory import Remembered, kept
from newswatch.stories.merge import CURRENT, join_story, open_story, quieted
from newswatch.stories.settings import SeveritySettings, StorySettings
from newswatch.stories.trace import Trace, trace_of

Key = tuple[object, ...]
Opened = tuple[datetime, str]  # when a story was opened (by its first report), and its id
RECENT = 100  # stories under one key that are looked at, the latest first: a word that all share tells nothing apart
MIN_WORD_WEIGHT = 1.0  # words that every agency uses find nothing


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a report went: its story as it now is, and by which rule."""

    story: Story
    how: str  # "opened", "copy", "same_act", "same_place", "alike"
    near_copy: bool = False

    @property
    def joined(self) -> bool:
        """Whether the story was there before."""
        return self.how != "opened"


class StoryWindow:
    """The open stories. Not safe for use by several threads; one task owns it."""

    def __init__(
        self,
        settings: StorySettings,
        severity: SeveritySettings | None = None,
        read: Callable[[Report], Trace] = trace_of,
    ) -> None:
        self._settings, self._read = settings, read
        self._severity = severity or SeveritySettings()
        self._open: dict[str, Remembered] = {}
        self._stories_by_key: dict[Key, list[Opened]] = defaultdict(list)  # in order of opening
        self._keys_by_story: dict[str, tuple[frozenset[Key], ...]] = {}  # one set for each trace that is kept

    def restore(self, remembered: Iterable[Remembered]) -> None:
        """Take up the stories that an earlier run left open."""
        for one in remembered:
            self._keep(one, tuple(frozenset(self._keys(trace)) for trace in one.traces))

    def place(self, report: Report, *, surging: frozenset[Dyad] = frozenset()) -> Placement | None:
        """Join `report` to the story it fits best, or open one. None: it carries no signal and fits no story."""
        trace = self._read(report)
        found = self._best(trace)
        if found is None:
            return self._opened(report, trace, surging)
        one, how = found
        if how.near_copy:
            trace = replace(trace, origin=_origin_of_copy(trace, one))
        joined = join_story(
            one,
            report,
            trace,
            self._severity,
            how=how.how,
            new_event_hours=self._settings.new_event_hours,
            surging=one.story.dyad in surging,
        )
        self._keep(joined, kept(self._keys_by_story[joined.story.story_id], frozenset(self._keys(trace))))
        return Placement(joined.story, how.how, near_copy=how.near_copy)

    def memory_of(self, story_id: str) -> Remembered:
        """What is remembered of an open story; KeyError when it is not open."""
        return self._open[story_id]

    def stories(self) -> Iterator[Story]:
        """Every open story, in the order of opening."""
        return (one.story for one in self._open.values())

    def expire(self, now: datetime) -> tuple[Story, ...]:
        """Close the stories that have been silent for the window, and return them as quiet."""
        silent_since = now - timedelta(hours=self._settings.window_hours)
        born_before = now - timedelta(hours=self._settings.max_age_hours)
        gone = [
            one.story
            for one in self._open.values()
            if one.story.last_at < silent_since or one.story.first_at < born_before
        ]
        for story in gone:
            self._forget(story.story_id)
        return tuple(quieted(story, now) for story in gone)

    def __len__(self) -> int:
        return len(self._open)

    def _opened(self, report: Report, trace: Trace, surging: frozenset[Dyad]) -> Placement | None:
        if not report.signals:
            return None
        one = open_story(report, trace, self._severity, surging=report.dyad in surging)
        self._keep(one, (frozenset(self._keys(trace)),))
        return Placement(one.story, "opened")

    def _best(self, trace: Trace) -> tuple[Remembered, Match] | None:
        found = []
        for story_id in self._candidates(trace):
            one = self._open[story_id]
            if trace.modality in CURRENT and one.story.modality not in CURRENT:
                continue  # a happening begins with its first act, not with talk that came before it
            how = match(trace, one.traces, self._settings)
            if how is not None:
                found.append((one, how))
        return max(found, key=lambda one: (one[1].order, one[0].story.last_at, one[0].story.story_id), default=None)

    def _candidates(self, trace: Trace) -> list[str]:
        shared: Counter[str] = Counter()
        for key in self._keys(trace):
            shared.update(story_id for _, story_id in self._stories_by_key.get(key, ())[-RECENT:])
        most = self._settings.max_candidates
        if len(shared) <= most:
            return list(shared)
        return heapq.nsmallest(most, shared, key=lambda story_id: (-shared[story_id], story_id))

    def _keep(self, one: Remembered, keys: tuple[frozenset[Key], ...]) -> None:
        """Hold the story under the keys of the traces it keeps, and no others: the next run knows no others either."""
        story_id = one.story.story_id
        before = frozenset[Key]().union(*self._keys_by_story.get(story_id, ()))
        after = frozenset[Key]().union(*keys)
        self._open[story_id] = one
        self._keys_by_story[story_id] = keys
        opened = _opened_at(one.story)
        for key in after - before:
            insort(self._stories_by_key[key], opened)
        self._drop(opened, before - after)

    def _forget(self, story_id: str) -> None:
        one = self._open.pop(story_id)
        self._drop(_opened_at(one.story), frozenset[Key]().union(*self._keys_by_story.pop(story_id)))

    def _drop(self, opened: Opened, keys: Iterable[Key]) -> None:
        for key in keys:
            stories = self._stories_by_key[key]
            del stories[bisect_left(stories, opened)]
            if not stories:
                del self._stories_by_key[key]

    def _keys(self, trace: Trace) -> Iterator[Key]:
        yield from (("band", *band) for band in fingerprints.bands(trace.fingerprint))
        yield from (("word", word) for word, weight in trace.title_words.items() if weight >= MIN_WORD_WEIGHT)
        yield from (("place", place) for place in trace.places)
        if set(trace.signals) & set(self._settings.one_sided):
            yield from (("actor", side) for side in (trace.dyad.source, trace.dyad.target) if side)


def _opened_at(story: Story) -> Opened:
    """The first change of a story is its opening; unlike `first_at` it never moves."""
    return (story.changes[0].at if story.changes else story.first_at), story.story_id


def _origin_of_copy(trace: Trace, one: Remembered) -> str:
    """Copies of one text share the origin of the nearest earlier copy, whoever printed it."""
    nearest = max(one.traces, key=lambda earlier: fingerprints.likeness(trace.fingerprint, earlier.fingerprint))
    return nearest.origin
