"""The neutral tree as HTML for the inbox."""
