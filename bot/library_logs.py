"""What libraries log (Procrastinate, psycopg, uvicorn, APScheduler) comes out as our own lines do, and without what looks like a secret."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Sequence

import structlog
from structlog.types import EventDict, Processor

_SECRETS = re.compile(
    r"""
      xox[a-z](?:\.[\w-]+)?-[\w-]+ | xapp-[\w-]+            # Slack's tokens
    | (?<=services/)T\w+/B\w+/\w+                            # and its webhooks
    | (?i:(?:bearer|basic)\ +)[\w.~+/=-]{8,}                 # headers
    | (?<=://)[^\s/@:]*:[^\s/@]+(?=@)                        # who logs in, in an address
    | (?i:(?:password|passwd|secret|token|sig|key)=)[^\s&'",;)]+
    """,
    re.VERBOSE,
)


class _ToStderr(logging.Handler):
    """To whatever the stream is by then."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(f"{self.format(record)}\n")
        except Exception:  # ruff: ignore[blind-except] - what every handler does: a line that cannot be written stops nobody
            self.handleError(record)


def take_over_libraries(known: Sequence[Processor], rendered: Processor) -> None:
    """Their trouble only: below warnings they tell of every run and every request."""
    handler, root = _ToStderr(level=logging.WARNING), logging.getLogger()
    forget = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    processors: list[Processor] = [forget, structlog.processors.format_exc_info, _without_secrets, rendered]
    own: list[Processor] = [structlog.stdlib.add_logger_name, *known]
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=own, processors=processors))
    root.handlers = [*(one for one in root.handlers if not isinstance(one, _ToStderr)), handler]


def _without_secrets(_logger: object, _level: str, event: EventDict) -> EventDict:
    """Ours are given none; what a driver or a web server puts into its words nobody knows."""
    return {name: _SECRETS.sub("[hidden]", said) if isinstance(said, str) else said for name, said in event.items()}
