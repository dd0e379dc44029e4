"""Slack: Bolt for what people do, the Web API for what we say. Imported only where Slack is configured; `chat.build` is the door."""
