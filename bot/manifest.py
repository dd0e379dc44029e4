"""The app manifests, made from the constants the handlers use, so that what is asked for and what is served cannot part."""

from __future__ import annotations

from typing import Any

from adapters.chat.slack.names import COMMAND, EVENTS, EVENTS_PATH, SCOPES

_HINT = "overdue, balance CUSTOMER, invoice NUMBER, mine, remind NUMBER, help"


def slack_manifest(public_url: str | None) -> dict[str, Any]:
    """To be pasted under "Create an app from a manifest". Without a public address the app speaks through Socket Mode."""
    at = {"request_url": public_url.rstrip("/") + EVENTS_PATH} if public_url else {}
    # The dictionaries keep the order in which Slack's own export shows them.
    return {
        "display_information": {
            "name": "Duebot",
            "description": "What is overdue, and what to do about it",
            "background_color": "#1f3a4d",
        },
        "features": {
            "app_home": {"home_tab_enabled": False, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": "Duebot", "always_online": True},
            "slash_commands": [_command(at.get("request_url"))],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**at, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **at},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not at,
            "token_rotation_enabled": False,
        },
    }


def _command(url: str | None) -> dict[str, Any]:
    asked = {"command": COMMAND, "description": "Ask what is open and overdue", "usage_hint": _HINT, "should_escape": False}
    return {**asked, "url": url} if url else asked
