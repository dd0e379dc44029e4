"""While nothing may leave, every page of the inbox says so and why."""

from __future__ import annotations

import httpx

from bot.app import App
from bot.health.running import readiness_of
from tests.bot.web.asking import page_of, pressed
from workflows.domain.ids import new_id
from workflows.stops import Stop, StopKind


async def test_a_restored_copy_says_so_on_every_page_and_to_whoever_watches_it(app: App, web: httpx.AsyncClient) -> None:
    readiness = readiness_of(app, runs_jobs=False)
    assert (await readiness.state())["sending"] is True
    assert "restored copy" not in (await web.get("/inbox")).text
    async with app.store() as work:
        await work.add_stop(Stop(new_id(), StopKind.RESTORED, app.clock.now(), data={"copied_at": "2026-11-23T02:00:00+00:00"}))
    await page_of(web)
    for view in ("needs_me", "overdue", "settings"):
        answer = await web.get("/inbox", params={"view": view})
        assert '<p class="banner" role="alert">This is a restored copy of 2026-11-23 02:00 UTC.' in answer.text
    state = await readiness.state()
    assert (state["sending"], readiness.good(state)) == (False, True)


async def test_a_press_during_maintenance_is_told_to_come_back_and_changes_nothing(app: App, web: httpx.AsyncClient) -> None:
    page = await page_of(web)
    async with app.store() as work:
        await work.add_stop(Stop(new_id(), StopKind.MAINTENANCE, app.clock.now()))
    answer = await pressed(web, page, "Costa Lda", "Flag")
    assert "Try again when it is over." in answer.text
    assert "Flagged 0" in answer.links
