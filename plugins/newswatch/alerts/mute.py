"""Is a route silent now? Alertmanager's time intervals, in IANA zones, so that a change of the clocks moves nothing."""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from newswatch.alerts.times import WEEKDAYS, TimeInterval, TimeSpan


def find_mute(names: Iterable[str], intervals: Iterable[TimeInterval], now: datetime) -> str | None:
    """The name of the first of these intervals that is in force at `now`, or None."""
    by_name = {interval.name: interval for interval in intervals}
    return next((name for name in names if any(covers(span, now) for span in by_name[name].time_intervals)), None)


def covers(span: TimeSpan, now: datetime) -> bool:
    """Whether `now` (any zone) falls into the span, read in the span's own zone."""
    local = now.astimezone(ZoneInfo(span.location))
    return (
        _clock_fits(span, local)
        and (not span.weekdays or any(_in_range(local.weekday(), day, WEEKDAYS.index) for day in span.weekdays))
        and (not span.days_of_month or any(_day_fits(local, day) for day in span.days_of_month))
        and (not span.months or any(_in_range(local.month, month, int) for month in span.months))
        and (not span.dates or local.date().isoformat() in span.dates)
    )


def _clock_fits(span: TimeSpan, local: datetime) -> bool:
    clock = f"{local:%H:%M}"
    return not span.times or any(times.start_time <= clock < times.end_time for times in span.times)


def _in_range(value: int, text: str, number_of: Callable[[str], int]) -> bool:
    first, _, last = text.partition(":")
    start, end = number_of(first), number_of(last or first)
    return start <= value <= end if start <= end else value >= start or value <= end


def _day_fits(local: datetime, text: str) -> bool:
    """Days of the month; negative ones count from its end."""
    length = _days_in_month(local)

    def number_of(day: str) -> int:
        return int(day) if int(day) > 0 else length + 1 + int(day)

    return _in_range(local.day, text, number_of)


def _days_in_month(local: datetime) -> int:
    return calendar.monthrange(local.year, local.month)[1]
