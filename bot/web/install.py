"""The two pages that install the chat app in a workspace."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from adapters.chat.protocol import Installing, Page
from adapters.chat.slack.names import INSTALL_PATH, REDIRECT_PATH
from bot.web.words_page import words_page
from workflows.install_workspace import STATE

COOKIE = "__Secure-duebot-install"  # browsers take such a name over HTTPS only


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
    answer: Response = RedirectResponse(page.to, page.status) if page.to else words_page(page.words, page.status)
    if page.cookie:
        age = int(STATE.total_seconds())
        answer.set_cookie(COOKIE, page.cookie, max_age=age, path="/slack", secure=True, httponly=True, samesite="lax")
    elif page.cookie is not None:
        answer.delete_cookie(COOKIE, path="/slack", secure=True, httponly=True, samesite="lax")
    return answer
