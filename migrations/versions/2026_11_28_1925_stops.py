"""When nothing may leave: marks that every sending process reads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "2026_11_28_1925"
down_revision = "2026_11_28_1910"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stops",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("data", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stops"),
    )
    standing = sa.text("ended_at IS NULL")
    op.create_index("uq_stops_standing", "stops", ["kind"], unique=True, sqlite_where=standing, postgresql_where=standing)


def downgrade() -> None:
    op.drop_table("stops")
