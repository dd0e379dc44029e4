"""The HTML part in a real browser: on a phone, on a desk, by day and by night."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest
from playwright.async_api import Browser, Page

from adapters.letters.template_letters import TemplateLetters
from tests.adapters.letters.samples import BOOK, CUSTOMER, letter, line, samples
from tests.peers.chromium import chromium
from workflows.domain.messages import Letter, Wording

# The smallest contrast of any text to the nearest ground behind it.
CONTRAST = """() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
                       return 0.2126 * r + 0.7152 * g + 0.0722 * b };
  const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)$/.test(c)) return c } };
  const worst = [...document.body.querySelectorAll('*')].filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())).map(e => {
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x); return (a + 0.05) / (b + 0.05) });
  return Math.min(...worst) }"""
RIGHT_EDGES = """() => [...document.querySelectorAll('td:nth-child(2)')].map(cell => {
  const range = document.createRange(); range.selectNodeContents(cell); return Math.round(range.getBoundingClientRect().right) })"""


@pytest.fixture
async def browser() -> AsyncGenerator[Browser, None]:
    async with chromium() as opened:
        yield opened


def _crowded() -> Letter:
    """Long names without a blank, right-to-left names, an amount of many digits."""
    book = replace(BOOK, name="Donaudampfschifffahrtsgesellschaft" * 2, payment_instructions="DE" + "0" * 60)
    customer = replace(CUSTOMER, name="חברת אקמה בע״מ")
    lines = (line("N" * 80, 25, "123456789012.34", total="123456789013.34", reference="R" * 60), line("2", 1, "0.01"))
    return letter("final", *lines, book=book, customer=customer)


async def _page(browser: Browser, asked: Letter) -> Page:
    page = await browser.new_page(viewport={"width": 1200, "height": 800}, color_scheme="light")
    await page.set_content(TemplateLetters().write(asked).html or "")
    return page


async def test_a_letter_is_readable_at_every_width_by_day_and_by_night(browser: Browser) -> None:
    letters = [
        _crowded(),
        samples("en")["final-many"],
        samples("de")["on-account"],
        samples("fr")["second-many"],
        samples("es")["instalment_late-many"],
        samples("de")["plan_offered"],
        samples("fr")["receipt-many"],
        replace(samples("en")["first-one"], wording=Wording("S", "W" * 300 + "\n\nAna")),
    ]
    for asked in letters:
        page = await _page(browser, asked)
        for width in (320, 390, 700):
            await page.set_viewport_size({"width": width, "height": 800})
            assert await page.evaluate("document.documentElement.scrollWidth") <= width, (asked.template, width)
            assert len(set(await page.evaluate(RIGHT_EDGES))) <= 1
        by_day = await page.evaluate(CONTRAST)
        await page.emulate_media(color_scheme="dark")
        assert min(by_day, await page.evaluate(CONTRAST)) >= 4.5, asked.template
        await page.close()


async def test_a_letter_is_one_column_of_600_and_follows_the_reader_s_setting(browser: Browser) -> None:
    page = await _page(browser, samples("en")["first-one"])
    assert await page.evaluate("document.querySelector('.sheet').getBoundingClientRect().width") == 600
    by_day = await page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor")
    await page.emulate_media(color_scheme="dark")
    assert await page.evaluate("getComputedStyle(document.querySelector('.sheet')).backgroundColor") != by_day


async def test_opening_a_letter_asks_nobody_for_anything(browser: Browser) -> None:
    page = await browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.set_content(TemplateLetters().write(_crowded()).html or "", wait_until="networkidle")
    assert asked == []
