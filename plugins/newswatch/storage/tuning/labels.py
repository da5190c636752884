"""What does the desk say an article reports, who says so, and has somebody approved it? Nothing is learnt from the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on, insert

from newswatch.storage.tables import articles
from newswatch.storage.tables_alerts import alerts, feedback
from newswatch.storage.tables_stories import stories, story_articles
from newswatch.storage.tables_tuning import labels, review_items
from newswatch.storage.tuning.scored import latest_finding_of

Source = Literal["alert", "missed", "review"]
Standing = Literal["waiting", "approved", "rejected", "undone"]


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One person's word on one article, beside what the model had found. `signals` None: the verdict does not speak of them."""

    label_id: int
    article_id: int
    title: str
    lead: str
    url: str
    user_id: str
    source: str
    verdict: str
    signals: tuple[str, ...] | None
    modality: str | None
    found: tuple[str, ...]
    scores: Mapping[str, float]
    alert_key: str | None
    given_at: datetime
    standing: str
    decided_by: str | None
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class Voter:
    """How much one person has said, and what became of it: somebody who marks everything stands out."""

    user_id: str
    waiting: int
    approved: int
    rejected: int
    undone: int


@dataclass(frozen=True, slots=True)
class Approved:
    """An article whose label was approved: the latest approval of an article holds. `weight` is 1, or that of its review card."""

    article_id: int
    title: str
    lead: str
    text: str
    signals: tuple[str, ...]
    modality: str | None
    verdict: str
    scores: Mapping[str, float]
    found: tuple[str, ...]
    found_modality: str
    source: str
    weight: float
    told: bool
    decided_at: datetime


def save_label(
    connection: sa.Connection,
    *,
    article_id: int,
    user_id: str,
    source: Source,
    verdict: str,
    signals: Sequence[str] | None,
    now: datetime,
    modality: str | None = None,
    alert_key: str | None = None,
) -> int:
    """Keep what this person says of the article; saying something else later replaces it, and asks for approval anew."""
    given = {
        "verdict": verdict,
        "signals": None if signals is None else list(signals),
        "modality": modality,
        "alert_key": alert_key,
        "given_at": now,
        "undone_at": None,
        "decision": None,
        "decided_by": None,
        "decided_at": None,
    }
    statement = insert(labels).values(article_id=article_id, user_id=user_id, source=source, **given)
    statement = statement.on_conflict_do_update(index_elements=["article_id", "user_id", "source"], set_=given)
    return int(connection.execute(statement.returning(labels.c.label_id)).scalar_one())


def collect_votes(connection: sa.Connection) -> int:
    """Turn new verdicts under alerts into labels that wait, and take back those of undone verdicts; returns how many changed.

    Safe to call at any time: a verdict that is a label already, and has not changed since, is passed over.
    """
    article = (
        sa.select(story_articles.c.article_id)
        .join(articles, articles.c.article_id == story_articles.c.article_id)
        .join(stories, stories.c.story_id == story_articles.c.story_id)
        .where(story_articles.c.story_id == alerts.c.story_id)
        .order_by((articles.c.url == stories.c.url).desc(), story_articles.c.joined_at, story_articles.c.article_id)
        .limit(1)
        .scalar_subquery()
    )
    meant = sa.case(
        (feedback.c.verdict.in_(("known_already", "not_for_us")), sa.null()),
        (
            sa.or_(feedback.c.verdict == "not_news", feedback.c.signal == "none"),
            sa.cast(sa.literal("{}"), ARRAY(sa.Text)),
        ),
        (feedback.c.signal.is_not(None), sa.func.string_to_array(feedback.c.signal, ",")),
        else_=sa.null(),
    )
    votes = (
        sa.select(
            article.label("article_id"), feedback.c.user_id, feedback.c.verdict, meant.label("signals"),
            feedback.c.alert_key, feedback.c.given_at,
        )
        .ext(distinct_on(article, feedback.c.user_id))
        .join(alerts, alerts.c.alert_key == feedback.c.alert_key)
        .where(feedback.c.kind == "wrong", feedback.c.undone_at.is_(None), article.is_not(None))
        .order_by(article, feedback.c.user_id, feedback.c.given_at.desc())
        .subquery("votes")
    )  # fmt: skip
    names = ["article_id", "user_id", "verdict", "signals", "alert_key", "given_at"]
    added = insert(labels).from_select([*names, "source"], sa.select(votes, sa.literal("alert")))
    changed = {name: added.excluded[name] for name in ("verdict", "signals", "alert_key", "given_at")}
    nothing: dict[str, Any] = {"undone_at": None, "decision": None, "decided_by": None, "decided_at": None}
    added = added.on_conflict_do_update(
        index_elements=["article_id", "user_id", "source"],
        set_=changed | nothing,
        where=sa.and_(labels.c.given_at < added.excluded.given_at),
    )
    count = connection.execute(added).rowcount
    standing = sa.exists().where(
        feedback.c.alert_key == labels.c.alert_key, feedback.c.user_id == labels.c.user_id,
        feedback.c.kind == "wrong", feedback.c.undone_at.is_(None),
    )  # fmt: skip
    undone = (
        sa.update(labels)
        .where(labels.c.source == "alert", labels.c.undone_at.is_(None), ~standing)
        .values(undone_at=sa.func.now())
    )
    return count + connection.execute(undone).rowcount


def undo_label(connection: sa.Connection, label_id: int, user_id: str, now: datetime) -> bool:
    """The person takes back what they said; False when it is not theirs, or taken back already."""
    statement = (
        sa.update(labels)
        .where(labels.c.label_id == label_id, labels.c.user_id == user_id, labels.c.undone_at.is_(None))
        .values(undone_at=now)
        .returning(labels.c.alert_key)
    )
    row = connection.execute(statement).one_or_none()
    if row is not None and row.alert_key:
        connection.execute(
            sa.update(feedback)
            .where(feedback.c.alert_key == row.alert_key, feedback.c.user_id == user_id, feedback.c.kind == "wrong")
            .values(undone_at=now)
        )
    return row is not None


def decide_labels(
    connection: sa.Connection,
    label_ids: Sequence[int],
    decision: Literal["approved", "rejected"] | None,
    who: str,
    now: datetime,
) -> int:
    """Approve or reject labels; None takes a decision back. Returns how many changed; undone ones never do."""
    statement = (
        sa.update(labels)
        .where(labels.c.label_id.in_(list(label_ids)), labels.c.undone_at.is_(None))
        .where(labels.c.decision.is_distinct_from(decision))
        .values(
            decision=decision, decided_by=who if decision else None, decided_at=now if decision else None
        )
    )  # fmt: skip
    return connection.execute(statement).rowcount


def find_labels(
    connection: sa.Connection, standing: Standing = "waiting", *, user_id: str | None = None, limit: int = 200
) -> list[LabelRow]:
    """Labels of one standing, the newest first."""
    latest = latest_finding_of(labels.c.article_id)
    statement = (
        sa.select(
            labels, articles.c.title, articles.c.lead, articles.c.url, _standing().label("standing"),
            sa.func.coalesce(latest.c.signals, sa.cast(sa.literal("{}"), ARRAY(sa.Text))).label("found"),
            latest.c.scores,
        )
        .join(articles, articles.c.article_id == labels.c.article_id)
        .outerjoin(latest, sa.true())
        .where(_standing() == standing)
        .order_by(labels.c.given_at.desc(), labels.c.label_id.desc())
        .limit(limit)
    )  # fmt: skip
    if user_id is not None:
        statement = statement.where(labels.c.user_id == user_id)
    return [_label(dict(row)) for row in connection.execute(statement).mappings()]


def find_voters(connection: sa.Connection) -> list[Voter]:
    """Everybody who has said anything, the busiest first."""
    kinds = ("waiting", "approved", "rejected", "undone")
    counts = [sa.func.count().filter(_standing() == kind).label(kind) for kind in kinds]
    statement = sa.select(labels.c.user_id, *counts).group_by(labels.c.user_id)
    rows = [Voter(**row) for row in connection.execute(statement).mappings()]
    return sorted(rows, key=lambda one: (-(one.waiting + one.approved + one.rejected), one.user_id))


def count_approved(connection: sa.Connection, *, since: datetime | None = None) -> int:
    """Approved labels that speak of signals, all of them or those approved after `since`."""
    statement = sa.select(sa.func.count()).where(*_usable(), labels.c.signals.is_not(None))
    if since is not None:
        statement = statement.where(labels.c.decided_at > since)
    return connection.scalar(statement) or 0


def find_approved(connection: sa.Connection) -> list[Approved]:
    """One approved label an article, the latest that was approved, oldest article first."""
    latest = latest_finding_of(labels.c.article_id)
    told = sa.exists().where(
        story_articles.c.article_id == labels.c.article_id, alerts.c.story_id == story_articles.c.story_id
    )
    weight = sa.func.coalesce(sa.cast(review_items.c.population, sa.Float) / review_items.c.drawn, 1.0)
    statement = (
        sa.select(
            labels.c.article_id, articles.c.title, articles.c.lead, articles.c.text, labels.c.signals, labels.c.modality,
            labels.c.verdict, labels.c.source, labels.c.decided_at, latest.c.scores, latest.c.signals.label("found"),
            latest.c.modality.label("found_modality"), weight.label("weight"), told.label("told"),
        )
        .ext(distinct_on(labels.c.article_id))
        .join(articles, articles.c.article_id == labels.c.article_id)
        .join(latest, sa.true())
        .outerjoin(
            review_items,
            sa.and_(review_items.c.article_id == labels.c.article_id, labels.c.source == "review"),
        )
        .where(*_usable())
        .order_by(labels.c.article_id, labels.c.signals.is_(None), labels.c.decided_at.desc(), review_items.c.day.desc())
    )  # fmt: skip
    return [_approved(dict(row)) for row in connection.execute(statement).mappings()]


def _usable() -> tuple[sa.ColumnElement[bool], ...]:
    return labels.c.decision == "approved", labels.c.undone_at.is_(None)


def _standing() -> sa.ColumnElement[str]:
    return sa.case(
        (labels.c.undone_at.is_not(None), "undone"),
        (labels.c.decision.is_not(None), labels.c.decision),
        else_="waiting",
    )


def _label(row: dict[str, Any]) -> LabelRow:
    row["signals"] = None if row["signals"] is None else tuple(row["signals"])
    row["found"], row["scores"] = tuple(row["found"]), row["scores"] or {}
    return LabelRow(**{name: row[name] for name in LabelRow.__slots__})


def _approved(row: dict[str, Any]) -> Approved:
    """Verdicts that do not speak of signals leave standing what the model had found."""
    row["found"] = tuple(row["found"])
    row["signals"] = row["found"] if row["signals"] is None else tuple(row["signals"])
    return Approved(**row)
