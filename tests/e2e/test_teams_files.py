"""Summaries, homes and the files of cards in Teams, from HTTP in to HTTP out."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from bot.file_links import FileLinks
from cards.elements import FileKind, FileRef
from tests.e2e.service import PUBLIC, filled
from tests.e2e.teams_service import TeamsHouse, button, nodes, serving_teams, words
from tests.fakes.clock import FixedClock
from tests.peers.teams import Tenant, teams
from workflows.domain.ids import new_id
from workflows.stops import Stop, StopKind

BIRKENHOF = "Birkenhof Manufaktur GmbH"
MONDAY = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)


@pytest.fixture
async def tenant() -> AsyncGenerator[Tenant]:
    async with teams() as one:
        yield one


@pytest.fixture
async def duebot(tenant: Tenant, one_url: str, clock: FixedClock) -> AsyncGenerator[TeamsHouse]:
    async with serving_teams(tenant, one_url, clock) as house:
        await house.meet("ana")
        await filled(house)
        yield house


def pictures(part: object) -> list[dict[str, Any]]:
    return [node for node in nodes(part) if node.get("type") == "Image"]


async def test_the_weeks_summary_stands_with_its_picture_its_spreadsheet_and_its_lists(duebot: TeamsHouse) -> None:
    duebot.clock.set(MONDAY)
    assert await duebot.app.jobs.post_summaries() == 1
    await duebot.deliver()
    card = duebot.card("Week 48")
    shown = pictures(card)
    assert [one["altText"][:16] for one in shown] == ["Open by age, EUR", "Open by age, USD"]
    for one in shown:
        assert one["altText"] in words(card)
        picture = await duebot.fetch(one["url"])
        assert (picture.headers["content-type"], picture.content[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
        assert max(struct.unpack(">II", picture.content[16:24])) <= 1024, "larger pictures are not drawn by Teams"
        assert (picture.headers["content-disposition"][:8], picture.headers["cache-control"]) == ("inline; ", "private, no-store")
    sheet = await duebot.fetch(button(card, "Spreadsheet")["url"])
    assert sheet.headers["content-disposition"] == (
        "attachment; filename=\"main weekly 2026-11-29.xlsx\"; filename*=UTF-8''main%20weekly%202026-11-29.xlsx"
    )
    assert sheet.headers["content-type"].startswith("application/vnd.openxmlformats")
    assert load_workbook(io.BytesIO(sheet.content)).sheetnames == ["Summary", "Aging", "Counts", "Customers"]
    assert (sheet.headers["cache-control"], sheet.headers["x-content-type-options"]) == ("private, no-store", "nosniff")
    debtors = await duebot.press(card, "All debtors", by="ana")
    assert BIRKENHOF in words(debtors)
    before = card["attachments"]
    await duebot.deliver()
    assert duebot.card("Week 48")["attachments"] == before, "the same addresses each time it is drawn"
    assert [one["altText"] for one in pictures(await _answered(duebot, "report"))] != []


async def _answered(duebot: TeamsHouse, text: str) -> object:
    await duebot.said(text, by="ana")
    return duebot.tenant.cards(duebot.tenant.own_chat("ana"))[-1]


async def test_an_escalated_claim_links_what_proves_it_for_as_long_as_it_is_escalated(duebot: TeamsHouse) -> None:
    alert = duebot.card(BIRKENHOF)
    dialog = await duebot.press(alert, "Escalate", by="ana")
    done = await duebot.submit(dialog, "Escalate", {"to": duebot.who("maria"), "why": "three promises broken"}, by="ana")
    await duebot.run()
    link = button(
        duebot.tenant.standing[alert["conversation"], alert["id"]] if "conversation" in alert else duebot.card(BIRKENHOF), "Evidence pack"
    )
    assert button(done, "Evidence pack")["url"] == link["url"]
    pack = await duebot.fetch(link["url"])
    assert (pack.status_code, pack.headers["content-type"]) == (200, "application/zip")
    assert 'attachment; filename="evidence-AF-1031.zip"' in pack.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(pack.content)) as opened:
        assert any(name.endswith("index.html") for name in opened.namelist())
    assert [entry.actor for entry in await duebot.audit("evidence.packed")] == ["link"]
    duebot.clock.advance(timedelta(days=15))
    assert (await duebot.fetch(link["url"])).status_code == 410
    newer = button(await _answered(duebot, "invoice AF-1031"), "Evidence pack")
    assert (await duebot.fetch(newer["url"])).status_code == 200
    await duebot.press(duebot.card(BIRKENHOF), "Hand back", by="maria")
    await duebot.run()
    assert (await duebot.fetch(newer["url"])).status_code == 404
    assert not [node for node in nodes(duebot.card(BIRKENHOF)) if node.get("title") == "Evidence pack"]


async def test_only_links_of_ours_open_and_only_in_their_time(duebot: TeamsHouse) -> None:
    async with duebot.app.store() as work:
        book = await work.book("main")
    links = duebot.app.links
    file = FileRef(FileKind.SHEET, book.id, date(2026, 11, 30), "weekly 2026-11-22")
    token = links.token(file)
    assert links.address(file) == f"{PUBLIC}/f/{token}"
    strangers = FileLinks(PUBLIC, [bytes(32)], duebot.clock).token(file)
    altered = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))]
    for odd in (*altered, strangers, token[:-1], token + "=", token + "A", f"{token}/", f"{token}/x", f"x/{token}", "A" * 5_000, "", "é"):
        assert (await duebot.http.get(f"/f/{odd}")).status_code == 404, odd
    for path in ("/f", "/f/", "/f/..", "/f/%2e%2e%2fetc%2fpasswd", "/f/..%5c..%5cduebot.key", f"/f/%2e%2e/f/{token}%00", f"/f//{token}"):
        assert (await duebot.http.get(path)).status_code == 404, path
    for method in ("POST", "PUT", "DELETE", "HEAD"):
        assert (await duebot.http.request(method, f"/f/{token}")).status_code == 405
    gone = FileRef(FileKind.EVIDENCE, new_id(), date(2026, 12, 31))
    assert (await duebot.http.get(f"/f/{links.token(gone)}")).status_code == 404
    assert not await duebot.audit("evidence.packed")
    assert (await duebot.http.get(f"/f/{token}")).status_code == 200
    async with duebot.app.store() as work:
        await work.add_stop(Stop(new_id(), StopKind.RESTORED, duebot.clock.now()))
    assert (await duebot.http.get(f"/f/{token}")).status_code == 503, "what is not released gives nothing out"
    duebot.clock.set(datetime(2026, 12, 1, 0, 0, tzinfo=UTC))
    expired = await duebot.http.get(f"/f/{token}")
    assert (expired.status_code, "has expired" in expired.text, expired.headers["cache-control"]) == (410, True, "no-store")


def test_links_of_the_key_before_are_good_while_it_is_changed() -> None:
    clock, file = FixedClock(), FileRef(FileKind.CHART, new_id(), date(2026, 12, 31), "weekly 2026-11-22 EUR")
    old = FileLinks(PUBLIC, [b"o" * 32], clock).token(file)
    assert FileLinks(PUBLIC, [b"n" * 32, b"o" * 32], clock).read(old) == file


async def test_a_home_is_a_card_in_the_persons_own_chat_and_follows_what_happens(duebot: TeamsHouse) -> None:
    own = duebot.tenant.own_chat("ana")
    assert "Nothing waits" not in await duebot.said("home", by="ana")
    (home,) = duebot.tenant.cards(own)
    alert = duebot.card(BIRKENHOF)
    dialog = await duebot.press(alert, "Snooze", by="ana")
    await duebot.submit(dialog, "Snooze", {"length": "7"}, by="ana")
    await duebot.run()
    (after,) = duebot.tenant.cards(own)
    assert (after["id"], words(after) == words(home)) == (home["id"], False)
    duebot.clock.advance(timedelta(days=1))
    assert await duebot.app.jobs.refresh_homes() == 1
    await duebot.deliver()
    (tomorrow,) = duebot.tenant.cards(own)
    assert ("Tuesday" in words(after), "Wednesday" in words(tomorrow)) == (True, True)
    settings = await duebot.press(tomorrow, "Settings", by="ana", at=own)
    saved = await duebot.submit(settings, "Save", {"quiet": "nonsense"}, by="ana", at=own)
    assert "Write hours like 18:00-08:00" in words(saved)
