"""The connector's refusals and broken connections as the errors a use case acts on."""

from __future__ import annotations

import json
import random
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import httpx

from workflows.errors import NeedsReconnect, NotFound, OutcomeUnknown, OutsideError, RateLimited, Rejected, Unavailable

BLOCKED = "MessageWritesBlocked"
_BLOCKED_NUMBER = 209


class Closed(Rejected):
    """That person or conversation takes no messages from us any more: blocked, or the app was removed."""


class TooBig(Rejected):
    """The same message may pass when it is smaller."""


@contextmanager
def translated(*, repeatable: bool) -> Generator[None]:
    """`repeatable`: doing it twice is harmless, so an answer that got lost is only `Unavailable`."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as problem:
        raise Unavailable(f"Teams cannot be reached: {type(problem).__name__}") from None
    except (httpx.HTTPError, TimeoutError) as problem:
        raise _lost(f"Teams' answer got lost: {type(problem).__name__}", repeatable=repeatable) from None


def fault(answer: httpx.Response, *, repeatable: bool) -> OutsideError:
    """Of an answer with another status than 2xx."""
    status, code = answer.status_code, _code(answer)
    if status in {412, 429}:
        return RateLimited("Teams asks to be called less often.", _seconds(answer))
    if status >= 500:
        return _lost(f"Teams has trouble of its own ({status}).", repeatable=repeatable)
    if status == 413 or code == "MessageSizeTooBig":
        return TooBig("Teams finds the card too large.")
    if status == 401:
        return NeedsReconnect("Teams no longer accepts Duebot's app id and password: set them anew.")
    if status == 403:
        return _forbidden(code)
    if status == 404:
        return NotFound("Teams no longer has it.")
    return Rejected(f"Teams refused it: {code or status}.")


def _forbidden(code: str) -> OutsideError:
    if code == BLOCKED:
        return Closed("Duebot was blocked or removed there, and writes no more: add the app again, or unblock it.")
    if code == "BotNotInConversationRoster":
        return Closed("Duebot is not in that Teams conversation: add the app to the team or chat.")
    return Rejected(f"Teams does not let Duebot write there ({code or 403}): check that the app is allowed and installed.")


def _code(answer: httpx.Response) -> str:
    """The vendor's word for what is wrong; an error's own text is not repeated."""
    try:
        body = answer.json()
    except (ValueError, RecursionError):
        return ""
    if not isinstance(body, dict):
        return ""
    error = body.get("error")
    code = str(error.get("code") or "") if isinstance(error, dict) else ""
    if body.get("errorCode") == _BLOCKED_NUMBER or BLOCKED in {code, _sub_code(body), _sub_code(error)}:
        return BLOCKED
    return code[:80] if code.isascii() and code.isprintable() else ""


def _sub_code(body: Any) -> str:
    """Some errors carry a second one, as JSON in their message."""
    try:
        inner = json.loads(body["message"])
        return str(inner["subCode"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def _lost(words: str, *, repeatable: bool) -> OutsideError:
    return Unavailable(words) if repeatable else OutcomeUnknown(words)


def _seconds(answer: httpx.Response) -> float:
    """As asked, and never the same for two that were told at once."""
    told = answer.headers.get("retry-after", "")
    asked = float(told) if told.isascii() and told.isdigit() and len(told) < 6 else 0.0
    return asked + random.uniform(0, asked)
