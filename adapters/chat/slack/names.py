"""What the app is called and allowed in Slack: the listeners and the manifest are both made from these."""

from __future__ import annotations

COMMAND = "/due"
EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"

# What each scope is for stands beside it, because an administrator asks.
SCOPES = {
    "chat:write": "post and update cards",
    "commands": COMMAND,
    "users:read": "tell staff from guests and bots",
    "users:read.email": "link a person by their verified address",
    "channels:read": "see that a channel is public before anything is posted",
    "groups:read": "see that a channel is private and not shared",
    "app_mentions:read": "answer when mentioned",
    "files:write": "put a summary's spreadsheet and packs of evidence under their card",
    "im:history": "answer in direct messages",
    "im:read": "know a direct message from a channel",
}
TOKENS_REVOKED, HOME_OPENED = "tokens_revoked", "app_home_opened"
ENDINGS = ("app_uninstalled", TOKENS_REVOKED)  # need no scope
EVENTS = ("app_mention", "message.im", HOME_OPENED, *ENDINGS)
HOME = "home"  # in the place of a message: what stands in a person's Home tab
