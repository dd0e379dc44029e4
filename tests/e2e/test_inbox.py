"""The inbox in a real browser over the running product: its five buttons, its forms, the keyboard alone, a phone, the dark."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from pathlib import Path

from playwright.async_api import Locator, Page, ViewportSize, expect

from bot.app import App
from tests.e2e.sample import fill, sample_app, served
from tests.peers.chromium import chromium

PHONE: ViewportSize = {"width": 360, "height": 740}
WIDER_THAN_THE_SCREEN = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@asynccontextmanager
async def inbox(url: str, folder: Path) -> AsyncGenerator[tuple[App, str], None]:
    async with sample_app(url, folder) as app:
        await fill(app)
        async with served(app) as address:
            yield app, address


def card(page: Page, customer: str) -> Locator:
    return page.locator("main form.slot", has=page.get_by_role("heading", name=customer))


def notice(page: Page) -> Locator:
    return page.get_by_role("status")


def button(where: Locator | Page, name: str) -> Locator:
    return where.get_by_role("button", name=name, exact=True)


def mails(folder: Path, to: str) -> list[str]:
    """The subjects of what was sent to somebody."""
    read = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(folder.glob("**/*.eml"))]
    return [str(mail["Subject"]) for mail in read if to in str(mail["To"])]


async def test_each_of_the_five_buttons_works_and_the_card_changes(one_url: str, tmp_path: Path) -> None:
    async with inbox(one_url, tmp_path) as (app, address), chromium() as browser:
        page = await browser.new_page(viewport={"width": 1280, "height": 900})
        wrong: list[str] = []
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("request", lambda sent: None if sent.url.startswith(address.removesuffix("/inbox")) else wrong.append(sent.url))
        await page.goto(address)
        await _flags(page)
        await _snoozes(page)
        await _plans(page)
        await _escalates(page)
        await _reminds(page)
        before = len(mails(tmp_path, "accounts@fjord.example"))
        await app.jobs.deliver()
        assert len(mails(tmp_path, "accounts@fjord.example")) == before + 1
        assert wrong == []


async def _flags(page: Page) -> None:
    await button(card(page, "Costa Lda"), "Flag").click()
    await expect(notice(page)).to_contain_text("flagged")
    await expect(card(page, "Costa Lda")).to_contain_text("flagged by Ana Weiss")
    await button(card(page, "Costa Lda"), "Unflag").click()
    await expect(notice(page)).to_contain_text("flag removed")


async def _snoozes(page: Page) -> None:
    await button(card(page, "Costa Lda"), "Snooze").click()
    await expect(page.get_by_label("3 days, wakes Fri 27 Nov")).to_be_focused()
    await page.get_by_label("Until a date").check()
    await button(page.locator(".form"), "Snooze").click()
    await expect(page.locator(".form .error")).to_be_visible()
    await page.get_by_label("Date", exact=False).last.fill("2026-12-03")
    await button(page.locator(".form"), "Snooze").click()
    await expect(card(page, "Costa Lda")).to_contain_text("Ana Weiss snoozed until Thu 3 Dec")
    await button(card(page, "Costa Lda"), "Wake").click()
    await expect(button(card(page, "Costa Lda"), "Snooze")).to_be_visible()


async def _plans(page: Page) -> None:
    await button(card(page, "Dvorak s.r.o."), "Payment plan").click()
    await page.get_by_label("Deposit").fill("120.00")
    await page.get_by_label("Instalments").fill("4")
    await button(page, "Preview").click()
    await expect(page.locator(".form")).to_contain_text("€1,000.00")
    await expect(page.locator(".form")).to_contain_text("€4,120.00")
    await page.get_by_label("Accepted by phone").check()
    await button(page, "Keep plan").click()
    await expect(card(page, "Dvorak s.r.o.")).to_contain_text("On a plan of 5 instalments")
    await expect(page.get_by_role("link", name="On a plan 1")).to_be_visible()


async def _escalates(page: Page) -> None:
    await button(card(page, "Brill & Sons"), "Escalate").click()
    await page.get_by_role("radio", name="Maria Lindt").check()
    await page.get_by_role("textbox", name="Why").fill("They <b>never</b> answer")
    await button(page.locator(".form"), "Escalate").click()
    await expect(card(page, "Brill & Sons")).to_contain_text("escalated to Maria Lindt")
    await expect(card(page, "Brill & Sons")).to_contain_text("They <b>never</b> answer")
    await expect(page.get_by_role("link", name="Escalated 3")).to_be_visible()


async def _reminds(page: Page) -> None:
    """From the list, whose item has no standing card."""
    await page.get_by_role("link", name="All overdue 7").click()
    await page.get_by_role("link", name="Fjord Kontor AS").click()
    await button(card(page, "Fjord Kontor AS"), "Send reminder").click()
    await expect(page.locator(".form .quote")).to_contain_text("INV-2083")
    await page.get_by_label("Reason").fill("They asked for a copy")
    await button(page, "Send now").click()
    await expect(notice(page)).to_contain_text("Fjord Kontor AS")
    await expect(card(page, "Fjord Kontor AS")).to_contain_text("Reminded twice")


async def test_the_keyboard_alone_is_enough_and_a_double_click_is_one_action(one_url: str, tmp_path: Path) -> None:
    async with inbox(one_url, tmp_path) as (app, address), chromium() as browser:
        page = await browser.new_page()
        await page.goto(address)
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("link", name="Skip to Needs me")).to_be_focused()
        await page.keyboard.press("/")
        await page.keyboard.type("costa")
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_contain_text("INV-2080")
        await page.wait_for_load_state()
        await page.keyboard.press("j")
        await page.keyboard.press("Tab")
        await expect(page.get_by_role("button", name="Open INV-2080")).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(page.locator(".slot.chosen")).to_be_focused()
        await button(card(page, "Costa Lda"), "Snooze").first.focus()
        await page.keyboard.press("Enter")
        await expect(page.get_by_label("3 days, wakes Fri 27 Nov")).to_be_focused()
        await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")
        await expect(notice(page)).to_contain_text("snoozed until Tue 1 Dec")
        await button(card(page, "Costa Lda"), "Flag").first.dblclick()
        await expect(button(card(page, "Costa Lda"), "Unflag").first).to_be_visible()
        async with app.store() as work:
            (found,) = await work.find_items("INV-2080")
            assert len((await work.account_of(found.item.id)).flags) == 1


async def test_a_phone_without_script_and_a_dark_screen_have_room_for_everything(one_url: str, tmp_path: Path) -> None:
    async with inbox(one_url, tmp_path) as (_, address), chromium() as browser:
        phone = await browser.new_context(viewport=PHONE, java_script_enabled=True, color_scheme="dark")
        page = await phone.new_page()
        for path in ("", "?view=overdue", "?view=today", "?view=escalated", "?q=acme"):
            await page.goto(address + path)
            assert await page.evaluate(WIDER_THAN_THE_SCREEN) <= 0, path
        assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 20, 24)"
        for label in ("Send reminder", "Payment plan", "Escalate"):
            await page.goto(address)
            await button(card(page, "Dvorak s.r.o."), label).click()
            await expect(page.locator(".form")).to_be_in_viewport()
            assert await page.evaluate(WIDER_THAN_THE_SCREEN) <= 0, label
        plain = await browser.new_context(viewport=PHONE, java_script_enabled=False)
        page = await plain.new_page()
        await page.goto(address)
        await card(page, "Costa Lda").get_by_text("More").click()
        await button(card(page, "Costa Lda"), "Why?").click()
        await expect(notice(page)).to_contain_text("Because")
