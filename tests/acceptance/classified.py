"""Classified articles in the database, as the steps before grouping leave them."""

from __future__ import annotations

from dataclasses import asdict

import sqlalchemy as sa

from builders_alerts import NOW
from newswatch.domain import Report
from newswatch.storage.session import Database
from newswatch.storage.tables import classifications, feeds


def add_reports(db: Database, *reports: Report) -> None:
    """Write each report as a feed, an article and a classification; `article_id` is kept."""
    with db.begin() as connection:
        for report in reports:
            connection.execute(_feed(report))
            _add_article(connection, report)


def _feed(report: Report) -> sa.Executable:
    from sqlalchemy.dialects.postgresql import insert

    values = {
        "feed_id": report.publisher, "name": report.publisher, "publisher": report.publisher,
        "url": f"https://{report.publisher}.example/rss", "country": report.country, "language": "en", "tier": report.tier,
        "urgent": False, "family": report.family, "state_media": report.state_media, "next_due_at": NOW,
    }  # fmt: skip
    return insert(feeds).values(values).on_conflict_do_nothing()


def _add_article(connection: sa.Connection, report: Report) -> None:
    url = report.url or f"https://{report.publisher}.example/{report.article_id}"
    row = {
        "article_id": report.article_id, "canonical_url": url, "url": url, "feed_id": report.publisher,
        "publisher": report.publisher, "outlet": report.outlet, "title": report.title, "lead": report.lead, "text": report.text,
        "language": "en", "published_at": report.published_at, "seen_at": report.published_at, "backlog": report.backlog,
        "stage": "classified", "fingerprint": report.fingerprint,
    }  # fmt: skip
    connection.execute(_overriding(row))
    connection.execute(
        sa.insert(classifications).values(
            article_id=report.article_id, model_sha="m" * 64, config_rev="c" * 12, classified_at=NOW,
            signals=list(report.signals), head=list(report.head),
            scores=dict(report.scores), modality=report.modality, modality_score=1.0,
            source=report.dyad.source, target=report.dyad.target, actors=list(report.actors),
            evidence=[[one["sentence"], [list(term) for term in one["terms"]]] for one in map(asdict, report.evidence)],
        )
    )  # fmt: skip


def _overriding(row: dict[str, object]) -> sa.TextClause:
    """GENERATED ALWAYS columns take a value only when told so."""
    names = ", ".join(row)
    values = ", ".join(f":{name}" for name in row)
    return sa.text(f"INSERT INTO articles ({names}) OVERRIDING SYSTEM VALUE VALUES ({values})").bindparams(**row)
