"""What a database says when it cannot be used, in one sentence."""

from __future__ import annotations

from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from adapters.store.secrets import Unreadable

KEY = "DUEBOT_SECRET_KEY is not the key this database was written with. Give that one; for a local database it stands in the .key file beside it."


def sentence_of(error: Exception) -> str | None:
    """Null for an error that is not the database's. Never holds the address, which may have a password in it."""
    match error:
        case Unreadable():
            return KEY
        case CommandError():
            return "The database was made by a newer Duebot. Use that version, or restore a copy from before."
        case DBAPIError():
            said = str(error.orig).strip().splitlines() or [type(error.orig).__name__]
            return f"The database cannot be used: {said[0].rstrip('.')}. Is it running, and is DUEBOT_DATABASE_URL right?"
        case SQLAlchemyError():
            return f"The database cannot be used: {type(error).__name__}. Is it running, and is DUEBOT_DATABASE_URL right?"
    return None
