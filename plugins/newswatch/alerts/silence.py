"""Did somebody ask not to hear of this? A silence has an author, a reason, an end, and a ceiling that graver stories break."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from newswatch.alerts.matchers import Labels, Matcher, all_fit

LISTED = 5  # held stories named in the line that tells of a silence's end


@dataclass(frozen=True, slots=True)
class Silence:
    """What is not told, to whom it goes back, and until when. `ends_at` None: until the story it names is quiet."""

    silence_id: int
    matchers: tuple[Matcher, ...]
    author: str
    reason: str
    starts_at: datetime
    ends_at: datetime | None
    ceiling: int = 5  # holds back up to this severity
    receiver: str | None = None  # None: for every receiver


def find_silence(
    silences: Iterable[Silence], labels: Labels, *, receiver: str, severity: int, now: datetime
) -> Silence | None:
    """The first silence in force that covers a story of this severity, or None."""
    for silence in silences:
        asked_for = silence.receiver in (None, receiver) and severity <= silence.ceiling
        if asked_for and is_active(silence, now) and all_fit(silence.matchers, labels):
            return silence
    return None


def is_active(silence: Silence, now: datetime) -> bool:
    """Whether the silence has begun and not ended."""
    return silence.starts_at <= now and (silence.ends_at is None or now < silence.ends_at)


def explain(silence: Silence) -> str:
    """Why a story was held, in words."""
    until = f"until {silence.ends_at:%Y-%m-%d %H:%M} UTC" if silence.ends_at else "until it is quiet"
    return (
        f"silence #{silence.silence_id} of {silence.author} {until}, up to severity {silence.ceiling}: {silence.reason}"
    )


def what_was_held(silence: Silence, titles: Sequence[str]) -> str:
    """The one line that is told when a silence ends."""
    wanted = ", ".join(map(str, silence.matchers))
    if not titles:
        return f"The silence on {wanted} by {silence.author} has ended; it held nothing back."
    named = "; ".join(titles[:LISTED]) + (f"; and {len(titles) - LISTED} more" if len(titles) > LISTED else "")
    return f"The silence on {wanted} by {silence.author} has ended; it held back {len(titles)}: {named}"
