"""Which open story does a report belong to?

Holds the open stories in memory, found through an inverted index (bands of the fingerprint, words of the headline, places,
actors of one-sided acts), so that the cost of a report depends on the window and never on the archive.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice

from newswatch.domain import Dyad, Report, Story
from newswatch.stories import fingerprints
from newswatch.stories.match import Match, match
from newswatch.stories.memory import Remembered
from newswatch.stories.merge import CURRENT, join_story, open_story, quieted
from newswatch.stories.settings import SeveritySettings, StorySettings
from newswatch.stories.trace import Trace, trace_of

Key = tuple[object, ...]
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

    def __init__(self, settings: StorySettings, severity: SeveritySettings | None = None) -> None:
        self._settings = settings
        self._severity = severity or SeveritySettings()
        self._open: dict[str, Remembered] = {}
        self._stories_by_key: dict[Key, dict[str, None]] = defaultdict(dict)
        self._keys_by_story: dict[str, set[Key]] = defaultdict(set)

    def restore(self, remembered: Iterable[Remembered]) -> None:
        """Take up the stories that an earlier run left open."""
        for one in remembered:
            self._keep(one, one.traces)

    def place(self, report: Report, *, surging: frozenset[Dyad] = frozenset()) -> Placement | None:
        """Join `report` to the story it fits best, or open one. None: it carries no signal and fits no story."""
        trace = trace_of(report)
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
        self._keep(joined, (trace,))
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
        self._keep(one, (trace,))
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
        return max(found, key=lambda pair: (pair[1].order, pair[0].story.last_at), default=None)

    def _candidates(self, trace: Trace) -> list[str]:
        shared: Counter[str] = Counter()
        for key in self._keys(trace):
            shared.update(islice(reversed(self._stories_by_key.get(key, {})), RECENT))
        return [story_id for story_id, _ in shared.most_common(self._settings.max_candidates)]

    def _keep(self, one: Remembered, traces: Iterable[Trace]) -> None:
        story_id = one.story.story_id
        self._open[story_id] = one
        for trace in traces:
            for key in self._keys(trace):
                self._stories_by_key[key][story_id] = None
                self._keys_by_story[story_id].add(key)

    def _forget(self, story_id: str) -> None:
        del self._open[story_id]
        for key in self._keys_by_story.pop(story_id, ()):
            stories = self._stories_by_key[key]
            stories.pop(story_id, None)
            if not stories:
                del self._stories_by_key[key]

    def _keys(self, trace: Trace) -> Iterator[Key]:
        yield from (("band", *band) for band in fingerprints.bands(trace.fingerprint))
        yield from (("word", word) for word, weight in trace.title_words.items() if weight >= MIN_WORD_WEIGHT)
        yield from (("place", place) for place in trace.places)
        if set(trace.signals) & set(self._settings.one_sided):
            yield from (("actor", side) for side in (trace.dyad.source, trace.dyad.target) if side)


def _origin_of_copy(trace: Trace, one: Remembered) -> str:
    """Copies of one text share the origin of the nearest earlier copy, whoever printed it."""
    nearest = max(one.traces, key=lambda earlier: fingerprints.likeness(trace.fingerprint, earlier.fingerprint))
    return nearest.origin
