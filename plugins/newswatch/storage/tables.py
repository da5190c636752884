"""Which tables hold feeds, entries, articles and findings? (Stories and alerts: `tables_stories`, `tables_alerts`.)

Every key that makes a rerun harmless is a constraint here, so that no code can forget it.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMING)

Moment = sa.DateTime(timezone=True)

# PostgreSQL refuses documents of over a megabyte of distinct words; 60,000 characters stay far below.
WORDS = "to_tsvector('english'::regconfig, title || ' ' || lead || ' ' || left(text, 60000))"

feeds = sa.Table(
    "feeds",
    metadata,
    sa.Column("feed_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("publisher", sa.Text, nullable=False),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("country", sa.Text),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("tier", sa.SmallInteger, nullable=False),
    sa.Column("urgent", sa.Boolean, nullable=False),
    sa.Column("family", sa.Text),
    sa.Column("state_media", sa.Text),
    sa.Column(
        "listed", sa.Boolean, nullable=False, server_default=sa.text("true"), comment="stands in config/feeds.yaml"
    ),
    sa.Column("paused_at", Moment, comment="set by a person or by the rules; a paused feed is not fetched"),
    sa.Column("pause_reason", sa.Text),
    sa.Column("state", sa.Text, nullable=False, server_default="new"),
    sa.Column("message", sa.Text, nullable=False, server_default=""),
    sa.Column("next_due_at", Moment, nullable=False),
    sa.Column("seeded_at", Moment, comment="the first successful fetch; what it held is backlog and alerts nobody"),
    sa.Column("etag", sa.Text),
    sa.Column("last_modified", sa.Text),
    sa.Column("content_hash", sa.Text),
    sa.Column("last_attempt_at", Moment),
    sa.Column("last_success_at", Moment),
    sa.Column("last_new_at", Moment, comment="the last fetch that brought a new entry"),
    sa.Column("listed_at", Moment, comment="its last whole document: what stood in it is listed still"),
    sa.Column("last_unconditional_at", Moment),
    sa.Column("failure_points", sa.Float, nullable=False, server_default="0"),
    sa.Column("interval_seconds", sa.Float),
    sa.Column("gone_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("moved_to", sa.Text),
    sa.Column("moved_count", sa.Integer, nullable=False, server_default="0"),
    sa.Index("ix_feeds_due", "next_due_at", postgresql_where=sa.text("listed AND paused_at IS NULL")),
)

fetches = sa.Table(
    "fetches",
    metadata,
    sa.Column("fetch_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("feed_id", sa.Text, sa.ForeignKey("feeds.feed_id", ondelete="CASCADE"), nullable=False),
    sa.Column("run_id", sa.Text, nullable=False),
    sa.Column("fetched_at", Moment, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("http_status", sa.Integer),
    sa.Column("body_bytes", sa.Integer, nullable=False),
    sa.Column("elapsed_seconds", sa.Float, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("new_entries", sa.Integer, nullable=False),
    sa.Index("ix_fetches_feed", "feed_id", "fetched_at"),
    sa.Index("ix_fetches_run", "run_id"),
    sa.Index("ix_fetches_time", "fetched_at"),
)

subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("feed_id", sa.Text, sa.ForeignKey("feeds.feed_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("hub", sa.Text, nullable=False),
    sa.Column("topic", sa.Text, nullable=False, comment="the address under which the hub knows the feed"),
    sa.Column("token", sa.Text, nullable=False, unique=True, comment="ends the address that the hub calls"),
    sa.Column("state", sa.Text, nullable=False, server_default="wanted"),
    sa.Column("reason", sa.Text, comment="why the hub refused"),
    sa.Column("asked_at", Moment, comment="when the hub was last asked"),
    sa.Column("until", Moment, comment="end of the lease"),
    sa.Column("pushed_at", Moment, comment="the last content that proved itself"),
    sa.CheckConstraint("state IN ('wanted', 'asked', 'active', 'refused')", name="state"),
)

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("article_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("canonical_url", sa.Text, nullable=False, unique=True),
    sa.Column("url", sa.Text, nullable=False, comment="as the feed gave it; what is downloaded; '' when there is none"),
    sa.Column("feed_id", sa.Text, sa.ForeignKey("feeds.feed_id"), nullable=False),
    sa.Column("publisher", sa.Text, nullable=False),
    sa.Column("outlet", sa.Text),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("lead", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("text_source", sa.Text, nullable=False, server_default="feed"),
    sa.Column("language", sa.Text),
    sa.Column("published_at", Moment),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("read_at", Moment),
    sa.Column("backlog", sa.Boolean, nullable=False),
    sa.Column(
        "stage",
        sa.Text,
        nullable=False,
        server_default="found",
        comment="found -> read -> classified -> placed: the work that is done; each step takes what the one before left",
    ),
    sa.Column(
        "fate", sa.Text, comment="how it ended: no_signal, in_story, unclassifiable, unsupported_language, failed"
    ),
    sa.Column("reason", sa.Text, comment="why the page was not read, or why the article ended as it did"),
    sa.Column("attempts", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("claimed_until", Moment),
    sa.Column("claim_token", sa.Uuid),
    sa.Column("fingerprint", sa.LargeBinary, nullable=False, server_default=sa.text("''::bytea")),
    sa.Column(
        "words",
        TSVECTOR,
        sa.Computed(WORDS, persisted=True),
        comment="what full text search looks through; made anew only when title, lead or text change",
    ),
    sa.CheckConstraint("stage IN ('found', 'read', 'classified', 'placed')", name="stage"),
    sa.CheckConstraint("(stage = 'placed') = (fate IS NOT NULL)", name="fate"),
    sa.Index("ix_articles_found", "article_id", postgresql_where=sa.text("stage = 'found'")),
    sa.Index("ix_articles_read", "article_id", postgresql_where=sa.text("stage = 'read'")),
    sa.Index("ix_articles_classified", "article_id", postgresql_where=sa.text("stage = 'classified'")),
    sa.Index("ix_articles_claim", "claim_token", postgresql_where=sa.text("claim_token IS NOT NULL")),
    sa.Index("ix_articles_seen", "seen_at"),
)

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("entry_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("feed_id", sa.Text, sa.ForeignKey("feeds.feed_id", ondelete="CASCADE"), nullable=False),
    sa.Column("entry_key", sa.Text, nullable=False),
    sa.Column("article_id", sa.BigInteger, sa.ForeignKey("articles.article_id", ondelete="SET NULL")),
    sa.Column("link", sa.Text),
    sa.Column("published_at", Moment),
    sa.Column("flags", ARRAY(sa.Text), nullable=False),
    sa.Column("seen_at", Moment, nullable=False, comment="first seen"),
    sa.Column(
        "listed_at", Moment, nullable=False, comment="last seen in the feed; retention spares what is still listed"
    ),
    sa.UniqueConstraint("feed_id", "entry_key"),
    sa.Index("ix_entries_article", "article_id"),
    sa.Index("ix_entries_seen", "seen_at"),
)

classifications = sa.Table(
    "classifications",
    metadata,
    sa.Column("article_id", sa.BigInteger, sa.ForeignKey("articles.article_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("model_sha", sa.Text, primary_key=True),
    sa.Column("config_rev", sa.Text, primary_key=True),
    sa.Column("classified_at", Moment, nullable=False),
    sa.Column("signals", ARRAY(sa.Text), nullable=False),
    sa.Column("head", ARRAY(sa.Text), nullable=False, comment="signals of title and lead by themselves"),
    sa.Column("scores", JSONB, nullable=False),
    sa.Column(
        "head_scores",
        JSONB(none_as_null=True),
        comment="of title and lead by themselves; NULL in findings of earlier versions",
    ),
    sa.Column("modality", sa.Text, nullable=False),
    sa.Column("modality_score", sa.Float, nullable=False),
    sa.Column("source", sa.Text),
    sa.Column("target", sa.Text),
    sa.Column("actors", ARRAY(sa.Text), nullable=False),
    sa.Column("evidence", JSONB, nullable=False),
    sa.Column("reason", sa.Text),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("finished_at", Moment),
    sa.Column("summaries", JSONB, nullable=False, server_default="{}", comment="one short text per step"),
)

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True, comment="config or model"),
    sa.Column("revision", sa.Text, primary_key=True, comment="first 12 hex digits of the content's sha256"),
    sa.Column("first_used_at", Moment, nullable=False),
    sa.Column("last_used_at", Moment, nullable=False),
    sa.Column("files_sha", sa.Text, comment="sha256 over the files it was read from: unchanged files need no reading"),
    sa.Column("content", JSONB, nullable=False),
    sa.Column(
        "texts",
        JSONB(none_as_null=True),
        comment="the files that decide, as text, so that a rollback keeps their comments",
    ),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Uuid),
    sa.Column("fence", sa.BigInteger, nullable=False, server_default="0", comment="grows with each holder"),
    sa.Column("until", Moment),
)
