"""Slack's error codes and broken connections as the errors a use case acts on."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from workflows.errors import NeedsReconnect, NotFound, OutcomeUnknown, OutsideError, RateLimited, Rejected, Unavailable, UnexpectedPayload

_LIMITED = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
_RECONNECT = frozenset({
    "invalid_auth", "not_authed", "token_revoked", "token_expired", "account_inactive", "org_login_required", "app_access_restricted",
})  # fmt: skip
_DOWN = frozenset({"internal_error", "service_unavailable", "request_timeout", "team_added_to_org", "external_channel_migrating"})
_GONE = frozenset({"message_not_found", "user_not_found", "user_not_visible", "not_found", "view_not_found", "users_not_found"})
_MAYBE_DONE = frozenset({"fatal_error"})  # Slack: some part of it may have happened before the error
_WHAT_TO_DO = {
    "channel_not_found": "Slack knows no such channel, or Duebot is not in it: check the channel's id and invite Duebot with /invite.",
    "not_in_channel": "Duebot is not in that Slack channel: invite it there with /invite.",
    "is_archived": "That Slack channel is archived: name another one, or unarchive it.",
    "is_inactive": "That Slack channel is archived: name another one, or unarchive it.",
    "restricted_action": "The workspace lets only some people post in that Slack channel: allow Duebot, or name another channel.",
    "restricted_action_read_only_channel": "That Slack channel is read-only: allow Duebot to post, or name another channel.",
    "posting_to_channel_denied": "The workspace lets only some people post in that Slack channel: allow Duebot, or name another channel.",
    "messages_tab_disabled": "The app's Messages tab is switched off in Slack: switch it on under App Home.",
    "cant_update_message": "That Slack message was not written by Duebot as it is connected now.",
    "edit_window_closed": "The workspace does not allow messages of that age to be changed.",
    "expired_trigger_id": "Slack gave up waiting for the window: press again.",
    "exchanged_trigger_id": "Slack had opened that window already: press again.",
    "invalid_trigger_id": "Slack could not open the window: press again.",
    "hash_conflict": "The window changed in the meantime: close it and press again.",
}


class MissingScope(NeedsReconnect):
    """The token works, but was not given all it needs."""


@contextmanager
def translated(*, repeatable: bool) -> Generator[None]:
    """`repeatable`: doing it twice is harmless, so an answer that got lost is only `Unavailable`."""
    try:
        yield
    except SlackApiError as problem:
        raise fault(problem.response, repeatable=repeatable) from None  # the original's text holds the whole answer
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as problem:
        raise Unavailable(f"Slack cannot be reached: {type(problem).__name__}") from None
    except (aiohttp.ClientError, TimeoutError, SlackClientError, AttributeError) as problem:
        # AttributeError: slack_sdk reads an answer that is no JSON object as if it were one
        raise _lost(f"Slack's answer got lost: {type(problem).__name__}", repeatable=repeatable) from None


def fault(answer: Any, *, repeatable: bool) -> OutsideError:
    """Of an answer with `ok` false or another status than 200, as slack_sdk or aiohttp hold it."""
    status: int = getattr(answer, "status_code", 0) or getattr(answer, "status", 0)
    data = getattr(answer, "data", None)
    body = data if isinstance(data, dict) else {}
    code = str(body.get("error") or "")
    if status == 429 or code in _LIMITED:
        return RateLimited("Slack asks to be called less often.", _seconds(answer))
    if code in _MAYBE_DONE:
        return _lost(f"Slack stopped half-way ({code}).", repeatable=repeatable)
    if not code or status >= 500:
        return _by_status(status, repeatable=repeatable)
    return _by_code(code, body)


def _by_status(status: int, *, repeatable: bool) -> OutsideError:
    if status >= 500:
        return Unavailable(f"Slack has trouble of its own ({status}).")
    if status < 400 and not repeatable:
        return OutcomeUnknown(f"Slack's answer with status {status} could not be read.")
    return UnexpectedPayload(f"Slack answered with status {status} and no error code.")


def _by_code(code: str, body: dict[str, Any]) -> OutsideError:
    if code in _RECONNECT:
        return NeedsReconnect(f"Slack no longer accepts Duebot's token ({code}): install the app anew and set its bot token.")
    if code == "missing_scope":
        return lacking([str(body.get("needed") or "it needs")])
    if code in _DOWN:
        return Unavailable(f"Slack has trouble of its own ({code}).")
    if code in _GONE:
        return NotFound(f"Slack no longer has it ({code}).")
    return refused(code, _where(body))


def refused(code: str, where: str = "") -> Rejected:
    return Rejected(_WHAT_TO_DO.get(code) or f"Slack refused it: {code}.{where}")


def lacking(scopes: Sequence[str]) -> MissingScope:
    return MissingScope(f"Duebot lacks the Slack scope {', '.join(scopes)}: add it to the app and install it anew.")


def _lost(words: str, *, repeatable: bool) -> OutsideError:
    return Unavailable(words) if repeatable else OutcomeUnknown(words)


def _seconds(answer: Any) -> float:
    told = {str(name).lower(): value for name, value in dict(getattr(answer, "headers", None) or {}).items()}.get("retry-after", "")
    return float(told) if str(told).isascii() and str(told).isdigit() else 30.0


def _where(body: dict[str, Any]) -> str:
    """Slack names the block that is wrong; the text of it is not repeated."""
    metadata = body.get("response_metadata")
    messages = metadata.get("messages") if isinstance(metadata, dict) else None
    return f" {str(messages[0])[:200]}" if isinstance(messages, list) and messages else ""
