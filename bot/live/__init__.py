"""Cards that stand in the chats: what they show now, where they go, and when."""
