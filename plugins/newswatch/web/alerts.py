"""The Alerts page: what were people told, what was held back and why? Its filters stand in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from newswatch.domain import HoldReason
from newswatch.storage.pages.inbox import InboxRow, Wanted, find_inbox, find_pairs, find_receivers
from newswatch.web.access import Viewer
from newswatch.web.asked import InboxAsked, address, sides_of
from newswatch.web.render import at_address, is_fragment, render
from newswatch.web.site import Site, SiteDep

ROWS = 50
HOLD_REASONS: tuple[str, ...] = get_args(HoldReason)
router = APIRouter()
InboxQuery = Annotated[InboxAsked, Query()]


@dataclass(frozen=True)
class Inbox:
    """One page of rows; `more` tells whether there is another."""

    rows: tuple[InboxRow, ...]
    page: int
    more: bool


def wanted_of(asked: InboxAsked, site: Site) -> Wanted:
    """What the storage is asked for, one row more than is shown."""
    source, target = sides_of(asked.pair)
    return Wanted(
        view=asked.view, signal=asked.signal, source=source, target=target, severity_from=asked.severity,
        state=asked.state, receiver=asked.receiver, reason=asked.reason if asked.view == "held" else None,
        open_only=asked.open, since=site.now - timedelta(days=asked.days), order=asked.order,
        offset=(asked.page - 1) * ROWS, limit=ROWS + 1,
    )  # fmt: skip


def inbox(asked: InboxAsked, site: Site) -> Inbox:
    """The rows that were asked for."""
    with site.db.read() as connection:
        rows = find_inbox(connection, wanted_of(asked, site))
    return Inbox(tuple(rows[:ROWS]), asked.page, len(rows) > ROWS)


@router.get("/", response_class=HTMLResponse, include_in_schema=False)
def alerts_page(request: Request, asked: InboxQuery, visitor: Viewer, site: SiteDep) -> HTMLResponse:
    """The page, or its list alone for the script that keeps it fresh."""
    shown: dict[str, Any] = {
        "asked": asked,
        "inbox": inbox(asked, site),
        "query": lambda **changes: urlencode(address(asked, **changes)),
    }
    if is_fragment(request):
        return at_address(render(request, "inbox.html", visitor, **shown), request, shown["query"]())
    with site.db.read() as connection:
        pairs = find_pairs(connection, since=site.now - timedelta(days=30), limit=60)
        receivers = find_receivers(connection)
    return render(request, "alerts.html", visitor, pairs=pairs, receivers=receivers, hold_reasons=HOLD_REASONS, **shown)


@router.get("/api/alerts", tags=["alerts"])
def alerts_json(asked: InboxQuery, visitor: Viewer, site: SiteDep) -> Inbox:
    """What people were told, or were not and why; one row a story."""
    return inbox(asked, site)
