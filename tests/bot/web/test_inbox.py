"""The inbox over a real store and the real desk, asked as a browser asks."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.app import App
from bot.http import LARGEST_FORM
from bot.web.listings import PAGE
from tests.bot.web.asking import browser, page_of, pressed
from tests.bot.web.markup import Page
from tests.e2e.sample import ANA, LEDGER, MARIA, Owed, fill, sample_app
from workflows.domain.access import Role, User
from workflows.domain.ids import BookId, UserId, new_id

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "{{ 7 * 7 }} {% raw %}",
    "</form></main><b>Bold & Sons",
    "עסק גדול\u202e txet",
    "=cmd|'/c calc'!A1 @here *_~`",
)


# Reading ---------------------------------------------------------------------------------------------------------------


async def test_the_first_page_counts_what_needs_doing_and_shows_the_cards(web: httpx.AsyncClient) -> None:
    page = await page_of(web)
    assert {"Needs me 8", "First contact 0", "Problems 0", "Goes out today 8", "All overdue 8", "Escalated 2"} <= page.links.keys()
    assert "Northwind GmbH" in page.text
    assert "Ana Weiss" in page.text
    assert "Today, Tue 24 Nov" in page.text
    assert len(page.forms) == 8  # the five largest, the digest, and what the policy escalates


VIEWS = {
    "first": "No customer waits",
    "problems": "No message is in doubt",
    "today": "Second reminder",
    "overdue": "104 days late",
    "on_plan": "No open item",
    "snoozed": "No open item",
    "promised": "No open item",
    "disputed": "No open item",
    "held": "No open item",
    "escalated": "INV-1907",
    "flagged": "No open item",
}


async def test_every_list_has_its_page(web: httpx.AsyncClient) -> None:
    for view, shown in VIEWS.items():
        assert shown in (await page_of(web, f"/inbox?view={view}")).text, view


async def test_the_customers_panel_says_what_is_open_by_age_and_what_happened(web: httpx.AsyncClient) -> None:
    overdue = await page_of(web, "/inbox?view=overdue")
    page = await page_of(web, overdue.links["Acme GmbH"])
    for words in (
        "€34,100.00 open",
        "Not due",
        "€12,400.00",
        "1–30 d",
        "€18,600.00",
        "Over 90 d",
        "€3,100.00",
        "Pays 11 days late on average",
    ):
        assert words in page.text
    other = await page_of(web, next(url for words, url in page.links.items() if words.startswith("INV-2041")))
    assert "History of INV-2041" in other.text
    assert "Paid €2,000.00" in other.text


async def test_several_books_have_a_page_each_and_an_item_shows_its_own_book(app: App, web: httpx.AsyncClient) -> None:
    async with app.store() as work:
        main = await work.book("main")
        await work.add_book(replace(main, id=BookId(new_id()), slug="south", name="<b>South</b> SL"))
    first = await page_of(web)
    assert "<b>South</b> SL" in first.text
    south = await page_of(web, "/inbox?book=south")
    assert {"Needs me 0", "All overdue 0"} <= south.links.keys()
    assert "Nothing needs you now" in south.text
    acme = (await page_of(web, "/inbox?view=overdue")).links["Acme GmbH"]
    assert "All overdue 8" in (await page_of(web, acme.replace("?", "?book=south&"))).links


async def test_what_does_not_exist_is_said_so(web: httpx.AsyncClient) -> None:
    for path in (f"/inbox?item={new_id()}", "/inbox?book=nowhere"):
        answer = await web.get(path)
        assert answer.status_code == 404
        assert Page(answer.text).faults == []


async def test_an_address_that_cannot_be_read_is_the_place_it_can_be_read_as(web: httpx.AsyncClient) -> None:
    for query in ("item=x", "page=0", "page=-1", "page=²", "page=99999999", "answer=" + "9" * 500, "q=+", "view=&nonsense=1"):
        assert "All overdue 8" in (await page_of(web, f"/inbox?view=flagged&{query}")).links, query
    assert "Needs me 8" in (await page_of(web, "/inbox?view=nonsense")).links


async def test_a_number_found_opens_the_invoice_and_a_name_the_balance(web: httpx.AsyncClient) -> None:
    assert "History of INV-2041" in (await page_of(web, "/inbox?q=inv-2041")).text
    assert "History of INV-2041" in (await page_of(web, "/inbox?q=invoice+INV-2041")).text
    assert "INV-2101" in (await page_of(web, "/inbox?q=acme")).form("Acme GmbH").text
    assert "INV-2101" in (await page_of(web, "/inbox?q=balance+acme")).form("Acme GmbH").text
    assert "8 customers" in (await page_of(web, "/inbox?q=overdue")).text
    assert "No customer is called" in (await page_of(web, "/inbox?q=zzz")).text


async def test_names_from_outside_never_become_markup_anywhere(one_url: str, tmp_path: Path) -> None:
    ledger = tuple(replace(owed, customer=name, reference=name) for owed, name in zip(LEDGER[5:11], HOSTILE, strict=True))
    async with sample_app(one_url, tmp_path) as app, browser(app) as web:
        await fill(app, ledger)
        first = await page_of(web)
        assert all(name.split("\u202e")[0].split()[0] in first.text for name in HOSTILE)
        for path in ("?view=overdue", "?view=today", "?q=%3Cscript%3E", "?q=%22%3E%3Cb%3E", "?view=%22%3E%3Cb%3E", "?book=%3Cb%3E&item=x"):
            answer = await web.get(f"/inbox{path}")
            assert Page(answer.text).faults == []
            assert "alert(1)</script>" not in answer.text
        for url in (await page_of(web, "/inbox?view=overdue")).links.values():
            if "item=" in url:
                await page_of(web, url)


async def test_a_long_list_is_paged_and_every_line_is_on_one_page_only(one_url: str, tmp_path: Path) -> None:
    ledger = tuple(Owed(f"Customer{n:02d} Ltd", f"N-{n:02d}", "10.00", 5 + n) for n in range(PAGE + 3))
    async with sample_app(one_url, tmp_path) as app, browser(app) as web:
        await fill(app, ledger)
        first = await page_of(web, "/inbox?view=overdue")
        second = await page_of(web, first.links["More ›"])
        names = [{words for words in page.links if words.startswith("Customer")} for page in (first, second)]
        assert (len(names[0]), len(names[1])) == (PAGE, 3)
        assert not names[0] & names[1]
        assert "More ›" not in second.links
        assert "All overdue 23" in second.links


# Who acts --------------------------------------------------------------------------------------------------------------


async def test_without_an_administrator_the_page_says_how_to_make_one(app: App, web: httpx.AsyncClient) -> None:
    async with app.store() as work:
        await work.set_role(ANA.id, Role.VIEWER)
    answer = await web.get("/inbox")
    assert answer.status_code == 503
    assert "duebot user add" in Page(answer.text).text
    assert "Costa" not in answer.text


async def test_two_administrators_need_the_setting_and_the_setting_is_believed(app: App) -> None:
    async with app.store() as work:
        await work.add_user(User(UserId(new_id()), "ola@northwind.example", "Ola Berg", Role.ADMINISTRATOR))
    async with browser(app) as web:
        assert "DUEBOT_INBOX_USER" in (await web.get("/inbox")).text
    app.settings.inbox_user = MARIA.email
    async with browser(app) as web:
        assert "Maria Lindt" in (await page_of(web)).text
    app.settings.inbox_user = "gone@northwind.example"
    async with browser(app) as web:
        assert "gone@northwind.example" in (await web.get("/inbox")).text


async def test_a_viewer_presses_and_is_told_which_role_may(app: App) -> None:
    async with app.store() as work:
        await work.set_role(MARIA.id, Role.VIEWER)
    app.settings.inbox_user = MARIA.email
    async with browser(app) as web:
        after = await pressed(web, await page_of(web), "Costa Lda", "Flag")
        assert "this needs a collector" in after.text
        assert "Flagged 0" in after.links


# Pressing --------------------------------------------------------------------------------------------------------------


async def test_a_press_changes_the_card_and_the_answer_stands_above_it(web: httpx.AsyncClient) -> None:
    after = await pressed(web, await page_of(web), "Costa Lda", "Flag")
    notice, card = [form for form in after.forms if "Costa Lda" in form.text][:2]
    assert "flagged" in notice.text
    assert "Unflag" in card.buttons
    assert "Flagged 1" in after.links


async def test_the_same_press_sent_twice_is_one_action_with_one_answer(app: App, web: httpx.AsyncClient) -> None:
    form = (await page_of(web)).form("Costa Lda")
    body = form.press("Flag")
    first, second = [await web.post(form.action, data=body) for _ in range(2)]
    assert first.url == second.url
    assert "Flagged 1" in Page(second.text).links
    async with app.store() as work:
        (found,) = await work.find_items("INV-2080")
        assert len((await work.account_of(found.item.id)).flags) == 1


async def test_a_press_repeated_after_a_restart_is_told_that_it_was_done(app: App, web: httpx.AsyncClient) -> None:
    form = (await page_of(web)).form("Costa Lda")
    body = form.press("Flag")
    await web.post(form.action, data=body)
    async with browser(app) as later:
        again = await later.post(form.action, data=body)
    assert "was not done twice" in again.text
    assert "Flagged 1" in Page(again.text).links


async def test_a_press_on_a_page_read_before_a_colleague_acted_is_told_who_was_first(web: httpx.AsyncClient) -> None:
    old = await page_of(web)
    await pressed(web, await page_of(web), "Costa Lda", "Flag")
    after = await pressed(web, old, "Costa Lda", "Flag")
    assert "You were first" in after.text


async def test_a_form_opens_in_place_of_its_card_with_the_keyboard_in_it(web: httpx.AsyncClient) -> None:
    page = await pressed(web, await page_of(web), "Costa Lda", "Snooze")
    assert page.focused == ["length"]
    form = page.form("How long")
    assert form.action == "/inbox/answer"
    assert not [other for other in page.forms if "INV-2080" in other.text and "Send reminder" in other.buttons]
    after = await pressed(web, page, "How long", "Snooze")
    assert "snoozed until Fri 27 Nov" in after.text
    assert "Snoozed 1" in after.links


async def test_cancel_goes_back_and_changes_nothing(web: httpx.AsyncClient) -> None:
    page = await pressed(web, await page_of(web), "Costa Lda", "Snooze")
    after = await pressed(web, page, "How long", "Cancel")
    assert "Snoozed 0" in after.links
    assert "Send reminder" in after.form("Costa Lda").buttons


async def test_what_was_typed_comes_back_with_what_is_wrong_at_its_field(web: httpx.AsyncClient) -> None:
    page = await pressed(web, await page_of(web), "Costa Lda", "Payment plan")
    again = await pressed(web, page, "Instalments", "Preview", deposit="<lots>", count="4")
    form = again.form("Instalments")
    assert (form.fields["deposit"], form.fields["count"]) == ("<lots>", "4")
    assert "is not an amount" in form.text
    assert again.focused == ["deposit"]
    after = await pressed(web, again, "Instalments", "Preview", deposit="990.00", count="3")
    assert "€3,000.00" in after.form("Has the customer agreed").text


async def test_a_line_of_the_digest_opens_its_item_without_an_action(web: httpx.AsyncClient) -> None:
    digest = next(form for form in (await page_of(web)).forms if "newly overdue" in form.text)
    answer = await web.post(digest.action, data=digest.press("Open"))
    assert "item=" in str(answer.url)
    outgoing = await web.post(digest.action, data=digest.press("What goes out today"))
    assert "view=today" in str(outgoing.url)


async def test_a_form_that_we_did_not_draw_is_refused(app: App, web: httpx.AsyncClient) -> None:
    form = (await page_of(web)).form("Costa Lda")
    for broken in ({"token": "0" * 64}, {"nonce": "other"}, {"token": "", "nonce": ""}):
        answer = await web.post(form.action, data=form.press("Flag") | broken)
        assert answer.status_code == 403
    assert (await web.post(form.action, content=b"x" * (LARGEST_FORM + 1))).status_code == 413
    assert (await web.post(form.action, data=form.press("Flag"), headers={"origin": "https://attacker.example"})).status_code == 403
    assert (await web.get("/inbox", headers={"host": "attacker.example"})).status_code == 403
    assert "Flagged 0" in (await page_of(web)).links
    assert await app.inbound.pending(app.clock.now(), 10) == []


async def test_a_button_that_nobody_can_have_drawn_is_answered_politely(web: httpx.AsyncClient) -> None:
    form = (await page_of(web)).form("Costa Lda")
    body = form.press("Flag", back="/inbox?view=flagged")
    for press in ("", "flag.set", "flag.set {}", "nonsense {}", "flag.set " + "[" * 3000, "item.open <b>"):
        assert "another release" in Page((await web.post(form.action, data=body | {"press": press, "item": ""})).text).text


async def test_the_way_back_leads_to_the_inbox_only(web: httpx.AsyncClient) -> None:
    form = (await page_of(web)).form("Costa Lda")
    answer = await web.post(
        form.action, data=form.press("Flag") | {"back": "https://attacker.example/?view=overdue"}, follow_redirects=False
    )
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/inbox?view=overdue&")


async def test_pages_are_kept_by_nobody_and_carry_the_headers(web: httpx.AsyncClient) -> None:
    for path in ("/inbox", "/static/inbox.css", "/static/cards.css", "/static/inbox.js", "/static/icon.svg"):
        answer = await web.get(path)
        assert answer.status_code == 200
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"
    assert (await web.get("/static/../inbox.py")).status_code == 404
    assert (await web.get("/docs")).status_code == 404


# Colours ---------------------------------------------------------------------------------------------------------------

STYLES = Path(__file__).parents[3] / "bot" / "web" / "static" / "inbox.css"
PAIRS = [
    *((ink, ground) for ink in ("ink", "quiet", "accent", "late", "warning") for ground in ("ground", "card")),
    ("good", "card"),
    ("on-accent", "accent"),
    *((tone, f"{tone}-ground") for tone in ("late", "warning", "good")),
    *(("ink", f"{tone}-ground") for tone in ("warning", "good")),
]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def palettes() -> list[dict[str, str]]:
    light, dark = STYLES.read_text(encoding="utf-8").split("prefers-color-scheme: dark")[:2]
    read = [dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6})", part)) for part in (light, dark)]
    assert read[0].keys() == read[1].keys()
    return read


@pytest.mark.parametrize("palette", palettes(), ids=["light", "dark"])
def test_every_word_is_readable_on_its_ground(palette: dict[str, str]) -> None:
    weak = {(ink, ground): round(contrast(palette[ink], palette[ground]), 2) for ink, ground in PAIRS}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
    ages = {f"age-{n}": contrast(palette[f"age-{n}"], palette["card"]) for n in range(5)}
    assert {name: round(ratio, 2) for name, ratio in ages.items() if ratio < 2.5} == {}
