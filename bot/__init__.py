"""Builds Duebot and wires its parts."""
