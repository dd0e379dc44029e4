"""Keeping what there is: backups, maintenance, and what is done once a day."""
