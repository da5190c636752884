"""What may stand in the route tree and among the inhibit rules of config/alerts.yaml?"""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, field_validator

from newswatch.alerts.checks import STRICT, known_labels, readable_matchers
from newswatch.alerts.durations import Duration, MaybeDuration
from newswatch.alerts.matchers import Matcher, parse_matcher


class Budget(BaseModel):
    """At most so many messages; what is graver than all of them still goes out."""

    model_config = STRICT

    count: int = Field(ge=1, description="Messages.")
    within: Duration = Field(timedelta(days=1), description="Counted over this time back from now.")
    by: tuple[str, ...] = Field(
        ("pair", "family"), description="Counted separately for each combination of these labels."
    )
    break_through: int = Field(
        5, ge=1, le=5, description="From this severity a message goes out even beyond the budget."
    )

    @field_validator("by")
    @classmethod
    def _known(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        return known_labels(labels)


class Route(BaseModel):
    """A node of the route tree. A child inherits what it does not set."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    receiver: str | None = Field(None, description="Who is told; `none` tells nobody and says so in the decision.")
    matchers: tuple[str, ...] = Field(
        (), description='Conditions, all of which must hold: label=value, label!=value, label=~"regex", label!~"regex".'
    )
    min_severity: int | None = Field(
        None, ge=1, le=5, description="Stories below this severity are recorded, not told."
    )
    group_by: tuple[str, ...] | None = Field(
        None, description="Stories with the same values of these labels share one message and its thread."
    )
    group_wait: Duration | None = Field(
        None, description="A first message waits so long for more reports; severity 5 does not wait."
    )
    group_interval: Duration | None = Field(
        None,
        description="For so long further stories of a group go into its thread; graver ones get their own message.",
    )
    repeat_interval: MaybeDuration = Field(
        None, description="A story that goes on is recalled after so long; off: never."
    )
    budget: Budget | None = Field(None, description="At most so many messages by this route.")
    mute_time_intervals: tuple[str, ...] = Field(
        (), description="Names of time_intervals in which this route is silent; what it held is told afterwards."
    )
    mute_ceiling: int = Field(
        5, ge=1, le=5, description="A mute holds back up to this severity; graver breaks through."
    )
    continue_: bool = Field(
        default=False, alias="continue", description="Go on to the next sibling after this route has matched."
    )
    routes: tuple[Route, ...] = Field(
        (), description="Children; the first that matches decides, unless it says continue."
    )

    @field_validator("matchers")
    @classmethod
    def _parse(cls, matchers: tuple[str, ...]) -> tuple[str, ...]:
        return readable_matchers(matchers)

    @field_validator("group_by")
    @classmethod
    def _known(cls, labels: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if labels is None else known_labels(labels)

    @property
    def conditions(self) -> tuple[Matcher, ...]:
        return tuple(parse_matcher(matcher) for matcher in self.matchers)


class InhibitRule(BaseModel):
    """While a story that fits `source_matchers` was told lately, stories that fit `target_matchers` are not."""

    model_config = STRICT

    name: str = Field("", description="Shown as the reason.")
    source_matchers: tuple[str, ...] = Field(description="The graver story.")
    target_matchers: tuple[str, ...] = Field(description="The stories it holds back.")
    equal: tuple[str, ...] = Field(
        ("pair",),
        description="Labels whose values must be the same on both sides; `pair` also matches the pair reversed.",
    )
    within: Duration = Field(timedelta(hours=12), description="For so long after the graver story was last reported.")

    @field_validator("source_matchers", "target_matchers")
    @classmethod
    def _parse(cls, matchers: tuple[str, ...]) -> tuple[str, ...]:
        return readable_matchers(matchers)

    @field_validator("equal")
    @classmethod
    def _known(cls, labels: tuple[str, ...]) -> tuple[str, ...]:
        return known_labels(labels)


def walk(route: Route) -> tuple[Route, ...]:
    """The route and every route below it."""
    return (route, *(below for child in route.routes for below in walk(child)))
