"""Tuning: the history of configurations and models, labels, review cards, shadow findings, drift and replays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('drift_readings',
        sa.Column('measured_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('measure', sa.Text(), nullable=False, comment='score, length, language or unknown_words'),
        sa.Column('distance', sa.Float(), nullable=False, comment='population stability index'),
        sa.Column('usual', postgresql.JSONB(), nullable=False, comment='shares by bin in the weeks before'),
        sa.Column('lately', postgresql.JSONB(), nullable=False, comment='shares by bin now'),
        sa.Column('articles', sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint('measured_at', 'measure', name=op.f('pk_drift_readings'))
        )
    op.create_table('groupings',
        sa.Column('grouped_at', sa.DateTime(timezone=True), nullable=False, comment='the clock of a grouping run: a replay ticks with it'),
        sa.PrimaryKeyConstraint('grouped_at', name=op.f('pk_groupings'))
        )
    op.create_table('models',
        sa.Column('model_sha', sa.Text(), nullable=False),
        sa.Column('folder', sa.Text(), nullable=False, comment="under NEWSWATCH_HOME/models; '' is the model that came with the code"),
        sa.Column('state', sa.Text(), nullable=False, comment='champion, challenger, retired or rejected'),
        sa.Column('trained_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('corpus_sha', sa.Text(), nullable=False),
        sa.Column('labels', sa.Integer(), nullable=False, comment='approved labels it learned from'),
        sa.Column('report', postgresql.JSONB(), nullable=False, comment='figures on the frozen set and on recent labels, and the gate'),
        sa.Column('decided_by', sa.Text(), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('champion', 'challenger', 'retired', 'rejected')", name=op.f('ck_models_state')),
        sa.PrimaryKeyConstraint('model_sha', name=op.f('pk_models'))
        )
    op.create_index('uq_models_challenger', 'models', ['state'], unique=True, postgresql_where=sa.text("state = 'challenger'"))
    op.create_index('uq_models_champion', 'models', ['state'], unique=True, postgresql_where=sa.text("state = 'champion'"))
    op.create_table('replays',
        sa.Column('replay_id', sa.Text(), nullable=False),
        sa.Column('asked_by', sa.Text(), nullable=False),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('report', postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint('replay_id', name=op.f('pk_replays'))
        )
    op.create_index('ix_replays_asked', 'replays', ['asked_at'], unique=False)
    op.create_table('revision_changes',
        sa.Column('change_id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('kind', sa.Text(), nullable=False, comment='config or model'),
        sa.Column('action', sa.Text(), nullable=False, comment='found, saved, rolled_back, promoted'),
        sa.Column('who', sa.Text(), nullable=False),
        sa.Column('why', sa.Text(), nullable=False),
        sa.Column('was', sa.Text(), nullable=True, comment='revision in force before; NULL for the first'),
        sa.Column('revision', sa.Text(), nullable=False, comment='revision in force from then on'),
        sa.PrimaryKeyConstraint('change_id', name=op.f('pk_revision_changes'))
        )
    op.create_index('ix_revision_changes_kind', 'revision_changes', ['kind', 'change_id'], unique=False)
    op.create_table('trainings',
        sa.Column('training_id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('labels', sa.Integer(), nullable=False),
        sa.Column('outcome', sa.Text(), nullable=True, comment='trained or unchanged; NULL while it runs, or when it died'),
        sa.Column('model_sha', sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint('training_id', name=op.f('pk_trainings'))
        )
    op.create_table('labels',
        sa.Column('label_id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('article_id', sa.BigInteger(), nullable=False),
        sa.Column('user_id', sa.Text(), nullable=False),
        sa.Column('source', sa.Text(), nullable=False, comment='alert, missed or review'),
        sa.Column('verdict', sa.Text(), nullable=False, comment='wrong_signal, known_already, not_for_us, not_news, missed, reviewed'),
        sa.Column('signals', postgresql.ARRAY(sa.Text()), nullable=True, comment='what it reports, says the user; NULL: the verdict does not speak of signals'),
        sa.Column('modality', sa.Text(), nullable=True, comment='how it stands to them, where the user says so'),
        sa.Column('alert_key', sa.Text(), nullable=True),
        sa.Column('given_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
        sa.Column('decision', sa.Text(), nullable=True, comment='approved or rejected; NULL while it waits for review'),
        sa.Column('decided_by', sa.Text(), nullable=True),
        sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("decision IN ('approved', 'rejected')", name=op.f('ck_labels_decision')),
        sa.ForeignKeyConstraint(['article_id'], ['articles.article_id'], name=op.f('fk_labels_article_id_articles'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('label_id', name=op.f('pk_labels')),
        sa.UniqueConstraint('article_id', 'user_id', 'source', name=op.f('uq_labels_article_id_user_id_source'))
        )
    op.create_index('ix_labels_approved', 'labels', ['decided_at'], unique=False, postgresql_where=sa.text("decision = 'approved' AND undone_at IS NULL"))
    op.create_index('ix_labels_waiting', 'labels', ['label_id'], unique=False, postgresql_where=sa.text('decision IS NULL AND undone_at IS NULL'))
    op.create_table('review_items',
        sa.Column('item_id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column('day', sa.Date(), nullable=False),
        sa.Column('article_id', sa.BigInteger(), nullable=False),
        sa.Column('stratum', sa.Text(), nullable=False, comment='unalerted, near_miss, disagreement or told'),
        sa.Column('population', sa.Integer(), nullable=False, comment='articles of the stratum that day'),
        sa.Column('drawn', sa.Integer(), nullable=False, comment='of these, how many the card asks about'),
        sa.Column('found', postgresql.ARRAY(sa.Text()), nullable=False, comment='signals the model found'),
        sa.Column('told', sa.Boolean(), nullable=False, comment='its story was told'),
        sa.ForeignKeyConstraint(['article_id'], ['articles.article_id'], name=op.f('fk_review_items_article_id_articles'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('item_id', name=op.f('pk_review_items')),
        sa.UniqueConstraint('day', 'article_id', name=op.f('uq_review_items_day_article_id'))
        )
    op.create_table('shadow_findings',
        sa.Column('article_id', sa.BigInteger(), nullable=False),
        sa.Column('model_sha', sa.Text(), nullable=False),
        sa.Column('classified_at', sa.DateTime(timezone=True), nullable=False),
        sa.Column('signals', postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column('scores', postgresql.JSONB(), nullable=False),
        sa.Column('modality', sa.Text(), nullable=False),
        sa.Column('reason', sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(['article_id'], ['articles.article_id'], name=op.f('fk_shadow_findings_article_id_articles'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('article_id', 'model_sha', name=op.f('pk_shadow_findings'))
        )
    op.create_index('ix_shadow_findings_model', 'shadow_findings', ['model_sha', 'classified_at'], unique=False)
    op.add_column('classifications', sa.Column('head_scores', postgresql.JSONB(), nullable=True, comment='of title and lead by themselves; NULL in findings of earlier versions'))
    op.create_index('ix_classifications_at', 'classifications', ['classified_at'], unique=False)
    op.add_column('revisions', sa.Column('texts', postgresql.JSONB(), nullable=True, comment='the files that decide, as text, so that a rollback keeps their comments'))
    op.execute("INSERT INTO groupings SELECT DISTINCT joined_at FROM story_articles")


def downgrade() -> None:
    raise NotImplementedError("Migrations go forward only: restore a backup to go back.")
