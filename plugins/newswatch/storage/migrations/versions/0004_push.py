"""Push: which WebSub hubs were asked to send which feed, and until when they do."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('subscriptions',
        sa.Column('feed_id', sa.Text(), nullable=False),
        sa.Column('hub', sa.Text(), nullable=False),
        sa.Column('topic', sa.Text(), nullable=False, comment='the address under which the hub knows the feed'),
        sa.Column('token', sa.Text(), nullable=False, comment='ends the address that the hub calls'),
        sa.Column('state', sa.Text(), server_default='wanted', nullable=False),
        sa.Column('reason', sa.Text(), nullable=True, comment='why the hub refused'),
        sa.Column('asked_at', sa.DateTime(timezone=True), nullable=True, comment='when the hub was last asked'),
        sa.Column('until', sa.DateTime(timezone=True), nullable=True, comment='end of the lease'),
        sa.Column('pushed_at', sa.DateTime(timezone=True), nullable=True, comment='the last content that proved itself'),
        sa.CheckConstraint("state IN ('wanted', 'asked', 'active', 'refused')", name=op.f('ck_subscriptions_state')),
        sa.ForeignKeyConstraint(['feed_id'], ['feeds.feed_id'], name=op.f('fk_subscriptions_feed_id_feeds'), ondelete='CASCADE'),
        sa.PrimaryKeyConstraint('feed_id', name=op.f('pk_subscriptions')),
        sa.UniqueConstraint('token', name=op.f('uq_subscriptions_token'))
        )


def downgrade() -> None:
    op.drop_table('subscriptions')
