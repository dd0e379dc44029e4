"""What Duebot decides and does, without knowing how anything outside is reached."""
