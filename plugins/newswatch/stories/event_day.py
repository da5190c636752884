"""On which day did it happen, as the text itself says?

Only words that fix a day count: "on Tuesday", "yesterday", "Sept. 28". The publisher's clock is in UTC while a report names the
day of the place, so a weekday may lie one day ahead of the publication.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAY = re.compile(r"\b(?:(last|next|since|every|by|until)\s+)?(" + "|".join(_WEEKDAYS) + r")\b", re.IGNORECASE)
_MONTH_DAY = re.compile(
    r"\b(" + "|".join(_MONTHS) + r")[a-z]*\.?\s+(\d{1,2})\b(?!\s*[,:]?\s*(?:19|20)\d\d)", re.IGNORECASE
)
_DAY_MONTH = re.compile(r"\b(\d{1,2})\s+(" + "|".join(_MONTHS) + r")[a-z]*\b(?!\s*(?:19|20)\d\d)", re.IGNORECASE)
_YESTERDAY = re.compile(r"\b(yesterday|the day before|last night)\b", re.IGNORECASE)
_WEEKEND = re.compile(r"\b(?:last|over the|at the|past) weekend\b", re.IGNORECASE)
_AHEAD = ("next", "every", "by", "until", "since")  # these name another day than that of the event


def event_day(text: str, published_at: datetime) -> date | None:
    """The first day the text names for its event, near the publication; None when it names none."""
    return (
        _by_weekday(text, published_at)
        or _by_calendar(text, published_at)
        or _by_yesterday(text, published_at)
        or _by_weekend(text, published_at)
    )


def _by_weekday(text: str, published_at: datetime) -> date | None:
    for match in _WEEKDAY.finditer(text):
        if (match.group(1) or "").lower() not in _AHEAD:
            latest = (published_at + timedelta(hours=14)).date()  # the easternmost zone is UTC+14
            back = (latest.weekday() - _WEEKDAYS.index(match.group(2).lower())) % 7
            return latest - timedelta(days=back)
    return None


def _by_calendar(text: str, published_at: datetime) -> date | None:
    match = _MONTH_DAY.search(text)
    month, day = (match.group(1), match.group(2)) if match else ("", "")
    if match is None:
        match = _DAY_MONTH.search(text)
        month, day = (match.group(2), match.group(1)) if match else ("", "")
    if match is None:
        return None
    return _nearest(_MONTHS.index(month[:3].lower()) + 1, int(day), published_at)


def _nearest(month: int, day: int, published_at: datetime) -> date | None:
    """That day in the year of publication or the one before; None when it is not a day or lies over three weeks back."""
    for year in (published_at.year, published_at.year - 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if timedelta(days=-1) <= published_at.date() - found <= timedelta(days=21):
            return found
    return None


def _by_yesterday(text: str, published_at: datetime) -> date | None:
    return published_at.date() - timedelta(days=1) if _YESTERDAY.search(text) else None


def _by_weekend(text: str, published_at: datetime) -> date | None:
    """The Sunday before the publication; "last weekend" does not say more."""
    if not _WEEKEND.search(text):
        return None
    return published_at.date() - timedelta(days=published_at.isoweekday() % 7)
