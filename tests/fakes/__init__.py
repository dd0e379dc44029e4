"""Stand-ins with state for what is outside."""
