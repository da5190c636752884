"""The Feeds page: which feeds are well, which are not, and what each of them is worth."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from newswatch.feeds.opml import write_opml
from newswatch.storage import feed_pauses
from newswatch.storage.feeds import get_known_feeds
from newswatch.storage.pages.feeds import (
    FeedArticle,
    FeedDay,
    FeedHealth,
    FetchRow,
    find_feed_articles,
    find_feed_days,
    find_feeds,
    find_fetches,
)
from newswatch.web.access import Operator, Viewer, Visitor
from newswatch.web.answers import back_to
from newswatch.web.asked import Asked, Blank, FeedId, Visible
from newswatch.web.feed_trial import Trial, try_feed
from newswatch.web.render import render
from newswatch.web.site import Site, SiteDep

STATE_ORDER = ("ok", "not_modified", "new", "empty", "undated", "stale", "failing", "paused")
log = logging.getLogger("newswatch.web")
router = APIRouter()


class FeedsAsked(Asked):
    """What the Feeds page is asked for."""

    state: Annotated[
        Literal["ok", "not_modified", "new", "empty", "undated", "stale", "failing", "paused"] | None, Blank
    ] = Field(None, description="Only feeds in this state.")


class Pause(BaseModel):
    """Why a feed is stopped."""

    model_config = ConfigDict(frozen=True)

    reason: Annotated[str, Visible] = Field("", max_length=200, description="Shown beside the feed.")


class OpmlFile(Response):
    """A list of feeds."""

    media_type = "text/x-opml"


@dataclass(frozen=True)
class FeedView:
    """A feed with its last thirty days, its last fetches, and the last articles that it was the first to bring."""

    feed: FeedHealth
    days: tuple[FeedDay, ...]
    fetches: tuple[FetchRow, ...]
    articles: tuple[FeedArticle, ...]


def all_feeds(site: Site) -> list[FeedHealth]:
    """Every feed, those that need a look first."""
    with site.db.read() as connection:
        return find_feeds(connection, now=site.now)


def narrowed(found: Sequence[FeedHealth], asked: FeedsAsked) -> list[FeedHealth]:
    """The feeds in the state asked for; every feed when none is."""
    return [feed for feed in found if asked.state is None or (feed.listed and shown_state(feed) == asked.state)]


def shown_state(feed: FeedHealth) -> str:
    """The state in a word; a paused feed is paused, whatever it was before."""
    return "paused" if feed.paused_at else feed.state


def view(site: Site, feed_id: str) -> FeedView:
    """One feed. Raises HTTPException 404 when there is none of that id."""
    with site.db.read() as connection:
        found = find_feeds(connection, now=site.now, feed_id=feed_id)
        if not found:
            raise HTTPException(404, f"There is no feed {feed_id!r}. Feeds stand in config/feeds.yaml.")
        days = find_feed_days(connection, feed_id, now=site.now)
        fetches, articles = find_fetches(connection, feed_id), find_feed_articles(connection, feed_id)
    return FeedView(found[0], tuple(days), tuple(fetches), tuple(articles))


def pause(site: Site, visitor: Visitor, feed_id: str, reason: str) -> FeedHealth:
    """Fetch it no more; pausing a paused feed changes nothing."""
    told = f"Paused by {visitor.name}" + (f": {reason.strip()}" if reason.strip() else ".")
    with site.db.begin() as connection:
        changed = feed_pauses.pause_feed(connection, feed_id, reason=told, now=site.now)
    if changed:
        log.info("feed %s: %s", feed_id, told)
    return view(site, feed_id).feed


def resume(site: Site, visitor: Visitor, feed_id: str) -> FeedHealth:
    """Fetch it again; resuming a feed that is not paused changes nothing."""
    told = f"Resumed by {visitor.name}; it is fetched with the next run."
    with site.db.begin() as connection:
        changed = feed_pauses.resume_feed(connection, feed_id, message=told, now=site.now)
    if changed:
        log.info("feed %s: %s", feed_id, told)
    return view(site, feed_id).feed


def trial(site: Site, feed_id: str) -> Trial:
    """Fetch the feed once, now, storing nothing."""
    with site.db.read() as connection:
        known = get_known_feeds(connection, [feed_id])
    if not known:
        raise HTTPException(404, f"There is no feed {feed_id!r}.")
    return try_feed(known[0].feed, site.config_folder, site.now)


def tally(found: Sequence[FeedHealth]) -> list[tuple[str, int]]:
    """How many listed feeds are in each state, in the order from well to unwell."""
    counts = Counter(shown_state(feed) for feed in found if feed.listed)
    return [(state, counts[state]) for state in STATE_ORDER if counts[state]]


@router.get("/feeds", response_class=HTMLResponse, include_in_schema=False)
def feeds_page(request: Request, asked: Annotated[FeedsAsked, Query()], visitor: Viewer, site: SiteDep) -> HTMLResponse:
    """Every feed in one table, or those of one state."""
    found = all_feeds(site)
    return render(
        request, "feeds.html", visitor, asked=asked, feeds=narrowed(found, asked), tally=tally(found), total=len(found)
    )


@router.get("/api/feeds.opml", tags=["feeds"], response_class=OpmlFile)
@router.get("/feeds.opml", include_in_schema=False)
def opml(visitor: Viewer, site: SiteDep) -> Response:
    """Every listed feed, for any feed reader."""
    with site.db.read() as connection:
        listed = [feed.feed_id for feed in find_feeds(connection, now=site.now) if feed.listed]
        known = get_known_feeds(connection, sorted(listed))
    text = write_opml(one.feed for one in known)
    return OpmlFile(text, headers={"Content-Disposition": 'attachment; filename="newswatch-feeds.opml"'})


@router.get("/feeds/{feed_id}", response_class=HTMLResponse, include_in_schema=False)
def feed_page(request: Request, feed_id: FeedId, visitor: Viewer, site: SiteDep) -> HTMLResponse:
    """One feed with its history."""
    return render(request, "feed.html", visitor, view=view(site, feed_id), trial=None)


@router.post("/feeds/{feed_id}/pause", include_in_schema=False)
def pause_from_page(
    request: Request, feed_id: FeedId, visitor: Operator, site: SiteDep, said: Annotated[Pause, Form()]
) -> Response:
    """From the page: stop fetching."""
    pause(site, visitor, feed_id, said.reason)
    return back_to(request, f"/feeds/{feed_id}")


@router.post("/feeds/{feed_id}/resume", include_in_schema=False)
def resume_from_page(request: Request, feed_id: FeedId, visitor: Operator, site: SiteDep) -> Response:
    """From the page: fetch again."""
    resume(site, visitor, feed_id)
    return back_to(request, f"/feeds/{feed_id}")


@router.post("/feeds/{feed_id}/test", include_in_schema=False)
def test_from_page(request: Request, feed_id: FeedId, visitor: Operator, site: SiteDep) -> HTMLResponse:
    """From the page: what does the publisher serve right now?"""
    return render(request, "feed.html", visitor, view=view(site, feed_id), trial=trial(site, feed_id))


@router.get("/api/feeds", tags=["feeds"])
def feeds_json(asked: Annotated[FeedsAsked, Query()], visitor: Viewer, site: SiteDep) -> list[FeedHealth]:
    """Every feed with its health, yield and lead."""
    return narrowed(all_feeds(site), asked)


@router.get("/api/feeds/{feed_id}", tags=["feeds"])
def feed_json(feed_id: FeedId, visitor: Viewer, site: SiteDep) -> FeedView:
    """One feed with its last fetches and articles."""
    return view(site, feed_id)


@router.post("/api/feeds/{feed_id}/pause", tags=["feeds"])
def pause_json(feed_id: FeedId, said: Pause, visitor: Operator, site: SiteDep) -> FeedHealth:
    """Stop fetching a feed."""
    return pause(site, visitor, feed_id, said.reason)


@router.post("/api/feeds/{feed_id}/resume", tags=["feeds"])
def resume_json(feed_id: FeedId, visitor: Operator, site: SiteDep) -> FeedHealth:
    """Fetch a feed again, with the next run."""
    return resume(site, visitor, feed_id)


@router.post("/api/feeds/{feed_id}/test", tags=["feeds"])
def test_json(feed_id: FeedId, visitor: Operator, site: SiteDep) -> Trial:
    """Fetch a feed once, now, storing nothing."""
    return trial(site, feed_id)
