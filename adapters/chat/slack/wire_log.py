"""What Slack's libraries may log: never a request, and a broken connection once."""

from __future__ import annotations

import logging


def quiet_logger() -> logging.Logger:
    """For Bolt and the Web API. Below errors they print whole requests."""
    log = logging.getLogger("duebot.slack")
    log.setLevel(logging.ERROR)
    return log


def socket_logger() -> logging.Logger:
    log = logging.getLogger("duebot.slack.socket")
    log.setLevel(logging.INFO)
    for old in list(log.filters):
        log.removeFilter(old)
    log.addFilter(Outages())
    return log


class Outages(logging.Filter):
    """Lets one line through when the connection goes down and one when it is back. The library says both again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._down = False

    def filter(self, record: logging.LogRecord) -> bool:
        words = record.getMessage()
        if words.startswith(("Failed to connect", "Failed to check the current session", "Failed to retrieve WSS URL")):
            return self._say(record, f"Slack's socket is down and tried again until it holds: {words[:200]}", down=True)
        if "has been established" in words:
            return self._say(record, "Slack's socket is back", down=False)
        return record.levelno >= logging.ERROR

    def _say(self, record: logging.LogRecord, words: str, *, down: bool) -> bool:
        changed, self._down = self._down is not down, down
        record.msg, record.args, record.exc_info = words, (), None
        return changed
