"""What did the demo's week come to? A table of its alerts with their reasons, and what was held back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from newswatch.alerts.message import WORDS
from newswatch.domain import Story
from newswatch.storage.alerts import find_alerts, find_decisions
from newswatch.storage.articles import count_fates
from newswatch.storage.session import Database
from newswatch.storage.stories import find_stories


def print_report(db: Database, since: datetime, tell: Callable[[str], None]) -> None:
    """Print the alerts to stdout as a table; tell the rest on stderr."""
    from rich.console import Console

    with db.begin() as connection:
        alerts = find_alerts(connection, since=since)
        stories = {story.story_id: story for story in find_stories(connection, since=since)}
        held = Counter(
            row["reason"]
            for story_id in stories
            for row in find_decisions(connection, story_id)
            if row["outcome"] == "hold"
        )
        fates = count_fates(connection)
    tell("")
    Console(width=150 if not Console().is_terminal else None).print(alert_table(alerts, stories))
    told = {alert["story_id"] for alert in alerts}
    tell(f"{len(alerts)} alerts about {len(told)} of {len(stories)} stories; held back: {_counted(held)}.")
    tell(f"Articles by fate: {_counted(Counter(fates))}.")


def alert_table(alerts: list[dict[str, Any]], stories: dict[str, Story]) -> Any:
    """A rich table, oldest alert first."""
    from rich.table import Table

    table = Table(title="Alerts of the week", title_justify="left", show_lines=False)
    for heading in ("when (UTC)", "severity", "pair", "signal", "what happened", "origins", "why told"):
        table.add_column(heading, overflow="fold")
    for alert in sorted(alerts, key=lambda one: (one["decided_at"], one["alert_key"])):
        story = stories.get(alert["story_id"])
        if story is None:
            continue
        table.add_row(
            f"{alert['decided_at']:%a %H:%M}",
            f"{alert['severity']} {WORDS[alert['severity']]}",
            str(story.dyad),
            story.signal,
            story.title,
            str(len(story.origins)),
            f"{alert['reason']}: {alert['explanation']}",
        )
    return table


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.most_common()) or "nothing"
