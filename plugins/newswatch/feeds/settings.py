"""How are feeds fetched, and which are there?"""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from newswatch.domain import Feed

MINUTE = 60.0
HOUR = 3600.0


class FeedSettings(BaseModel):
    """Section `feeds` of config/newswatch.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    threads: int = Field(default=32, ge=1, le=256, description="Feeds fetched at the same time by one task.")
    host_pause_seconds: float = Field(
        default=5.0,
        ge=0,
        le=600,
        description="Rest between two requests to one host. None for hosts in network.allow_private.",
    )
    max_megabytes: float = Field(default=10.0, gt=0, le=100, description="Largest feed accepted, after decompression.")
    max_entries: int = Field(
        default=1000, ge=1, le=10_000, description="Entries read of one feed; the rest is counted."
    )
    shortest_interval_minutes: float = Field(default=5.0, ge=1, description="No feed is fetched more often than this.")
    interval_minutes: float = Field(default=60.0, ge=1, description="Interval of a feed that nothing is known about.")
    longest_interval_minutes: float = Field(
        default=360.0, ge=1, description="Interval of a feed that brings nothing new for days."
    )
    urgent_interval_minutes: float = Field(
        default=1.0, ge=1, description="Interval of feeds marked `urgent`, however little they bring."
    )
    new_entries_wanted: float = Field(
        default=2.0, gt=0, description="The interval adapts until a fetch brings about this many new entries."
    )
    jitter: float = Field(
        default=0.1, ge=0, le=0.5, description="Share of the interval by which fetches are spread out."
    )
    unconditional_hours: float = Field(
        default=24.0,
        gt=0,
        description="Every so often a feed is fetched whole: some servers answer `not modified` for ever.",
    )
    longest_backoff_hours: float = Field(
        default=24.0, gt=0, description="Longest wait after failures, and longest Retry-After obeyed."
    )
    pause_points: float = Field(
        default=30.0,
        gt=0,
        description="A feed is paused, and its operator told, after this many failures in a row "
        "(hard ones count 1, soft ones 0.5, name servers 0.25).",
    )
    gone_answers: int = Field(
        default=2, ge=1, description="A feed is paused after this many answers 410 (gone) in a row."
    )
    moved_answers: int = Field(
        default=3, ge=1, description="A new address is proposed after this many permanent redirects in a row to it."
    )
    push_address: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s?#]+$",
        max_length=500,
        description="Public address of our pages, such as https://desk.example/newswatch, at which WebSub hubs can reach us; "
        "empty: nothing is subscribed to.",
    )
    push_days: float = Field(
        default=7.0, gt=0, le=30, description="Lease asked of a hub; renewed when a third of it is left."
    )
    stale_days: float = Field(
        default=14.0, gt=0, description="A feed whose newest entry is older than this counts as stale."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.shortest_interval_minutes <= self.interval_minutes <= self.longest_interval_minutes:
            raise ValueError("expected shortest_interval_minutes <= interval_minutes <= longest_interval_minutes")
        return self

    @property
    def max_bytes(self) -> int:
        """`max_megabytes` in bytes."""
        return int(self.max_megabytes * 1024 * 1024)


class ListedFeed(BaseModel):
    """One feed in config/feeds.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$", description="Never changes: the history hangs on it.")
    name: str = Field(min_length=1, max_length=120, description="As people call the feed.")
    publisher: str = Field(min_length=1, max_length=120, description="Who is answerable for it.")
    url: str = Field(
        pattern=r"^https?://[^\s]+$", max_length=2048, description="The publisher's own address of the feed."
    )
    country: str | None = Field(
        default=None, pattern=r"^[A-Z]{3}$", description="Seat of the publisher, ISO 3166-1 alpha-3; empty for none."
    )
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}$", description="ISO 639-1.")
    tier: int = Field(
        default=2, ge=1, le=4, description="1 agency or paper of record, 2 established, 3 partial, 4 unvetted."
    )
    urgent: bool = Field(default=False, description="Fetched every `feeds.urgent_interval_minutes`.")
    family: str | None = Field(
        default=None,
        max_length=120,
        description="The house, where it has several publishers: they count as one origin.",
    )
    state_media: str | None = Field(
        default=None, pattern=r"^[A-Z]{3}$", description="The state that controls it, ISO 3166-1 alpha-3."
    )

    def feed(self) -> Feed:
        """The feed as the rest of the program knows it."""
        fields = self.model_dump()
        return Feed(feed_id=fields.pop("id"), **fields)


class FeedList(BaseModel):
    """The file config/feeds.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    feeds: tuple[ListedFeed, ...] = Field(default=(), description="The feeds that are watched.")

    @model_validator(mode="after")
    def _no_feed_twice(self) -> Self:
        for word in ("id", "url"):
            seen: set[str] = set()
            for listed in self.feeds:
                value = getattr(listed, word)
                if value in seen:
                    raise ValueError(f"two feeds have the {word} {value!r}; remove one of them")
                seen.add(value)
        return self

    def as_feeds(self) -> tuple[Feed, ...]:
        """Every feed, in the order of the file."""
        return tuple(listed.feed() for listed in self.feeds)
