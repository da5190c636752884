"""Who is told what, when? config/alerts.yaml in Alertmanager's words, with the same meaning where the word is the same."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from newswatch.alerts.checks import STRICT, zone
from newswatch.alerts.durations import Duration, MaybeDuration
from newswatch.alerts.times import TimeInterval
from newswatch.alerts.tree import InhibitRule, Route, walk

_SECRET = re.compile(r"\bxox[a-z]-|\bxapp-")


class Receiver(BaseModel):
    """A place where people are told."""

    model_config = STRICT

    name: str = Field(min_length=1, description="The name routes use.")
    kind: Literal["log", "slack"] = Field(
        "log", description="log: the message as text in the task log and on the Alerts page; slack: a channel."
    )
    channel: str = Field("", description="Slack only: the channel's id or #name. Invite the bot to it.")
    fallback_channel: str = Field(
        "", description="Slack only: told instead, when the channel is gone or refuses the bot."
    )
    mention: str = Field(
        "",
        description="Slack only: who is mentioned, as <!subteam^S012> or <@U012>; from here alone, never from news.",
    )
    mention_from: int = Field(5, ge=1, le=5, description="The mention is added from this severity on.")
    storm: int = Field(20, ge=1, description="More new alerts than this in one run become one digest with a thread.")
    zone: str = Field("UTC", description="IANA zone in which this receiver's times are shown and its day begins.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind == "slack" and not self.channel:
            raise ValueError(f"receiver {self.name!r} is of kind slack and needs a `channel`")
        if any(_SECRET.search(text) for text in (self.channel, self.fallback_channel, self.mention, self.name)):
            raise ValueError(
                "a Slack token does not belong in a file; put it into the Airflow connection slack_default"
            )
        zone(self.zone)
        return self


class SlackSettings(BaseModel):
    """How messages are sent."""

    model_config = STRICT

    seconds_per_message: float = Field(1.0, ge=0, description="Slack takes one message a second and channel.")
    timeout_seconds: float = Field(15, gt=0, le=60, description="One request to Slack takes no longer.")
    without_history: Literal["resend", "hold"] = Field(
        "resend",
        description="Unsure whether a message arrived, and the bot may not read the channel: "
        "resend, flagged as possible duplicate, or hold for a person.",
    )
    team_id: str = Field(
        "", description="Clicks from another Slack workspace are refused; empty: any that the signing secret signs."
    )


class OutboxSettings(BaseModel):
    """How often, and for how long, sending is tried."""

    model_config = STRICT

    lease: Duration = Field(
        timedelta(seconds=120), description="A message claimed by a task that died is free again after so long."
    )
    retry_first: Duration = Field(
        timedelta(seconds=5), description="Wait before the second attempt; doubled each time, with jitter."
    )
    retry_last: Duration = Field(
        timedelta(minutes=15),
        description="The longest wait between attempts, and the longest Retry-After that is believed.",
    )
    give_up: Duration = Field(
        timedelta(hours=24), description="After so long a message is dead and the operators are told."
    )
    late: Duration = Field(timedelta(minutes=30), description="A message sent later than this says so.")


class OperatorSettings(BaseModel):
    """What the people who run this are told."""

    model_config = STRICT

    receiver: str | None = Field(
        None, description="Who gets operators' notices; none: they stand in the task log alone."
    )
    queue_older_than: Duration = Field(
        timedelta(minutes=30), description="Notice when the oldest waiting message is older."
    )
    heartbeat: MaybeDuration = Field(
        timedelta(days=1), description="Say that all is well when nothing was sent for so long; off: never."
    )
    repeat: Duration = Field(timedelta(hours=6), description="The same trouble is not told again sooner.")


class DigestSettings(BaseModel):
    """The daily digest."""

    model_config = STRICT

    receivers: tuple[str, ...] = Field((), description="Who gets it.")
    at: str = Field("07:00", description="HH:MM in the receiver's zone.")
    top_stories: int = Field(8, ge=1, le=20, description="Stories told by name.")


class AlertSettings(BaseModel):
    """config/alerts.yaml"""

    model_config = STRICT

    route: Route = Field(
        Route(
            receiver="desk",
            min_severity=3,
            group_by=("story",),
            group_wait=timedelta(seconds=30),
            group_interval=timedelta(minutes=5),
        ),
        description="The root of the route tree; every story that no child takes ends here.",
    )
    receivers: tuple[Receiver, ...] = Field(
        (Receiver(name="desk", kind="log"),), description="Everyone who can be told."
    )
    inhibit_rules: tuple[InhibitRule, ...] = Field((), description="Graver stories that hold back lesser ones.")
    time_intervals: tuple[TimeInterval, ...] = Field((), description="Named times for mute_time_intervals.")
    updates_after: Duration = Field(
        timedelta(minutes=10), description="A story's thread gets no second update sooner, unless it is graver."
    )
    stale_after: Duration = Field(
        timedelta(hours=24), description="A story whose last report is older when first decided on is not news."
    )
    slack: SlackSettings = SlackSettings()
    outbox: OutboxSettings = OutboxSettings()
    operators: OperatorSettings = OperatorSettings()
    digest: DigestSettings = DigestSettings()

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        names = [receiver.name for receiver in self.receivers]
        if len(set(names)) < len(names):
            raise ValueError("two receivers have the same name")
        if self.route.matchers:
            raise ValueError("the root route takes every story and cannot have matchers; give them to a child")
        if self.route.receiver is None:
            raise ValueError("the root route needs a receiver")
        intervals = {interval.name for interval in self.time_intervals}
        for route in walk(self.route):
            if route.receiver not in (None, "none", *names):
                raise ValueError(
                    f"route names the receiver {route.receiver!r}, which is not among receivers: {', '.join(names)}"
                )
            for name in route.mute_time_intervals:
                if name not in intervals:
                    raise ValueError(f"route names the time interval {name!r}, which is not among time_intervals")
        for told in (self.operators.receiver, *self.digest.receivers):
            if told not in (None, *names):
                raise ValueError(f"{told!r} is not among receivers: {', '.join(names)}")
        return self

    @property
    def receivers_by_name(self) -> dict[str, Receiver]:
        return {receiver.name: receiver for receiver in self.receivers}
