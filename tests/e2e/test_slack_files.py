"""Files under their card: what is uploaded, described, and shared in the thread."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.evidence import Packing
from tests.e2e.service import Service, words
from tests.peers.slack import Fault

BIRKENHOF = "Birkenhof Manufaktur GmbH"


def shared(duebot: Service) -> list[dict[str, Any]]:
    """What was shared, each with its bytes."""
    calls = [call.arguments for call in duebot.workspace.asked("files.completeUploadExternal")]
    return [
        {**said, "name": file["title"], "file": file["id"], "content": duebot.workspace.uploads[file["id"]]}
        for said in calls
        for file in _listed(said["files"])
    ]


async def morning(duebot: Service) -> None:
    """What proves the claim that the policy escalated has come."""
    assert await duebot.app.files.attach() == 1
    assert [file["name"] for file in shared(duebot)] == ["evidence-AF-0987.zip"]
    duebot.workspace.calls.clear()


def _listed(files: Any) -> list[dict[str, str]]:
    return list(json.loads(files) if isinstance(files, str) else files)


async def test_an_escalated_claim_has_its_evidence_in_the_thread(duebot_on_both: Service) -> None:
    duebot = duebot_on_both
    await morning(duebot)
    await duebot.open_home(by="maria")
    alert = await duebot.card(BIRKENHOF)
    form = await duebot.open(alert, "Escalate", by="ana")
    await duebot.submit(form, {"to": duebot.who("maria"), "why": "three promises broken"}, by="ana")
    await duebot.deliver()
    assert await duebot.app.files.attach() == 1
    file, marias = shared(duebot)
    assert (file["channel_id"], file["thread_ts"]) == (duebot.workspace.channels["desk"], alert["ts"])
    assert file["name"] == marias["name"] == "evidence-AF-1031.zip"
    assert marias["channel_id"].startswith("D")
    with zipfile.ZipFile(io.BytesIO(file["content"])) as pack:
        assert any(name.endswith("index.html") for name in pack.namelist())
    assert [entry.actor for entry in await duebot.audit("evidence.packed")] == ["policy:standard@1", duebot.who("ana")]
    assert await duebot.app.files.attach() == 0


async def test_a_summary_has_its_picture_and_its_spreadsheet_in_the_thread(duebot: Service) -> None:
    await morning(duebot)
    duebot.clock.set(datetime(2026, 11, 30, 7, 0, tzinfo=UTC))
    await duebot.app.jobs.post_summaries()
    assert await duebot.app.files.attach() == 0, "its card is not posted yet"
    await duebot.deliver()
    duebot.clock.advance(timedelta(minutes=1))
    duebot.workspace.fail(
        "files.getUploadURLExternal", Fault(status=429, headers={"Retry-After": "30"}, body='{"ok": false, "error": "ratelimited"}')
    )
    assert await duebot.app.files.attach() == 0
    duebot.clock.advance(timedelta(minutes=1))
    assert await duebot.app.files.attach() == 1
    card = await duebot.card("Week 48")
    *pictures, sheet = shared(duebot)  # a picture per currency
    assert {file["thread_ts"] for file in (*pictures, sheet)} == {card["ts"]}
    assert all(picture["content"].startswith(b"\x89PNG") for picture in pictures)
    first, *_ = duebot.workspace.asked("files.getUploadURLExternal")
    assert "Open by age, EUR" in str(first.arguments.get("alt_txt"))
    assert load_workbook(io.BytesIO(sheet["content"])).sheetnames == ["Summary", "Aging", "Counts", "Customers"]
    assert "All debtors" in words(card["blocks"])

    assert images(card) == [], "Slack still takes it in"
    refused = Fault(body='{"ok": false, "error": "invalid_blocks"}')
    duebot.workspace.fail("chat.update", refused)  # longer than expected
    duebot.clock.advance(timedelta(minutes=2))
    await duebot.deliver()
    assert "Open by age, EUR" in words((await duebot.fresh(card))["blocks"])


async def test_the_picture_stands_on_the_card_with_its_words_once_slack_holds_it(duebot: Service) -> None:
    await morning(duebot)
    duebot.clock.set(datetime(2026, 11, 30, 7, 0, tzinfo=UTC))
    await duebot.app.jobs.post_summaries()
    await duebot.deliver()
    duebot.clock.advance(timedelta(minutes=1))
    assert await duebot.app.files.attach() == 1
    duebot.clock.advance(timedelta(minutes=2))
    await duebot.deliver()
    shown, charts = images(await duebot.card("Week 48")), shared(duebot)[:-1]
    assert [image["slack_file"] for image in shown] == [{"id": chart["file"]} for chart in charts]
    assert shown[0]["alt_text"].startswith("Open by age, EUR")
    assert sum("Week 48" in str(call.arguments["text"]) for call in duebot.workspace.asked("chat.update")) == 1


def images(card: dict[str, Any]) -> list[dict[str, Any]]:
    return [block for block in card["blocks"] if block["type"] == "image"]


async def test_files_that_cannot_be_made_keep_no_others_back(duebot: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    await morning(duebot)
    alert = await duebot.card(BIRKENHOF)
    form = await duebot.open(alert, "Escalate", by="ana")
    await duebot.submit(form, {"to": duebot.who("maria"), "why": "three promises broken"}, by="ana")
    duebot.clock.set(datetime(2026, 11, 30, 7, 0, tzinfo=UTC))
    await duebot.app.jobs.post_summaries()
    await duebot.deliver()
    duebot.clock.advance(timedelta(minutes=1))

    def broken(*_: object) -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(Packing, "pack", broken)
    assert await duebot.app.files.attach() == 1
    assert "evidence-AF-1031.zip" not in {file["name"] for file in shared(duebot)}
