"""Which tables hold the history of configurations and models, labels, review cards, shadow findings, drift and replays?"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from newswatch.storage.tables import Moment, classifications, metadata

groupings = sa.Table(
    "groupings",
    metadata,
    sa.Column("grouped_at", Moment, primary_key=True, comment="the clock of a grouping run: a replay ticks with it"),
)

revision_changes = sa.Table(
    "revision_changes",
    metadata,
    sa.Column("change_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("kind", sa.Text, nullable=False, comment="config or model"),
    sa.Column("action", sa.Text, nullable=False, comment="found, saved, rolled_back, promoted"),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("was", sa.Text, comment="revision in force before; NULL for the first"),
    sa.Column("revision", sa.Text, nullable=False, comment="revision in force from then on"),
    sa.Index("ix_revision_changes_kind", "kind", "change_id"),
)

labels = sa.Table(
    "labels",
    metadata,
    sa.Column("label_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("article_id", sa.BigInteger, sa.ForeignKey("articles.article_id", ondelete="CASCADE"), nullable=False),
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False, comment="alert, missed or review"),
    sa.Column("verdict", sa.Text, nullable=False, comment="wrong_signal, known_already, not_for_us, not_news, missed, reviewed"),
    sa.Column("signals", ARRAY(sa.Text), comment="what it reports, says the user; NULL: the verdict does not speak of signals"),
    sa.Column("modality", sa.Text, comment="how it stands to them, where the user says so"),
    sa.Column("alert_key", sa.Text),
    sa.Column("given_at", Moment, nullable=False),
    sa.Column("undone_at", Moment),
    sa.Column("decision", sa.Text, comment="approved or rejected; NULL while it waits for review"),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", Moment),
    sa.UniqueConstraint("article_id", "user_id", "source"),
    sa.CheckConstraint("decision IN ('approved', 'rejected')", name="decision"),
    sa.Index("ix_labels_waiting", "label_id", postgresql_where=sa.text("decision IS NULL AND undone_at IS NULL")),
    sa.Index("ix_labels_approved", "decided_at", postgresql_where=sa.text("decision = 'approved' AND undone_at IS NULL")),
)  # fmt: skip

review_items = sa.Table(
    "review_items",
    metadata,
    sa.Column("item_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("article_id", sa.BigInteger, sa.ForeignKey("articles.article_id", ondelete="CASCADE"), nullable=False),
    sa.Column("stratum", sa.Text, nullable=False, comment="unalerted, near_miss, disagreement or told"),
    sa.Column("population", sa.Integer, nullable=False, comment="articles of the stratum that day"),
    sa.Column("drawn", sa.Integer, nullable=False, comment="of these, how many the card asks about"),
    sa.Column("found", ARRAY(sa.Text), nullable=False, comment="signals the model found"),
    sa.Column("told", sa.Boolean, nullable=False, comment="its story was told"),
    sa.UniqueConstraint("day", "article_id"),
)

models = sa.Table(
    "models",
    metadata,
    sa.Column("model_sha", sa.Text, primary_key=True),
    sa.Column("folder", sa.Text, nullable=False, comment="under NEWSWATCH_HOME/models; '' is the model that came with the code"),
    sa.Column("state", sa.Text, nullable=False, comment="champion, challenger, retired or rejected"),
    sa.Column("trained_at", Moment, nullable=False),
    sa.Column("corpus_sha", sa.Text, nullable=False),
    sa.Column("labels", sa.Integer, nullable=False, comment="approved labels it learned from"),
    sa.Column("report", JSONB, nullable=False, comment="figures on the frozen set and on recent labels, and the gate"),
    sa.Column("decided_by", sa.Text),
    sa.Column("decided_at", Moment),
    sa.CheckConstraint("state IN ('champion', 'challenger', 'retired', 'rejected')", name="state"),
    sa.Index("uq_models_champion", "state", unique=True, postgresql_where=sa.text("state = 'champion'")),
    sa.Index("uq_models_challenger", "state", unique=True, postgresql_where=sa.text("state = 'challenger'")),
)  # fmt: skip

trainings = sa.Table(
    "trainings",
    metadata,
    sa.Column("training_id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("finished_at", Moment),
    sa.Column("labels", sa.Integer, nullable=False),
    sa.Column("outcome", sa.Text, comment="trained or unchanged; NULL while it runs, or when it died"),
    sa.Column("model_sha", sa.Text),
)

shadow_findings = sa.Table(
    "shadow_findings",
    metadata,
    sa.Column("article_id", sa.BigInteger, sa.ForeignKey("articles.article_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("model_sha", sa.Text, primary_key=True),
    sa.Column("classified_at", Moment, nullable=False),
    sa.Column("signals", ARRAY(sa.Text), nullable=False),
    sa.Column("scores", JSONB, nullable=False),
    sa.Column("modality", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Index("ix_shadow_findings_model", "model_sha", "classified_at"),
)

drift_readings = sa.Table(
    "drift_readings",
    metadata,
    sa.Column("measured_at", Moment, primary_key=True),
    sa.Column("measure", sa.Text, primary_key=True, comment="score, length, language or unknown_words"),
    sa.Column("distance", sa.Float, nullable=False, comment="population stability index"),
    sa.Column("usual", JSONB, nullable=False, comment="shares by bin in the weeks before"),
    sa.Column("lately", JSONB, nullable=False, comment="shares by bin now"),
    sa.Column("articles", sa.Integer, nullable=False),
)

replays = sa.Table(
    "replays",
    metadata,
    sa.Column("replay_id", sa.Text, primary_key=True),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("report", JSONB, nullable=False),
    sa.Index("ix_replays_asked", "asked_at"),
)

# Replays read a month by the time of classification, without a sort on disk.
sa.Index("ix_classifications_at", classifications.c.classified_at)
