"""Which numbers does Newswatch count, and what does each mean?

Steps measure, the DAG files' `told` hands the measures to Airflow's own Stats, and Airflow sends them wherever it was told to:
StatsD (`[metrics] statsd_on`) or OpenTelemetry (`[metrics] otel_on`). Airflow puts its prefix before each name; tags become
labels where the receiver knows them (`[metrics] statsd_influxdb_enabled`, OpenTelemetry) and are left out where it does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "gauge", "timer"]
BAND = 10  # score bands are tenths: a label of at most eleven values


@dataclass(frozen=True, slots=True)
class Metric:
    """One number that is counted. `tag` names its label, where it has one; `unit` is what the value counts."""

    name: str
    kind: Kind
    unit: str
    help: str
    tag: str | None = None

    def of(self, value: float, label: str | None = None) -> Measure:
        """One measurement; `label` is the value of this metric's tag."""
        return Measure(self, value, label)

    def by(self, counts: Mapping[str, int]) -> tuple[Measure, ...]:
        """One measurement for each label that was counted at all."""
        return tuple(self.of(number, label) for label, number in sorted(counts.items()) if number)

    @property
    def in_prometheus(self) -> str:
        """The name under which Prometheus knows it, through statsd_exporter and Airflow's default prefix `airflow`."""
        return f"airflow_{self.name.replace('.', '_')}"


@dataclass(frozen=True, slots=True)
class Measure:
    """A value of a metric, as a step measured it."""

    metric: Metric
    value: float
    label: str | None = None

    @property
    def tags(self) -> dict[str, str]:
        """The label as Airflow takes it; {} for a metric without one."""
        return {self.metric.tag: self.label} if self.metric.tag and self.label is not None else {}


FEEDS_POLLED = Metric(
    "newswatch.feeds.polled", "counter", "feeds", "Feeds asked, by what came: fetched, not_modified, failed.", "status"
)
FEEDS_DUE = Metric("newswatch.feeds.due", "gauge", "feeds", "Feeds that were due when the run began.")
FEEDS_SILENT = Metric(
    "newswatch.feeds.silent",
    "gauge",
    "feeds",
    "Feeds paused, or without anything new for `operations.silent_feed_days`.",
)
ENTRIES_NEW = Metric("newswatch.entries.new", "counter", "entries", "Entries that no earlier fetch had seen.")
ARTICLES_READ = Metric(
    "newswatch.articles.read",
    "counter",
    "articles",
    "Articles read, by where their text comes from: page or feed.",
    "source",
)
EXTRACTION_FAILURES = Metric(
    "newswatch.extraction.failures", "counter", "articles", "Pages that gave no text, by reason; the feed's own was used.",
    "reason",
)  # fmt: skip
ARTICLES_WAITING = Metric(
    "newswatch.articles.waiting", "gauge", "articles",
    "Articles left to the next run, by how far they have come: found, read, classified.", "stage",
)  # fmt: skip
ARTICLES_CLASSIFIED = Metric(
    "newswatch.articles.classified", "counter", "articles", "Articles that the model was shown."
)
SIGNALS_FOUND = Metric(
    "newswatch.signals.found", "counter", "articles", "Articles at or above a signal's threshold.", "signal"
)
SCORES = Metric(
    "newswatch.scores", "counter", "articles",
    "Articles by their highest probability, cut down to tenths; a drift of this shape is a drift of model or news.", "from",
)  # fmt: skip
STORIES_OPENED = Metric("newswatch.stories.opened", "counter", "stories", "Happenings that no story held yet.")
STORIES_JOINED = Metric("newswatch.stories.joined", "counter", "reports", "Reports that joined an open story.")
ALERTS_TOLD = Metric(
    "newswatch.alerts.told", "counter", "alerts",
    "Alerts decided, by reason: first, corroborated, escalated, denied, reminder.", "reason",
)  # fmt: skip
ALERTS_HELD = Metric(
    "newswatch.alerts.held", "counter", "decisions", "Stories looked at and not told, by reason.", "reason"
)
MESSAGES = Metric(
    "newswatch.messages.attempted", "counter", "messages",
    "Messages tried, by what became of them: sent, rate_limited, ambiguous, parked, held, dead ...", "outcome",
)  # fmt: skip
SEND_LATENCY = Metric(
    "newswatch.messages.latency", "timer", "milliseconds",
    "From the decision to the receiver's receipt, group_wait and retries included.",
)  # fmt: skip
OUTBOX_AGE = Metric(
    "newswatch.outbox.age", "gauge", "seconds", "Age of the oldest message that still waits; 0 when none does."
)
OUTBOX_WAITING = Metric(
    "newswatch.outbox.waiting", "gauge", "messages",
    "Messages not delivered, by state: waiting, sending, parked, held, dead.", "state",
)  # fmt: skip

METRICS: tuple[Metric, ...] = (
    FEEDS_DUE, FEEDS_POLLED, FEEDS_SILENT, ENTRIES_NEW, ARTICLES_READ, EXTRACTION_FAILURES, ARTICLES_WAITING,
    ARTICLES_CLASSIFIED, SIGNALS_FOUND, SCORES, STORIES_OPENED, STORIES_JOINED, ALERTS_TOLD, ALERTS_HELD, MESSAGES,
    SEND_LATENCY, OUTBOX_AGE, OUTBOX_WAITING,
)  # fmt: skip
"""Every metric, in the order of a datum's way."""


def score_band(scores: Iterable[float]) -> str:
    """The highest of the scores cut down to a tenth, such as "0.9"; "0.0" where nothing was scored."""
    return f"{int(max(scores, default=0.0) * BAND) / BAND:.1f}"
