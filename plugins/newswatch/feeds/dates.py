"""When was this published, as far as the publisher can be believed?

Publishers' dates are evidence, never control: a date in the future is pulled back to now, an absurd one is dropped,
and both are flagged. Scheduling uses our own clock.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from time import struct_time

CLOCK_SKEW = timedelta(minutes=10)  # a server may run ahead of us by so much
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web; 1970-01-01 is what software writes when it knows no date
GUESSES = 5  # failures after which a feed's dates are no longer given to the slow guesser (about 10 ms each)
# The guesser tries one language after the other; all of its 200 take it two seconds for a text that is no date.
LANGUAGES = ["fr", "es", "de", "it", "pt", "ru", "uk", "pl", "nl", "sv", "tr", "el", "ar", "fa", "he", "zh", "ja", "ko"]


def believed(moment: datetime | None, now: datetime) -> tuple[datetime | None, str | None]:
    """A publisher's date as we use it, and the flag that goes with it: `undated`, `ancient`, `future` or None."""
    if moment is None:
        return None, "undated"
    if moment < OLDEST:
        return None, "ancient"
    if moment > now + CLOCK_SKEW:
        return now, "future"
    return moment, None


def from_struct(fields: struct_time | None) -> datetime | None:
    """feedparser's UTC struct as a datetime; None for what no calendar holds (second 61, year 0)."""
    if fields is None:
        return None
    try:
        return datetime(*fields[:5], min(fields[5], 59), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


class DateGuesser:
    """Reads dates in other languages ("12 février 2026 à 10:15"). Slow, so it gives up on a feed after a few
    failures.
    """

    def __init__(self) -> None:
        self._failures = 0

    def guess(self, text: str) -> datetime | None:
        """The moment that `text` names (UTC where it names no zone), or None."""
        if self._failures >= GUESSES or not 6 <= len(text) <= 80 or not any(letter.isdigit() for letter in text):
            return None
        found = _guessed(text)
        self._failures += found is None
        return found


def _guessed(text: str) -> datetime | None:
    import dateparser

    settings = {"TIMEZONE": "UTC", "RETURN_AS_TIMEZONE_AWARE": True, "REQUIRE_PARTS": ["day", "month", "year"]}
    try:
        found: datetime | None = dateparser.parse(text, languages=LANGUAGES, settings=settings)
        return found.astimezone(UTC) if found else None
    except (ValueError, OverflowError, TypeError):
        return None
