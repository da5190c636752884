"""Who does not want to hear of what, until when? A silence is made from an alert's row, and ended from the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BaseModel, ConfigDict, Field, field_validator

from newswatch.alerts.matchers import parse_matcher
from newswatch.storage import alerts as storage
from newswatch.storage.pages.inbox import InboxRow, find_row
from newswatch.web.access import User, Viewer, Visitor
from newswatch.web.answers import back_to
from newswatch.web.asked import AlertKey, SilenceId, Text, Visible
from newswatch.web.render import is_fragment, render
from newswatch.web.site import Site, SiteDep

HOURS = {"1h": 1, "6h": 6, "24h": 24, "7d": 168}
LONGEST = timedelta(days=366)
router = APIRouter()


@dataclass(frozen=True)
class SilenceRow:
    """A silence. `ends_at` None: until the story it names is quiet."""

    silence_id: int
    matchers: tuple[str, ...]
    receiver: str | None
    ceiling: int
    author: str
    reason: str
    starts_at: datetime
    ends_at: datetime | None


class NewSilence(BaseModel):
    """What shall not be told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    matchers: tuple[Annotated[str, Visible], ...] = Field(
        min_length=1, max_length=20, description='All must hold, such as "pair=PRK→JPN", "severity=~[12]".'
    )
    reason: Annotated[str, Field(min_length=1, max_length=300), Visible] = Field(
        description="Why; shown wherever it holds something back."
    )
    ends_at: datetime | None = Field(
        None, description="With offset. Empty: until the story named by a `story=` matcher is quiet."
    )
    ceiling: int = Field(5, ge=1, le=5, description="Holds back up to this severity; graver stories break through.")
    receiver: Text = Field(None, description="Only for this receiver; empty: for all.")

    @field_validator("matchers")
    @classmethod
    def _readable(cls, matchers: tuple[str, ...]) -> tuple[str, ...]:
        for matcher in matchers:
            parse_matcher(matcher)
        return matchers

    @field_validator("ends_at")
    @classmethod
    def _aware(cls, ends_at: datetime | None) -> datetime | None:
        if ends_at is not None and ends_at.tzinfo is None:
            raise ValueError("needs an offset, such as 2026-03-01T12:00:00Z")
        return ends_at


class FromRow(BaseModel):
    """What the form beside an alert says."""

    model_config = ConfigDict(frozen=True)

    about: Literal["story", "pair"] = "story"
    until: Literal["1h", "6h", "24h", "7d", "quiet"] = "24h"
    reason: Annotated[str, Field(max_length=300), Visible] = ""


def add(site: Site, visitor: Visitor, silence: NewSilence) -> SilenceRow:
    """Keep a silence. Raises HTTPException for an end that makes no sense."""
    now = site.now
    if silence.ends_at is None and not any(matcher.startswith("story=") for matcher in silence.matchers):
        raise HTTPException(422, "A silence without an end must name its story (story=…), with which it ends.")
    if silence.ends_at is not None and not now < silence.ends_at <= now + LONGEST:
        raise HTTPException(422, "The end must lie ahead, by a year at most. Nothing was changed.")
    row: dict[str, Any] = silence.model_dump() | {
        "matchers": [str(parse_matcher(matcher)) for matcher in silence.matchers],
        "author": visitor.name,
        "starts_at": now,
    }
    with site.db.begin() as connection:
        silence_id = storage.add_silence(connection, row)
        stored = storage.find_silences(connection, now=now)
    return next(_row(one) for one in stored if one["silence_id"] == silence_id)


def from_row(row: InboxRow, asked: FromRow, now: datetime) -> NewSilence:
    """The silence that the form beside `row` asks for: up to the severity of the story, so that a graver turn is told."""
    pair = f"pair={row.source or '?'}→{row.target or '?'}"
    wanted = pair if asked.about == "pair" and (row.source or row.target) else f"story={row.story_id}"
    until = None if asked.until == "quiet" else now + timedelta(hours=HOURS[asked.until])
    if until is None and wanted == pair:
        wanted = f"story={row.story_id}"
    return NewSilence(
        matchers=(wanted,),
        reason=asked.reason.strip() or "from the Alerts page",
        ends_at=until,
        ceiling=row.severity,
        receiver=None,
    )


def in_force(site: Site) -> tuple[SilenceRow, ...]:
    """Silences in force or to come, newest first."""
    with site.db.read() as connection:
        return tuple(_row(one) for one in storage.find_silences(connection, now=site.now))


def end(site: Site, silence_id: int) -> None:
    """End a silence now. Raises HTTPException when there is none of that number in force."""
    with site.db.begin() as connection:
        if not storage.end_silence(connection, silence_id, site.now):
            raise HTTPException(404, f"Silence #{silence_id} is not in force. Somebody may have ended it before you.")


@router.get("/silences", response_class=HTMLResponse, include_in_schema=False)
def silences_page(request: Request, visitor: Viewer, site: SiteDep) -> HTMLResponse:
    """What is silenced now."""
    return render(request, "silences.html", visitor, silences=in_force(site))


@router.post("/alerts/{alert_key}/silence", include_in_schema=False)
def silence_from_row(
    request: Request, alert_key: AlertKey, visitor: User, site: SiteDep, asked: Annotated[FromRow, Form()]
) -> Response:
    """From the page: no more of this, for a while."""
    with site.db.read() as connection:
        row = find_row(connection, alert_key)
    if row is None:
        raise HTTPException(404, "There is no such alert. Nothing was changed.")
    silence = add(site, visitor, from_row(row, asked, site.now))
    if is_fragment(request):
        return render(request, "answer_bar.html", visitor, row=row, silenced=silence)
    return back_to(request, "/silences")


@router.post("/silences/{silence_id}/end", include_in_schema=False)
def end_from_page(request: Request, silence_id: SilenceId, visitor: User, site: SiteDep) -> Response:
    """From the page: tell us again."""
    end(site, silence_id)
    return back_to(request, "/silences")


@router.get("/api/silences", tags=["silences"])
def silences_json(visitor: Viewer, site: SiteDep) -> list[SilenceRow]:
    """Silences in force or to come, newest first."""
    return list(in_force(site))


@router.post("/api/silences", status_code=201, tags=["silences"])
def add_json(silence: NewSilence, visitor: User, site: SiteDep) -> SilenceRow:
    """Silence what fits all matchers."""
    return add(site, visitor, silence)


@router.post("/api/silences/{silence_id}/end", tags=["silences"])
def end_json(silence_id: SilenceId, visitor: User, site: SiteDep) -> dict[str, int]:
    """End a silence now."""
    end(site, silence_id)
    return {"ended": silence_id}


def _row(row: dict[str, Any]) -> SilenceRow:
    names = ("silence_id", "receiver", "ceiling", "author", "reason", "starts_at", "ends_at")
    return SilenceRow(matchers=tuple(row["matchers"]), **{name: row[name] for name in names})
