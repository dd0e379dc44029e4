"""Approving channels on the command line."""

from __future__ import annotations

from tests.bot.cli_place import Place


def test_a_channel_is_approved_listed_and_revoked_once_each(place: Place) -> None:
    assert place.duebot("channel", "list").out.startswith("No channel is approved")
    assert "lobby may see" in place.duebot("channel", "approve", "#lobby").out
    assert place.duebot("channel", "approve", "lobby").code == 1
    assert place.duebot("channel", "list", "--json", env={"DUEBOT_SLACK__APPROVED_CHANNELS": '["C1"]'}).json == {
        "approved": ["C1", "lobby"]
    }
    assert place.duebot("channel", "revoke", "lobby").code == 0
    assert place.duebot("channel", "revoke", "lobby").code == 1
    assert place.duebot("audit", "verify").code == 0
