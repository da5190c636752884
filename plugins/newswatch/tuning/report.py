"""How is a comparison told: as JSON for a page, as Markdown for a task's summary?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from newswatch.tuning.comparison import Change, Comparison, Message, Quality
from newswatch.tuning.difference import Difference
from newswatch.tuning.intervals import Share

MOST_CHANGES = 500  # listed in the JSON
MOST_LINES = 40  # listed in the Markdown
WORDS = {
    "gained": "gained", "lost": "lost", "merged": "merged into another", "split": "split off", "severity": "changed severity",
    "receiver": "changed receiver",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Frame:
    """What was compared, and on what."""

    replay_id: str
    since: datetime
    until: datetime
    revision_before: str
    revision_after: str
    differences: tuple[Difference, ...]
    articles: int
    scored_again: int
    model: str
    sent: int  # alerts that were really decided on in this time
    as_sent: int  # of these, how many the replay of the present configuration also decided, at the same moment
    replayed: int  # alerts the replay of the present configuration decided
    seconds: float

    @property
    def days(self) -> float:
        return max((self.until - self.since).total_seconds() / 86_400, 1 / 24)

    @property
    def is_exact(self) -> bool:
        """Whether the replay of the present configuration gives exactly the alerts that were sent."""
        return self.sent == self.as_sent == self.replayed


def as_json(found: Comparison, frame: Frame) -> dict[str, Any]:
    """The whole report as plain values."""
    return {
        "replay_id": frame.replay_id,
        "from": frame.since.isoformat(),
        "to": frame.until.isoformat(),
        "days": round(frame.days, 2),
        "articles": frame.articles,
        "scored_again": frame.scored_again,
        "model": frame.model,
        "seconds": round(frame.seconds, 1),
        "fidelity": {
            "exact": frame.is_exact, "sent": frame.sent, "as_sent": frame.as_sent, "replayed": frame.replayed,
        },
        "before": _side(frame.revision_before, found.before, found.quality_before, frame.days),
        "after": _side(frame.revision_after, found.after, found.quality_after, frame.days),
        "counts": dict(found.counts) | {"same": found.same},
        "differences": [asdict(one) for one in frame.differences],
        "per_signal": [
            asdict(row) | {"precision_before": asdict(row.precision_before), "precision_after": asdict(row.precision_after)}
            for row in found.per_signal
        ],
        "per_day": [asdict(row) | {"day": row.day.isoformat()} for row in found.per_day],
        "changes": [_change(change) for change in found.changes[:MOST_CHANGES]],
        "changes_left_out": max(0, len(found.changes) - MOST_CHANGES),
    }  # fmt: skip


def headline(report: Mapping[str, Any]) -> str:
    """The report in a sentence."""
    before, after, counts = report["before"], report["after"], report["counts"]
    changed = ", ".join(f"{counts[kind]} {word}" for kind, word in WORDS.items() if counts[kind]) or "nothing changes"
    return (
        f"{before['alerts']} → {after['alerts']} alerts in {report['days']:g} days "
        f"({before['per_day']:.1f} → {after['per_day']:.1f} a day): {changed}."
    )


def as_markdown(report: Mapping[str, Any]) -> str:
    """The report for a person who reads a task's summary."""
    parts = [
        f"# Replay {report['before']['revision']} → {report['after']['revision']}",
        f"**{headline(report)}**",
        f"{report['from'][:16]} to {report['to'][:16]} UTC, {report['articles']:,} articles, {report['scored_again']:,} scored "
        f"again, {report['seconds']:g} s. {_fidelity(report['fidelity'])}",
        _table(["what differs", "was", "now"], [[_code(d[name]) for name in DIFFERENCE] for d in report["differences"]]),
        "## On labelled articles",
        _table(["", "before", "after"], [[name, *(told(report[side][name]) for side in SIDES)] for name in QUALITIES]),
        "## By signal",
        _table(
            ["signal", "before", "after", "gained", "lost", "precision before", "precision after"],
            [[*(r[name] for name in ("signal", *COUNTS)), told(r["precision_before"]), told(r["precision_after"])]
             for r in report["per_signal"]],
        ),
        "## By day",
        _table(["day", "before", "after", "gained", "lost"],
               [[r[name] for name in ("day", *COUNTS)] for r in report["per_day"]]),
        "## What changes",
        _table(
            ["", "severity", "receiver", "first told", "signal", "pair", "headline"],
            [change_cells(one) for one in report["changes"][:MOST_LINES]],
        ),
    ]  # fmt: skip
    left = len(report["changes"]) - MOST_LINES + report["changes_left_out"]
    return "\n\n".join(part for part in [*parts, f"… and {left:,} more." if left > 0 else ""] if part) + "\n"


QUALITIES = ("precision", "useful", "recall")
SIDES = ("before", "after")
DIFFERENCE = ("path", "was", "now")
COUNTS = ("before", "after", "gained", "lost")


def told(share: Mapping[str, Any]) -> str:
    """A share with its interval and the items it rests on."""
    return f"{Share(**share)} of {share['items']}" if share["items"] else "no labels"


def change_cells(one: Mapping[str, Any]) -> list[str]:
    """One change as the cells of a table."""
    return [
        WORDS[one["kind"]],
        _pair_of(one["severity_before"], one["severity_after"]),
        _pair_of(one["receiver_before"], one["receiver_after"]),
        one["first_at"][:16].replace("T", " "),
        one["signal"],
        one["pair"],
        one["title"],
    ]


def _side(revision: str, alerts: int, quality: Quality, days: float) -> dict[str, Any]:
    return {
        "revision": revision, "alerts": alerts, "per_day": round(alerts / days, 3), "precision": asdict(quality.precision),
        "useful": asdict(quality.useful), "recall": asdict(quality.recall),
    }  # fmt: skip


def _change(change: Change) -> dict[str, Any]:
    one, before, after = change.message, change.before, change.after
    return {
        "kind": change.kind, "signal": one.signal, "pair": one.pair, "title": one.title, "first_at": one.first_at.isoformat(),
        "severity_before": _of(before, "severity"), "severity_after": _of(after, "severity"),
        "receiver_before": _of(before, "receiver"), "receiver_after": _of(after, "receiver"),
        "story_before": _of(before, "story_id"), "story_after": _of(after, "story_id"),
    }  # fmt: skip


def _of(message: Message | None, name: str) -> Any:
    return None if message is None else getattr(message, name)


def _pair_of(before: Any, after: Any) -> str:
    shown = [str(one) for one in (before, after) if one is not None]
    return shown[0] if len(set(shown)) == 1 else " → ".join(shown)


def _fidelity(found: Mapping[str, Any]) -> str:
    if found["exact"]:
        return f"The present configuration, replayed, gives exactly the {found['sent']:,} alerts that were sent."
    return (
        f"{found['as_sent']:,} of the {found['sent']:,} alerts that were sent come out the same when the present configuration "
        f"is replayed ({found['replayed']:,} in all): configuration, model or labels have changed in this time."
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(as_text(cell) for cell in line) + " |" for line in lines)


def as_text(value: Any) -> str:
    """One line in which text from the news cannot break a table, nor become markup."""
    text = " ".join(str(value).split())
    return text if text.startswith("`") else "".join(f"\\{c}" if c in "\\|<>[]*_`" else c for c in text)


def _code(value: str | None) -> str:
    return "–" if value is None else f"`{' '.join(value.replace('`', '').replace('|', '/').split())[:120]}`"
