"""What does a replay need of the past? When grouping ran, what every article scored, and the articles themselves where asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert

from newswatch.domain import Dyad, Reading, Report
from newswatch.storage.tables import articles, classifications, feeds
from newswatch.storage.tables_alerts import alerts, silences
from newswatch.storage.tables_tuning import groupings

AT_ONCE = 2_000  # articles fetched in one query


@dataclass(frozen=True, slots=True)
class StoredFinding:
    """What one article scored. `head_scores` None: kept by an earlier version."""

    article_id: int
    classified_at: datetime
    model_sha: str
    signals: tuple[str, ...]
    head: tuple[str, ...]
    scores: Mapping[str, float]
    head_scores: Mapping[str, float] | None
    modality: str
    dyad: Dyad
    actors: tuple[str, ...]


def note_grouping(connection: sa.Connection, now: datetime) -> None:
    """Grouping runs now; a replay will tick at this moment."""
    connection.execute(insert(groupings).values(grouped_at=now).on_conflict_do_nothing())


def find_groupings(connection: sa.Connection, *, since: datetime, until: datetime) -> list[datetime]:
    """The moments at which grouping ran in [since, until], in order."""
    statement = sa.select(groupings.c.grouped_at).where(groupings.c.grouped_at.between(since, until))
    return list(connection.scalars(statement.order_by(groupings.c.grouped_at)))


def find_findings(connection: sa.Connection, *, since: datetime, until: datetime) -> Iterator[StoredFinding]:
    """The latest finding of every article scored in [since, until], in order of classification."""
    found = (
        sa.select(classifications)
        .ext(distinct_on(classifications.c.article_id))
        .where(classifications.c.classified_at.between(since, until), classifications.c.reason.is_(None))
        .order_by(classifications.c.article_id, classifications.c.classified_at.desc())
        .subquery("found")
    )
    statement = sa.select(
        found.c.article_id, found.c.classified_at, found.c.model_sha, found.c.signals, found.c.head, found.c.scores,
        found.c.head_scores, found.c.modality, found.c.source, found.c.target, found.c.actors,
    ).order_by(found.c.classified_at, found.c.article_id)  # fmt: skip
    for row in connection.execute(statement):
        yield StoredFinding(
            row.article_id, row.classified_at, row.model_sha, tuple(row.signals), tuple(row.head), row.scores,
            row.head_scores, row.modality, Dyad(row.source, row.target), tuple(row.actors),
        )  # fmt: skip


def find_articles(connection: sa.Connection, article_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """The articles with what grouping needs of them and of their feeds."""
    published = sa.func.coalesce(articles.c.published_at, articles.c.seen_at)
    statement = sa.select(
        articles.c.article_id, articles.c.title, articles.c.lead, articles.c.text, articles.c.language,
        articles.c.publisher, articles.c.outlet, articles.c.url, articles.c.backlog, articles.c.fingerprint,
        published.label("published_at"), feeds.c.family, feeds.c.tier, feeds.c.country, feeds.c.state_media,
    ).join(feeds, feeds.c.feed_id == articles.c.feed_id)  # fmt: skip
    for start in range(0, len(article_ids), AT_ONCE):
        wanted = article_ids[start : start + AT_ONCE]
        for row in connection.execute(statement.where(articles.c.article_id.in_(wanted))).mappings():
            yield dict(row)


def reading_of(row: Mapping[str, Any]) -> Reading:
    """What the classifier reads of an article."""
    return Reading(row["title"], row["lead"], row["text"], row["language"])


def report_of(row: Mapping[str, Any], finding: Any) -> Report:
    """An article with a finding (a stored one, or a `Classification`) as a report; evidence decides nothing and is left out."""
    names = (
        "article_id", "title", "lead", "text", "publisher", "family", "tier", "published_at", "outlet", "country",
        "state_media", "url", "backlog", "fingerprint",
    )  # fmt: skip
    return Report(
        **{name: row[name] for name in names},
        signals=finding.signals,
        scores=finding.scores,
        modality=finding.modality,
        dyad=finding.dyad,
        actors=finding.actors,
        head=finding.head,
    )


def find_sent(connection: sa.Connection, *, since: datetime, until: datetime) -> list[tuple[str, datetime]]:
    """Key and moment of every alert that was really decided on in [since, until]."""
    statement = sa.select(alerts.c.alert_key, alerts.c.decided_at).where(alerts.c.decided_at.between(since, until))
    return [(row.alert_key, row.decided_at) for row in connection.execute(statement)]


def find_all_silences(connection: sa.Connection, *, since: datetime) -> list[Mapping[str, Any]]:
    """Every silence that was in force at any time since then."""
    statement = sa.select(silences).where(sa.or_(silences.c.ends_at.is_(None), silences.c.ends_at > since))
    return [dict(row) for row in connection.execute(statement.order_by(silences.c.silence_id.desc())).mappings()]
