"""What libraries log comes out as our own lines do."""

from __future__ import annotations

import json
import logging
from collections.abc import Generator

import pytest
import structlog

from adapters.core.cause import caused_by
from bot.verbs.terminal import logs_to_stderr

SAID = {
    "procrastinate.worker": "Worker stopped, Authorization: Bearer abcdefgh12345678",
    "psycopg.pool": "error connecting in 'jobs': postgresql://duebot:hunter2-secret@db/duebot password=hunter2-secret host=db",
    "uvicorn.error": "Exception in ASGI application xoxb-1234-hunter2-secret",
    "slack_sdk": "https://hooks.slack.com/services/T0001/B0001/hunter2secret",
    "apscheduler": 'Run time of job "tick" was missed by 0:01:02',
}


@pytest.fixture
def log() -> Generator[None, None, None]:
    """As it was, afterwards."""
    root = logging.getLogger()
    handlers = list(root.handlers)
    yield
    root.handlers = handlers
    structlog.reset_defaults()


def refuse() -> None:
    raise ConnectionError("password=hunter2 refused")


@pytest.mark.usefixtures("log")
def test_what_libraries_log_is_json_with_the_reference_and_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    logs_to_stderr(everything=True)
    logs_to_stderr(everything=True)  # a second time: no line comes out twice
    with caused_by("abc123"):
        for name, said in SAID.items():
            logging.getLogger(name).warning("%s", said)
        logging.getLogger("httpx").info("HTTP Request: GET https://hooks.slack.com/services/T1/B1/secret")
        structlog.get_logger("ours").info("ours")
    written = capsys.readouterr().err
    lines = [json.loads(line) for line in written.splitlines()]
    assert [line.get("logger") for line in lines] == [*SAID, None]
    assert {line["reference"] for line in lines} == {"abc123"}
    assert {line["level"] for line in lines} == {"warning", "info"}
    assert all("timestamp" in line for line in lines)
    assert "hunter2" not in written
    assert "abcdefgh" not in written
    assert lines[2]["event"] == "Exception in ASGI application [hidden]"
    assert lines[4]["event"] == SAID["apscheduler"]


@pytest.mark.usefixtures("log")
def test_a_traceback_of_theirs_is_one_line_without_secrets_too(capsys: pytest.CaptureFixture[str]) -> None:
    logs_to_stderr(everything=False)
    try:
        refuse()
    except ConnectionError:
        logging.getLogger("psycopg").exception("connection lost")
    (line,) = capsys.readouterr().err.splitlines()
    assert "ConnectionError" in json.loads(line)["exception"]
    assert "hunter2" not in line
