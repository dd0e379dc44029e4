"""What the manifests ask for is what the app serves."""

from __future__ import annotations

import io
import json
import zipfile

from PIL import Image

from adapters.chat.slack.names import ENDINGS, SCOPES
from bot.app_package import package
from bot.commands import AskHelp, parse
from bot.manifest import slack_manifest, teams_manifest


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
    needs = {"app_mention": "app_mentions:read", "message.im": "im:history", "app_home_opened": None, **dict.fromkeys(ENDINGS)}
    manifest = slack_manifest(None)
    asked = {needs[event] for event in manifest["settings"]["event_subscriptions"]["bot_events"]}
    assert asked - {None} <= set(manifest["oauth_config"]["scopes"]["bot"])
    assert manifest["oauth_config"]["scopes"]["bot"] == list(SCOPES)


def test_the_teams_package_offers_in_every_scope_what_can_be_asked() -> None:
    manifest = teams_manifest("5f0a3c1e-7d44-4b0e-9a51-0c2d8e6f1a2b", "https://due.example.com/")
    (bot,) = manifest["bots"]
    assert bot["scopes"] == ["personal", "team", "groupChat"]
    for menu in bot["commandLists"]:
        assert len(menu["commands"]) <= 10
        for one in menu["commands"]:
            asked = parse(one["title"])
            assert not (isinstance(asked, AskHelp) and asked.unknown), one
            assert len(one["title"]) <= 32
            assert len(one["description"]) <= 128
    assert manifest["supportsChannelFeatures"] == "tier1"  # else it cannot be added to private and shared channels
    assert manifest["validDomains"] == ["due.example.com"]
    assert len(manifest["description"]["short"]) <= 80


def test_the_package_holds_the_manifest_and_both_icons_and_is_the_same_each_time() -> None:
    manifest = teams_manifest("5f0a3c1e-7d44-4b0e-9a51-0c2d8e6f1a2b", "https://due.example.com/")
    whole = package(manifest)
    assert whole == package(manifest)
    with zipfile.ZipFile(io.BytesIO(whole)) as file:
        assert json.loads(file.read("manifest.json")) == manifest
        for name, side in (("color.png", 192), ("outline.png", 32)):
            drawn = Image.open(io.BytesIO(file.read(name)))
            drawn.load()
            assert (drawn.size, drawn.mode) == ((side, side), "RGBA")
            assert (drawn.getchannel("A").getextrema() == (255, 255)) is (name == "color.png")
