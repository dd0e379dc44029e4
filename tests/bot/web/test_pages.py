"""The inbox's pages beside the standing cards: worklist, customers, tasks, approvals, reports, policies, settings."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest

from bot.app import App
from bot.policies import shipped
from bot.web.filters import Filters, read_filters
from cards.actions import Name
from tests.bot.web.asking import page_of, pressed
from tests.bot.web.markup import Page
from tests.e2e.busy import fill_busily, press
from tests.e2e.sample import ANA, MARIA
from workflows.domain.access import Role
from workflows.domain.ids import new_id
from workflows.domain.money import Money

PAGES = {
    "?view=approvals": "No request waits for approval",
    "?view=answers": "No customer's answer waits",
    "?view=tasks": "No task is open",
    "?view=reports": "Week to Tue 24 Nov",
    "?view=reports&what=fortnight": "Fortnight to Tue 24 Nov",
    "?view=reports&what=month": "Open by age",
    "?view=reports&what=aging": "Days past the due date",
    "?view=reports&what=metrics": "DSO, countback",
    "?view=reports&what=forecast": "Due-date baseline",
    "?view=reports&what=nonsense&on=x": "Week to Tue 24 Nov",
    "?view=policies": "Policy standard",
    "?view=policies&what=shipped:gentle": "gentle, shipped",
    "?view=policies&what=nonsense": "Policy standard",
    "?view=settings": "maria@northwind.example",
    "?view=enter": "Enter data by hand",
    "?view=today&on=2026-12-01": "Dvorak",
    "?view=today&on=2020-01-01": "Second reminder",
}


async def test_every_page_says_what_it_is_for(web: httpx.AsyncClient) -> None:
    for path, shown in PAGES.items():
        assert shown in (await page_of(web, f"/inbox{path}")).text, path


# Worklist --------------------------------------------------------------------------------------------------------------

FILTERED = {
    "": 8,
    "&age=5": 4,
    "&age=46": 2,
    "&currency=EUR": 6,
    "&currency=usd": 2,
    "&currency=EUR&least=2750.50": 5,
    "&currency=EUR&least=2750.51&age=1": 4,
    "&state=escalated": 2,
    "&state=escalated&age=100": 1,
    f"&owner={ANA.id}": 0,
    "&least=100": 8,
    "&currency=XXY": 8,
}


@pytest.mark.parametrize("query", FILTERED, ids=[query.replace(str(ANA.id), "ana") for query in FILTERED])
async def test_the_worklist_is_narrowed_by_what_stands_in_its_address(web: httpx.AsyncClient, query: str) -> None:
    page = await page_of(web, f"/inbox?view=overdue{query}")
    assert len([url for url in page.links.values() if "item=" in url]) == FILTERED[query]


async def test_a_filter_that_cannot_be_used_is_said_at_the_filter_and_kept(web: httpx.AsyncClient) -> None:
    for query, words in (
        ("least=100", "needs its currency"),
        ("least=lots&currency=EUR", "“lots” is no amount"),
        ("currency=E1", "is no currency"),
    ):
        assert words in (await page_of(web, f"/inbox?view=overdue&{query}")).text
    page = await page_of(web, "/inbox?view=overdue&age=5&currency=EUR")
    assert page.links["Clear"] == "/inbox?view=overdue"
    assert "age=5" in next(url for url in page.links.values() if "item=" in url)


async def test_a_filter_by_owner_follows_who_looks_after_the_customer(app: App, web: httpx.AsyncClient) -> None:
    await press(app, "INV-2081", Name.CONFIRM_ASSIGN, MARIA, to=str(ANA.id))
    assert "Dvorak s.r.o." in (await page_of(web, f"/inbox?view=overdue&owner={ANA.id}")).links


def test_filters_read_what_they_can_and_nothing_else() -> None:
    assert read_filters({"age": "-1", "owner": "x", "state": "settled"}) == Filters()
    assert read_filters({"age": "99999"}) == Filters()
    assert not Filters()
    assert Filters(currency="EUR").floor == Money(1, "EUR")
    assert Filters(currency="EUR", least="12,50").floor == Money(1250, "EUR")
    assert Filters(least="12").floor is None


# Customer --------------------------------------------------------------------------------------------------------------


async def test_a_customers_page_tells_everything_with_its_words(app: App, web: httpx.AsyncClient) -> None:
    await fill_again(app)
    item = await page_of(web, (await page_of(web, "/inbox?view=overdue")).links["Fjord Kontor AS"])
    page = await page_of(web, item.links["Fjord Kontor AS"])
    for words in (
        "€2,750.50 open, 1 item",
        "Second reminder",
        "The customer answered by e-mail",
        "we never ordered this",
        "<img src=x",
        "Issued",
    ):
        assert words in page.text, words
    assert "INV-2083" in page.links
    assert page.links["‹ All overdue"].startswith("/inbox?view=overdue")
    assert (await web.get(f"/inbox?customer={new_id()}")).status_code == 404


async def fill_again(app: App) -> None:
    """What `fill_busily` adds to the sample that is there already."""
    await fill_busily(app, filled=True)


async def test_a_long_history_is_told_in_stretches(app: App, web: httpx.AsyncClient) -> None:
    for n in range(35):
        await press(app, "INV-2081", Name.CONFIRM_NOTE, MARIA, note=f"Call number {n:02d}")
    item = await page_of(web, (await page_of(web, "/inbox?view=overdue")).links["Dvorak s.r.o."])
    newest = await page_of(web, item.links["Dvorak s.r.o."])
    oldest = await page_of(web, newest.links["Older ›"])
    assert "Call number 34" in newest.text
    assert "Call number 00" in oldest.text
    assert "‹ Newer" in oldest.links


# Requests, tasks, answers ----------------------------------------------------------------------------------------------


async def test_a_request_shows_its_terms_and_is_approved_or_refused(app: App, web: httpx.AsyncClient) -> None:
    await fill_again(app)
    page = await page_of(web, "/inbox?view=approvals")
    assert "Approvals 1" in page.links
    assert "Goods came back broken" in page.form("write off").text
    asked = await pressed(web, page, "write off", "Refuse")
    assert "Why" in asked.form("Refuse").text
    done = await pressed(web, page, "write off", "Approve")
    assert "approved" in done.text
    assert "Approvals 0" in done.links


async def test_a_task_is_done_from_the_list_and_a_second_press_says_who_was_first(app: App, web: httpx.AsyncClient) -> None:
    await fill_again(app)
    page = await page_of(web, "/inbox?view=tasks")
    assert page.text.index("Call Mr Harrow") < page.text.index("Send a copy")
    done = await pressed(web, page, "Call Mr Harrow", "Done")
    assert "Tasks 1" in done.links
    again = await pressed(web, await page_of(web, "/inbox?view=tasks"), "Send a copy", "Open")
    assert "History of INV-2055" in again.text
    late = await page_of(web, "/inbox?view=tasks")
    await pressed(web, late, "Send a copy", "Done")
    form = late.form("Send a copy")
    answer = await web.post(form.action, data={**form.press("Done"), "reason": "another press"})
    assert "has done this" in answer.text


# Reports ---------------------------------------------------------------------------------------------------------------


async def test_a_report_is_taken_away_as_a_workbook_a_picture_or_data(web: httpx.AsyncClient) -> None:
    for what in ("week", "aging", "metrics", "forecast"):
        book = await web.get(f"/inbox/reports/{what}.xlsx?book=main&on=2026-11-20")
        assert f'filename="main-{what}-2026-11-20.xlsx"' in book.headers["content-disposition"]
        assert "xl/workbook.xml" in ZipFile(BytesIO(book.content)).namelist()
    assert json.loads((await web.get("/inbox/reports/aging.json")).text)["at"] == "2026-11-24"
    assert (await web.get("/inbox/reports/aging.png")).content.startswith(b"\x89PNG")
    for name in ("aging.exe", "nonsense.json", "aging", "..%2f..%2fsecret.json"):
        assert (await web.get(f"/inbox/reports/{name}")).status_code == 404
    assert (await web.get("/inbox/reports/aging.json?book=nowhere")).status_code == 404


async def test_a_report_of_another_day_counts_up_to_that_day(web: httpx.AsyncClient) -> None:
    assert "Tuesday 10 November" in (await page_of(web, "/inbox?view=reports&what=aging&on=2026-11-10")).text
    assert "Tuesday 24 November" in (await page_of(web, "/inbox?view=reports&what=aging&on=2027-11-10")).text


# Policies --------------------------------------------------------------------------------------------------------------


async def compare(web: httpx.AsyncClient, text: str, file: bytes | None = None) -> Page:
    form = (await page_of(web, "/inbox?view=policies")).form("Policy, as YAML")
    given = {name: value for name, value in form.fields.items() if name != "file"} | {"text": text}
    answer = await web.post(form.action, data=given, files={"file": ("policy.yaml", file or b"", "text/yaml")})
    assert answer.status_code == 200, answer.text
    page = Page(answer.text)
    assert page.faults == []
    return page


async def test_what_another_policy_would_change_is_shown_and_nothing_is_changed(app: App, web: httpx.AsyncClient) -> None:
    before = await app.store.policy_versions()
    text = shipped().text.replace("after_due: 10", "after_due: 5")
    for page in (await compare(web, text), await compare(web, "", text.encode())):
        assert "running customers would move" in page.text
        assert "Nothing has changed yet" in page.text
    assert await app.store.policy_versions() == before
    assert "nobody would move" in (await compare(web, shipped().text)).text


async def test_mistakes_of_a_policy_are_named_with_their_line_and_the_text_is_kept(web: httpx.AsyncClient) -> None:
    page = await compare(web, "name: x\nsteps: [<script>alert(1)</script>]\n")
    assert "in the policy" in page.text
    assert "<script>alert(1)</script>" in page.text
    assert "Paste a policy" in (await compare(web, "  ")).text
    assert "mistake" in (await compare(web, "", b"\xff\xfe\x00 not yaml: [")).text
    assert "mistake" in (await compare(web, "a: &a [" + "*a," * 2000)).text


async def test_a_comparison_that_was_not_asked_from_our_page_is_refused(web: httpx.AsyncClient) -> None:
    assert (await web.post("/inbox/policies/compare", data={"text": shipped().text})).status_code == 403


# Settings --------------------------------------------------------------------------------------------------------------


async def test_settings_say_what_is_configured_what_to_mend_and_never_a_secret(app: App, web: httpx.AsyncClient) -> None:
    async with app.store() as work:
        await work.change_book(replace(await work.book("main"), read_through=None))
    page = await page_of(web, "/inbox?view=settings")
    for words in (
        "to mend",
        "No invoices of the book main were read yet",
        "SQLite, one file" if app.settings.database_url.startswith("sqlite") else "PostgreSQL",
        "Maria Lindt",
        "maria@northwind.example",
    ):
        assert words in page.text, words
    assert app.settings.secret_key is not None
    assert app.settings.secret_key.get_secret_value() not in page.text


async def test_an_administrator_changes_a_role_but_not_their_own_and_adds_a_colleague(app: App, web: httpx.AsyncClient) -> None:
    start = await page_of(web, "/inbox?view=settings")
    form = (await pressed(web, start, "Colleagues", "Change a role")).form("Change a role")
    answer = await web.post(form.action, data=form.press("Change role", user=str(MARIA.id), role="viewer"))
    assert "Maria Lindt is a viewer now" in answer.text
    own = await web.post(form.action, data=form.press("Change role", user=str(ANA.id), role="viewer"))
    assert "Your own role is changed by another administrator" in own.text
    new = (await pressed(web, start, "Colleagues", "Add a colleague")).form("Add a colleague")
    wrong = await web.post(new.action, data=new.press("Add", email="nonsense", name=" ", role="collector"))
    assert "That is no e-mail address." in wrong.text
    assert "Say how colleagues know them." in wrong.text
    added = await web.post(new.action, data=new.press("Add", email="bo@northwind.example", name="Bo <b>Lund</b>", role="collector"))
    assert "Bo &lt;b&gt;Lund&lt;/b&gt; was added as collector" in added.text
    async with app.store() as work:
        roles = {user.email: user.role for user in await work.users()}
    assert roles["maria@northwind.example"] is Role.VIEWER
    assert roles["bo@northwind.example"] is Role.COLLECTOR
    assert roles[ANA.email] is Role.ADMINISTRATOR
