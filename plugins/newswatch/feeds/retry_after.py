"""How long does the server ask us to wait, and for how long does it say its answer stays fresh?"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MAX_AGE = re.compile(r"(?:^|[\s,])(?:max-age|s-maxage)\s*=\s*\"?(\d{1,9})", re.IGNORECASE)


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """Seconds until the moment that `Retry-After` names (a number, or an HTTP date); None for none, junk, or the
    past.
    """
    if not header:
        return None
    seconds = _number(header.strip())
    if seconds is None:
        seconds = _seconds_until(header.strip(), now)
    return seconds if seconds is not None and seconds > 0 else None


def max_age_seconds(cache_control: str | None) -> int | None:
    """The `max-age` of a Cache-Control header; None when it names none, or forbids caching."""
    found = _MAX_AGE.search(cache_control or "")
    return int(found.group(1)) if found and "no-" not in (cache_control or "").lower() else None


def _number(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None


def _seconds_until(text: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
