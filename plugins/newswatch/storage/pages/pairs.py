"""Which stories does a pair have, when?"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from newswatch.domain import Dyad
from newswatch.storage.pages.story import EarlierStory
from newswatch.storage.tables_stories import stories


def find_pair_stories(
    connection: sa.Connection, dyad: Dyad, *, since: datetime, until: datetime, limit: int = 50
) -> list[EarlierStory]:
    """Stories of exactly this pair that were reported between the two moments, gravest first."""
    columns = [stories.c[name] for name in ("story_id", "title", "signal", "modality", "state", "severity", "last_at")]
    statement = (
        sa.select(*columns)
        .where(stories.c.source.is_not_distinct_from(dyad.source), stories.c.target.is_not_distinct_from(dyad.target))
        .where(stories.c.last_at >= since, stories.c.first_at < until)
        .order_by(stories.c.severity.desc(), stories.c.last_at.desc(), stories.c.story_id)
        .limit(limit)
    )
    return [EarlierStory(**row) for row in connection.execute(statement).mappings()]
