"""What do a step's counts mean as metrics? Pure, but for `standing`, which reads how much waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from newswatch import metrics
from newswatch.domain import Classification
from newswatch.metrics import Measure

if TYPE_CHECKING:
    import sqlalchemy as sa

    from newswatch.steps.alerts import SendSummary
    from newswatch.steps.stories import GroupSummary

POLLED = ("fetched", "not_modified", "failed")
UNDELIVERED = ("waiting", "sending", "parked", "held", "dead")
UNREAD = ("found", "read", "classified")
MILLISECONDS = 1_000  # in a second; StatsD's unit of time


def of_fetching(counts: Mapping[str, int]) -> tuple[Measure, ...]:
    """Feeds by what came, and the entries that are new."""
    polled = metrics.FEEDS_POLLED.by({status: counts.get(status, 0) for status in POLLED})
    return (*polled, metrics.ENTRIES_NEW.of(counts.get("new_entries", 0)))


def of_reading(pages: int, reasons: Mapping[str, int]) -> tuple[Measure, ...]:
    """Articles read from their page, and those that could not be, by reason."""
    read = metrics.ARTICLES_READ.by({"page": pages, "feed": sum(reasons.values())})
    return (*read, *metrics.EXTRACTION_FAILURES.by(reasons))


def of_classifying(findings: Sequence[Classification]) -> tuple[Measure, ...]:
    """How many were classified, which signals were found, and how the highest scores are spread."""
    scored = [finding for finding in findings if finding.reason is None]
    bands = Counter(metrics.score_band(finding.scores.values()) for finding in scored)
    signals = Counter(signal for finding in scored for signal in finding.signals)
    return (
        metrics.ARTICLES_CLASSIFIED.of(len(findings)),
        *metrics.SIGNALS_FOUND.by(signals),
        *metrics.SCORES.by(bands),
    )


def of_grouping(summary: GroupSummary) -> tuple[Measure, ...]:
    """Stories opened and joined; alerts by reason, and what was held by reason."""
    return (
        metrics.STORIES_OPENED.of(summary.opened),
        metrics.STORIES_JOINED.of(summary.joined),
        *metrics.ALERTS_TOLD.by(summary.reasons),
        *metrics.ALERTS_HELD.by(summary.held),
    )


def of_sending(summary: SendSummary) -> tuple[Measure, ...]:
    """Messages by outcome, and how long each took from decision to receipt."""
    waits = (metrics.SEND_LATENCY.of(MILLISECONDS * seconds) for seconds in summary.latencies)
    return (*metrics.MESSAGES.by(summary.outcomes), *waits)


def standing(connection: sa.Connection, now: datetime) -> tuple[Measure, ...]:
    """What waits at this moment: messages with the age of the oldest, and articles by the work they wait for."""
    from newswatch.storage.articles import count_stages
    from newswatch.storage.outbox import count_states, oldest_waiting

    oldest, states, stages = oldest_waiting(connection), count_states(connection), count_stages(connection)
    age = max((now - oldest).total_seconds(), 0.0) if oldest else 0.0
    return (
        metrics.OUTBOX_AGE.of(age),
        *(metrics.OUTBOX_WAITING.of(states.get(state, 0), state) for state in UNDELIVERED),
        *(metrics.ARTICLES_WAITING.of(stages.get(stage, 0), stage) for stage in UNREAD),
    )
