"""Which stories are open, and what is remembered of them?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from newswatch.domain import Dyad, Evidence, Factor, Severity, Story, StoryChange
from newswatch.storage.tables import classifications
from newswatch.storage.tables_stories import stories, story_articles

DAY = 86_400  # seconds
stories_at = story_articles.c.joined_at  # our own clock: publishers' dates are never control (promise I11)

Memory = Mapping[str, Any]
GROUPING_LOCK = 0x73746F72  # "stor": one grouping at a time, whoever runs it


@dataclass(frozen=True, slots=True)
class PairDays:
    """Reports per day of one pair and of all pairs, oldest first; the last day ends now."""

    dyad: Dyad
    counts: tuple[int, ...]
    totals: tuple[int, ...]


def take_grouping_lock(connection: sa.Connection) -> bool:
    """Whether this transaction is the one that groups; False when another is at it."""
    return bool(connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(GROUPING_LOCK))))


def find_open_stories(connection: sa.Connection) -> list[tuple[Story, Memory]]:
    """Stories that still take reports, oldest first, with what is remembered of them."""
    rows = connection.execute(sa.select(stories).where(stories.c.closed_at.is_(None)).order_by(stories.c.first_at))
    return _with_articles(connection, [dict(row) for row in rows.mappings()])


def find_waiting_stories(connection: sa.Connection) -> list[Story]:
    """Stories that a mute or silence holds back, open or not."""
    rows = connection.execute(sa.select(stories).where(stories.c.waiting).order_by(stories.c.first_at))
    return [story for story, _ in _with_articles(connection, [dict(row) for row in rows.mappings()])]


def find_stories(connection: sa.Connection, *, since: datetime, limit: int = 500) -> list[Story]:
    """Stories reported since then, gravest first."""
    rows = connection.execute(
        sa.select(stories)
        .where(stories.c.last_at >= since)
        .order_by(stories.c.severity.desc(), stories.c.severity_score.desc(), stories.c.story_id)
        .limit(limit)
    )
    return [story for story, _ in _with_articles(connection, [dict(row) for row in rows.mappings()])]


def get_story(connection: sa.Connection, story_id: str) -> Story | None:
    """One story, or None."""
    rows = connection.execute(sa.select(stories).where(stories.c.story_id == story_id)).mappings().all()
    found = _with_articles(connection, [dict(row) for row in rows])
    return found[0][0] if found else None


def save_stories(
    connection: sa.Connection,
    remembered: Iterable[tuple[Story, Memory]],
    *,
    model_sha: str,
    config_rev: str,
    now: datetime,
) -> None:
    """Write stories as they now stand; a story that is quiet is closed and its memory dropped."""
    rows = [
        _row(story, memory) | {"model_sha": model_sha, "config_rev": config_rev, "updated_at": now}
        for story, memory in remembered
    ]
    if not rows:
        return
    for row in rows:
        row["closed_at"] = now if row["state"] == "quiet" else None
    statement = insert(stories)
    changed = {
        column.name: statement.excluded[column.name]
        for column in stories.c
        if column.name not in ("story_id", "waiting")
    }
    connection.execute(statement.on_conflict_do_update(index_elements=["story_id"], set_=changed), rows)


def save_placements(connection: sa.Connection, placed: Sequence[tuple[int, str, str]], now: datetime) -> None:
    """Which article went to which story, and by which rule; an article belongs to one story for good."""
    if placed:
        rows = [
            {"article_id": article, "story_id": story, "how": how, "joined_at": now} for article, story, how in placed
        ]
        connection.execute(insert(story_articles).on_conflict_do_nothing(), rows)


def set_waiting(connection: sa.Connection, waiting: Mapping[str, bool]) -> None:
    """Which of these stories wait for the end of a mute or silence."""
    for value in (True, False):
        ids = [story_id for story_id, is_waiting in waiting.items() if is_waiting is value]
        if ids:
            connection.execute(sa.update(stories).where(stories.c.story_id.in_(ids)).values(waiting=value))


def _with_articles(connection: sa.Connection, rows: list[dict[str, Any]]) -> list[tuple[Story, Memory]]:
    articles: dict[str, list[int]] = {row["story_id"]: [] for row in rows}
    if rows:
        statement = (
            sa.select(story_articles.c.story_id, story_articles.c.article_id)
            .where(story_articles.c.story_id.in_(list(articles)))
            .order_by(story_articles.c.joined_at, story_articles.c.article_id)
        )
        for story_id, article_id in connection.execute(statement):
            articles[story_id].append(article_id)
    return [(_story(row, tuple(articles[row["story_id"]])), row["memory"]) for row in rows]


def _row(story: Story, memory: Memory) -> dict[str, Any]:
    return {
        "story_id": story.story_id,
        "signal": story.signal,
        "signals": list(story.signals),
        "source": story.dyad.source,
        "target": story.dyad.target,
        "modality": story.modality,
        "state": story.state,
        "title": story.title,
        "url": story.url,
        "first_at": story.first_at,
        "last_at": story.last_at,
        "severity": story.severity.level,
        "severity_score": story.severity.score,
        "factors": [[factor.name, factor.value, factor.weight] for factor in story.severity.factors],
        "origins": list(story.origins),
        "publishers": list(story.publishers),
        "actors": list(story.actors),
        "countries": list(story.countries),
        "tiers": list(story.tiers),
        "events": story.events,
        "evidence": [[one.sentence, [list(term) for term in one.terms]] for one in story.evidence],
        "score": story.score,
        "backlog": story.backlog,
        "changes": [
            [change.at.isoformat(), change.kind, change.was, change.now, change.reason] for change in story.changes
        ],
        "memory": {} if story.state == "quiet" else memory,
    }


def _story(row: Mapping[str, Any], article_ids: tuple[int, ...]) -> Story:
    return Story(
        story_id=row["story_id"],
        signal=row["signal"],
        signals=tuple(row["signals"]),
        dyad=Dyad(row["source"], row["target"]),
        modality=row["modality"],
        state=row["state"],
        title=row["title"],
        first_at=row["first_at"],
        last_at=row["last_at"],
        severity=Severity(row["severity"], row["severity_score"], tuple(Factor(*factor) for factor in row["factors"])),
        article_ids=article_ids,
        origins=tuple(row["origins"]),
        publishers=tuple(row["publishers"]),
        actors=tuple(row["actors"]),
        events=row["events"],
        evidence=tuple(
            Evidence(sentence, tuple((term, weight) for term, weight in terms)) for sentence, terms in row["evidence"]
        ),
        score=row["score"],
        backlog=row["backlog"],
        url=row["url"],
        countries=tuple(row["countries"]),
        tiers=tuple(row["tiers"]),
        changes=tuple(StoryChange(datetime.fromisoformat(at), *rest) for at, *rest in row["changes"]),
    )


def latest_model(connection: sa.Connection) -> str:
    """The model that made the latest finding; "" before the first."""
    statement = sa.select(classifications.c.model_sha).order_by(classifications.c.classified_at.desc()).limit(1)
    return str(connection.scalar(statement) or "")


def find_pair_counts(connection: sa.Connection, *, now: datetime, days: int) -> list[PairDays]:
    """For each pair reported in the last 24 hours: its reports in each of the last `days` + 1 days, and those of all pairs."""
    age = sa.func.floor(sa.func.extract("epoch", sa.literal(now) - stories_at) / DAY).cast(sa.Integer)
    statement = (
        sa.select(stories.c.source, stories.c.target, age.label("age"), sa.func.count().label("count"))
        .join(story_articles, story_articles.c.story_id == stories.c.story_id)
        .where(stories_at > now - timedelta(days=days + 1), stories_at <= now)
        .group_by(stories.c.source, stories.c.target, sa.text("age"))
    )
    counts: dict[tuple[str | None, str | None], list[int]] = {}
    totals = [0] * (days + 1)
    for source, target, days_ago, count in connection.execute(statement):
        place = days - days_ago
        counts.setdefault((source, target), [0] * (days + 1))[place] += count
        totals[place] += count
    return [
        PairDays(Dyad(*pair), tuple(each), tuple(totals)) for pair, each in counts.items() if each[-1] and any(pair)
    ]


def find_mentions(connection: sa.Connection, *, since: datetime) -> list[tuple[datetime, Dyad, tuple[str, ...]]]:
    """When which pair was reported with which signals, for the escalation index."""
    statement = (
        sa.select(stories_at, stories.c.source, stories.c.target, stories.c.signals)
        .join(story_articles, story_articles.c.story_id == stories.c.story_id)
        .where(stories_at >= since, sa.or_(stories.c.source.is_not(None), stories.c.target.is_not(None)))
    )
    return [(at, Dyad(source, target), tuple(signals)) for at, source, target, signals in connection.execute(statement)]
