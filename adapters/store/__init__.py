"""Everything Duebot keeps, in one SQL database: SQLite for a team, PostgreSQL for many workers."""
