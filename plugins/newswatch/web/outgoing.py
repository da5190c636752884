"""The outgoing feed: alerts for feed readers and other programs, which cannot log in as a person does.

Who may read it: whoever may read the pages; and, where NEWSWATCH_FEED_TOKEN is set, whoever has that token, as the password of
HTTP Basic (any user name) or, for readers that know only addresses, as `?token=`. The token opens this one address and nothing
else; a new value shuts out whoever had the old one.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response

from newswatch.exports.rss import alerts_feed
from newswatch.storage.told import find_told
from newswatch.web.access import Needs, Visitor
from newswatch.web.site import SiteDep

SHORTEST_TOKEN = 24  # characters; a shorter one is treated as none
DAYS, ENTRIES = 14, 100
router = APIRouter()


class FeedResponse(Response):
    """RSS, as the interface's description names it."""

    media_type = "application/rss+xml"


class NeedsReader(Needs):
    """Lets a viewer pass, and whoever shows the feed's token."""

    async def __call__(self, request: Request) -> Visitor:
        expected: str | None = request.app.state.site.feed_token
        given = token_in(request)
        if is_token(given, expected):
            return Visitor("feed reader", frozenset({"viewer"}))
        try:
            return await super().__call__(request)
        except HTTPException as refused:  # a feed reader sends its password only when asked
            asks = {"WWW-Authenticate": 'Basic realm="Newswatch alerts"'} if expected else None
            raise HTTPException(refused.status_code, refused.detail, asks) from None


def is_token(given: str | None, expected: str | None) -> bool:
    """Whether the feed's token was shown; never while none, or one too short to be a secret, is set."""
    if given is None or expected is None or len(expected) < SHORTEST_TOKEN:
        return False
    return hmac.compare_digest(given.encode(), expected.encode())


def token_in(request: Request) -> str | None:
    """The password of HTTP Basic, or `?token=`; None when there is neither."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return request.query_params.get("token")
    try:
        return b64decode(value, validate=True).decode().partition(":")[2]
    except ValueError:  # not base64, or not text
        return None


Reader = Annotated[Visitor, Depends(NeedsReader("viewer"))]


@router.get("/api/alerts.rss", tags=["alerts"], response_class=FeedResponse)
@router.get("/alerts.rss", include_in_schema=False)
def alerts_rss(
    request: Request,
    visitor: Reader,
    site: SiteDep,
    receiver: Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")] = None,
    severity: Annotated[int, Query(ge=1, le=5)] = 1,
) -> Response:
    """The latest alerts as RSS 2.0, of one receiver or from a severity on; 304 when the reader has them already."""
    since = site.now - timedelta(days=DAYS)
    with site.db.read() as connection:
        told = find_told(connection, since=since, receiver=receiver, min_severity=severity, limit=ENTRIES)
    today = site.now.replace(hour=0, minute=0, second=0, microsecond=0)
    here = request.url.remove_query_params("token")
    pages = str(here).partition("/api/alerts.rss")[0].partition("/alerts.rss")[0]
    body = alerts_feed(told, address=str(here), site=pages, now=today)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FeedResponse(body, headers=headers)
