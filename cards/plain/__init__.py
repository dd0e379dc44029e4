"""The neutral tree as text for terminals and logs."""
