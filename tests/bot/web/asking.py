"""Asks the inbox as a browser does."""

from __future__ import annotations

import httpx

from bot.app import App
from bot.http import inbox_app
from tests.bot.web.markup import Page

OWN = "http://127.0.0.1:8081"


def browser(app: App) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(inbox_app(app, 8081))
    return httpx.AsyncClient(transport=transport, base_url=OWN, follow_redirects=True, headers={"origin": OWN})


async def page_of(web: httpx.AsyncClient, path: str = "/inbox") -> Page:
    """A page that is well made."""
    answer = await web.get(path)
    assert answer.status_code == 200, answer.text
    page = Page(answer.text)
    assert page.faults == []
    return page


async def pressed(web: httpx.AsyncClient, page: Page, words: str, label: str, **typed: str) -> Page:
    """The page after that button of the form with those words."""
    form = page.form(words)
    answer = await web.post(form.action, data=form.press(label, **typed))
    assert answer.status_code == 200, answer.text
    after = Page(answer.text)
    assert after.faults == []
    return after
