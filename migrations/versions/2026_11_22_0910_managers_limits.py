"""Up to how much a manager approves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_0910"
down_revision = "2026_11_22_0845"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("approves_up_to", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("users", "approves_up_to")
