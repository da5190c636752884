"""Which times may config/alerts.yaml name? Alertmanager's time intervals, with IANA zones."""

from __future__ import annotations

import re
from typing import Self

from pydantic import BaseModel, Field, model_validator

from newswatch.alerts.checks import STRICT, zone

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class TimeRange(BaseModel):
    """From `start_time` up to, not including, `end_time`; as in Alertmanager it cannot span midnight, write two."""

    model_config = STRICT

    start_time: str = Field("00:00", description="HH:MM")
    end_time: str = Field("24:00", description="HH:MM, 24:00 for the end of the day")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for clock in (self.start_time, self.end_time):
            if not _CLOCK.fullmatch(clock):
                raise ValueError(f"{clock!r} is not a time of day; write HH:MM")
        if self.start_time >= self.end_time:
            raise ValueError(
                f"{self.start_time}-{self.end_time} does not end after it starts; a range over midnight is two ranges"
            )
        return self


class TimeSpan(BaseModel):
    """All conditions must hold; one that is left out always holds."""

    model_config = STRICT

    times: tuple[TimeRange, ...] = Field((), description="Times of day.")
    weekdays: tuple[str, ...] = Field((), description="monday, or ranges such as monday:friday.")
    days_of_month: tuple[str, ...] = Field((), description="1, 15, ranges 1:5, from the end -1.")
    months: tuple[str, ...] = Field((), description="1..12 or ranges 6:8.")
    dates: tuple[str, ...] = Field((), description="Single days, YYYY-MM-DD (public holidays).")
    location: str = Field("UTC", description="IANA zone of all of these.")

    @model_validator(mode="after")
    def _readable(self) -> Self:
        zone(self.location)
        for day in self.weekdays:
            if any(part not in WEEKDAYS for part in day.split(":")):
                raise ValueError(f"{day!r} is not a weekday; write monday or monday:friday")
        for text, lowest, highest in (
            *((day, -31, 31) for day in self.days_of_month),
            *((month, 1, 12) for month in self.months),
        ):
            if not all(re.fullmatch(r"-?\d+", part) and lowest <= int(part) <= highest for part in text.split(":")):
                raise ValueError(f"{text!r} is not a number or range between {lowest} and {highest}")
        for day in self.dates:
            if not _DATE.fullmatch(day):
                raise ValueError(f"{day!r} is not a date; write YYYY-MM-DD")
        return self


class TimeInterval(BaseModel):
    """A named set of times."""

    model_config = STRICT

    name: str = Field(min_length=1, description="The name routes use.")
    time_intervals: tuple[TimeSpan, ...] = Field(description="It is in force when any of these is.")
