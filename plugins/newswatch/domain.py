"""The words Newswatch thinks in: one frozen type for each stage of a datum's life.

    feed -> Entry (as published) -> Article (text of the page) -> Classification (the model's finding)
         -> Report (a finding as evidence) -> Story (one happening) -> Alert (people should know)
         -> Notification (told to one receiver, once, for a reason)

Everything here is the standard library alone. Times are timezone-aware UTC, ids end in `_id`, times in `_at`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

SIGNALS = (
    "launch",
    "nuclear",
    "threat",
    "mobilization",
    "attack",
    "incursion",
    "sanction",
    "rupture",
    "cyber",
    "condemnation",
    "deescalation",
)
"""The eleven signals, in the order of every score vector."""

FAMILIES = {
    "launch": "weapons",
    "nuclear": "weapons",
    "attack": "force",
    "incursion": "force",
    "mobilization": "posture",
    "threat": "posture",
    "cyber": "cyber",
    "sanction": "diplomacy",
    "rupture": "diplomacy",
    "condemnation": "diplomacy",
    "deescalation": "relief",
}
"""Signals of one family may be the same happening told in other words: an incursion, an attack."""

MODALITIES = ("act", "plan", "threat", "denial", "retrospective", "comment", "none")
"""How an item stands to what it speaks of. `none` is ordinary news without a signal."""

Modality = Literal["act", "plan", "threat", "denial", "retrospective", "comment", "none"]
FeedState = Literal["new", "ok", "not_modified", "empty", "undated", "stale", "failing", "paused"]
FetchStatus = Literal["fetched", "not_modified", "failed"]
TextSource = Literal["page", "feed"]
StoryState = Literal["claimed", "corroborated", "official", "denied", "false_alarm", "corrected", "quiet"]
Reason = Literal["first", "corroborated", "escalated", "denied", "reminder"]
HoldReason = Literal[
    "duplicate",
    "below_severity",
    "backlog",
    "modality",
    "silenced",
    "inhibited",
    "muted",
    "grouped",
    "budget",
    "no_route",
]


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as the configuration names it. `tier` is 1 (agency of record) to 4 (unvetted)."""

    feed_id: str
    name: str
    publisher: str
    url: str
    country: str | None = None  # ISO 3166-1 alpha-3 of the publisher
    language: str = "en"  # ISO 639-1
    tier: int = 2
    urgent: bool = False
    family: str | None = None  # publishers of one house share a family; None: the publisher is its own
    state_media: str | None = None  # ISO alpha-3 of the state that controls it


@dataclass(frozen=True, slots=True)
class FeedHistory:
    """What earlier fetches left behind; the input of scheduling and of conditional requests."""

    etag: str | None = None
    last_modified: str | None = None
    content_hash: str | None = None  # sha256 hex of the last body
    last_attempt_at: datetime | None = None
    last_success_at: datetime | None = None
    last_unconditional_at: datetime | None = None
    failure_points: float = 0.0  # hard 1, soft 0.5, temporary 0.25, summed since the last success
    interval_seconds: float | None = None  # the current adaptive interval
    gone_count: int = 0  # times in a row the server answered 410
    moved_to: str | None = None
    moved_count: int = 0  # fetches in a row that saw the same permanent redirect


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed, as published. `key` is the link, else the guid, else a hash of what there is."""

    key: str
    title: str
    link: str | None
    summary: str
    published_at: datetime | None
    outlet: str | None = None  # RSS <source>: who wrote it, where an aggregator carries it
    flags: tuple[str, ...] = ()  # "undated", "future", "ancient", "no_link" ...
    text: str = ""  # the full text, where the feed carries it beside the summary


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed document read. `error` is None or a short word such as `not_a_feed`; entries that could be saved stand."""

    title: str
    link: str | None
    entries: tuple[Entry, ...]
    error: str | None = None
    truncated: int = 0  # entries left out beyond the cap
    salvaged: bool = False  # the document was broken; complete entries were kept
    ttl_seconds: int | None = None
    hub: str | None = None  # WebSub hub, where the feed names one
    topic: str | None = None  # the address under which that hub knows the feed


@dataclass(frozen=True, slots=True)
class Fetched:
    """What one request for a feed brought. `reason` says why it failed, in words for a person."""

    feed_id: str
    status: FetchStatus
    reason: str | None = None
    failure_weight: float = 0.0
    http_status: int | None = None
    body: bytes = b""
    final_url: str | None = None
    permanent_url: str | None = None  # where 301/308 led
    etag: str | None = None
    last_modified: str | None = None
    content_hash: str | None = None
    retry_after_seconds: float | None = None
    max_age_seconds: int | None = None
    unconditional: bool = False
    elapsed_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What one request for an article page brought: a body, or the reason there is none."""

    url: str
    body: bytes = b""
    final_url: str | None = None
    content_type: str | None = None
    reason: str | None = None  # None when `body` holds a page
    http_status: int | None = None


@dataclass(frozen=True, slots=True)
class Extracted:
    """The text of a page, or the reason there is none ("too_short", "timeout", "too_deep" ...)."""

    title: str | None
    text: str
    published_at: datetime | None = None
    language: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One article, however many feeds carried it. `text_source` is `feed` when the page could not be read (see `reason`)."""

    article_id: int
    canonical_url: str
    title: str
    lead: str  # the feed's own summary, as plain text
    text: str  # the page's text; "" when only the feed's text is known
    language: str | None
    published_at: datetime | None
    seen_at: datetime
    feed_id: str
    publisher: str
    text_source: TextSource
    reason: str | None = None
    outlet: str | None = None
    backlog: bool = False  # read on a feed's first visit: classified and stored, never alerted


@dataclass(frozen=True, slots=True)
class Reading:
    """What a classifier reads of one article."""

    title: str
    lead: str = ""
    text: str = ""
    language: str | None = None  # None: to be identified


@dataclass(frozen=True, slots=True)
class Actor:
    """A state (ISO alpha-3) or another actor code, found in a text at `start:end` (characters)."""

    code: str
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Dyad:
    """A directed pair: who acts on whom. Either side may be unknown (None), never guessed."""

    source: str | None = None
    target: str | None = None

    def __str__(self) -> str:
        return f"{self.source or '?'}→{self.target or '?'}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that decided, with the terms that weighed most: (term, weight), heaviest first; log-odds units."""

    sentence: str
    terms: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Classification:
    """The model's finding for one article. `scores` holds one calibrated probability (0..1) per signal.

    `reason` is None, "unclassifiable" (no usable text) or "unsupported_language"; then nothing was scored.
    """

    signals: tuple[str, ...]  # those at or above their threshold: title's and lead's first, each part strongest first
    scores: Mapping[str, float]
    modality: Modality
    dyad: Dyad
    actors: tuple[str, ...] = ()  # every actor code named, in order of first mention
    evidence: tuple[Evidence, ...] = ()
    reason: str | None = None
    modality_score: float = 1.0
    head: tuple[
        str, ...
    ] = ()  # the signals that title and lead carry by themselves; the others stand in the body alone
    head_scores: Mapping[str, float] = field(default_factory=dict)  # of title and lead by themselves


@dataclass(frozen=True, slots=True)
class Report:
    """A classified article as evidence for a story."""

    article_id: int | str
    title: str
    lead: str
    text: str
    publisher: str
    family: str | None
    tier: int
    published_at: datetime
    signals: tuple[str, ...]
    scores: Mapping[str, float]
    modality: Modality
    dyad: Dyad
    actors: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    outlet: str | None = None
    country: str | None = None  # of the publisher
    state_media: str | None = None
    url: str | None = None
    backlog: bool = False
    head: tuple[str, ...] = ()  # the signals of title and lead by themselves
    fingerprint: bytes = b""  # MinHash of the text, see articles.fingerprint; b"" when the text is too short for one

    @property
    def reported(self) -> tuple[str, ...]:
        """What the article reports as its news: the signals of its head, or all of them where the head has none.

        Bodies recall earlier events: talks offered in the headline are news, the missile of the last paragraph is not.
        """
        return self.head or self.signals


@dataclass(frozen=True, slots=True)
class StoryChange:
    """One step in a story's life, with its reason."""

    at: datetime
    kind: str  # "opened", "joined", "state", "severity", "event"
    was: str | None
    now: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a severity: its name, the input it read, and what it multiplied by."""

    name: str
    value: str
    weight: float


@dataclass(frozen=True, slots=True)
class Severity:
    """1 (note) to 5 (critical), with the product of factors it was cut from."""

    level: int
    score: float
    factors: tuple[Factor, ...] = ()


@dataclass(frozen=True, slots=True)
class Story:
    """One happening, as far as the reports tell. `events` counts distinct acts reported as new (two launches in a day)."""

    story_id: str
    signal: str  # the leading signal
    signals: tuple[str, ...]
    dyad: Dyad
    modality: Modality
    state: StoryState
    title: str
    first_at: datetime  # publication of the first report
    last_at: datetime  # publication of the latest
    severity: Severity
    article_ids: tuple[int | str, ...] = ()
    origins: tuple[str, ...] = ()
    publishers: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    events: int = 1
    evidence: tuple[Evidence, ...] = ()
    score: float = 0.0  # the highest score of the leading signal
    backlog: bool = False
    url: str | None = None  # of the report shown as headline
    countries: tuple[str, ...] = ()  # of the publishers, ISO alpha-3
    tiers: tuple[int, ...] = ()  # of the feeds that reported it
    changes: tuple[StoryChange, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Alert:
    """People should know: a story and the reason to speak of it now. `alert_key` is the same on every rerun."""

    alert_key: str
    story_id: str
    reason: Reason
    severity: int
    decided_at: datetime
    explanation: str  # the reason in words
    ordinal: int = 1  # first alert of its story, second, ...


@dataclass(frozen=True, slots=True)
class Held:
    """A story that was looked at and not told, and why; the answer to "why did I not hear of this?"."""

    story_id: str
    receiver: str | None
    reason: HoldReason
    decided_at: datetime
    explanation: str
    severity: int


@dataclass(frozen=True, slots=True)
class Notification:
    """An alert on its way to one receiver."""

    notification_key: str  # sha256(alert_key, receiver, kind): unique
    alert_key: str
    story_id: str
    receiver: str
    kind: Literal["root", "update", "reply", "digest", "notice"]
    severity: int
    text: str  # the whole message in plain words, for logs and screen readers
    blocks: tuple[Mapping[str, object], ...] = ()
    not_before_at: datetime | None = None
