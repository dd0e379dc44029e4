"""Everything outside the process: databases, files, mail servers, chats."""
