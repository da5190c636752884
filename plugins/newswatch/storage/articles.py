"""Which articles wait for which step, and what did each step find?

found -> read -> classified -> placed. A step claims what the one before left (FOR UPDATE SKIP LOCKED, with a token as
fence), writes what it found under that token, and so may die or run twice at any point.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from newswatch.domain import Classification, Dyad, Evidence, Reading, Report, TextSource
from newswatch.storage.tables import articles, classifications, feeds, subscriptions

Waiting = Literal["found", "read"]
STORABLE_FATES = ("no_signal", "in_story", "unclassifiable", "unsupported_language", "failed")


@dataclass(frozen=True)
class Claimed:
    """An article that this task, and no other, may work on until the claim runs out."""

    article_id: int
    url: str
    title: str
    lead: str
    text: str
    language: str | None
    published_at: datetime | None
    attempts: int
    feed_language: str


@dataclass(frozen=True)
class ReadArticle:
    """What reading the page gave; written over what the feed had said."""

    article_id: int
    title: str
    lead: str
    text: str
    text_source: TextSource
    language: str | None
    published_at: datetime | None
    reason: str | None
    fingerprint: bytes


def claim(
    connection: sa.Connection,
    stage: Waiting,
    *,
    limit: int,
    minutes: int,
    share: tuple[int, int] = (0, 1),
    urgent: bool = False,
) -> tuple[uuid.UUID, list[Claimed]]:
    """Take up to `limit` waiting articles, oldest first, for `minutes`; the claims of a task that died run out.

    `share` (k, n) takes only the k-th of n parts, cut by host: no two tasks then ask one publisher at once.
    `urgent` takes only what came from feeds so marked.
    `attempts` of what is returned counts this claim: an article on its fourth has cost three tasks their lives.
    """
    token = uuid.uuid4()
    clock = sa.func.clock_timestamp()  # the database's clock: hosts may disagree about the time
    free = sa.or_(articles.c.claimed_until.is_(None), articles.c.claimed_until < clock)
    chosen = (
        sa.select(articles.c.article_id)
        .where(articles.c.stage == stage, free, _part_of_hosts(share), _from_urgent_feeds() if urgent else sa.true())
        .order_by(articles.c.article_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("chosen")
    )
    statement = (
        sa.update(articles)
        .where(articles.c.article_id == chosen.c.article_id, feeds.c.feed_id == articles.c.feed_id)
        .values(attempts=articles.c.attempts + 1, claim_token=token)
        .values(claimed_until=clock + sa.func.make_interval(0, 0, 0, 0, 0, minutes))
        .returning(
            articles.c.article_id, articles.c.url, articles.c.title, articles.c.lead, articles.c.text,
            articles.c.language, articles.c.published_at, articles.c.attempts,
            feeds.c.language.label("feed_language"),
        )
    )  # fmt: skip
    rows = connection.execute(statement).mappings()
    return token, sorted((Claimed(**row) for row in rows), key=lambda one: one.article_id)


def _from_urgent_feeds() -> sa.ColumnElement[bool]:
    """Feeds marked urgent, and those whose hub pushes: what comes at once is worth reading at once."""
    urgent = sa.select(feeds.c.feed_id).where(feeds.c.urgent)
    pushed = sa.select(subscriptions.c.feed_id).where(subscriptions.c.state == "active")
    return articles.c.feed_id.in_(urgent.union_all(pushed))


def count_urgent_waiting(connection: sa.Connection) -> int:
    """Articles of urgent feeds that no step has finished with."""
    # spelled out, each with its partial index: a list of stages, or a parameter, would be looked for in the whole table
    unfinished = sa.text("(stage = 'found' OR stage = 'read' OR stage = 'classified')")
    statement = sa.select(sa.func.count()).select_from(articles).where(unfinished, _from_urgent_feeds())
    return int(connection.scalar(statement) or 0)


def _part_of_hosts(share: tuple[int, int]) -> sa.ColumnElement[bool]:
    part, parts = share
    host = sa.func.split_part(articles.c.url, "/", 3)
    return sa.true() if parts == 1 else sa.func.abs(sa.func.hashtext(host).op("%")(parts)) == part


def release(connection: sa.Connection, token: uuid.UUID) -> int:
    """Give back what is left of a claim, untried: a later run takes it up. Returns how many articles that were."""
    return connection.execute(
        sa.update(articles)
        .where(articles.c.claim_token == token)
        .values(claim_token=None, claimed_until=None, attempts=articles.c.attempts - 1)
    ).rowcount


def save_read(connection: sa.Connection, token: uuid.UUID, read: Sequence[ReadArticle], now: datetime) -> int:
    """Store what was read under the claim `token`; returns how many rows were ours to write."""
    if not read:
        return 0
    statement = (
        sa.update(articles)
        .where(articles.c.article_id == sa.bindparam("id"), articles.c.claim_token == token)
        .where(articles.c.stage == "found")
        .values(
            title=sa.bindparam("new_title"), lead=sa.bindparam("new_lead"), text=sa.bindparam("new_text"),
            text_source=sa.bindparam("new_source"), attempts=0, language=sa.bindparam("new_language"),
            published_at=sa.bindparam("new_published"), reason=sa.bindparam("new_reason"),
            fingerprint=sa.bindparam("new_fingerprint"), read_at=now, stage="read",
            claim_token=None, claimed_until=None,
        )
    )  # fmt: skip
    rows = [
        {
            "id": one.article_id, "new_title": one.title, "new_lead": one.lead, "new_text": one.text,
            "new_source": one.text_source, "new_language": one.language, "new_published": one.published_at,
            "new_reason": one.reason, "new_fingerprint": one.fingerprint,
        }
        for one in read
    ]  # fmt: skip
    return connection.execute(statement, rows).rowcount


def reading_of(claimed: Claimed) -> Reading:
    """What the classifier reads of a claimed article."""
    return Reading(claimed.title, claimed.lead, claimed.text, claimed.language)


def save_classified(
    connection: sa.Connection,
    token: uuid.UUID,
    findings: Mapping[int, Classification],
    *,
    model_sha: str,
    config_rev: str,
    now: datetime,
) -> None:
    """Store findings. What carries a signal, or denies one, goes on to be placed; the rest has met its fate."""
    if not findings:
        return
    connection.execute(
        insert(classifications).on_conflict_do_nothing(),
        [
            _classification_row(article_id, finding, model_sha, config_rev, now)
            for article_id, finding in sorted(findings.items())
        ],
    )
    connection.execute(
        sa.update(articles)
        .where(articles.c.article_id == sa.bindparam("id"), articles.c.claim_token == token, articles.c.stage == "read")
        .values(stage=sa.bindparam("new_stage"), fate=sa.bindparam("new_fate"), claim_token=None, claimed_until=None),
        [{"id": article_id} | _next_stage(finding) for article_id, finding in sorted(findings.items())],
    )


def _next_stage(finding: Classification) -> dict[str, str | None]:
    if finding.reason is not None:
        return {"new_stage": "placed", "new_fate": finding.reason}
    if finding.signals or finding.modality == "denial":  # a denial without a signal may turn a story
        return {"new_stage": "classified", "new_fate": None}
    return {"new_stage": "placed", "new_fate": "no_signal"}


def _classification_row(
    article_id: int, finding: Classification, model_sha: str, config_rev: str, now: datetime
) -> dict[str, Any]:
    return {
        "article_id": article_id,
        "model_sha": model_sha,
        "config_rev": config_rev,
        "classified_at": now,
        "signals": list(finding.signals),
        "head": list(finding.head),
        "scores": {name: round(score, 6) for name, score in finding.scores.items()},
        "head_scores": {name: round(score, 6) for name, score in finding.head_scores.items()},
        "modality": finding.modality,
        "modality_score": finding.modality_score,
        "source": finding.dyad.source,
        "target": finding.dyad.target,
        "actors": list(finding.actors),
        "evidence": [[one.sentence, [list(term) for term in one.terms]] for one in finding.evidence],
        "reason": finding.reason,
    }


def unplaced_reports(connection: sa.Connection, limit: int) -> list[Report]:
    """Classified articles that belong to no story yet, in the order they were published; at most `limit`."""
    latest = (
        sa.select(classifications)
        .where(classifications.c.article_id == articles.c.article_id)
        .order_by(classifications.c.classified_at.desc())
        .limit(1)
        .lateral("latest")
    )
    published = sa.func.coalesce(articles.c.published_at, articles.c.seen_at)
    statement = (
        sa.select(
            articles.c.article_id, articles.c.title, articles.c.lead, articles.c.text, articles.c.publisher,
            articles.c.outlet, articles.c.url, articles.c.backlog, articles.c.fingerprint, published.label("published_at"),
            feeds.c.family, feeds.c.tier, feeds.c.country, feeds.c.state_media,
            latest.c.signals, latest.c.head, latest.c.scores, latest.c.modality, latest.c.source, latest.c.target,
            latest.c.actors, latest.c.evidence,
        )
        .join(feeds, feeds.c.feed_id == articles.c.feed_id)
        .join(latest, sa.true())
        .where(articles.c.stage == "classified")
        .order_by(published, articles.c.article_id)
        .limit(limit)
    )  # fmt: skip
    return [_report(dict(row)) for row in connection.execute(statement).mappings()]


def _report(row: dict[str, Any]) -> Report:
    dyad = Dyad(row.pop("source"), row.pop("target"))
    evidence = tuple(
        Evidence(sentence, tuple((term, weight) for term, weight in terms)) for sentence, terms in row.pop("evidence")
    )
    row |= {name: tuple(row[name]) for name in ("signals", "head", "actors")}
    return Report(dyad=dyad, evidence=evidence, **row)


def mark_placed(connection: sa.Connection, article_ids: Sequence[int], *, fate: str = "in_story") -> None:
    """These articles have met their fate; grouping will not see them again."""
    if fate not in STORABLE_FATES:
        raise ValueError(f"{fate!r} is no fate; known are {', '.join(STORABLE_FATES)}")
    connection.execute(
        sa.update(articles)
        .where(articles.c.article_id.in_(article_ids), articles.c.stage == "classified")
        .values(stage="placed", fate=fate)
    )


def count_stages(connection: sa.Connection) -> dict[str, int]:
    """Articles whose work is not done, by the stage they have reached; read from the partial indexes alone."""
    counts = {}
    for stage in ("found", "read", "classified"):
        # written out, so that the planner sees the condition of the partial index
        statement = (
            sa.select(sa.func.count()).select_from(articles).where(articles.c.stage == sa.literal_column(f"'{stage}'"))
        )
        counts[stage] = int(connection.scalar(statement) or 0)
    return counts


def count_fates(connection: sa.Connection) -> dict[str, int]:
    """Articles by fate, `pending` for those still under way; the sum is all there are (promise I1)."""
    fate = sa.func.coalesce(articles.c.fate, "pending")
    return {
        row.fate: row.n
        for row in connection.execute(sa.select(fate.label("fate"), sa.func.count().label("n")).group_by(fate))
    }
