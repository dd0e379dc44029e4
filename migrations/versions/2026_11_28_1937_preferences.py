"""How each colleague wants to be told; standing cards are found by their kind."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_1937"
down_revision = "2026_11_28_1930"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preferences",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("notify", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("quiet", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_preferences_user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_preferences"),
    )
    op.create_index("ix_cards_kind", "cards", ["kind", "state"])


def downgrade() -> None:
    op.drop_index("ix_cards_kind", table_name="cards")
    op.drop_table("preferences")
