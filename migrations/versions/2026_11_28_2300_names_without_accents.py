"""Customers are found without the accents of their names."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "2026_11_28_2300"
down_revision = "2026_11_28_2230"
branch_labels = None
depends_on = None

_CUSTOMERS = sa.table("customers", sa.column("id", sa.Uuid()), sa.column("name", sa.String()), sa.column("folded", sa.String()))


def upgrade() -> None:
    _fold(_plain)


def downgrade() -> None:
    _fold(_small)


def _fold(fold: Callable[[str], str]) -> None:
    """Names of plain letters read the same either way, and are most."""
    connection, c = op.get_bind(), _CUSTOMERS.c
    changed = [
        {"of": row.id, "to": fold(row.name)}
        for row in connection.execute(sa.select(c.id, c.name, c.folded))
        if not row.name.isascii() and row.folded != fold(row.name)
    ]
    if changed:
        query = sa.update(_CUSTOMERS).where(c.id == sa.bindparam("of")).values(folded=sa.bindparam("to"))
        connection.execute(query, changed)


def _small(name: str) -> str:
    return " ".join(name.casefold().split())


def _plain(name: str) -> str:
    parts = unicodedata.normalize("NFKD", _small(name))
    return unicodedata.normalize("NFC", "".join(letter for letter in parts if not unicodedata.combining(letter)))
