"""Which articles speak of this? Full text search (PostgreSQL `tsvector`) with signal, pair, publisher and time, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from newswatch.storage.tables import articles, classifications
from newswatch.storage.tables_stories import story_articles

PLACED = sa.text("'placed'")  # not a parameter: a prepared statement could not know that the partial index serves it
ENGLISH = sa.text("'english'::regconfig")
START, STOP = "\x02", "\x03"  # around the words that were found; no stored text can hold them
HEADLINE = f"StartSel={START}, StopSel={STOP}, MaxFragments=2, MaxWords=24, MinWords=8, FragmentDelimiter= … "
SNIPPET_CHARACTERS = 20_000  # of a text in which the found words are looked for


@dataclass(frozen=True)
class Sought:
    """What is sought. None: whatever it is. `words` takes "quoted phrases", or, -not; it never fails to parse."""

    words: str | None = None
    signal: str | None = None
    source: str | None = None
    target: str | None = None
    publisher: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    in_story: bool = False
    offset: int = 0
    limit: int = 50


@dataclass(frozen=True)
class FoundArticle:
    """An article with what the model found. `snippet` has START and STOP around the words that were sought."""

    article_id: int
    title: str
    url: str
    publisher: str
    published_at: datetime | None
    seen_at: datetime
    language: str | None
    fate: str | None
    reason: str | None
    signals: tuple[str, ...]
    modality: str | None
    source: str | None
    target: str | None
    score: float | None
    story_id: str | None
    snippet: str


def find_articles(connection: sa.Connection, sought: Sought, *, snippets: bool) -> list[FoundArticle]:
    """Articles that have been read, by the moment we saw them, newest first; `sought.limit` at most."""
    wanted = _find_ids(connection, sought)
    page = sa.select(articles).where(articles.c.article_id.in_(wanted)).subquery("page")
    latest = (
        sa.select(classifications)
        .where(classifications.c.article_id == page.c.article_id)
        .order_by(classifications.c.classified_at.desc())
        .limit(1)
        .lateral("latest")
    )
    names = ("article_id", "title", "url", "publisher", "published_at", "seen_at", "language", "fate", "reason")
    statement = (
        sa.select(
            *(page.c[name] for name in names),
            latest.c.signals, latest.c.scores, latest.c.modality, latest.c.source, latest.c.target,
            story_articles.c.story_id, _snippet(page, sought, wanted=snippets).label("snippet"),
        )
        .select_from(page)
        .outerjoin(latest, sa.true())
        .outerjoin(story_articles, story_articles.c.article_id == page.c.article_id)
        .order_by(page.c.seen_at.desc(), page.c.article_id.desc())
    )  # fmt: skip
    return [_found(dict(row)) for row in connection.execute(statement).mappings()]


def _find_ids(connection: sa.Connection, sought: Sought) -> list[int]:
    """The ids of the articles sought, newest first.

    Where words are sought, the index on words must decide: for words that are rare the planner, which does not know what it
    costs to look into a text, would walk through every article from the newest on (51 s among 200,000; so it is 5 ms).
    """
    statement = (
        _narrowed(sa.select(articles.c.article_id), sought)
        .order_by(articles.c.seen_at.desc(), articles.c.article_id.desc())
        .offset(sought.offset)
        .limit(sought.limit)
    )
    if not sought.words:
        return list(connection.scalars(statement))
    connection.execute(sa.text("SET LOCAL enable_indexscan = off"))
    connection.execute(sa.text("SET LOCAL enable_seqscan = off"))
    found = list(connection.scalars(statement))
    connection.execute(sa.text("SET LOCAL enable_indexscan = on"))
    connection.execute(sa.text("SET LOCAL enable_seqscan = on"))
    return found


def _narrowed(statement: sa.Select[Any], sought: Sought) -> sa.Select[Any]:
    statement = statement.where(articles.c.stage == PLACED)
    if sought.words:
        statement = statement.where(articles.c.words.op("@@")(_query(sought.words)))
    if sought.publisher:
        statement = statement.where(articles.c.publisher == sought.publisher)
    if sought.since:
        statement = statement.where(articles.c.seen_at >= sought.since)
    if sought.until:
        statement = statement.where(articles.c.seen_at < sought.until)
    if sought.in_story:
        statement = statement.where(articles.c.fate == "in_story")
    if sought.signal or sought.source or sought.target:
        statement = statement.where(articles.c.article_id.in_(_with_finding(sought)))
    return statement


def _with_finding(sought: Sought) -> sa.Select[Any]:
    found = sa.select(classifications.c.article_id)
    if sought.signal:
        found = found.where(
            classifications.c.signals.contains([sought.signal]), classifications.c.signals != sa.text("'{}'")
        )
    if sought.source:
        found = found.where(classifications.c.source == sought.source)
    if sought.target:
        found = found.where(classifications.c.target == sought.target)
    return found


def _query(words: str) -> sa.ColumnElement[Any]:
    return sa.func.websearch_to_tsquery(ENGLISH, words)


def _snippet(page: sa.Subquery, sought: Sought, *, wanted: bool) -> sa.ColumnElement[Any]:
    if not wanted:
        return sa.literal("")
    text = sa.func.left(sa.func.concat_ws(" ", page.c.lead, page.c.text), SNIPPET_CHARACTERS)
    if not sought.words:
        return sa.func.left(sa.func.coalesce(sa.func.nullif(page.c.lead, ""), page.c.text), 240)
    return sa.func.ts_headline(ENGLISH, text, _query(sought.words), HEADLINE)


def _found(row: dict[str, Any]) -> FoundArticle:
    scores, signals = row.pop("scores") or {}, tuple(row.pop("signals") or ())
    score = scores.get(signals[0]) if signals else None
    return FoundArticle(**row, signals=signals, score=score)
