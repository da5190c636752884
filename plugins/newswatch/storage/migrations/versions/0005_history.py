"""History: what pruning and grouping look up by time, and when a feed's last whole document came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('feeds', sa.Column('listed_at', sa.DateTime(timezone=True), nullable=True, comment='its last whole document: what stood in it is listed still'))
    op.execute("UPDATE feeds SET listed_at = (SELECT max(entries.listed_at) FROM entries WHERE entries.feed_id = feeds.feed_id)")
    op.create_index('ix_entries_seen', 'entries', ['seen_at'], unique=False)
    op.create_index('ix_fetches_time', 'fetches', ['fetched_at'], unique=False)
    op.create_index('ix_story_articles_joined', 'story_articles', ['joined_at'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_story_articles_joined', table_name='story_articles')
    op.drop_index('ix_fetches_time', table_name='fetches')
    op.drop_index('ix_entries_seen', table_name='entries')
    op.drop_column('feeds', 'listed_at')
