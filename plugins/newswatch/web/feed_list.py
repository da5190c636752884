"""Which feeds does a person add? One by its address, or those of another reader's OPML file; all stand in config/feeds.yaml."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Body, File, Form, HTTPException, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from newswatch.errors import ConfigError, NewswatchError, StorageError
from newswatch.feeds.listing import add_feeds, new_feed_id, not_yet_listed, valid_feed
from newswatch.feeds.opml import OpmlResult, read_opml
from newswatch.feeds.settings import FeedList, ListedFeed
from newswatch.settings import load_file
from newswatch.storage.feed_list import lock_feed_list
from newswatch.storage.feeds import save_feeds
from newswatch.storage.pages.feeds import FeedHealth, find_feeds
from newswatch.web.access import Operator, Visitor
from newswatch.web.answers import back_to
from newswatch.web.asked import Blank, Visible
from newswatch.web.feed_trial import Discovered, discover
from newswatch.web.render import render
from newswatch.web.site import Site, SiteDep

LARGEST_OPML = 2_000_000  # bytes; twenty thousand feeds
log = logging.getLogger("newswatch.web")
router = APIRouter()
Address = Annotated[
    str, Field(pattern=r"^https?://[^\s]+$", max_length=2048, examples=["https://www.example.org/"]), Visible
]
Name = Annotated[str, Field(min_length=1, max_length=120), Visible]
Country = Annotated[Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None, Blank]


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


class Place(BaseModel):
    """Where to look for a feed."""

    model_config = ConfigDict(frozen=True)

    url: Address = Field(description="Address of a feed, or of a site that names its feeds.")


class NewFeed(BaseModel):
    """A feed as it shall stand in config/feeds.yaml; its id is made of the name."""

    model_config = ConfigDict(frozen=True)

    url: Address = Field(description="The publisher's own address of the feed.")
    name: Name = Field(description="As people call the feed.")
    publisher: Name = Field(description="Who is answerable for it.")
    country: Country = Field(None, description="Seat of the publisher, ISO 3166-1 alpha-3; empty for none.")
    language: str = Field("en", pattern=r"^[a-z]{2,3}$", description="ISO 639-1.")
    tier: Annotated[Literal[1, 2, 3, 4], BeforeValidator(_number)] = Field(
        4, description="1 agency or paper of record, 2 established, 3 partial, 4 unvetted."
    )
    urgent: bool = Field(default=False, description="Fetched as often as urgent feeds are.")
    state_media: Country = Field(None, description="The state that controls it, ISO 3166-1 alpha-3; empty for none.")


@dataclass(frozen=True)
class Imported:
    """What came of an OPML file. `refused` are addresses that are not on the web; `error`: why the file is not whole."""

    added: tuple[ListedFeed, ...]
    listed_already: int
    repeated: int
    refused: tuple[str, ...]
    error: str | None
    only_looked: bool


def found_at(site: Site, place: Place) -> Discovered:
    """What feed there is at an address. Raises HTTPException 422 when there is none."""
    try:
        return discover(place.url, site.config_folder, site.now)
    except (ConfigError, StorageError):
        raise
    except NewswatchError as error:
        raise HTTPException(422, str(error)) from None


def add(site: Site, visitor: Visitor, wanted: NewFeed) -> FeedHealth:
    """List one more feed; it is fetched with the next run. Raises HTTPException 409 when its address is listed already."""

    def made(listed: FeedList) -> Sequence[ListedFeed]:
        known = next((one for one in listed.feeds if one.url == wanted.url), None)
        if known is not None:
            raise HTTPException(409, f"{wanted.url} is listed already, as {known.name!r}. Nothing was added.")
        feed_id = new_feed_id(wanted.name, {one.id for one in listed.feeds})
        return [_valid({"id": feed_id, **wanted.model_dump()})]

    (added,) = _write(site, visitor, made)
    with site.db.read() as connection:
        return find_feeds(connection, now=site.now, feed_id=added.id)[0]


def take_over(site: Site, visitor: Visitor, document: bytes, *, only_look: bool) -> Imported:
    """Add the feeds of another reader's list, with the lowest tier until somebody vets them, or tell what would be added."""
    read = _read(document)
    path = site.config_folder / "feeds.yaml"
    fresh = not_yet_listed(read.outlines, load_file(path, FeedList))
    added = fresh if only_look else _write(site, visitor, lambda listed: not_yet_listed(read.outlines, listed))
    return Imported(
        tuple(added), len(read.outlines) - len(added), read.repeated, read.refused, read.error, only_looked=only_look
    )


def _read(document: bytes) -> OpmlResult:
    if len(document) > LARGEST_OPML:
        raise HTTPException(413, f"The file is larger than {LARGEST_OPML // 1_000_000} MB. Nothing was added.")
    read = read_opml(document)
    if read.error and not read.outlines:
        raise HTTPException(422, f"This is no list of feeds: {read.error}. Nothing was added.")
    return read


def _valid(fields: dict[str, object]) -> ListedFeed:
    try:
        return valid_feed(fields)
    except ConfigError as error:
        raise HTTPException(422, str(error)) from None


def _write(site: Site, visitor: Visitor, made: Callable[[FeedList], Sequence[ListedFeed]]) -> tuple[ListedFeed, ...]:
    """Add to the file what `made` makes of it, and to the table what the file then says. One at a time."""
    path = site.config_folder / "feeds.yaml"
    with site.db.begin() as connection:
        lock_feed_list(connection)
        added = add_feeds(path, made(load_file(path, FeedList)))
        save_feeds(connection, load_file(path, FeedList).as_feeds(), site.now)
    for one in added:
        log.info("feed %s added by %s: %s", one.id, visitor.name, one.url)
    return added


@router.post("/feeds/find", include_in_schema=False)
def find_from_page(request: Request, visitor: Operator, site: SiteDep, place: Annotated[Place, Form()]) -> HTMLResponse:
    """From the page: is there a feed at this address? Nothing is added yet."""
    return render(request, "feed_found.html", visitor, found=found_at(site, place))


@router.post("/feeds/add", include_in_schema=False)
def add_from_page(request: Request, visitor: Operator, site: SiteDep, wanted: Annotated[NewFeed, Form()]) -> Response:
    """From the page: watch this feed too."""
    return back_to(request, f"/feeds/{add(site, visitor, wanted).feed_id}")


@router.post("/feeds/import", include_in_schema=False)
def import_from_page(
    request: Request,
    visitor: Operator,
    site: SiteDep,
    opml: Annotated[UploadFile, File()],
    do: Annotated[Literal["look", "add"], Form()] = "look",
) -> HTMLResponse:
    """From the page: what another reader watches."""
    document = opml.file.read(LARGEST_OPML + 1)
    return render(
        request, "feeds_imported.html", visitor, took=take_over(site, visitor, document, only_look=do == "look")
    )


@router.post("/api/feeds/find", tags=["feeds"])
def find_json(place: Place, visitor: Operator, site: SiteDep) -> Discovered:
    """The feed at an address, or the first working one that the page there names. Nothing is added."""
    return found_at(site, place)


@router.post("/api/feeds", status_code=201, tags=["feeds"])
def add_json(wanted: NewFeed, visitor: Operator, site: SiteDep) -> FeedHealth:
    """List one more feed in config/feeds.yaml; it is fetched with the next run."""
    return add(site, visitor, wanted)


@router.post("/api/feeds/import", tags=["feeds"])
def import_json(
    visitor: Operator,
    site: SiteDep,
    document: Annotated[bytes, Body(media_type="text/x-opml", description="An OPML file of another feed reader.")],
    only_look: Annotated[bool, Query(description="Tell what would be added, and change nothing.")] = False,  # noqa: FBT002 - a query parameter
) -> Imported:
    """Add the feeds of an OPML file, with tier 4 until somebody vets them."""
    return take_over(site, visitor, document, only_look=only_look)
