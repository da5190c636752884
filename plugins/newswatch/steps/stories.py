"""Which stories do the newly classified articles make, and who is to hear of them?

One transaction per batch holds everything: stories, their articles, decisions, alerts and the outbox. A run that dies leaves
nothing half done; the next one starts from the same articles and, ids being hashes of content, writes the same rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newswatch.domain import Report, Story
from newswatch.steps.notices import tell_ended_silences
from newswatch.steps.telling import tell_changes
from newswatch.stories.index import surging_pairs
from newswatch.stories.memory import from_json, to_json
from newswatch.stories.window import Placement, StoryWindow

if TYPE_CHECKING:
    import sqlalchemy as sa

    from newswatch.settings import Settings
    from newswatch.storage.session import Database

BATCH = 1_000  # reports in one transaction: seconds of work, so that little is repeated after a crash


@dataclass
class GroupSummary:
    """What grouping did."""

    reports: int = 0
    opened: int = 0
    joined: int = 0
    quiet: int = 0
    told: int = 0  # messages of their own
    threaded: int = 0
    reasons: Counter[str] = field(default_factory=Counter)  # of what was told
    held: Counter[str] = field(default_factory=Counter)
    busy: bool = False  # another run is grouping; nothing was done

    def __str__(self) -> str:
        if self.busy:
            return "another run is grouping; its work stands"
        held = ", ".join(f"{count} {reason}" for reason, count in sorted(self.held.items())) or "none"
        return (
            f"{self.reports} reports: {self.opened} new stories, {self.joined} joined one; {self.told} told, "
            f"{self.threaded} in threads; held: {held}; {self.quiet} now quiet"
        )


def group_stories(
    db: Database, settings: Settings, *, now: datetime, thresholds: Mapping[str, float] | None = None
) -> GroupSummary:
    """Group every article that is classified and belongs to no story, and decide about every story that changed.

    `thresholds` are those in force, shown beside the scores.
    """
    summary = GroupSummary()
    while _group_batch(db, settings, summary, now=now, thresholds=thresholds) == BATCH:
        pass
    return summary


def _group_batch(
    db: Database, settings: Settings, summary: GroupSummary, *, now: datetime, thresholds: Mapping[str, float] | None
) -> int:
    from newswatch.storage.alerts import end_silences_of
    from newswatch.storage.articles import mark_placed, unplaced_reports
    from newswatch.storage.stories import find_waiting_stories, latest_model, take_grouping_lock
    from newswatch.storage.tuning.history import note_grouping

    with db.begin() as connection:
        if not take_grouping_lock(connection):
            summary.busy = True
            return 0
        note_grouping(connection, now)
        window = _restored(connection, settings)
        reports = unplaced_reports(connection, BATCH)
        placed = _place(connection, settings, window, reports, now=now)
        model_sha = latest_model(connection)
        changed, quiet = _save(connection, settings, window, placed, summary, model_sha=model_sha, now=now)
        mark_placed(connection, [int(report.article_id) for report, placement in placed if placement])
        mark_placed(
            connection, [int(report.article_id) for report, placement in placed if not placement], fate="no_signal"
        )
        waiting = [story for story in find_waiting_stories(connection) if story.story_id not in changed]
        end_silences_of(connection, [story.story_id for story in quiet], now)
        tell_ended_silences(connection, settings, now)
        told = tell_changes(
            connection,
            settings,
            tuple(changed.values()),
            waiting,
            model_sha=model_sha,
            now=now,
            quiet=quiet,
            thresholds=thresholds,
        )
    summary.told += told.told
    summary.threaded += told.threaded
    summary.reasons.update(told.reasons)
    summary.held.update(told.held)
    return len(reports)


def _restored(connection: sa.Connection, settings: Settings) -> StoryWindow:
    from newswatch.storage.stories import find_open_stories

    window = StoryWindow(settings.stories, settings.severity)
    window.restore(from_json(story, memory) for story, memory in find_open_stories(connection))
    return window


def _place(
    connection: sa.Connection, settings: Settings, window: StoryWindow, reports: Sequence[Report], *, now: datetime
) -> list[tuple[Report, Placement | None]]:
    from newswatch.storage.stories import find_pair_counts

    if not reports:
        return []
    counts = find_pair_counts(connection, now=now, days=settings.index.baseline_days)
    surging = surging_pairs(counts, settings.index)
    return [(report, window.place(report, surging=surging)) for report in reports]


def _save(
    connection: sa.Connection,
    settings: Settings,
    window: StoryWindow,
    placed: Sequence[tuple[Report, Placement | None]],
    summary: GroupSummary,
    *,
    model_sha: str,
    now: datetime,
) -> tuple[dict[str, Story], tuple[Story, ...]]:
    """Write the stories that changed or fell quiet, and return both: the changed by id, as they now stand."""
    from newswatch.storage.stories import save_placements, save_stories

    joins = [(int(report.article_id), placement) for report, placement in placed if placement]
    changed = {placement.story.story_id: placement.story for _, placement in joins}
    rows: list[tuple[Story, dict[str, Any]]] = [
        (story, to_json(window.memory_of(story.story_id))) for story in changed.values()
    ]
    quiet = window.expire(now)
    rows += [(story, {}) for story in quiet]
    save_stories(connection, rows, model_sha=model_sha, config_rev=settings.revision, now=now)
    save_placements(
        connection, [(article, placement.story.story_id, placement.how) for article, placement in joins], now
    )
    summary.reports += len(placed)
    summary.joined += sum(placement.joined for _, placement in joins)
    summary.opened += sum(not placement.joined for _, placement in joins)
    summary.quiet += len(quiet)
    return changed, quiet
