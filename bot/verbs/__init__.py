"""What the `duebot` command can do: one file per group of verbs."""
