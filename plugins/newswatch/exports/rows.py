"""What does another program get to know of a story or an alert? One flat row each, the same for CSV and JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from newswatch.domain import FAMILIES, Story
from newswatch.signals.taxonomy import TAXONOMY

CODES = {meaning.signal: meaning for meaning in TAXONOMY}
STORY_COLUMNS = (
    "story_id", "first_at", "last_at", "signal", "signals", "family", "plover", "cameo", "source", "target", "modality",
    "state", "severity", "severity_score", "score", "title", "url", "origins", "publishers", "articles", "events", "evidence",
)  # fmt: skip
ALERT_COLUMNS = (
    "decided_at", "alert_key", "story_id", "receiver", "reason", "severity", "ordinal", "explanation", "signal", "signals",
    "plover", "cameo", "source", "target", "modality", "state", "title", "url", "config_rev", "model_sha",
)  # fmt: skip
Row = dict[str, Any]


def story_row(story: Story) -> Row:
    """A story as it stands, by the names of STORY_COLUMNS."""
    codes = CODES[story.signal]
    return {
        "story_id": story.story_id, "first_at": story.first_at, "last_at": story.last_at, "signal": story.signal,
        "signals": list(story.signals), "family": FAMILIES[story.signal], "plover": codes.plover, "cameo": codes.cameo,
        "source": story.dyad.source, "target": story.dyad.target, "modality": story.modality, "state": story.state,
        "severity": story.severity.level, "severity_score": round(story.severity.score, 4), "score": round(story.score, 4),
        "title": story.title, "url": story.url, "origins": list(story.origins), "publishers": list(story.publishers),
        "articles": len(story.article_ids), "events": story.events,
        "evidence": story.evidence[0].sentence if story.evidence else "",
    }  # fmt: skip


def alert_row(alert: Mapping[str, Any]) -> Row:
    """An alert with what its story was about, by the names of ALERT_COLUMNS."""
    codes = CODES[alert["signal"]]
    known = {"plover": codes.plover, "cameo": codes.cameo}
    return {name: known[name] if name in known else alert[name] for name in ALERT_COLUMNS}


def plain(row: Row) -> Row:
    """The row as JSON can hold it: times as ISO 8601."""
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()}
