"""Messages wait by the channel they leave by; an account tells that something about it changed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_1940"
down_revision = "2026_11_28_1941"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What waits without its channel, now or written by the release before this one, is given it when it is next delivered."""
    op.add_column("customers", sa.Column("changes", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("outbox", sa.Column("channel", sa.String(), nullable=False, server_default=sa.text("''")))
    op.create_index("ix_outbox_waiting", "outbox", ["kind", "channel", "state", "not_before"])
    op.drop_index("ix_outbox_due", "outbox")


def downgrade() -> None:
    op.create_index("ix_outbox_due", "outbox", ["kind", "state", "not_before"])
    op.drop_index("ix_outbox_waiting", "outbox")
    with op.batch_alter_table("outbox") as outbox:
        outbox.drop_column("channel")
    with op.batch_alter_table("customers") as customers:
        customers.drop_column("changes")
