"""What must not be read by others: tokens in what is printed, requests in what the libraries log."""

from __future__ import annotations

import logging

from adapters.chat.slack.settings import SlackSettings
from adapters.chat.slack.wire_log import Outages, quiet_logger


def test_tokens_and_secrets_are_not_shown() -> None:
    shown = repr(SlackSettings("xoxb-1", ("s-1", "s-2"), "xapp-1"))
    assert not any(secret in shown for secret in ("xoxb-1", "s-1", "s-2", "xapp-1"))


def test_the_libraries_log_nothing_below_errors_as_it_would_hold_whole_requests() -> None:
    assert not quiet_logger().isEnabledFor(logging.WARNING)


def lines(*said: tuple[int, str]) -> list[str]:
    outages, kept = Outages(), []
    for level, words in said:
        record = logging.LogRecord("slack", level, "", 0, words, (), None)
        if outages.filter(record):
            kept.append(record.getMessage())
    return kept


def test_an_outage_of_the_socket_is_one_line_and_its_end_another() -> None:
    up, failed = (logging.INFO, "A new session (s_1) has been established"), (logging.ERROR, "Failed to connect (error: x); Retrying...")
    chatter = (logging.INFO, "The session (s_1) seems to be stale. Reconnecting...")
    assert lines(up, chatter, failed, failed, failed, up, up, failed) == [
        f"Slack's socket is down and tried again until it holds: {failed[1]}",
        "Slack's socket is back",
        f"Slack's socket is down and tried again until it holds: {failed[1]}",
    ]
    assert lines((logging.ERROR, "Failed to run a request listener")) == ["Failed to run a request listener"]
