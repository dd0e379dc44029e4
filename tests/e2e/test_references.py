"""One reference from a press to what it caused, in the log of the service."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from bot.schedule import jobs
from bot.verbs.terminal import logs_to_stderr
from tests.e2e.service import SAMPLE, Service

CALLOWAY = "Calloway Interiors Ltd"


async def test_a_press_its_message_and_its_card_are_found_by_one_reference(
    duebot_on_both: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    duebot = duebot_on_both
    preview = await duebot.open(await duebot.card(CALLOWAY), "Send reminder", by="ana")
    capsys.readouterr()
    logs_to_stderr(everything=True)
    await duebot.submit(preview, {"reason": "They asked for a copy"}, by="ana")
    await duebot.deliver()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    (handled,) = [line for line in lines if line["event"] == "request handled"]
    mine = [line for line in lines if line.get("reference") == handled["reference"]]
    queued, _, sent, *shown = mine
    assert [line["event"] for line in mine[:3]] == ["queued", "request handled", "message sent"]
    assert {line["event"] for line in shown} == {"card shown"}
    assert (queued["notice"], queued["card"] >= len(shown)) == (1, True)
    assert sent["receipt"] == duebot.mail.mailbox[-1].message["Message-ID"]
    assert (await duebot.card(CALLOWAY))["ts"] in {line["receipt"] for line in shown}
    assert CALLOWAY not in json.dumps(lines)


async def test_what_a_run_in_the_background_queues_has_the_reference_of_that_run(
    duebot: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    duebot.clock.set(datetime(2026, 12, 8, 10, 0, tzinfo=UTC))
    await duebot.read_file(SAMPLE)
    capsys.readouterr()
    logs_to_stderr(everything=True)
    for name in ("tick", "send_email", "tick"):
        await next(job for job in jobs(duebot.app) if job.name == name).run()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    ticked, *later = [line["reference"] for line in lines if line["event"] == "queued" and line.get("notice")]
    sent = [line["reference"] for line in lines if line["event"] == "message sent"]
    assert sent
    assert set(sent) == {ticked}
    assert not later
