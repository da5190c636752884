"""Scored articles in the database, without the steps that score them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from newswatch.domain import SIGNALS
from newswatch.storage.session import Database
from newswatch.storage.tables import classifications, feeds

FLAT = dict.fromkeys(SIGNALS, 0.5)
"""One threshold for all signals."""


def add_scored(
    db: Database, article_id: int, at: datetime, scores: dict[str, float] | None = None, **changes: Any
) -> None:
    """An article that was scored at `at`; signals fire from 0.5 on. `title`, `lead`, `text`, `reason` as wanted."""
    found = {signal: (scores or {}).get(signal, 0.05) for signal in SIGNALS}
    signals = [signal for signal in SIGNALS if found[signal] >= 0.5]
    row = {
        "article_id": article_id, "canonical_url": f"https://wire.example/{article_id}",
        "url": f"https://wire.example/{article_id}", "feed_id": "wire", "publisher": "Wire",
        "title": changes.get("title", f"Title {article_id}"), "lead": changes.get("lead", ""),
        "text": changes.get("text", ""), "language": "en", "published_at": at, "seen_at": at, "backlog": False,
        "stage": changes.get("stage", "placed"), "fate": "in_story" if signals else "no_signal",
    }  # fmt: skip
    if row["stage"] != "placed":
        row["fate"] = None
    with db.begin() as connection:
        feed = {
            "feed_id": "wire", "name": "Wire", "publisher": "Wire", "url": "https://wire.example/rss", "language": "en",
            "tier": 2, "urgent": False, "next_due_at": at,
        }  # fmt: skip
        connection.execute(insert(feeds).values(feed).on_conflict_do_nothing())
        names, values = ", ".join(row), ", ".join(f":{name}" for name in row)
        statement = f"INSERT INTO articles ({names}) OVERRIDING SYSTEM VALUE VALUES ({values})"
        connection.execute(sa.text(statement).bindparams(**row))
        connection.execute(
            sa.insert(classifications).values(
                article_id=article_id, model_sha=changes.get("model_sha", "m" * 64), config_rev="c" * 12,
                classified_at=at, signals=signals, head=signals, scores=found, head_scores=found,
                modality=changes.get("modality", "act" if signals else "none"), modality_score=1.0,
                source="PRK" if signals else None, target=None, actors=["PRK"] if signals else [], evidence=[],
                reason=changes.get("reason"),
            )
        )  # fmt: skip
