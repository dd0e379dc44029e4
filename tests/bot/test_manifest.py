"""What the Slack manifest asks for is what the app serves."""

from __future__ import annotations

from adapters.chat.slack.names import SCOPES
from bot.manifest import slack_manifest


def test_with_a_public_address_slack_calls_it() -> None:
    manifest = slack_manifest("https://due.example.com/")
    address = "https://due.example.com/slack/events"
    assert manifest["settings"]["event_subscriptions"]["request_url"] == address
    assert manifest["settings"]["interactivity"] == {"is_enabled": True, "request_url": address}
    assert [(one["command"], one["url"]) for one in manifest["features"]["slash_commands"]] == [("/due", address)]
    assert not manifest["settings"]["socket_mode_enabled"]


def test_without_one_the_app_calls_slack() -> None:
    manifest = slack_manifest(None)
    assert manifest["settings"]["socket_mode_enabled"]
    assert "http" not in str(manifest)


def test_every_event_has_the_scope_it_needs() -> None:
    needs = {"app_mention": "app_mentions:read", "message.im": "im:history"}
    manifest = slack_manifest(None)
    assert {needs[event] for event in manifest["settings"]["event_subscriptions"]["bot_events"]} <= set(
        manifest["oauth_config"]["scopes"]["bot"]
    )
    assert manifest["oauth_config"]["scopes"]["bot"] == list(SCOPES)
