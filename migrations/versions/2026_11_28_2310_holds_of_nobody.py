"""An invoice that the newest file no longer has is held, by nobody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_2310"
down_revision = "2026_11_28_2300"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("holds") as holds:
        holds.alter_column("by", existing_type=sa.Uuid(), nullable=True)


def downgrade() -> None:
    """A file that is read makes them again."""
    op.execute(sa.text('DELETE FROM holds WHERE "by" IS NULL'))
    with op.batch_alter_table("holds") as holds:
        holds.alter_column("by", existing_type=sa.Uuid(), nullable=False)
