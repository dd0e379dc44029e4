"""Chats staff work in. `protocol` is what every chat shares."""
