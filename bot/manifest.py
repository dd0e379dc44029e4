"""The app manifests, made from the constants the handlers use, so that what is asked for and what is served cannot part."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from adapters.chat.slack.names import COMMAND, EVENTS, EVENTS_PATH, REDIRECT_PATH, SCOPES
from adapters.chat.teams.names import COMMANDS as TEAMS_COMMANDS
from adapters.chat.teams.names import SCOPES as TEAMS_SCOPES

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
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True, "messages_tab_read_only_enabled": False},
            "bot_user": {"display_name": "Duebot", "always_online": True},
            "slash_commands": [_command(at.get("request_url"))],
        },
        "oauth_config": {**_redirect(public_url), "scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**at, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **at},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not at,
            "token_rotation_enabled": False,
        },
    }


def _redirect(public_url: str | None) -> dict[str, Any]:
    return {"redirect_urls": [public_url.rstrip("/") + REDIRECT_PATH]} if public_url else {}


def _command(url: str | None) -> dict[str, Any]:
    asked = {"command": COMMAND, "description": "Ask what is open and overdue", "usage_hint": _HINT, "should_escape": False}
    return {**asked, "url": url} if url else asked


TEAMS_VERSION = "1.25"  # of the manifest's schema; from it on an app for teams says which channels it is for


def teams_manifest(app_id: str, public_url: str) -> dict[str, Any]:
    """The `manifest.json` of the app package; `bot.app_package` wraps it."""
    commands = [{"title": name, "description": said} for name, said in TEAMS_COMMANDS.items()]
    address = public_url.rstrip("/")
    return {
        "$schema": f"https://developer.microsoft.com/en-us/json-schemas/teams/v{TEAMS_VERSION}/MicrosoftTeams.schema.json",
        "manifestVersion": TEAMS_VERSION,
        "version": "1.0.0",
        "id": app_id,
        "developer": {"name": "Duebot", "websiteUrl": address, "privacyUrl": address, "termsOfUseUrl": address},
        "name": {"short": "Duebot", "full": "Duebot, receivables in chat"},
        "description": {
            "short": "What is overdue, and what to do about it",
            "full": "Tells the finance team which invoices are overdue, as cards with buttons, and chases customers politely, once, and never after payment.",
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": "#1F3A4D",
        "bots": [
            {
                "botId": app_id,
                "scopes": list(TEAMS_SCOPES),
                "commandLists": [{"scopes": [scope], "commands": commands} for scope in TEAMS_SCOPES],
                "supportsFiles": False,
                "isNotificationOnly": False,
            }
        ],
        "supportsChannelFeatures": "tier1",  # private and shared channels, too
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [urlsplit(address).hostname or ""],
    }
