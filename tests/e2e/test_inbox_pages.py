"""The inbox's pages in a real browser: every action pressed, data typed in, and nothing a screen reader or a small screen stumbles over."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.app import App
from bot.policies import shipped
from cards.actions import Name
from tests.conftest import Fresh
from tests.e2e.busy import answered, fill_busily, item_called, press
from tests.e2e.sample import MARIA, sample_app, served
from tests.peers.axe import serious
from tests.peers.chromium import chromium

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGES = (
    *("", "?view=approvals", "?view=answers", "?view=tasks", "?view=today", "?view=overdue&age=5&least=x", "?view=disputed", "?q=acme"),
    *("?view=reports", "?view=reports&what=aging", "?view=reports&what=metrics", "?view=reports&what=forecast"),
    *("?view=policies", "?view=policies&what=shipped:consumer", "?view=enter", "?view=settings"),
)
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass(frozen=True, slots=True)
class Desk:
    """One browser and one busy inbox for all tests of this file; each takes customers of its own."""

    app: App
    address: str
    browser: Browser

    async def open(self, path: str = "", **options: object) -> Page:
        context = await self.browser.new_context(**options)  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(self.address + path)
        return page


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def desk(fresh: Fresh, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    with fresh() as url:
        async with sample_app(url, tmp_path_factory.mktemp("pages")) as app:
            await fill_busily(app)
            async with served(app) as address, chromium() as browser:
                yield Desk(app, address, browser)


# Everybody can read it -------------------------------------------------------------------------------------------------


async def test_no_page_has_anything_serious_for_axe_in_light_or_dark(desk: Desk) -> None:
    async with desk.app.store() as work:
        customer = (await work.find_customers("fjord"))[0].id
    page = await desk.open(viewport={"width": 1280, "height": 860})
    found = {}
    for path in (*PAGES, f"?customer={customer}", f"?item={await item_called(desk.app, 'INV-2041')}"):
        await page.goto(desk.address + path)
        if wrong := await serious(page):
            found[path] = wrong
    await page.goto(f"{desk.address}?item={await item_called(desk.app, 'INV-2081')}")
    await button(chosen(page), "Payment plan").click()
    found |= {"a form": wrong} if (wrong := await serious(page)) else {}
    await page.context.close()
    assert found == {}


async def test_no_page_scrolls_sideways_from_a_small_phone_to_a_wall(desk: Desk) -> None:
    """640 px wide is a screen of 1280 px at 200 % zoom."""
    page = await desk.open()
    wide = []
    for path in PAGES:
        await page.goto(desk.address + path)
        for width in (360, 640, 1280, 3840):
            await page.set_viewport_size({"width": width, "height": 800})
            wide += [(path, width)] if await page.evaluate(TOO_WIDE) > 0 else []
    await page.context.close()
    assert wide == []


# Every action ----------------------------------------------------------------------------------------------------------


def chosen(page: Page) -> Locator:
    return page.locator("main form.slot.chosen")


def button(where: Locator | Page, label: str) -> Locator:
    return where.get_by_role("button", name=label, exact=True).first


async def act(page: Page, label: str, submit: str = "", shown: str = "", **typed: str) -> None:
    """Presses the card's button, behind More where it is rarer, fills the form it opens, and reads the answer."""
    pressed = button(chosen(page), label)
    if not await pressed.is_visible():
        await chosen(page).get_by_text("More", exact=True).click()
    await pressed.click()
    if submit:
        await fill(page, typed)
        await button(page.locator(".form"), submit).click()
    await expect(page.get_by_role("status")).to_contain_text(shown)


async def fill(page: Page, typed: Mapping[str, str]) -> None:
    for name, value in typed.items():
        field = page.locator(f'.form [name="{name}"]')
        kind = await field.first.evaluate("field => field.type")
        if kind == "radio":
            await page.locator(f'.form [name="{name}"][value="{value}"]').check()
        elif kind == "select-one":
            await field.select_option(value)
        else:
            await field.fill(value)


async def test_what_customers_claim_is_noted_and_taken_back(desk: Desk) -> None:
    page = await desk.open(f"?item={await item_called(desk.app, 'INV-2081')}")
    await act(page, "Promise", "Note promise", "promise", until="2026-12-01")
    await act(page, "Cancel promise", shown="Dvorak")
    await act(page, "Says paid", shown="Dvorak")
    await act(page, "Release", shown="Dvorak")
    await act(page, "Dispute", "Note dispute", "dispute", reason="Wrong price")
    await act(page, "Settle dispute", "Settle", "settled", outcome="They agree")
    await act(page, "Hold", "Hold", "on hold", why="A new contact")
    await act(page, "Release", shown="Dvorak")
    await act(page, "Note", "Keep note", "note", note="Asks for <b>Maria</b>")
    await act(page, "Why?", shown="Because")
    await page.context.close()


async def test_people_tasks_and_contact_are_looked_after(desk: Desk) -> None:
    page = await desk.open(f"?item={await item_called(desk.app, 'INV-2055')}")
    await act(page, "I take it", shown="Ana Weiss")
    await act(page, "Let go", shown="Brill")
    await act(page, "Assign", "Assign", "Maria Lindt", to=str(MARIA.id))
    await act(page, "Task", "Make task", "task", what="Ring them", owner="nobody")
    await act(page, "Done: Ring them", shown="Ring them")
    await act(page, "Opt out", "Opt out", "Brill", how="By phone")
    await act(page, "Opt in", "Opt in", "Brill", how="By phone too")
    await act(page, "Flag" if await button(chosen(page), "Flag").is_visible() else "Unflag", shown="Brill")
    await page.context.close()


async def test_money_by_hand_is_noted_taken_back_asked_for_and_approved_by_another(desk: Desk) -> None:
    page = await desk.open(f"?item={await item_called(desk.app, 'INV-2041')}")
    await act(page, "Record payment", "Record", "€100.00", amount="100.00", reference="SEPA 7")
    await act(
        page,
        "Take payment back",
        "Take back",
        "taken back",
        why="Charged back",
        payment=await first_option(page, "Take payment back", "payment"),
    )
    await act(page, "Write off", "Ask for it", "Waits for Maria Lindt", amount="50.00", why="Not worth it")
    await act(page, "Charge a fee", "Ask for it", "Waits for Maria Lindt", amount="20.00", why="Three reminders")
    await answered(desk.app, MARIA)
    await page.reload()
    await act(page, "Waive a fee", "Ask for it", "Waits for Maria Lindt", why="A good customer")
    await page.context.close()


async def first_option(page: Page, label: str, name: str) -> str:
    """The value of the first choice in the form behind a button; the form is left again."""
    pressed = button(chosen(page), label)
    if not await pressed.is_visible():
        await chosen(page).get_by_text("More", exact=True).click()
    await pressed.click()
    value = await page.locator(f'.form [name="{name}"]').first.evaluate("field => field.options ? field.options[1].value : field.value")
    await button(page.locator(".form"), "Cancel").click()
    return str(value)


async def test_a_plan_is_proposed_accepted_cancelled_and_another_declined(desk: Desk) -> None:
    page = await desk.open(f"?item={await item_called(desk.app, 'INV-2081')}")
    await _propose(page)
    await act(page, "Customer accepts", shown="Dvorak")
    await act(page, "Cancel plan", "Cancel plan", "Dvorak", why="They want to pay at once")
    await _propose(page)
    await act(page, "Customer declines", shown="Dvorak")
    await page.context.close()


async def _propose(page: Page) -> None:
    await button(chosen(page), "Payment plan").click()
    await button(page, "Preview").click()
    await page.locator('.form [name="answer"][value="proposed"]').check()
    await button(page, "Keep plan").click()
    await expect(page.get_by_role("status")).to_contain_text("Dvorak")


async def test_a_reminder_is_read_changed_and_sent(desk: Desk) -> None:
    page = await desk.open(f"?item={await item_called(desk.app, 'INV-2090')}")
    await button(chosen(page), "Send reminder").click()
    await button(page.locator(".form"), "Edit").click()
    message = page.locator('.form [name="text"]')
    await message.fill((await message.input_value()).replace("Dear", "Good morning"))
    if await page.locator('.form [name="reason"]').count():
        await page.locator('.form [name="reason"]').fill("They asked for it")
    await button(page.locator(".form"), "Send now").click()
    await expect(page.get_by_role("status")).to_contain_text("Ibis Travel")
    await page.context.close()


async def test_requests_answers_and_tasks_are_dealt_with_from_their_lists(desk: Desk) -> None:
    await press(desk.app, "INV-2077", Name.CONFIRM_WRITE_OFF, MARIA, amount="75.00", why="A discount was agreed")
    page = await desk.open("?view=approvals")
    asked = page.locator("main form.slot", has_text="A discount was agreed")
    await button(asked, "Refuse").click()
    await fill(page, {"why": "It was not"})
    await button(page.locator(".form"), "Refuse").click()
    await expect(page.get_by_role("status")).to_contain_text("refused")
    await button(page.locator("main form.slot", has_text="Goods came back broken"), "Approve").click()
    await expect(page.get_by_role("status")).to_contain_text("approved")
    await page.goto(desk.address + "?view=answers")
    costa = page.locator("main form.slot", has_text="We will pay on 27 November.")
    await button(costa, "Promise").click()
    await button(page.locator(".form"), "Note: promise").click()
    await expect(page.get_by_role("status")).to_contain_text("Costa")
    await button(page.locator("main form.slot", has_text="never ordered"), "Dealt with").click()
    await expect(page.get_by_role("link", name="Answers 0")).to_be_visible()
    await page.goto(desk.address + "?view=tasks")
    await button(page.locator("main form.slot", has_text="Call Mr Harrow"), "Done").click()
    await expect(page.get_by_role("status")).to_contain_text("Harrow")
    await page.context.close()


# Without script --------------------------------------------------------------------------------------------------------


async def test_data_filters_reports_and_policies_work_without_script_on_a_phone(desk: Desk) -> None:
    page = await desk.open("?view=enter", java_script_enabled=False, viewport={"width": 360, "height": 740})
    await button(page, "New customer").click()
    await fill(page, {"number": "C-99", "name": "Juno Works", "email": "pay@juno.example"})
    await button(page, "Save customer").click()
    await expect(page.get_by_role("status")).to_contain_text("Juno Works (C-99) is kept")
    await button(page, "New invoice").click()
    await fill(page, {"customer": "C-98", "number": "H-1", "total": "120.00", "due_on": "2026-12-24"})
    await button(page, "Save invoice").click()
    await expect(page.locator(".form .error")).to_contain_text("no such customer")
    await fill(page, {"customer": "C-99"})
    await button(page, "Save invoice").click()
    await expect(page.get_by_role("status")).to_contain_text("H-1 of €120.00")
    await page.goto(desk.address + "?view=overdue")
    await page.get_by_text("Filter", exact=True).click()
    await page.get_by_label("Days late, at least").fill("40")
    await button(page.locator(".filters"), "Show").click()
    await expect(page.get_by_role("link", name="Harrow Fields")).to_be_visible()
    await expect(page.get_by_role("link", name="Gilda Moretti")).to_have_count(0)
    await page.goto(desk.address + "?view=policies")
    await page.get_by_label("Policy, as YAML").fill(shipped("strict").text.replace("name: strict", "name: standard"))
    await button(page, "Show what would change").click()
    await expect(page.get_by_role("status")).to_contain_text("Policy")
    await page.goto(desk.address + "?view=reports&what=aging")
    await expect(page.get_by_role("table", name="Open by age, EUR")).to_be_visible()
    await page.context.close()


async def test_the_keyboard_alone_reaches_a_filter_a_customer_and_their_letters(desk: Desk) -> None:
    page = await desk.open("?view=overdue")
    await page.locator(".filters summary").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Days late, at least")).to_be_focused()
    await page.keyboard.type("10")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="Fjord Kontor AS")).to_be_visible()
    await page.get_by_role("link", name="Fjord Kontor AS").press("Enter")
    await page.locator(".panel h2 a").press("Enter")
    await page.locator(".timeline summary").first.press("Enter")
    await expect(page.locator(".timeline pre").first).to_be_visible()
    await page.context.close()
