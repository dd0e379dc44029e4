"""Every card and form drawn by Microsoft's own renderer in a real browser: no error, nothing over the edge, nothing from outside runs or links."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Page, Route

from cards.elements import Card, Heading, Row, Rows
from cards.teams.render import Block, in_dialog, render, render_form
from tests.cards.gallery import ERRORS, cards, linked, make_forms
from tests.paths import ROOT, missing
from tests.peers.chromium import chromium

DIST = ROOT / "tests/peers/node_modules/adaptivecards/dist"
RENDERER = DIST / "adaptivecards.min.js"
# As Teams sets its own: colours of its dark theme, five hundred pixels of a card in a channel.
_FACE = {"default": "#ffffff", "subtle": "#adadad"}
_COLOURS = {"attention": "#f9526b", "warning": "#f8d22a", "good": "#92c353", "accent": "#7f85f5", "dark": "#ffffff", "light": "#ffffff"}
DARK: dict[str, Any] = {
    "fontFamily": "sans-serif",
    "supportsInteractivity": True,
    "spacing": {"small": 8, "default": 12, "medium": 16, "large": 20, "extraLarge": 24, "padding": 16},
    "actions": {"maxActions": 6, "buttonSpacing": 8, "actionsOrientation": "horizontal", "actionAlignment": "left"},
    "containerStyles": {
        name: {
            "backgroundColor": ground,
            "foregroundColors": {"default": _FACE, **{tone: {"default": one, "subtle": one} for tone, one in _COLOURS.items()}},
        }
        for name, ground in (("default", "#292929"), ("emphasis", "#1f1f1f"))
    },
}
DRAW = """([host, cards]) => {
    const config = new AdaptiveCards.HostConfig(host), found = [];
    for (const [name, json] of Object.entries(cards)) {
        const card = new AdaptiveCards.AdaptiveCard();
        card.hostConfig = config;
        const context = new AdaptiveCards.SerializationContext();
        card.parse(json, context);
        for (let at = 0; at < context.eventCount; at++) found.push(name + ': ' + context.getEventAt(at).message);
        const checked = card.validateProperties();
        for (const one of checked.validationEvents) found.push(name + ': ' + one.message);
        const place = document.createElement('section');
        place.id = name;
        place.append(card.render());
        document.body.append(place);
    }
    return found;
}"""
STYLE = "body{margin:8px;background:#1f1f1f;color:#fff;overflow-wrap:anywhere} section{max-width:720px;margin:0 0 16px;background:#292929;border-radius:4px} button{padding:6px 12px}"


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    if not RENDERER.exists():
        missing("Microsoft's card renderer (tests/peers/setup)")
    async with chromium() as browser:
        page = await browser.new_page()
        await page.set_content(f"<!doctype html><meta charset=utf-8><style>{STYLE}</style>")
        await page.add_style_tag(path=DIST / "adaptivecards.css")
        await page.add_script_tag(path=RENDERER)
        yield page


async def draw_nothing(route: Route) -> None:
    await route.fulfill(content_type="image/svg+xml", body='<svg xmlns="http://www.w3.org/2000/svg" width="780" height="400"/>')


def everything() -> dict[str, Block]:
    drawn = {name: render(card) for name, card in cards().items()}
    drawn |= {name: render_form(form, ERRORS.get(name)) for name, form in make_forms().items()}
    many = Rows(("Customer", "Open"), tuple(Row((f"Customer {n}", "€1.00")) for n in range(5_000)), frozenset({1}))
    drawn["pictured"] = render(cards()["summary"], link=linked)
    return drawn | {"many": render(Card("many", (Heading("All"), many))), "dialog": in_dialog(cards()["alert"])}


async def test_every_card_is_drawn_without_error_within_its_width_and_inert(page: Page) -> None:
    heard: list[str] = []
    page.on("dialog", lambda dialog: heard.append(dialog.message))
    page.on("request", lambda request: heard.append(request.url))
    await page.route("https://due.example.com/**", draw_nothing)
    drawn = everything()
    assert await page.evaluate(DRAW, [DARK, drawn]) == []
    assert await page.locator("section").count() == len(drawn)
    for wide in (360, 720):
        await page.set_viewport_size({"width": wide, "height": 800})
        over = await page.evaluate(
            """() => [...document.querySelectorAll('section *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
                .map(e => e.closest('section').id + ': ' + e.textContent.slice(0, 60))"""
        )
        assert over == [], f"too wide for {wide}px"
    assert await page.locator("section a, section script, section iframe").count() == 0
    pictures = await page.locator("section img").evaluate_all("all => all.map(one => [one.src, one.alt])")
    assert {src for src, _ in pictures} == set(heard)
    assert [alt[:16] for _, alt in pictures] == ["Open by age, EUR", "Open by age, USD"]


async def test_an_amount_stays_on_its_line_on_a_phone(page: Page) -> None:
    await page.set_viewport_size({"width": 360, "height": 800})
    figures = {name: render(cards()[name]) for name in ("report_aging", "report_figures", "report_forecast", "approval_plan", "debtors")}
    await page.evaluate(DRAW, [DARK, figures | {"form_plan_preview": render_form(make_forms()["form_plan_preview"])}])
    broken = await page.evaluate(
        """() => [...document.querySelectorAll('.ac-richTextBlock')].filter(one => one.style.textAlign === 'end')
            .filter(one => one.getBoundingClientRect().height > 30).map(one => one.textContent)"""
    )
    assert broken == []
