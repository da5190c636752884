"""The Search page: every article that was read, by words, signal, pair and day; as a page, CSV or JSON."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response

from newswatch.exports.sheet import write_csv
from newswatch.storage.pages.search import FoundArticle, Sought, find_articles
from newswatch.web.access import Viewer
from newswatch.web.asked import SearchAsked, address, sides_of
from newswatch.web.highlight import mark_found
from newswatch.web.render import at_address, is_fragment, render
from newswatch.web.site import Site, SiteDep

ROWS = 50
MOST_EXPORTED = 5_000
COLUMNS = (
    "article_id", "seen_at", "published_at", "publisher", "title", "url", "language", "signals", "modality", "source",
    "target", "score", "story_id", "fate",
)  # fmt: skip
SearchQuery = Annotated[SearchAsked, Query()]
router = APIRouter()


@dataclass(frozen=True)
class Results:
    """One page of articles; `more` tells whether there is another."""

    articles: tuple[FoundArticle, ...]
    page: int
    more: bool


def sought_of(asked: SearchAsked) -> Sought:
    """What the storage is asked for, one row more than is shown. Raises HTTPException for a day that does not exist."""
    source, target = sides_of(asked.pair)
    until = _day(asked.until)
    return Sought(
        words=asked.q, signal=asked.signal, source=source, target=target, publisher=asked.publisher,
        since=_day(asked.since), until=until + timedelta(days=1) if until else None, in_story=asked.stories,
        offset=(asked.page - 1) * ROWS, limit=ROWS + 1,
    )  # fmt: skip


def results(asked: SearchAsked, site: Site) -> Results:
    """The articles that were asked for."""
    with site.db.read() as connection:
        found = find_articles(connection, sought_of(asked), snippets=True)
    return Results(tuple(found[:ROWS]), asked.page, len(found) > ROWS)


@router.get("/search", response_class=HTMLResponse, include_in_schema=False)
def search_page(request: Request, asked: SearchQuery, visitor: Viewer, site: SiteDep) -> HTMLResponse:
    """The page, or its list alone."""

    def query(**changes: Any) -> str:
        return urlencode(address(asked, **changes))

    template = "results.html" if is_fragment(request) else "search.html"
    shown = render(request, template, visitor, asked=asked, results=results(asked, site), query=query, mark=mark_found)
    return at_address(shown, request, query()) if is_fragment(request) else shown


@router.get("/search.csv", include_in_schema=False)
def search_csv(asked: SearchQuery, visitor: Viewer, site: SiteDep) -> Response:
    """The same articles for a spreadsheet, MOST_EXPORTED at most."""
    text = write_csv(COLUMNS, ({name: getattr(one, name) for name in COLUMNS} for one in _exported(asked, site)))
    disposition = {"Content-Disposition": 'attachment; filename="newswatch-articles.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=disposition)


@router.get("/search.json", include_in_schema=False)
def search_download(asked: SearchQuery, visitor: Viewer, site: SiteDep) -> list[FoundArticle]:
    """The same articles as one JSON file, MOST_EXPORTED at most."""
    return _exported(asked, site)


@router.get("/api/articles", tags=["articles"])
def search_json(asked: SearchQuery, visitor: Viewer, site: SiteDep) -> Results:
    """Articles that were read, by words, signal, pair, publisher and day; by the moment they were seen, newest first."""
    return results(asked, site)


def _exported(asked: SearchAsked, site: Site) -> list[FoundArticle]:
    with site.db.read() as connection:
        return find_articles(connection, replace(sought_of(asked), offset=0, limit=MOST_EXPORTED), snippets=False)


def _day(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise HTTPException(422, f"{text} is not a day of the calendar; write YYYY-MM-DD.") from None
