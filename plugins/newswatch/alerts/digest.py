"""What happened yesterday, in one message? Counts, the gravest stories, pairs whose tension changed, feeds that fell silent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from newswatch.alerts.message import MARKS, WORDS, Block, Message
from newswatch.alerts.plain import clean, cut
from newswatch.alerts.settings import Receiver
from newswatch.domain import Story

BARS = "▁▂▃▄▅▆▇█"
PAIRS = 5
FEEDS = 8
LINE = 200


@dataclass(frozen=True, slots=True)
class IndexChange:
    """A pair's escalation index a day ago and now, in per cent of all reports' weight."""

    pair: str
    before: float
    now: float

    @property
    def change(self) -> float:
        return self.now - self.before


@dataclass(frozen=True, slots=True)
class Day:
    """Everything a digest tells of. `told_per_day` is oldest first, the last is the day told of."""

    stories: Sequence[Story]
    told: int
    held: Mapping[str, int]
    told_per_day: Sequence[int]
    index: Sequence[IndexChange] = ()
    quiet_feeds: Sequence[str] = ()


def is_due(at: str, zone: str, now: datetime, last_sent_at: datetime | None) -> bool:
    """Whether the receiver's hour has come and today's digest was not sent; by its own clock, whatever that does."""
    local = now.astimezone(ZoneInfo(zone))
    hour, minute = (int(part) for part in at.split(":"))
    due = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return local >= due and (last_sent_at is None or last_sent_at < due)


def daily_digest(day: Day, receiver: Receiver, now: datetime, *, top: int) -> Message:
    """The digest of the 24 hours before `now`; `top` stories are told by name."""
    local = (now - timedelta(hours=12)).astimezone(ZoneInfo(receiver.zone))
    title = f"Daily digest · {local:%A %d %B}"
    parts = [_counts(day), _trend(day.told_per_day), _stories(day, top), _index(day.index), _feeds(day.quiet_feeds)]
    shown = [part for part in parts if part]
    blocks: list[Block] = [{"type": "header", "text": {"type": "plain_text", "text": title}}]
    blocks += [{"type": "section", "text": {"type": "plain_text", "text": cut(part, 2_900)}} for part in shown]
    return Message("\n".join((title, *shown)), tuple(blocks))


def _counts(day: Day) -> str:
    signals = Counter(story.signal for story in day.stories)
    named = ", ".join(f"{count} {signal}" for signal, count in signals.most_common())
    held = ", ".join(
        f"{count} {reason.replace('_', ' ')}" for reason, count in sorted(day.held.items(), key=lambda one: -one[1])
    )
    return f"{day.told} told · {len(day.stories)} stories ({named or 'none'})" + (f"\nnot told: {held}" if held else "")


def _trend(counts: Sequence[int]) -> str:
    if not any(counts):
        return ""
    most = max(counts)
    bars = "".join(BARS[round((len(BARS) - 1) * count / most)] for count in counts)
    return f"{bars}  alerts a day, {len(counts)} days, at most {most}"


def _stories(day: Day, top: int) -> str:
    gravest = sorted(day.stories, key=lambda story: (-story.severity.score, story.story_id))[:top]
    lines = [
        f"{MARKS[story.severity.level]} {WORDS[story.severity.level]} · {story.dyad} · {clean(story.title)} ({story.state})"
        for story in gravest
    ]
    return "\n".join(cut(line, LINE) for line in lines)


def _index(changes: Sequence[IndexChange]) -> str:
    moved = sorted(changes, key=lambda one: (-abs(one.change), one.pair))[:PAIRS]
    return "\n".join(f"{'▲' if one.change >= 0 else '▼'} {one.pair} {one.before:.1f} → {one.now:.1f}" for one in moved)


def _feeds(feeds: Sequence[str]) -> str:
    if not feeds:
        return ""
    more = f" and {len(feeds) - FEEDS} more" if len(feeds) > FEEDS else ""
    return f"silent feeds: {', '.join(clean(feed) for feed in feeds[:FEEDS])}{more}"
