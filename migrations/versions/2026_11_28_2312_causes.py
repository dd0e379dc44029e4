"""What leaves keeps the reference of what brought it about, for the log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_2312"
down_revision = "2026_11_28_2310"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("cause", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("outbox", "cause")
