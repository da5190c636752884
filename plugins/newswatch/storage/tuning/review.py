"""Which articles does a day's review card ask about, and how were they answered?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from newswatch.storage.tables import articles
from newswatch.storage.tables_tuning import labels, review_items


@dataclass(frozen=True, slots=True)
class CardItem:
    """One question of a card. `answer` is what this visitor has said of it, None before they did.

    Show title and lead alone: who sees what the model found agrees with it. `found` is for afterwards.
    """

    item_id: int
    day: date
    article_id: int
    title: str
    lead: str
    url: str
    stratum: str
    found: tuple[str, ...]
    told: bool
    answer: tuple[str, ...] | None
    label_id: int | None


@dataclass(frozen=True, slots=True)
class Answered:
    """One item of a card with the approved answer (None: none yet), and how many articles it stands for."""

    day: date
    stratum: str
    population: int
    found: tuple[str, ...]
    told: bool
    truth: tuple[str, ...] | None


def save_card(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> int:
    """Store a day's card; returns how many items are new (a card that stands is not drawn again)."""
    if not rows:
        return 0
    statement = insert(review_items).on_conflict_do_nothing()
    before = connection.scalar(sa.select(sa.func.count()).where(review_items.c.day == rows[0]["day"])) or 0
    if before:
        return 0
    connection.execute(statement, list(rows))
    return len(rows)


def find_card(connection: sa.Connection, day: date, user_id: str) -> list[CardItem]:
    """The card of a day, with what this visitor has answered, in an order that tells nothing of the strata."""
    mine = sa.and_(
        labels.c.article_id == review_items.c.article_id,
        labels.c.user_id == user_id,
        labels.c.source == "review",
        labels.c.undone_at.is_(None),
    )
    statement = (
        sa.select(
            review_items, articles.c.title, articles.c.lead, articles.c.url, labels.c.signals.label("answer"),
            labels.c.label_id,
        )
        .join(articles, articles.c.article_id == review_items.c.article_id)
        .outerjoin(labels, mine)
        .where(review_items.c.day == day)
        .order_by(sa.func.md5(sa.cast(review_items.c.article_id, sa.Text)))
    )  # fmt: skip
    return [_item(dict(row)) for row in connection.execute(statement).mappings()]


def find_days(connection: sa.Connection, *, limit: int = 30) -> list[tuple[date, int, int]]:
    """Days with a card, the latest first: (day, items, items somebody has answered)."""
    answered = sa.exists().where(
        labels.c.article_id == review_items.c.article_id, labels.c.source == "review", labels.c.undone_at.is_(None)
    )
    statement = (
        sa.select(review_items.c.day, sa.func.count(), sa.func.count().filter(answered))
        .group_by(review_items.c.day)
        .order_by(review_items.c.day.desc())
        .limit(limit)
    )
    return [(day, items, done) for day, items, done in connection.execute(statement)]


def get_item(connection: sa.Connection, item_id: int) -> int | None:
    """The article that an item asks about, or None."""
    return connection.scalar(sa.select(review_items.c.article_id).where(review_items.c.item_id == item_id))


def find_answered(connection: sa.Connection, *, since: date) -> list[Answered]:
    """Every item since that day, with the answer that was approved last."""
    answer = (
        sa.select(labels.c.signals)
        .where(labels.c.article_id == review_items.c.article_id, labels.c.source == "review")
        .where(labels.c.decision == "approved", labels.c.undone_at.is_(None))
        .order_by(labels.c.decided_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    statement = sa.select(review_items, answer.label("truth")).where(review_items.c.day >= since)
    return [
        Answered(
            row["day"], row["stratum"], row["population"], tuple(row["found"]), row["told"],
            None if row["truth"] is None else tuple(row["truth"]),
        )
        for row in connection.execute(statement.order_by(review_items.c.item_id)).mappings()
    ]  # fmt: skip


def _item(row: dict[str, Any]) -> CardItem:
    row["answer"] = None if row["answer"] is None else tuple(row["answer"])
    row["found"] = tuple(row["found"])
    return CardItem(**{name: row[name] for name in CardItem.__slots__})
