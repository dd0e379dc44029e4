"""The two pages that install the chat app in a workspace."""

from __future__ import annotations

from html import escape

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from adapters.chat.protocol import Installing, Page
from adapters.chat.slack.names import INSTALL_PATH, REDIRECT_PATH
from workflows.install_workspace import STATE

COOKIE = "__Secure-duebot-install"  # browsers take such a name over HTTPS only
_BODY = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>Duebot</title><main><h1>Duebot</h1><p>{}</p></main></html>'


def install_routes(installing: Installing) -> APIRouter:
    router = APIRouter()

    @router.get(INSTALL_PATH)
    async def begin(offer: str = "") -> Response:
        return _answer(await installing.begin(offer))

    @router.get(REDIRECT_PATH)
    async def finish(request: Request) -> Response:
        return _answer(await installing.finish(request.query_params, request.cookies.get(COOKIE, "")))

    return router


def _answer(page: Page) -> Response:
    answer: Response = RedirectResponse(page.to, page.status) if page.to else HTMLResponse(_BODY.format(escape(page.words)), page.status)
    if page.cookie:
        age = int(STATE.total_seconds())
        answer.set_cookie(COOKIE, page.cookie, max_age=age, path="/slack", secure=True, httponly=True, samesite="lax")
    elif page.cookie is not None:
        answer.delete_cookie(COOKIE, path="/slack", secure=True, httponly=True, samesite="lax")
    return answer
