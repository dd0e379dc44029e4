"""Microsoft Teams: the Bot Framework for what people do, its connector for what we say. Imported only where Teams is configured; `chat.build` is the door."""
