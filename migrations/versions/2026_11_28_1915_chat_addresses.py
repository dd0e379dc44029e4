"""Where chats without fixed addresses, such as Teams, are written to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_28_1915"
down_revision = "2026_11_28_1925"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "chat_addresses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("details", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chat_addresses"),
        sa.UniqueConstraint("platform", "key", name="uq_chat_addresses_platform_key"),
    )


def downgrade() -> None:
    op.drop_table("chat_addresses")
