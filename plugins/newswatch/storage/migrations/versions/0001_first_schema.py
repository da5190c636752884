"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channels",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column(
            "next_at", sa.DateTime(timezone=True), nullable=True, comment="one message a second: the next may go then"
        ),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True, comment="Slack asked us to wait"),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channels")),
    )
    op.create_table(
        "clicks",
        sa.Column("signature", sa.Text(), nullable=False, comment="of the request: the same one twice is a replay"),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_clicks")),
    )
    op.create_table(
        "feedback",
        sa.Column("alert_key", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="acknowledged, or wrong"),
        sa.Column(
            "verdict",
            sa.Text(),
            nullable=False,
            comment="acknowledged, wrong_signal, known_already, not_for_us, not_news",
        ),
        sa.Column("signal", sa.Text(), nullable=True, comment="with wrong_signal: which it is instead"),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("alert_key", "user_id", "kind", name=op.f("pk_feedback")),
    )
    op.create_table(
        "feeds",
        sa.Column("feed_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("family", sa.Text(), nullable=True),
        sa.Column("state_media", sa.Text(), nullable=True),
        sa.Column(
            "listed",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="stands in config/feeds.yaml",
        ),
        sa.Column(
            "paused_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="set by a person or by the rules; a paused feed is not fetched",
        ),
        sa.Column("pause_reason", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="new", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("next_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "seeded_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="the first successful fetch; what it held is backlog and alerts nobody",
        ),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.Column("last_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_success_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "last_new_at", sa.DateTime(timezone=True), nullable=True, comment="the last fetch that brought a new entry"
        ),
        sa.Column("last_unconditional_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure_points", sa.Float(), server_default="0", nullable=False),
        sa.Column("interval_seconds", sa.Float(), nullable=True),
        sa.Column("gone_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("moved_to", sa.Text(), nullable=True),
        sa.Column("moved_count", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("feed_id", name=op.f("pk_feeds")),
    )
    op.create_index(
        "ix_feeds_due", "feeds", ["next_due_at"], unique=False, postgresql_where=sa.text("listed AND paused_at IS NULL")
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False, comment="grows with each holder"),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "notices",
        sa.Column("notice_key", sa.Text(), nullable=False, comment="what the trouble is about, such as feed:bbc"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("notice_key", name=op.f("pk_notices")),
    )
    op.create_table(
        "outbox",
        sa.Column("notification_key", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("alert_key", sa.Text(), nullable=False, comment="'' for digests and notices"),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="root, update, reply, digest, notice"),
        sa.Column(
            "root_key",
            sa.Text(),
            nullable=True,
            comment="the message edited or answered; it must be sent before this one",
        ),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("blocks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("broadcast", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("not_before_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("first_attempt_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "fence",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="grows with each claim; the last claim may write",
        ),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "uncertain",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="may have arrived: look before sending",
        ),
        sa.Column(
            "plain",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="the blocks were refused: text alone",
        ),
        sa.Column("possible_duplicate", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("late", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("channel", sa.Text(), nullable=True, comment="where it went, or the fallback it shall go to"),
        sa.Column("ts", sa.Text(), nullable=True),
        sa.Column("permalink", sa.Text(), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.CheckConstraint("state <> 'sent' OR (channel IS NOT NULL AND ts IS NOT NULL)", name=op.f("ck_outbox_sent")),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'parked', 'held', 'dead', 'superseded')",
            name=op.f("ck_outbox_state"),
        ),
        sa.PrimaryKeyConstraint("notification_key", name=op.f("pk_outbox")),
    )
    op.create_index(
        "ix_outbox_open",
        "outbox",
        ["not_before_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('waiting', 'sending', 'parked')"),
    )
    op.create_index("ix_outbox_root", "outbox", ["root_key"], unique=False)
    op.create_index("ix_outbox_story", "outbox", ["story_id", "receiver"], unique=False)
    op.create_table(
        "revisions",
        sa.Column("kind", sa.Text(), nullable=False, comment="config or model"),
        sa.Column("revision", sa.Text(), nullable=False, comment="first 12 hex digits of the content's sha256"),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "files_sha",
            sa.Text(),
            nullable=True,
            comment="sha256 over the files it was read from: unchanged files need no reading",
        ),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("kind", "revision", name=op.f("pk_revisions")),
    )
    op.create_table(
        "runs",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "summaries",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="one short text per step",
        ),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
    )
    op.create_table(
        "silences",
        sa.Column("silence_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("matchers", postgresql.JSONB(astext_type=sa.Text()), nullable=False, comment='["pair=PRK→JPN", ...]'),
        sa.Column("receiver", sa.Text(), nullable=True),
        sa.Column("ceiling", sa.SmallInteger(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "ends_at", sa.DateTime(timezone=True), nullable=True, comment="NULL: until the story it names is quiet"
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True, comment="when its end was told"),
        sa.CheckConstraint("ceiling BETWEEN 1 AND 5", name=op.f("ck_silences_ceiling")),
        sa.PrimaryKeyConstraint("silence_id", name=op.f("pk_silences")),
    )
    op.create_table(
        "stories",
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False, comment="the leading one"),
        sa.Column("signals", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("severity_score", sa.Float(), nullable=False),
        sa.Column(
            "factors",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="[[name, value, weight], ...]: their product is severity_score",
        ),
        sa.Column("origins", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("publishers", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("actors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("countries", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("tiers", postgresql.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("score", sa.Float(), nullable=False, comment="the highest probability of the leading signal"),
        sa.Column("backlog", sa.Boolean(), nullable=False),
        sa.Column(
            "changes",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="every step of its life with its reason",
        ),
        sa.Column(
            "memory",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="what grouping compares new reports with; {} once it is quiet",
        ),
        sa.Column(
            "waiting",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="held by a mute or silence",
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True, comment="quiet since; takes no more reports"),
        sa.Column("config_rev", sa.Text(), nullable=False),
        sa.Column("model_sha", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("severity BETWEEN 1 AND 5", name=op.f("ck_stories_severity")),
        sa.PrimaryKeyConstraint("story_id", name=op.f("pk_stories")),
    )
    op.create_index("ix_stories_last", "stories", ["last_at"], unique=False)
    op.create_index(
        "ix_stories_open", "stories", ["last_at"], unique=False, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_index("ix_stories_pair", "stories", ["source", "target", "last_at"], unique=False)
    op.create_index("ix_stories_waiting", "stories", ["story_id"], unique=False, postgresql_where=sa.text("waiting"))
    op.create_table(
        "alerts",
        sa.Column("alert_key", sa.Text(), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("root_id", sa.Text(), nullable=False, comment="the story in whose message it is told"),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("labels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("last_report_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("config_rev", sa.Text(), nullable=False),
        sa.Column("model_sha", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.story_id"], name=op.f("fk_alerts_story_id_stories"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alert_key", name=op.f("pk_alerts")),
    )
    op.create_index("ix_alerts_story", "alerts", ["story_id", "receiver", "ordinal"], unique=False)
    op.create_index("ix_alerts_time", "alerts", ["decided_at"], unique=False)
    op.create_table(
        "articles",
        sa.Column("article_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("canonical_url", sa.Text(), nullable=False),
        sa.Column(
            "url", sa.Text(), nullable=False, comment="as the feed gave it; what is downloaded; '' when there is none"
        ),
        sa.Column("feed_id", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("lead", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), server_default="", nullable=False),
        sa.Column("text_source", sa.Text(), server_default="feed", nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("backlog", sa.Boolean(), nullable=False),
        sa.Column(
            "stage",
            sa.Text(),
            server_default="found",
            nullable=False,
            comment="found -> read -> classified -> placed: the work that is done; each step takes what the one before left",
        ),
        sa.Column(
            "fate",
            sa.Text(),
            nullable=True,
            comment="how it ended: no_signal, in_story, unclassifiable, unsupported_language, failed",
        ),
        sa.Column(
            "reason", sa.Text(), nullable=True, comment="why the page was not read, or why the article ended as it did"
        ),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claim_token", sa.Uuid(), nullable=True),
        sa.Column("fingerprint", sa.LargeBinary(), server_default=sa.text("''::bytea"), nullable=False),
        sa.Column(
            "words",
            postgresql.TSVECTOR(),
            sa.Computed(
                "to_tsvector('english'::regconfig, title || ' ' || lead || ' ' || left(text, 60000))", persisted=True
            ),
            nullable=True,
            comment="what full text search looks through; made anew only when title, lead or text change",
        ),
        sa.CheckConstraint("(stage = 'placed') = (fate IS NOT NULL)", name=op.f("ck_articles_fate")),
        sa.CheckConstraint("stage IN ('found', 'read', 'classified', 'placed')", name=op.f("ck_articles_stage")),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.feed_id"], name=op.f("fk_articles_feed_id_feeds")),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_articles")),
        sa.UniqueConstraint("canonical_url", name=op.f("uq_articles_canonical_url")),
    )
    op.create_index(
        "ix_articles_claim",
        "articles",
        ["claim_token"],
        unique=False,
        postgresql_where=sa.text("claim_token IS NOT NULL"),
    )
    op.create_index(
        "ix_articles_classified",
        "articles",
        ["article_id"],
        unique=False,
        postgresql_where=sa.text("stage = 'classified'"),
    )
    op.create_index(
        "ix_articles_found", "articles", ["article_id"], unique=False, postgresql_where=sa.text("stage = 'found'")
    )
    op.create_index(
        "ix_articles_read", "articles", ["article_id"], unique=False, postgresql_where=sa.text("stage = 'read'")
    )
    op.create_index("ix_articles_seen", "articles", ["seen_at"], unique=False)
    op.create_index("ix_articles_seen_id", "articles", ["seen_at", "article_id"], unique=False)
    op.create_index(
        "ix_articles_words",
        "articles",
        ["words"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("stage = 'placed'"),
    )
    op.create_table(
        "decisions",
        sa.Column("decision_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False, comment="'' when the route tells nobody"),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False, comment="tell, thread or hold"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "last_at", sa.DateTime(timezone=True), nullable=False, comment="when the same was last decided again"
        ),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.story_id"], name=op.f("fk_decisions_story_id_stories"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_decisions")),
        sa.UniqueConstraint(
            "story_id",
            "receiver",
            "route",
            "outcome",
            "reason",
            "severity",
            "ordinal",
            name=op.f("uq_decisions_story_id_receiver_route_outcome_reason_severity_ordinal"),
        ),
    )
    op.create_index("ix_decisions_last", "decisions", ["last_at"], unique=False)
    op.create_index("ix_decisions_time", "decisions", ["decided_at"], unique=False)
    op.create_table(
        "fetches",
        sa.Column("fetch_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("feed_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("body_bytes", sa.Integer(), nullable=False),
        sa.Column("elapsed_seconds", sa.Float(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.Column("new_entries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feeds.feed_id"], name=op.f("fk_fetches_feed_id_feeds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("fetch_id", name=op.f("pk_fetches")),
    )
    op.create_index("ix_fetches_feed", "fetches", ["feed_id", "fetched_at"], unique=False)
    op.create_index("ix_fetches_run", "fetches", ["run_id"], unique=False)
    op.create_table(
        "classifications",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("model_sha", sa.Text(), nullable=False),
        sa.Column("config_rev", sa.Text(), nullable=False),
        sa.Column("classified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signals", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column(
            "head", postgresql.ARRAY(sa.Text()), nullable=False, comment="signals of title and lead by themselves"
        ),
        sa.Column("scores", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("modality", sa.Text(), nullable=False),
        sa.Column("modality_score", sa.Float(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("actors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.article_id"],
            name=op.f("fk_classifications_article_id_articles"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("article_id", "model_sha", "config_rev", name=op.f("pk_classifications")),
    )
    op.create_index("ix_classifications_pair", "classifications", ["source", "target"], unique=False)
    op.create_index(
        "ix_classifications_signals",
        "classifications",
        ["signals"],
        unique=False,
        postgresql_using="gin",
        postgresql_where=sa.text("signals <> '{}'"),
    )
    op.create_table(
        "entries",
        sa.Column("entry_id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("feed_id", sa.Text(), nullable=False),
        sa.Column("entry_key", sa.Text(), nullable=False),
        sa.Column("article_id", sa.BigInteger(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("flags", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False, comment="first seen"),
        sa.Column(
            "listed_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="last seen in the feed; retention spares what is still listed",
        ),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.article_id"], name=op.f("fk_entries_article_id_articles"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["feed_id"], ["feeds.feed_id"], name=op.f("fk_entries_feed_id_feeds"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_entries")),
        sa.UniqueConstraint("feed_id", "entry_key", name=op.f("uq_entries_feed_id_entry_key")),
    )
    op.create_index("ix_entries_article", "entries", ["article_id"], unique=False)
    op.create_table(
        "story_articles",
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column("story_id", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False, comment="opened, copy, same_act, same_place, alike"),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.article_id"],
            name=op.f("fk_story_articles_article_id_articles"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.story_id"], name=op.f("fk_story_articles_story_id_stories"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_story_articles")),
    )
    op.create_index("ix_story_articles_story", "story_articles", ["story_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward only: restore a backup to go back.")
