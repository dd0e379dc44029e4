"""The same Duebot over Socket Mode, without an open port."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import SecretStr

from tests.e2e.service import filled, labels, serving, words
from tests.fakes.clock import FixedClock
from tests.peers.slack import Workspace


async def test_a_press_a_form_and_a_command_work_the_same_over_the_socket(workspace: Workspace, one_url: str, clock: FixedClock) -> None:
    async with serving(workspace, one_url, clock, app_token=SecretStr(workspace.app_token), signing_secret=None) as duebot:
        async with asyncio.timeout(10):
            socket = await workspace.sockets.get()

        async def send(kind: str, payload: dict[str, Any], envelope: str) -> dict[str, Any]:
            await socket.send_json({"type": kind, "envelope_id": envelope, "payload": payload, "accepts_response_payload": True})
            async with asyncio.timeout(10):
                acknowledged = await workspace.acknowledged.get()
            await duebot.settled()
            return acknowledged

        await filled(duebot)
        alert = await duebot.card("Birkenhof")
        press = await duebot.press_payload(alert, "Flag", by="ana")
        for envelope in ("e1", "e2"):  # Slack sends again what it saw no acknowledgement of
            assert await send("interactive", press, envelope) == {"envelope_id": envelope}
        assert len(await duebot.audit("item.flagged")) == 1
        await duebot.app.jobs.deliver()
        assert "⚑ flagged by Ana Ferreira (today 11:00)" in await duebot.shown(alert)

        await send("interactive", await duebot.press_payload(await duebot.fresh(alert), "Snooze", by="bo"), "e3")
        (form,) = workspace.windows().values()
        submission = workspace.submission(form, {"length": "7"}, by="bo", trigger=await workspace.trigger("bo"))
        answer = await send("interactive", submission, "e4")
        assert "snoozed until Tue 1 Dec" in words(answer["payload"]["view"]["blocks"])
        await duebot.app.jobs.deliver()
        assert labels(await duebot.fresh(alert))[0] == "Wake"

        fields = workspace.command_fields("balance birkenhof", by="ana", trigger=await workspace.trigger("ana"), channel="desk")
        await send("slash_commands", dict(fields), "e5")
        assert "€10,750.40" in words(workspace.whispers()[-1]["blocks"])
        assert (await duebot.send(b"{}")).status_code == 401  # without a signing secret nothing comes in over HTTP
