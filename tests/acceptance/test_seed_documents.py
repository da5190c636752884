"""The three articles this product was conceived from, served as pages behind a feed, through the real DAG."""

from __future__ import annotations

import html
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from acceptance.installation import Installation
from newswatch.runtime.demo_site import DemoResponse
from newswatch.storage.tables import articles, classifications
from newswatch.storage.tables_alerts import alerts
from newswatch.storage.tables_stories import story_articles

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # Airflow on a busy machine
NOW = datetime.now(UTC).replace(microsecond=0)


class Publisher:
    """One feed that is empty at first and then lists the documents as full pages."""

    def __init__(self, documents: dict[str, str]) -> None:
        self.documents = documents
        self.published = False
        self.base_url = ""

    def feeds(self, base_url: str) -> list[dict[str, object]]:
        self.base_url = base_url
        return [
            {
                "id": "paper",
                "name": "Paper",
                "publisher": "Paper",
                "url": f"{base_url}/feed",
                "country": "USA",
                "tier": 2,
            }
        ]

    def answer(self, path: str) -> DemoResponse:
        if path == "/feed":
            return DemoResponse(200, {"Content-Type": "application/rss+xml"}, self._feed().encode())
        if path.strip("/") in self.documents:
            return DemoResponse(200, {"Content-Type": "text/html; charset=utf-8"}, self._page(path.strip("/")).encode())
        return DemoResponse(404, {"Content-Type": "text/plain"}, b"")

    def _feed(self) -> str:
        listed = self.documents if self.published else {}
        return f"<rss version='2.0'><channel><title>Paper</title>{''.join(map(self._entry, listed))}</channel></rss>"

    def _entry(self, name: str) -> str:
        return (
            f"<item><title>{html.escape(headline(self.documents[name]))}</title><link>{self.base_url}/{name}</link>"
            f"<pubDate>{format_datetime(NOW - timedelta(minutes=20))}</pubDate></item>"
        )

    def _page(self, name: str) -> str:
        paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in self.documents[name].split("\n\n"))
        title = html.escape(headline(self.documents[name]))
        return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"


def headline(text: str) -> str:
    """The documents have no title; their first sentence stands in."""
    return text.split("\n")[0].split(". ")[0][:180]


def test_each_document_alerts_on_north_korea(installation: Installation, shared_material: Path) -> None:
    documents = {path.stem[:3]: path.read_text() for path in sorted((shared_material / "seed_documents").glob("*.txt"))}
    publisher = Publisher(documents)
    db = installation.fresh()
    with installation.airflow(publisher.feeds, publisher.answer) as airflow:
        assert airflow.run(NOW - timedelta(hours=12)).state == "success"
        publisher.published = True
        done = airflow.run(NOW)
    assert (done.state, done.failed_tasks) == ("success", ())

    with db.read() as connection:
        found = {
            row.url.rpartition("/")[2]: row
            for row in connection.execute(
                sa.select(
                    articles.c.url,
                    articles.c.text_source,
                    classifications.c.signals,
                    classifications.c.source,
                    classifications.c.target,
                ).join(classifications, classifications.c.article_id == articles.c.article_id)
            )
        }
        of_alerted_stories = (
            sa.select(articles.c.url)
            .join(story_articles, story_articles.c.article_id == articles.c.article_id)
            .join(alerts, alerts.c.story_id == story_articles.c.story_id)
        )
        told = {url.rpartition("/")[2] for url in connection.scalars(of_alerted_stories)}

    assert {name: row.text_source for name, row in found.items()} == dict.fromkeys(("000", "001", "002"), "page")
    assert {name for name, row in found.items() if "launch" in row.signals} == {"001", "002"}
    assert {name for name, row in found.items() if "threat" in row.signals} == {"000", "001", "002"}
    assert all("PRK" in (row.source, row.target) for row in found.values())
    assert told == {"000", "001", "002"}
