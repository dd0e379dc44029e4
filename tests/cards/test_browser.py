"""Every card and form in a real browser: nothing runs over the edge, nothing from outside runs at all."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page

from cards.html.render import render, render_form
from tests.cards.gallery import cards, make_forms
from tests.paths import ROOT
from tests.peers.chromium import chromium

NAMES = "ground card ink quiet line accent on-accent late late-ground warning warning-ground good good-ground"
COLOURS = "".join(f"--{name}: #{'ffffff' if name in {'ground', 'card', 'on-accent'} else '333333'};" for name in NAMES.split())


def page_of_everything() -> str:
    css = (ROOT / "bot/web/static/cards.css").read_text(encoding="utf-8")
    body = "".join([*map(render, cards().values()), *map(render_form, make_forms().values())])
    return f"<!doctype html><meta charset=utf-8><style>:root{{{COLOURS}}} body{{font:15px/1.5 sans-serif;margin:8px}}{css}</style><form>{body}</form>"


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with chromium() as browser:
        yield await browser.new_page()


async def test_no_card_runs_over_the_edge_of_a_phone_or_a_desk_and_no_script_runs(page: Page) -> None:
    heard: list[str] = []
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    page.on("request", lambda request: heard.append(request.url))
    await page.set_content(page_of_everything())
    for wide in (320, 390, 1280):
        await page.set_viewport_size({"width": wide, "height": 800})
        await page.evaluate("document.querySelectorAll('details').forEach(menu => { menu.open = true })")
        over = await page.evaluate(
            """() => [...document.querySelectorAll('.card *')]
                .filter(e => !e.closest('.hidden') && e.getBoundingClientRect().right > innerWidth + 1)
                .map(e => e.tagName + ': ' + e.textContent.slice(0, 60))"""
        )
        assert over == [], f"too wide for {wide}px"
    assert heard == []


async def test_buttons_are_large_enough_to_touch_and_more_opens_without_script(page: Page) -> None:
    await page.set_content(page_of_everything())
    heights = await page.evaluate(
        "[...document.querySelectorAll('.actions > .button, summary.button')].map(e => e.getBoundingClientRect().height)"
    )
    assert min(heights) >= 36
    menu = page.locator(".more-menu").first
    assert not await menu.is_visible()
    await page.locator("summary.button").first.focus()
    await page.keyboard.press("Enter")
    assert await menu.is_visible()
