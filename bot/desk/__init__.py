"""What a person's press, form or question comes to: the parts of `bot.handle`."""
