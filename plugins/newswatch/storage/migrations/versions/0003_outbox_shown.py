"""What a message shows of its story, so that it is edited when that changes and only then."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "outbox",
        sa.Column("shown", sa.Text(), nullable=True, comment="state, severity, origins and acts that the message shows"),
    )


def downgrade() -> None:
    op.drop_column("outbox", "shown")
