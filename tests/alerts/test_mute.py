"""When is a route silent? In the zone of the people it serves, whatever their clocks do."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from newswatch.alerts.mute import covers, find_mute
from newswatch.alerts.times import TimeInterval, TimeSpan

NIGHT_SEOUL = {
    "times": [{"start_time": "22:00", "end_time": "24:00"}, {"start_time": "00:00", "end_time": "07:00"}],
    "location": "Asia/Seoul",
}
NIGHT_LONDON = {"times": [{"start_time": "01:00", "end_time": "02:00"}], "location": "Europe/London"}

ROWS = {
    "22:00 in Seoul": (NIGHT_SEOUL, "2022-01-05T13:00", True),
    "21:59 in Seoul": (NIGHT_SEOUL, "2022-01-05T12:59", False),
    "after midnight in Seoul": (NIGHT_SEOUL, "2022-01-05T15:00", True),
    "07:00 in Seoul, the end is not in it": (NIGHT_SEOUL, "2022-01-05T22:00", False),
    "half past one in London, winter": (NIGHT_LONDON, "2022-01-05T01:30", True),
    "half past one in London, summer": (NIGHT_LONDON, "2022-07-05T00:30", True),
    "the same in UTC is half past two": (NIGHT_LONDON, "2022-07-05T01:30", False),
    "the hour that is left out in spring never comes": (NIGHT_LONDON, "2022-03-27T01:00", False),
    "the hour that comes twice in autumn: first": (NIGHT_LONDON, "2022-10-30T00:30", True),
    "the hour that comes twice in autumn: again": (NIGHT_LONDON, "2022-10-30T01:30", True),
    "a weekday in a range": ({"weekdays": ["monday:friday"]}, "2022-01-05T12:00", True),
    "Saturday is not": ({"weekdays": ["monday:friday"]}, "2022-01-08T12:00", False),
    "a range over the end of the week": ({"weekdays": ["saturday:monday"]}, "2022-01-09T12:00", True),
    "it is Sunday already in Seoul": ({"weekdays": ["sunday"], "location": "Asia/Seoul"}, "2022-01-08T16:00", True),
    "the last day of a month": ({"days_of_month": ["-1"]}, "2022-02-28T12:00", True),
    "a leap day is the last": ({"days_of_month": ["-1"]}, "2024-02-28T12:00", False),
    "the last three days": ({"days_of_month": ["-3:-1"]}, "2022-01-29T12:00", True),
    "a month": ({"months": ["12:2"]}, "2022-01-05T12:00", True),
    "a public holiday": ({"dates": ["2022-01-05"]}, "2022-01-05T12:00", True),
    "all conditions must hold": ({"weekdays": ["wednesday"], "dates": ["2022-01-06"]}, "2022-01-05T12:00", False),
}  # fmt: skip


@pytest.mark.parametrize("name", ROWS)
def test_span(name):
    span, moment, expected = ROWS[name]
    assert covers(TimeSpan.model_validate(span), datetime.fromisoformat(moment).replace(tzinfo=UTC)) is expected


def test_the_interval_in_force_is_named():
    intervals = [TimeInterval(name="holidays", time_intervals=(TimeSpan(dates=("2022-01-05",)),))]
    now = datetime(2022, 1, 5, tzinfo=UTC)
    assert find_mute(("holidays",), intervals, now) == "holidays"
    assert find_mute((), intervals, now) is None


MISTAKES = {
    "over midnight": ({"times": [{"start_time": "22:00", "end_time": "07:00"}]}, "a range over midnight is two ranges"),
    "no such hour": ({"times": [{"start_time": "25:00"}]}, "is not a time of day"),
    "no such day": ({"weekdays": ["mon"]}, "is not a weekday"),
    "no such zone": ({"location": "Seoul"}, "is not an IANA time zone"),
    "no such month": ({"months": ["13"]}, "between 1 and 12"),
    "no such date": ({"dates": ["5 January"]}, "is not a date"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named(name):
    span, complaint = MISTAKES[name]
    with pytest.raises(ValidationError, match=complaint):
        TimeSpan.model_validate(span)
