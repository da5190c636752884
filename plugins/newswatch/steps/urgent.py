"""The short chain for urgent feeds: what is new in them this minute, and what does it signal?"""

from __future__ import annotations

from datetime import timedelta

from newswatch.steps.articles import classify_articles, read_articles
from newswatch.steps.desk import open_desk
from newswatch.steps.feeds import fetch_feeds
from newswatch.steps.result import StepResult, counted
from newswatch.storage.articles import count_urgent_waiting
from newswatch.storage.feeds import find_due_urgent_feeds
from newswatch.storage.outbox import count_due

EARLY = 0.5  # of the interval: a run begins a little before or after its minute
SOON = timedelta(seconds=60)  # messages due before the next run are this run's to send


def poll_urgent_feeds(*, run_id: str) -> StepResult:
    """Fetch the urgent feeds that are due. `waiting` in the counts is 0 when nothing is left to do in this run."""
    with open_desk() as desk:
        early = timedelta(minutes=desk.settings.feeds.urgent_interval_minutes * EARLY)
        with desk.db.read() as connection:
            due = find_due_urgent_feeds(connection, desk.now, early=early)
        fetched = fetch_feeds(due, run_id=run_id) if due else None
        with desk.db.read() as connection:
            waiting = count_urgent_waiting(connection) + count_due(connection, desk.now + SOON)
    return StepResult(
        label=f"{counted(len(due), 'urgent feed')}, {waiting} waiting",
        summary=fetched.summary if fetched else "Feeds: no urgent feed is due.",
        counts={**(fetched.counts if fetched else {}), "due": len(due), "waiting": waiting},
        lines=fetched.lines if fetched else (),
        measures=fetched.measures if fetched else (),
    )


def read_urgent_articles() -> StepResult:
    """Read and classify what came from urgent feeds: one task, because a hop between two costs a second."""
    read = read_articles(0, urgent=True)
    classified = classify_articles(0, urgent=True)
    return StepResult(
        label=classified.label,
        summary=f"{read.summary}. {classified.summary}",
        counts={**read.counts, **classified.counts},
        measures=(*read.measures, *classified.measures),
    )
