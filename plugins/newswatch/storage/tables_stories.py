"""Which tables hold stories, and which article is part of which?"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from newswatch.storage.tables import Moment, metadata

stories = sa.Table(
    "stories",
    metadata,
    sa.Column("story_id", sa.Text, primary_key=True),
    sa.Column("signal", sa.Text, nullable=False, comment="the leading one"),
    sa.Column("signals", ARRAY(sa.Text), nullable=False),
    sa.Column("source", sa.Text),
    sa.Column("target", sa.Text),
    sa.Column("modality", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("url", sa.Text),
    sa.Column("first_at", Moment, nullable=False),
    sa.Column("last_at", Moment, nullable=False),
    sa.Column("severity", sa.SmallInteger, nullable=False),
    sa.Column("severity_score", sa.Float, nullable=False),
    sa.Column(
        "factors", JSONB, nullable=False, comment="[[name, value, weight], ...]: their product is severity_score"
    ),
    sa.Column("origins", ARRAY(sa.Text), nullable=False),
    sa.Column("publishers", ARRAY(sa.Text), nullable=False),
    sa.Column("actors", ARRAY(sa.Text), nullable=False),
    sa.Column("countries", ARRAY(sa.Text), nullable=False),
    sa.Column("tiers", ARRAY(sa.SmallInteger), nullable=False),
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("evidence", JSONB, nullable=False),
    sa.Column("score", sa.Float, nullable=False, comment="the highest probability of the leading signal"),
    sa.Column("backlog", sa.Boolean, nullable=False),
    sa.Column("changes", JSONB, nullable=False, comment="every step of its life with its reason"),
    sa.Column("memory", JSONB, nullable=False, comment="what grouping compares new reports with; {} once it is quiet"),
    sa.Column("waiting", sa.Boolean, nullable=False, server_default=sa.false(), comment="held by a mute or silence"),
    sa.Column("closed_at", Moment, comment="quiet since; takes no more reports"),
    sa.Column("config_rev", sa.Text, nullable=False),
    sa.Column("model_sha", sa.Text, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
    sa.CheckConstraint("severity BETWEEN 1 AND 5", name="severity"),
    sa.Index("ix_stories_open", "last_at", postgresql_where=sa.text("closed_at IS NULL")),
    sa.Index("ix_stories_last", "last_at"),
    sa.Index("ix_stories_waiting", "story_id", postgresql_where=sa.text("waiting")),
)

story_articles = sa.Table(
    "story_articles",
    metadata,
    sa.Column("article_id", sa.BigInteger, sa.ForeignKey("articles.article_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("story_id", sa.Text, sa.ForeignKey("stories.story_id", ondelete="CASCADE"), nullable=False),
    sa.Column("how", sa.Text, nullable=False, comment="opened, copy, same_act, same_place, alike"),
    sa.Column("joined_at", Moment, nullable=False),
    sa.Index("ix_story_articles_story", "story_id"),
    sa.Index("ix_story_articles_joined", "joined_at"),
)
