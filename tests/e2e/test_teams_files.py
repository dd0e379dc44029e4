"""Summaries, homes and the files of cards in Teams, from HTTP in to HTTP out."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import UTC, date, datetime, timedelta
from typing import Any

from openpyxl import load_workbook

from bot.file_links import FileLinks
from cards.elements import FileKind, FileRef
from tests.e2e.service import PUBLIC
from tests.e2e.teams_service import TeamsHouse, button, nodes, words
from tests.fakes.clock import FixedClock
from workflows.domain.ids import new_id
from workflows.stops import Stop, StopKind

BIRKENHOF = "Birkenhof Manufaktur GmbH"
MONDAY = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)


def pictures(part: object) -> list[dict[str, Any]]:
    return [node for node in nodes(part) if node.get("type") == "Image"]


async def test_the_weeks_summary_stands_with_its_picture_its_spreadsheet_and_its_lists(in_teams: TeamsHouse) -> None:
    in_teams.clock.set(MONDAY)
    assert await in_teams.app.jobs.post_summaries() == 1
    await in_teams.deliver()
    card = in_teams.card("Week 48")
    shown = pictures(card)
    assert [one["altText"][:16] for one in shown] == ["Open by age, EUR", "Open by age, USD"]
    for one in shown:
        assert one["altText"] in words(card)
        picture = await in_teams.fetch(one["url"])
        assert (picture.headers["content-type"], picture.content[:8]) == ("image/png", b"\x89PNG\r\n\x1a\n")
        assert max(struct.unpack(">II", picture.content[16:24])) <= 1024, "larger pictures are not drawn by Teams"
        assert (picture.headers["content-disposition"][:8], picture.headers["cache-control"]) == ("inline; ", "private, no-store")
    sheet = await in_teams.fetch(button(card, "Spreadsheet")["url"])
    assert sheet.headers["content-disposition"] == (
        "attachment; filename=\"main weekly 2026-11-29.xlsx\"; filename*=UTF-8''main%20weekly%202026-11-29.xlsx"
    )
    assert sheet.headers["content-type"].startswith("application/vnd.openxmlformats")
    assert load_workbook(io.BytesIO(sheet.content)).sheetnames == ["Summary", "Aging", "Counts", "Customers"]
    assert (sheet.headers["cache-control"], sheet.headers["x-content-type-options"]) == ("private, no-store", "nosniff")
    debtors = await in_teams.press(card, "All debtors", by="ana")
    assert BIRKENHOF in words(debtors)
    before = card["attachments"]
    await in_teams.deliver()
    assert in_teams.card("Week 48")["attachments"] == before, "the same addresses each time it is drawn"
    assert [one["altText"] for one in pictures(await _answered(in_teams, "report"))] != []


async def _answered(in_teams: TeamsHouse, text: str) -> object:
    await in_teams.said(text, by="ana")
    return in_teams.tenant.cards(in_teams.tenant.own_chat("ana"))[-1]


async def test_an_escalated_claim_links_what_proves_it_for_as_long_as_it_is_escalated(in_teams: TeamsHouse) -> None:
    alert = in_teams.card(BIRKENHOF)
    dialog = await in_teams.press(alert, "Escalate", by="ana")
    done = await in_teams.submit(dialog, "Escalate", {"to": in_teams.who("maria"), "why": "three promises broken"}, by="ana")
    await in_teams.run()
    link = button(
        in_teams.tenant.standing[alert["conversation"], alert["id"]] if "conversation" in alert else in_teams.card(BIRKENHOF),
        "Evidence pack",
    )
    assert button(done, "Evidence pack")["url"] == link["url"]
    pack = await in_teams.fetch(link["url"])
    assert (pack.status_code, pack.headers["content-type"]) == (200, "application/zip")
    assert 'attachment; filename="evidence-AF-1031.zip"' in pack.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(pack.content)) as opened:
        assert any(name.endswith("index.html") for name in opened.namelist())
    assert [entry.actor for entry in await in_teams.audit("evidence.packed")] == ["link"]
    in_teams.clock.advance(timedelta(days=15))
    assert (await in_teams.fetch(link["url"])).status_code == 410
    newer = button(await _answered(in_teams, "invoice AF-1031"), "Evidence pack")
    assert (await in_teams.fetch(newer["url"])).status_code == 200
    await in_teams.press(in_teams.card(BIRKENHOF), "Hand back", by="maria")
    await in_teams.run()
    assert (await in_teams.fetch(newer["url"])).status_code == 404
    assert not [node for node in nodes(in_teams.card(BIRKENHOF)) if node.get("title") == "Evidence pack"]


async def test_only_links_of_ours_open_and_only_in_their_time(in_teams: TeamsHouse) -> None:
    async with in_teams.app.store() as work:
        book = await work.book("main")
    links = in_teams.app.links
    file = FileRef(FileKind.SHEET, book.id, date(2026, 11, 30), "weekly 2026-11-22")
    token = links.token(file)
    assert links.address(file) == f"{PUBLIC}/f/{token}"
    strangers = FileLinks(PUBLIC, [bytes(32)], in_teams.clock).token(file)
    altered = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))]
    for odd in (*altered, strangers, token[:-1], token + "=", token + "A", f"{token}/", f"{token}/x", f"x/{token}", "A" * 5_000, "", "é"):
        assert (await in_teams.http.get(f"/f/{odd}")).status_code == 404, odd
    for path in ("/f", "/f/", "/f/..", "/f/%2e%2e%2fetc%2fpasswd", "/f/..%5c..%5cduebot.key", f"/f/%2e%2e/f/{token}%00", f"/f//{token}"):
        assert (await in_teams.http.get(path)).status_code == 404, path
    for method in ("POST", "PUT", "DELETE", "HEAD"):
        assert (await in_teams.http.request(method, f"/f/{token}")).status_code == 405
    gone = FileRef(FileKind.EVIDENCE, new_id(), date(2026, 12, 31))
    assert (await in_teams.http.get(f"/f/{links.token(gone)}")).status_code == 404
    assert not await in_teams.audit("evidence.packed")
    assert (await in_teams.http.get(f"/f/{token}")).status_code == 200
    async with in_teams.app.store() as work:
        await work.add_stop(Stop(new_id(), StopKind.RESTORED, in_teams.clock.now()))
    assert (await in_teams.http.get(f"/f/{token}")).status_code == 503, "what is not released gives nothing out"
    in_teams.clock.set(datetime(2026, 12, 1, 0, 0, tzinfo=UTC))
    expired = await in_teams.http.get(f"/f/{token}")
    assert (expired.status_code, "has expired" in expired.text, expired.headers["cache-control"]) == (410, True, "no-store")


def test_links_of_the_key_before_are_good_while_it_is_changed() -> None:
    clock, file = FixedClock(), FileRef(FileKind.CHART, new_id(), date(2026, 12, 31), "weekly 2026-11-22 EUR")
    old = FileLinks(PUBLIC, [b"o" * 32], clock).token(file)
    assert FileLinks(PUBLIC, [b"n" * 32, b"o" * 32], clock).read(old) == file


async def test_a_home_is_a_card_in_the_persons_own_chat_and_follows_what_happens(in_teams: TeamsHouse) -> None:
    own = in_teams.tenant.own_chat("ana")
    assert "Nothing waits" not in await in_teams.said("home", by="ana")
    (home,) = in_teams.tenant.cards(own)
    alert = in_teams.card(BIRKENHOF)
    dialog = await in_teams.press(alert, "Snooze", by="ana")
    await in_teams.submit(dialog, "Snooze", {"length": "7"}, by="ana")
    await in_teams.run()
    (after,) = in_teams.tenant.cards(own)
    assert (after["id"], words(after) == words(home)) == (home["id"], False)
    in_teams.clock.advance(timedelta(days=1))
    assert await in_teams.app.jobs.refresh_homes() == 1
    await in_teams.deliver()
    (tomorrow,) = in_teams.tenant.cards(own)
    assert ("Tuesday" in words(after), "Wednesday" in words(tomorrow)) == (True, True)
    settings = await in_teams.press(tomorrow, "Settings", by="ana", at=own)
    saved = await in_teams.submit(settings, "Save", {"quiet": "nonsense"}, by="ana", at=own)
    assert "Write hours like 18:00-08:00" in words(saved)
