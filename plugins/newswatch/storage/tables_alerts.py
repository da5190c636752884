"""Which tables hold decisions, alerts, the outbox, silences, feedback and operators' notices?"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from newswatch.storage.tables import Moment, metadata

decisions = sa.Table(
    "decisions",
    metadata,
    sa.Column("decision_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("story_id", sa.Text, sa.ForeignKey("stories.story_id", ondelete="CASCADE"), nullable=False),
    sa.Column("receiver", sa.Text, nullable=False, comment="'' when the route tells nobody"),
    sa.Column("route", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False, comment="tell, thread or hold"),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("explanation", sa.Text, nullable=False),
    sa.Column("severity", sa.SmallInteger, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("decided_at", Moment, nullable=False),
    sa.Column("last_at", Moment, nullable=False, comment="when the same was last decided again"),
    sa.Column("times", sa.Integer, nullable=False, server_default="1"),
    sa.UniqueConstraint("story_id", "receiver", "route", "outcome", "reason", "severity", "ordinal"),
    sa.Index("ix_decisions_time", "decided_at"),
)

alerts = sa.Table(
    "alerts",
    metadata,
    sa.Column("alert_key", sa.Text, primary_key=True),
    sa.Column("story_id", sa.Text, sa.ForeignKey("stories.story_id", ondelete="CASCADE"), nullable=False),
    sa.Column("receiver", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("severity", sa.SmallInteger, nullable=False),
    sa.Column("explanation", sa.Text, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("decided_at", Moment, nullable=False),
    sa.Column("group_key", sa.Text, nullable=False),
    sa.Column("root_id", sa.Text, nullable=False, comment="the story in whose message it is told"),
    sa.Column("modality", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("events", sa.Integer, nullable=False),
    sa.Column("labels", JSONB, nullable=False),
    sa.Column("last_report_at", Moment, nullable=False),
    sa.Column("config_rev", sa.Text, nullable=False),
    sa.Column("model_sha", sa.Text, nullable=False),
    sa.Index("ix_alerts_story", "story_id", "receiver", "ordinal"),
    sa.Index("ix_alerts_time", "decided_at"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("notification_key", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, sa.Identity(always=True), nullable=False),
    sa.Column("alert_key", sa.Text, nullable=False, comment="'' for digests and notices"),
    sa.Column("story_id", sa.Text, nullable=False),
    sa.Column("receiver", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, comment="root, update, reply, digest, notice"),
    sa.Column("root_key", sa.Text, comment="the message edited or answered; it must be sent before this one"),
    sa.Column("severity", sa.SmallInteger, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("blocks", JSONB, nullable=False),
    sa.Column("broadcast", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("not_before_at", Moment, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("first_attempt_at", Moment),
    sa.Column(
        "fence",
        sa.BigInteger,
        nullable=False,
        server_default="0",
        comment="grows with each claim; the last claim may write",
    ),
    sa.Column("lease_until", Moment),
    sa.Column(
        "uncertain",
        sa.Boolean,
        nullable=False,
        server_default=sa.false(),
        comment="may have arrived: look before sending",
    ),
    sa.Column(
        "plain", sa.Boolean, nullable=False, server_default=sa.false(), comment="the blocks were refused: text alone"
    ),
    sa.Column("possible_duplicate", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("late", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("channel", sa.Text, comment="where it went, or the fallback it shall go to"),
    sa.Column("ts", sa.Text),
    sa.Column("permalink", sa.Text),
    sa.Column("sent_at", Moment),
    sa.Column("last_error", sa.Text),
    sa.Column("shown", sa.Text, comment="state, severity, origins and acts that the message shows"),
    sa.CheckConstraint("state IN ('waiting', 'sending', 'sent', 'parked', 'held', 'dead', 'superseded')", name="state"),
    sa.CheckConstraint("state <> 'sent' OR (channel IS NOT NULL AND ts IS NOT NULL)", name="sent"),
    sa.Index("ix_outbox_open", "not_before_at", postgresql_where=sa.text("state IN ('waiting', 'sending', 'parked')")),
    sa.Index("ix_outbox_story", "story_id", "receiver"),
    sa.Index("ix_outbox_root", "root_key"),
)

channels = sa.Table(
    "channels",
    metadata,
    sa.Column("channel", sa.Text, primary_key=True),
    sa.Column("next_at", Moment, comment="one message a second: the next may go then"),
    sa.Column("paused_until", Moment, comment="Slack asked us to wait"),
)

silences = sa.Table(
    "silences",
    metadata,
    sa.Column("silence_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("matchers", JSONB, nullable=False, comment='["pair=PRK→JPN", ...]'),
    sa.Column("receiver", sa.Text),
    sa.Column("ceiling", sa.SmallInteger, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("starts_at", Moment, nullable=False),
    sa.Column("ends_at", Moment, comment="NULL: until the story it names is quiet"),
    sa.Column("closed_at", Moment, comment="when its end was told"),
    sa.CheckConstraint("ceiling BETWEEN 1 AND 5", name="ceiling"),
)

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("alert_key", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True, comment="acknowledged, or wrong"),
    sa.Column(
        "verdict", sa.Text, nullable=False, comment="acknowledged, wrong_signal, known_already, not_for_us, not_news"
    ),
    sa.Column("signal", sa.Text, comment="with wrong_signal: which it is instead"),
    sa.Column("given_at", Moment, nullable=False),
    sa.Column("undone_at", Moment),
)

clicks = sa.Table(
    "clicks",
    metadata,
    sa.Column("signature", sa.Text, primary_key=True, comment="of the request: the same one twice is a replay"),
    sa.Column("seen_at", Moment, nullable=False),
)

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("notice_key", sa.Text, primary_key=True, comment="what the trouble is about, such as feed:bbc"),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("first_at", Moment, nullable=False),
    sa.Column("told_at", Moment, nullable=False),
    sa.Column("times", sa.Integer, nullable=False, server_default="1"),
    sa.Column("resolved_at", Moment),
)
