"""Which indexes do the pages need? They belong to tables that other modules declare."""

from __future__ import annotations

import sqlalchemy as sa

from newswatch.storage.tables import articles, classifications
from newswatch.storage.tables_alerts import decisions
from newswatch.storage.tables_stories import stories

# Only articles that have met their fate: an article passes four stages, and its words enter the index once.
sa.Index("ix_articles_words", articles.c.words, postgresql_using="gin", postgresql_where=sa.text("stage = 'placed'"))
sa.Index("ix_articles_seen_id", articles.c.seen_at, articles.c.article_id)
sa.Index(
    "ix_classifications_signals",
    classifications.c.signals,
    postgresql_using="gin",
    postgresql_where=sa.text("signals <> '{}'"),
)
sa.Index("ix_classifications_pair", classifications.c.source, classifications.c.target)
sa.Index("ix_stories_pair", stories.c.source, stories.c.target, stories.c.last_at)
sa.Index("ix_decisions_last", decisions.c.last_at)
