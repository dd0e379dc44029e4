"""The first tables: books, accounts, facts, outbox, cards, people, inbound, audit, policies."""

from __future__ import annotations

from uuid import uuid4

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026_11_22_0600"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
COUNTER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# The trail only grows. The one change allowed is numbering an entry that has no number yet.
SQLITE_GUARDS = (
    """
    CREATE TRIGGER audit_keeps_entries BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END
    """,
    """
    CREATE TRIGGER audit_keeps_words BEFORE UPDATE ON audit
    WHEN OLD.seq IS NOT NULL OR NEW.position IS NOT OLD.position OR NEW.actor IS NOT OLD.actor OR NEW.at IS NOT OLD.at
      OR NEW.type IS NOT OLD.type OR NEW.data IS NOT OLD.data
    BEGIN SELECT RAISE(ABORT, 'the audit trail only grows'); END
    """,
)
POSTGRESQL_GUARDS = (
    """
    CREATE FUNCTION audit_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'UPDATE' THEN
        IF OLD.seq IS NULL AND (NEW.position, NEW.actor, NEW.at, NEW.type, NEW.data)
            IS NOT DISTINCT FROM (OLD.position, OLD.actor, OLD.at, OLD.type, OLD.data) THEN
          RETURN NEW;
        END IF;
      END IF;
      RAISE EXCEPTION 'the audit trail only grows';
    END $$
    """,
    "CREATE TRIGGER audit_keeps_entries BEFORE DELETE OR UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_only_grows()",
    "CREATE TRIGGER audit_keeps_table BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_only_grows()",
)


def upgrade() -> None:
    _people_and_books()
    _what_they_owe()
    _what_people_said()
    _what_we_did()
    _what_came_in()
    _guard_the_trail()
    _first_rows()


def _guard_the_trail() -> None:
    for statement in SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_GUARDS:
        op.execute(statement)


def _first_rows() -> None:
    """An empty trail, and the book a small company needs no command for."""
    head = sa.table("audit_head", sa.column("id", sa.Integer()), sa.column("seq", sa.BigInteger()), sa.column("hash", sa.String()))
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": "0" * 64}])
    texts = [sa.column(name, sa.String()) for name in ("slug", "name", "zone", "language")]
    books = sa.table("books", sa.column("id", sa.Uuid()), *texts, sa.column("fed_by_files", sa.Boolean()))
    op.bulk_insert(books, [{"id": uuid4(), "slug": "main", "name": "Main", "zone": "UTC", "language": "en", "fed_by_files": True}])


def _people_and_books() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
    )
    op.create_table(
        "identities",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_identities_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint("platform", "team", "person", name="uq_identities_platform_team_person"),
    )
    op.create_index("ix_identities_user_id", "identities", ["user_id"], unique=False)
    op.create_table(
        "books",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("subdivision", sa.String(), nullable=True),
        sa.Column("currency", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("seller_email", sa.String(), nullable=True),
        sa.Column("seller_phone", sa.String(), nullable=True),
        sa.Column("payment_instructions", sa.String(), nullable=True),
        sa.Column("fed_by_files", sa.Boolean(), nullable=False),
        sa.Column("read_through", sa.Date(), nullable=True),
        sa.Column("read_at", INSTANT, nullable=True),
        sa.Column("chat_channel", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_books"),
        sa.UniqueConstraint("slug", name="uq_books_slug"),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("zone", sa.String(), nullable=True),
        sa.Column("country", sa.String(), nullable=True),
        sa.Column("subdivision", sa.String(), nullable=True),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("party", sa.String(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("policy_name", sa.String(), nullable=True),
        sa.Column("policy_version", sa.Integer(), nullable=True),
        sa.Column("released_at", INSTANT, nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("next_look_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name="fk_customers_book_id"),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name="fk_customers_owner_id"),
        sa.ForeignKeyConstraint(["released_by"], ["users.id"], name="fk_customers_released_by"),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
        sa.UniqueConstraint("book_id", "number", name="uq_customers_book_id_number"),
    )
    op.create_index("ix_customers_next_look_at", "customers", ["next_look_at"], unique=False)
    op.create_table(
        "contacts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_contacts_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
        sa.UniqueConstraint("customer_id", "kind", "address", name="uq_contacts_customer_id_kind_address"),
    )


def _what_they_owe() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("accepted_by", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("accepted_how", sa.String(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["accepted_by"], ["users.id"], name="fk_plans_accepted_by"),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name="fk_plans_by"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_plans_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
    )
    op.create_index("ix_plans_customer_id", "plans", ["customer_id"], unique=False)
    op.create_table(
        "items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name="fk_items_book_id"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_items_customer_id"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_items_plan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
    )
    op.create_index("ix_items_customer_id", "items", ["customer_id"], unique=False)
    op.create_index("ix_items_due_on", "items", ["due_on"], unique=False)
    op.create_index("ix_items_number", "items", ["number"], unique=False)
    op.create_index("ix_items_plan_id", "items", ["plan_id"], unique=False)
    op.create_index(
        "uq_items_invoice",
        "items",
        ["book_id", "number"],
        unique=True,
        sqlite_where=sa.text("kind = 'invoice'"),
        postgresql_where=sa.text("kind = 'invoice'"),
    )
    op.create_table(
        "plan_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_plan_items_item_id"),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_plan_items_plan_id"),
        sa.PrimaryKeyConstraint("id", name="pk_plan_items"),
        sa.UniqueConstraint("plan_id", "item_id", name="uq_plan_items_plan_id_item_id"),
    )
    op.create_index("ix_plan_items_item_id", "plan_items", ["item_id"], unique=False)
    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_payments_customer_id"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_payments_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
        sa.UniqueConstraint("customer_id", "key", name="uq_payments_customer_id_key"),
    )
    op.create_index("ix_payments_customer_id", "payments", ["customer_id"], unique=False)
    op.create_index("ix_payments_item_id", "payments", ["item_id"], unique=False)
    op.create_table(
        "credits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("credited_on", sa.Date(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_credits_customer_id"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_credits_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_credits"),
        sa.UniqueConstraint("customer_id", "key", name="uq_credits_customer_id_key"),
    )
    op.create_index("ix_credits_customer_id", "credits", ["customer_id"], unique=False)
    op.create_index("ix_credits_item_id", "credits", ["item_id"], unique=False)


def _what_people_said() -> None:
    op.create_table(
        "snoozes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name="fk_snoozes_by"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_snoozes_customer_id"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_snoozes_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_snoozes"),
    )
    op.create_index("ix_snoozes_customer_id", "snoozes", ["customer_id"], unique=False)
    op.create_index("ix_snoozes_item_id", "snoozes", ["item_id"], unique=False)
    op.create_table(
        "flags",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name="fk_flags_by"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_flags_customer_id"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_flags_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_flags"),
    )
    op.create_index("ix_flags_customer_id", "flags", ["customer_id"], unique=False)
    op.create_index("ix_flags_item_id", "flags", ["item_id"], unique=False)
    op.create_table(
        "escalations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("to", sa.Uuid(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name="fk_escalations_by"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_escalations_customer_id"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_escalations_item_id"),
        sa.ForeignKeyConstraint(["to"], ["users.id"], name="fk_escalations_to"),
        sa.PrimaryKeyConstraint("id", name="pk_escalations"),
    )
    op.create_index("ix_escalations_customer_id", "escalations", ["customer_id"], unique=False)
    op.create_index("ix_escalations_item_id", "escalations", ["item_id"], unique=False)
    op.create_table(
        "acts",
        sa.Column("position", COUNTER, autoincrement=True, nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name="fk_acts_by"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_acts_customer_id"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_acts_item_id"),
        sa.PrimaryKeyConstraint("position", name="pk_acts"),
    )
    op.create_index("ix_acts_customer_id", "acts", ["customer_id"], unique=False)
    op.create_index("ix_acts_item_id", "acts", ["item_id"], unique=False)


def _what_we_did() -> None:
    op.create_table(
        "raised",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_raised_customer_id"),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_raised_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_raised"),
        sa.UniqueConstraint("item_id", "step", "occurrence", name="uq_raised_item_id_step_occurrence"),
    )
    op.create_index("ix_raised_customer_id", "raised", ["customer_id"], unique=False)
    op.create_index("ix_raised_at", "raised", ["at"], unique=False)
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("currencies", JSON, nullable=False),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["users.id"], name="fk_notices_by"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_notices_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_customer_id", "notices", ["customer_id"], unique=False)
    op.create_index("ix_notices_day", "notices", ["day"], unique=False)
    op.create_index("uq_notices_key", "notices", ["key"], unique=True, sqlite_where=sa.text("counts"), postgresql_where=sa.text("counts"))
    op.create_table(
        "notice_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("step", sa.String(), nullable=True),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("leads", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_notice_items_item_id"),
        sa.ForeignKeyConstraint(["notice_id"], ["notices.id"], name="fk_notice_items_notice_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notice_items"),
    )
    op.create_index("ix_notice_items_item_id", "notice_items", ["item_id"], unique=False)
    op.create_index("ix_notice_items_notice_id", "notice_items", ["notice_id"], unique=False)
    op.create_index(
        "uq_notice_items_leading_step",
        "notice_items",
        ["item_id", "step", "occurrence"],
        unique=True,
        sqlite_where=sa.text("leads AND counts"),
        postgresql_where=sa.text("leads AND counts"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("claimed_at", INSTANT, nullable=True),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_due", "outbox", ["kind", "state", "not_before"], unique=False)
    op.create_table(
        "cards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("book_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("platform", sa.String(), nullable=True),
        sa.Column("channel", sa.String(), nullable=True),
        sa.Column("message", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name="fk_cards_book_id"),
        sa.PrimaryKeyConstraint("id", name="pk_cards"),
        sa.UniqueConstraint("kind", "subject", "day", name="uq_cards_kind_subject_day"),
        sa.UniqueConstraint("platform", "channel", "message", name="uq_cards_platform_channel_message"),
    )
    op.create_index("ix_cards_standing", "cards", ["state", "subject"], unique=False)


def _what_came_in() -> None:
    op.create_table(
        "inbound",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("accepted_at", INSTANT, nullable=False),
        sa.Column("handled_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_inbound"),
        sa.UniqueConstraint("key", name="uq_inbound_key"),
    )
    op.create_index("ix_inbound_pending", "inbound", ["handled_at", "accepted_at"], unique=False)
    op.create_table(
        "audit",
        sa.Column("position", COUNTER, autoincrement=True, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.Column("hash", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.PrimaryKeyConstraint("position", name="pk_audit"),
        sa.UniqueConstraint("seq", name="uq_audit_seq"),
    )
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_audit_head_single"),
        sa.PrimaryKeyConstraint("id", name="pk_audit_head"),
    )
    op.create_table(
        "policies",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", "version", name="pk_policies"),
    )


def downgrade() -> None:
    op.drop_table("snoozes")
    op.drop_table("raised")
    op.drop_table("plan_items")
    op.drop_table("payments")
    op.drop_table("notice_items")
    op.drop_table("flags")
    op.drop_table("escalations")
    op.drop_table("credits")
    op.drop_table("acts")
    op.drop_table("items")
    op.drop_table("plans")
    op.drop_table("notices")
    op.drop_table("contacts")
    op.drop_table("identities")
    op.drop_table("customers")
    op.drop_table("cards")
    op.drop_table("users")
    op.drop_table("policies")
    op.drop_table("outbox")
    op.drop_table("inbound")
    op.drop_table("books")
    op.drop_table("audit_head")
    op.drop_table("audit")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_only_grows()")
