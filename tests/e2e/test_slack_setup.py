"""Slack set up as the README says, and with any one step left out: `duebot check` names that one."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from tests.bot.cli_place import SAMPLE, TODAY, Place, nothing_set_up
from tests.peers.slack import SECRET, Fault, Workspace
from tests.peers.slack_emulator import APP, BOT, POOR
from workflows.domain.ids import new_id

MAIL = {"DUEBOT_SMTP__SENDER": "receivables@alderfinch.example", "DUEBOT_SMTP__FOLDER": "mails"}
Env = dict[str, str | None]


@dataclass
class SetUp:
    """Everything done: `env` for Socket Mode, a private channel with the bot in it."""

    place: Place
    workspace: Workspace
    channel: str

    async def duebot(self, *words: str, env: Env) -> tuple[int, list[str]]:
        """Exit code and names of what was found."""
        given = {name: value for name, value in env.items() if value is not None}
        told = await asyncio.to_thread(lambda: self.place.duebot(*words, env=given))
        assert BOT not in told.out + told.err
        return told.code, [one["name"] for one in told.json["findings"]] if "--json" in words else []

    async def check(self, **changed: str | None) -> list[str]:
        socket = {"DUEBOT_SLACK__BOT_TOKEN": BOT, "DUEBOT_SLACK__APP_TOKEN": APP, "DUEBOT_SLACK__API_URL": self.workspace.api_url}
        code, found = await self.duebot(
            "check", "--json", env={**MAIL, **socket, **{f"DUEBOT_{name}": value for name, value in changed.items()}}
        )
        assert code == (1 if found else 0)
        return found

    async def run(self, *left_out: str) -> None:
        """The README's commands, but for those that begin so."""
        for words in (
            ("user", "add", "nora@nordhafen.example", "--name", "Nora", "--role", "administrator"),
            ("import", str(SAMPLE), "--yes"),
            ("book", "main", "--channel", self.channel),
        ):
            if words[0] not in left_out:
                assert (await self.duebot(*words, env={}))[0] == 0

    async def use(self, channel: str) -> None:
        assert (await self.duebot("book", "main", "--channel", channel, env={}))[0] == 0


@pytest.fixture
async def begun(workspace: Workspace, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[SetUp]:
    """No command has been run."""
    with nothing_set_up(tmp_path, monkeypatch) as place:
        shutil.copyfile(sqlite_template, tmp_path / "duebot.db")
        made = await workspace.create_channel(f"setup-{new_id().hex[-8:]}", private=True)
        await workspace.ask("conversations.invite", {"channel": made, "users": workspace.users["duebot"]})
        workspace.date = TODAY
        yield SetUp(place, workspace, made)


@pytest.fixture
async def set_up(begun: SetUp) -> SetUp:
    await begun.run()
    return begun


async def test_all_done_is_in_order_with_a_socket_and_over_http(set_up: SetUp) -> None:
    assert await set_up.check() == []
    assert await set_up.check(SLACK__APP_TOKEN=None, SLACK__SIGNING_SECRET=SECRET, PUBLIC_URL="https://duebot.example") == []


@pytest.mark.parametrize(
    ("left_out", "found"),
    [
        ({"SLACK__BOT_TOKEN": None}, "slack.bot_token"),
        ({"SLACK__BOT_TOKEN": POOR}, "slack.scope"),
        ({"SLACK__APP_TOKEN": None}, "slack.app_token"),
        ({"SLACK__APP_TOKEN": "xapp-mistyped"}, "slack.app_token"),
        ({"SLACK__APP_TOKEN": None, "PUBLIC_URL": "https://duebot.example"}, "slack.signing_secret"),
        ({"SLACK__APP_TOKEN": None, "SLACK__SIGNING_SECRET": SECRET}, "public_url"),
        ({"SLACK__CLIENT_ID": "11.22", "PUBLIC_URL": "https://duebot.example"}, "slack.client_secret"),
        ({"SLACK__CLIENT_SECRET": "shh", "PUBLIC_URL": "https://duebot.example"}, "slack.client_id"),
        ({"SLACK__CLIENT_ID": "11.22", "SLACK__CLIENT_SECRET": "shh"}, "public_url"),
        ({"SLACK__API_URL": "http://127.0.0.1:9/api/"}, "slack.unreachable"),
    ],
)
async def test_one_step_left_out_of_the_settings_is_named_alone(set_up: SetUp, left_out: Env, found: str) -> None:
    assert await set_up.check(**left_out) == [found]


@pytest.mark.parametrize(
    ("command", "found"), [("user", "users.administrator"), ("import", "book.main.empty"), ("book", "book.main.channel")]
)
async def test_one_command_left_out_is_named_alone(begun: SetUp, command: str, found: str) -> None:
    await begun.run(command)
    assert await begun.check() == [found]


async def test_a_token_that_was_revoked_is_named_alone(set_up: SetUp) -> None:
    set_up.workspace.fail("auth.test", Fault(body='{"ok": false, "error": "token_revoked"}'))
    assert await set_up.check() == ["slack.token"]


async def test_an_app_that_is_installed_nowhere_is_said_so(set_up: SetUp) -> None:
    shared = {"SLACK__CLIENT_ID": "11.22", "SLACK__CLIENT_SECRET": "shh", "PUBLIC_URL": "https://duebot.example"}
    assert await set_up.check(SLACK__BOT_TOKEN=None, **shared) == ["slack.install"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"is_private": False}, "slack.channel.public"),
        ({"is_ext_shared": True}, "slack.channel.shared"),
        ({"is_archived": True}, "slack.channel.archived"),
        ({"is_member": False}, "slack.channel.absent"),
    ],
)
async def test_what_is_wrong_with_a_channel_is_named_alone(set_up: SetUp, change: dict[str, bool], found: str) -> None:
    set_up.workspace.changes["conversations.info"] = change
    assert await set_up.check() == [found]


async def test_a_channel_the_bot_was_not_invited_to_is_named_for_every_place_that_names_one(set_up: SetUp) -> None:
    await set_up.use(await set_up.workspace.create_channel(f"hidden-{new_id().hex[-8:]}", private=True))
    assert await set_up.check() == ["slack.channel.absent"]
    assert await set_up.check(ROUTES=f'[{{"to": ["{set_up.channel}", "C0NOSUCH1"]}}]') == ["slack.channel.absent"] * 2


async def test_a_clock_that_is_off_is_named_before_slack_refuses_anything(set_up: SetUp) -> None:
    set_up.workspace.date = TODAY - timedelta(minutes=3)
    assert await set_up.check() == ["clock"]
