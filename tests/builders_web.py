"""A database as the pages find it: the demo's week, read, classified as a careful reader would, grouped, told and sent."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from fastapi import HTTPException, Request

from newswatch.alerts.log import LogSender
from newswatch.alerts.settings import AlertSettings, Receiver
from newswatch.alerts.tree import Route
from newswatch.domain import SIGNALS, Classification, Dyad, Evidence, Feed, Modality
from newswatch.feeds.settings import FeedList
from newswatch.runtime.demo_site import DemoArticle, DemoSite
from newswatch.settings import ClassifierFile, NewswatchFile, Settings
from newswatch.signals.settings import ActorList, SignalSettings
from newswatch.steps.alerts import send_alerts
from newswatch.steps.stories import group_stories
from newswatch.storage.alerts import add_silence
from newswatch.storage.articles import claim, save_classified
from newswatch.storage.feeds import save_feeds
from newswatch.storage.revisions import save_revision
from newswatch.storage.session import Database
from newswatch.storage.tables import articles, feeds, fetches
from newswatch.stories.settings import SeveritySettings, WatchedPair
from newswatch.web.access import Role, Visitor

SITE = Path(__file__).resolve().parents[1] / "seeds" / "demo"
NOW = datetime(2026, 3, 8, 12, tzinfo=UTC)
MODEL = "5eedba11" * 8
ROLES: Mapping[str, tuple[Role, ...]] = {
    "vera": ("viewer",),
    "uma": ("viewer", "user"),
    "otto": ("viewer", "user", "op"),
}


async def by_token(request: Request) -> Visitor:
    """Access for tests: `Authorization: Bearer <name>` or the cookie `_token=<name>`, as Airflow reads them."""
    given = request.headers.get("authorization", "").removeprefix("Bearer ") or request.cookies.get("_token")
    if given not in ROLES:
        raise HTTPException(401, "Not authenticated")
    return Visitor(given, frozenset(ROLES[given]))


def a_desk(**alerts: Any) -> Settings:
    """Settings with two receivers: `desk` hears of severity 3 and above, `night` of 4 and above."""
    route = Route(
        receiver="desk",
        min_severity=3,
        group_wait=timedelta(0),
        routes=(Route(receiver="night", min_severity=4, matchers=("severity=~[45]",), continue_=True), Route()),
    )
    known: dict[str, Any] = {"route": route, "receivers": (Receiver(name="desk"), Receiver(name="night"))}
    classifier = ClassifierFile(
        signals=SignalSettings(thresholds={"launch": 0.62, "threat": 0.58, "attack": 0.6}),
        severity=SeveritySettings(pairs=(WatchedPair(source="PRK", target="*", weight=1.2),)),
    )
    return Settings(NewswatchFile(), FeedList(), classifier, AlertSettings(**(known | alerts)), ActorList())


@dataclass(frozen=True)
class Seeded:
    """A database with a week in it."""

    db: Database
    now: datetime
    settings: Settings


def a_week(db: Database, now: datetime = NOW, *, settings: Settings | None = None, hours: int = 6) -> Seeded:
    """The demo's week ending at `now`, lived through in steps of `hours`. The same content every time."""
    settings = settings or a_desk()
    site = DemoSite(SITE, now)
    chance = random.Random(7)
    with db.begin() as connection:
        save_revision(connection, "config", settings.revision, settings.content, now)
        save_feeds(
            connection, [_feed(one) for one in site.feeds("https://{publisher}.example")], now - timedelta(days=8)
        )
        _save_fetches(connection, site, now, chance)
    shown = sorted(site.articles(), key=lambda article: article.published_at)
    moment = now - timedelta(days=7)
    while moment < now:
        moment += timedelta(hours=hours)
        fresh = [article for article in shown if moment - timedelta(hours=hours) <= article.published_at < moment]
        if fresh:
            _read(db, site, fresh, settings, moment, chance)
            group_stories(db, settings, now=moment)
            send_alerts(db, settings, senders={"log": LogSender()}, now=moment, sleep=lambda seconds: None)
    return Seeded(db, now, settings)


def _feed(listed: Mapping[str, Any]) -> Feed:
    fields = dict(listed)
    return Feed(feed_id=str(fields.pop("id")), **fields)


def _read(
    db: Database, site: DemoSite, fresh: Sequence[DemoArticle], settings: Settings, now: datetime, chance: random.Random
) -> None:
    """The articles as the reading steps leave them: read, then classified by somebody who is always right."""
    with db.begin() as connection:
        by_url = {}
        for article in fresh:
            row = _article_row(site, article, now, chance)
            connection.execute(sa.insert(articles).values(**row))
            by_url[row["url"]] = article
        token, claimed = claim(connection, "read", limit=len(fresh), minutes=5)
        findings = {one.article_id: _finding(by_url[one.url], chance) for one in claimed}
        save_classified(connection, token, findings, model_sha=MODEL, config_rev=settings.revision, now=now)


def _article_row(site: DemoSite, article: DemoArticle, now: datetime, chance: random.Random) -> dict[str, Any]:
    publisher = site.publishers[article.publisher_id]
    url = f"https://{publisher.id}.example{article.path}"
    return {
        "canonical_url": url, "url": url, "feed_id": publisher.feed_id, "publisher": publisher.name,
        "title": article.title, "lead": article.lead, "text": "\n".join(article.paragraphs), "text_source": "page",
        "language": "en", "published_at": article.published_at,
        "seen_at": article.published_at + timedelta(minutes=chance.randrange(1, 25)), "read_at": now, "backlog": False,
        "stage": "read",
    }  # fmt: skip


def _finding(article: DemoArticle, chance: random.Random) -> Classification:
    expected = article.expected
    words = [word.strip(".,") for word in article.title.lower().split() if len(word) > 4]
    terms = [(word, round(chance.uniform(0.4, 2.6), 2)) for word in words[:4]] + [
        ("ACTOR fires WEAPON", 1.9),
        ("parade", -0.7),
    ]
    weighed = tuple(sorted(terms, key=lambda term: -abs(term[1])))
    return Classification(
        signals=expected.signals,
        head=expected.signals,
        scores=_doubts(article) | {signal: round(chance.uniform(0.74, 0.97), 4) for signal in expected.signals},
        modality=cast(Modality, expected.modality),
        modality_score=0.9,
        dyad=Dyad(expected.source, expected.target),
        actors=tuple(side for side in (expected.source, expected.target) if side),
        evidence=(Evidence(article.lead, weighed),) if expected.signals else (),
    )


def _doubts(article: DemoArticle) -> dict[str, float]:
    """What a model would give to the signals that the article does not carry: little, seldom nearly half."""
    chance = random.Random(article.path)
    return {signal: round(min(chance.betavariate(1, 7), 0.49), 4) for signal in SIGNALS}


def _save_fetches(connection: sa.Connection, site: DemoSite, now: datetime, chance: random.Random) -> None:
    for publisher in site.publishers.values():
        dead = publisher.feed_status != 200
        for step in range(40, 0, -1):
            failed = dead or chance.random() < 0.03
            status = "failed" if failed else chance.choice(("fetched", "not_modified", "not_modified"))
            connection.execute(
                sa.insert(fetches).values(
                    feed_id=publisher.feed_id, run_id="seeded", fetched_at=now - timedelta(minutes=15 * step), status=status,
                    reason="the server answered 503" if failed else None,
                    http_status=503 if failed else 304 if status == "not_modified" else 200,
                    body_bytes=0 if status != "fetched" else 18_000, elapsed_seconds=round(chance.uniform(0.1, 1.4), 2),
                    entries=20 if status == "fetched" else 0, new_entries=chance.randrange(3) if status == "fetched" else 0,
                )
            )  # fmt: skip
        state = {"state": "failing", "message": "the server answered 503 (9 of 30 failure points)"} if dead else {}
        connection.execute(
            sa.update(feeds)
            .where(feeds.c.feed_id == publisher.feed_id)
            .values(
                last_attempt_at=now - timedelta(minutes=15), last_success_at=None if dead else now - timedelta(minutes=15),
                last_new_at=None if dead else now - timedelta(hours=2), seeded_at=now - timedelta(days=8), interval_seconds=900,
                next_due_at=now + timedelta(minutes=4),
                **({"state": "ok", "message": "20 entries"} | state),
            )
        )  # fmt: skip


def a_silence(db: Database, now: datetime, **changes: Any) -> int:
    """A silence in force."""
    known: dict[str, Any] = {
        "matchers": ["pair=PRK→KOR", "severity=~[12]"], "receiver": None, "ceiling": 2, "author": "uma",
        "reason": "exercise season, known to the desk", "starts_at": now - timedelta(hours=2),
        "ends_at": now + timedelta(hours=22),
    }  # fmt: skip
    with db.begin() as connection:
        return add_silence(connection, known | changes)
