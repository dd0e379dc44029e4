"""Which public or shared channels may see customers' names and amounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_0940"
down_revision = "2026_11_22_0930"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "approved_channels",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_approved_channels"),
        sa.UniqueConstraint("channel", name="uq_approved_channels_channel"),
    )


def downgrade() -> None:
    op.drop_table("approved_channels")
