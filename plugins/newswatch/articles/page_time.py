"""When does the page itself say it was published, to the second?"""

from __future__ import annotations

import re
from datetime import UTC, datetime

LOOKED_AT = 400_000  # bytes; JSON-LD and meta elements stand in the head
_PLACES = (
    re.compile(rb'"datePublished"\s*:\s*"([0-9T:.+\-Z ]{10,40})"'),
    re.compile(
        rb'<meta[^>]{1,200}(?:article:published_time|datePublished|date\.issued|parsely-pub-date)["\'][^>]{0,100}'
        rb'content=["\']([0-9T:.+\-Z ]{10,40})',
        re.IGNORECASE,
    ),
    re.compile(
        rb'<time[^>]{1,200}datetime=["\']([0-9T:.+\-Z ]{10,40})["\'][^>]{0,100}(?:pubdate|published)', re.IGNORECASE
    ),
)


def published_time(body: bytes) -> datetime | None:
    """The publication time that the page's metadata name, in UTC (a time without a zone is taken as UTC); None for
    none.
    """
    for place in _PLACES:
        if (found := place.search(body, 0, LOOKED_AT)) and (moment := _moment(found.group(1).decode("ascii"))):
            return moment
    return None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None
