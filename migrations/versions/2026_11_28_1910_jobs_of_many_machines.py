"""Procrastinate's own tables, on PostgreSQL only: one machine needs none."""

from __future__ import annotations

from importlib.resources import files

from alembic import op

revision = "2026_11_28_1910"
down_revision = "2026_11_22_1030"
branch_labels = None
depends_on = None

NEWEST = "03.04.00_50"  # of Procrastinate's own migrations; a release that adds to them gets a migration of its own here

_DROP = """
DO $$ DECLARE what text; BEGIN
    FOR what IN SELECT format('TABLE %s', oid::regclass) FROM pg_class
        WHERE relkind = 'r' AND relname LIKE 'procrastinate\\_%' AND pg_table_is_visible(oid) LOOP
        EXECUTE 'DROP ' || what || ' CASCADE';
    END LOOP;
    FOR what IN SELECT format('FUNCTION %s', oid::regprocedure) FROM pg_proc
        WHERE proname LIKE 'procrastinate\\_%' AND pg_function_is_visible(oid) LOOP
        EXECUTE 'DROP ' || what || ' CASCADE';
    END LOOP;
    FOR what IN SELECT format('TYPE %s', oid::regtype) FROM pg_type
        WHERE typname LIKE 'procrastinate\\_%' AND typtype IN ('e', 'c') AND pg_type_is_visible(oid) LOOP
        EXECUTE 'DROP ' || what || ' CASCADE';
    END LOOP;
END $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        scripts = (one for one in files("procrastinate.sql.migrations").iterdir() if one.name.endswith(".sql"))
        for script in sorted(scripts, key=lambda one: one.name):
            if script.name[: len(NEWEST)] <= NEWEST:
                _run(script.read_text(encoding="utf-8"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _run(_DROP)


def _run(statements: str) -> None:
    op.get_bind().exec_driver_sql(statements.replace("%", "%%"))  # the driver takes a lone one for a parameter
