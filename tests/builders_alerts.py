"""Builders for reports, stories, settings and what was told: only what a test speaks of needs to be written."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from newswatch.alerts.decide import Decision
from newswatch.alerts.labels import labels_of
from newswatch.alerts.settings import AlertSettings
from newswatch.alerts.told import Told
from newswatch.domain import SIGNALS, Dyad, Evidence, Factor, Report, Severity, Story
from newswatch.stories.settings import IndexSettings, SeveritySettings, StorySettings

NOW = datetime(2022, 1, 5, 6, 0, tzinfo=UTC)


def at(hours: float = 0, *, day: int = 5) -> datetime:
    """So many hours after midnight UTC of that day of January 2022 (the 5th was a Wednesday)."""
    return datetime(2022, 1, day, tzinfo=UTC) + timedelta(hours=hours)


def a_report(title: str, **changes: Any) -> Report:
    """A report of a launch by PRK, unless told otherwise. `source` and `target` set the pair, `signals` their scores."""
    signals = changes.pop("signals", ("launch",))
    dyad = Dyad(changes.pop("source", "PRK"), changes.pop("target", None))
    fields: dict[str, Any] = {
        "article_id": abs(hash(title)) % 10**9,
        "title": title,
        "lead": "",
        "text": "",
        "publisher": "BBC",
        "family": None,
        "tier": 2,
        "published_at": NOW,
        "signals": signals,
        "scores": {signal: 0.9 if signal in signals else 0.05 for signal in SIGNALS},
        "modality": "act",
        "dyad": dyad,
    }
    return Report(**(fields | changes))


def a_story(story_id: str = "st_1", **changes: Any) -> Story:
    """A launch by PRK at severity 4, reported just now. `source`, `target` and `level` are short for dyad and severity."""
    dyad = Dyad(changes.pop("source", "PRK"), changes.pop("target", None))
    level = changes.pop("level", 4)
    signal = changes.pop("signal", "launch")
    fields: dict[str, Any] = {
        "story_id": story_id,
        "signal": signal,
        "signals": (signal,),
        "dyad": dyad,
        "modality": "act",
        "state": "claimed",
        "title": "North Korea fires projectile into sea",
        "first_at": NOW,
        "last_at": NOW,
        "severity": Severity(level, level / 4, (Factor("signal", signal, 0.9),)),
        "article_ids": (1,),
        "origins": ("BBC",),
        "publishers": ("BBC",),
        "actors": tuple(side for side in (dyad.source, dyad.target) if side),
        "evidence": (Evidence("North Korea fired a projectile on Wednesday.", (("fired", 1.2), ("projectile", 0.9))),),
        "score": 0.93,
        "url": "https://www.bbc.co.uk/news/1",
    }
    return Story(**(fields | changes))


def was_told(story: Story, receiver: str = "desk", *, hours_ago: float = 1, **changes: Any) -> Told:
    """The story as it was told then; `changes` say what was different."""
    fields: dict[str, Any] = {
        "story_id": story.story_id,
        "receiver": receiver,
        "group_key": f"{receiver}||{story.story_id}",
        "root_id": story.story_id,
        "told_at": NOW - timedelta(hours=hours_ago),
        "severity": story.severity.level,
        "modality": story.modality,
        "state": story.state,
        "events": story.events,
        "ordinal": 1,
        "labels": labels_of(story),
        "last_report_at": story.last_at,
    }
    return Told(**(fields | changes))


def a_decision(story: Story, **changes: Any) -> Decision:
    """The decision to tell this story to the desk for the first time."""
    made = Decision(
        story_id=story.story_id,
        receiver="desk",
        route="",
        outcome="tell",
        reason="first",
        explanation="first report",
        severity=story.severity.level,
        decided_at=NOW,
        group_key=f"desk||{story.story_id}",
        root_id=story.story_id,
    )
    return replace(made, **changes)


@dataclass(frozen=True)
class DeskSettings:
    """The part of the settings that stories and alerts read."""

    alerts: AlertSettings = field(default_factory=AlertSettings)
    stories: StorySettings = field(default_factory=StorySettings)
    severity: SeveritySettings = field(default_factory=SeveritySettings)
    index: IndexSettings = field(default_factory=IndexSettings)
    revision: str = "0123456789ab"

    @property
    def signals(self) -> Any:
        from newswatch.signals.settings import SignalSettings

        return SignalSettings()


def slack_settings(**changes: Any) -> DeskSettings:
    """Everything to one Slack channel, without waiting."""
    receiver = {"name": "desk", "kind": "slack", "channel": "C1", **changes.pop("receiver", {})}
    return DeskSettings(
        alerts=AlertSettings.model_validate(
            {
                "receivers": [receiver],
                "route": {
                    "receiver": "desk",
                    "min_severity": 2,
                    "group_by": ["story"],
                    "group_wait": "0s",
                    "group_interval": "5m",
                },
                "slack": {"seconds_per_message": 0, "timeout_seconds": 2},
                "outbox": {"lease": "1s", "retry_first": "0s", "retry_last": "5s"},
                **changes,
            }
        )
    )
