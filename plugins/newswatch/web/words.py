"""How do moments, pairs, states and numbers read on a page? Jinja's filters, pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from newswatch.alerts.message import WORDS
from newswatch.alerts.plain import web_link

BARS = 24
BAR_HEIGHTS = {"not_modified": 7, "fetched": 11, "failed": 14}
MINUTE, HOUR, DAY = 60, 3600, 86400
STATES = {
    "false_alarm": "false alarm",
    "not_modified": "not modified",
    "in_story": "in a story",
    "no_signal": "no signal",
    "unsupported_language": "language without a model",
    "below_severity": "below severity",
    "no_route": "no route",
    "known_already": "known already",
    "not_for_us": "not for us",
    "not_news": "not news",
    "wrong_signal": "wrong signal",
    "found": "files edited",  # an action of the audit
    "rolled_back": "rolled back",
}
SIGNALS = {"deescalation": "de-escalation"}


def severity_word(level: int) -> str:
    """NOTE, LOW, ELEVATED, HIGH or CRITICAL."""
    return WORDS[level]


def state_word(state: str | None) -> str:
    """A state, fate, verdict or reason for people."""
    return STATES.get(state or "", (state or "pending").replace("_", " "))


def signal_word(signal: str) -> str:
    """A signal for people."""
    return SIGNALS.get(signal, signal)


def pair_word(source: str | None, target: str | None) -> str:
    """`PRK → JPN`; "?" for a side that is not known; "" when neither is."""
    return f"{source or '?'} → {target or '?'}" if source or target else ""


def user_word(user_id: str) -> str:
    """Who answered: Airflow's name, or Slack's id as it is."""
    return user_id.removeprefix("airflow:")


def ago(moment: datetime | None, now: datetime) -> str:
    """`just now`, `12 min ago`, `3 h ago`, `5 d ago`, or `in 4 min`."""
    if moment is None:
        return "never"
    seconds = (now - moment).total_seconds()
    if abs(seconds) < MINUTE:
        return "just now"
    told = span(abs(seconds))
    return f"{told} ago" if seconds > 0 else f"in {told}"


def span(seconds: float | None) -> str:
    """`40 s`, `12 min`, `3 h`, `5 d`."""
    if seconds is None:
        return "–"
    for unit, word in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= unit * (1 if unit == MINUTE else 1.5):
            return f"{seconds / unit:.0f} {word}"
    return f"{seconds:.0f} s"


def clock(moment: datetime | None, now: datetime) -> str:
    """`14:05` for today, `22 Nov 14:05` for this year, `22 Nov 2025 14:05` before; UTC."""
    if moment is None:
        return "–"
    moment, now = moment.astimezone(UTC), now.astimezone(UTC)
    if moment.date() == now.date():
        return f"{moment:%H:%M}"
    return f"{moment:%d %b %H:%M}" if moment.year == now.year else f"{moment:%d %b %Y %H:%M}"


def day(moment: datetime, now: datetime) -> str:
    """`Today`, `Yesterday`, `Friday 20 November`; UTC."""
    days = (now.astimezone(UTC).date() - moment.astimezone(UTC).date()).days
    if days in (0, 1):
        return ("Today", "Yesterday")[days]
    return f"{moment.astimezone(UTC):%A %d %B}" + ("" if moment.year == now.year else f" {moment.year}")


def groupby_day(rows: Iterable[Any], now: datetime) -> list[tuple[str, list[Any]]]:
    """Rows that follow one another in time, under the day on which they were decided."""
    return [(heading, list(group)) for heading, group in groupby(rows, lambda row: day(row.decided_at, now))]


def fetch_bars(statuses: Sequence[str]) -> list[tuple[str, str]]:
    """(status, SVG path) for the bars of the last fetches, the latest at the right; height tells the status, not colour alone."""
    outlines: dict[str, str] = {}
    for place, status in enumerate(statuses, start=BARS - len(statuses)):
        height = BAR_HEIGHTS.get(status, BAR_HEIGHTS["failed"])
        outlines[status] = outlines.get(status, "") + f"M{6 * place} 14v-{height}h4v{height}z"
    return sorted(outlines.items())


def size(count: int) -> str:
    """Bytes in kB or MB."""
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{count / 1000:.0f} kB"


def listed(words: tuple[str, ...], most: int = 3) -> str:
    """`A, B, C and 4 more`."""
    told = ", ".join(words[:most])
    return f"{told} and {len(words) - most} more" if len(words) > most else told


FILTERS = {
    "severity_word": severity_word,
    "state_word": state_word,
    "signal_word": signal_word,
    "user_word": user_word,
    "span": span,
    "size": size,
    "listed": listed,
    "groupby_day": groupby_day,
    "fetch_bars": fetch_bars,
    "link": web_link,  # only http and https pass; None for anything else
}
