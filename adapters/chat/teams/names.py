"""What the app is called and offers in Teams: the door and the app package are both made from these."""

from __future__ import annotations

PLATFORM = "teams"
CHANNEL = "msteams"  # what the Bot Framework calls it
MESSAGES_PATH = "/api/messages"

# What the menu beside the typing box offers; at most ten fit. `example` is typed for the person.
COMMANDS = {
    "home": "What waits for you, and your settings",
    "overdue": "What is overdue, the oldest first",
    "balance": "What a customer owes: balance CUSTOMER",
    "invoice": "One invoice and what was done: invoice NUMBER",
    "remind": "See a reminder, then send it: remind NUMBER",
    "mine": "What is assigned to you",
    "report": "The last seven days",
    "help": "What you can ask",
}
# Where the app speaks: to one person, in a team's channels, in group chats.
SCOPES = ("personal", "team", "groupChat")
