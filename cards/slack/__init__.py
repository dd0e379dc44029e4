"""The neutral tree as Block Kit."""
