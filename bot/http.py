"""The two listeners: the public one for chats and health, the private one for the inbox on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog
from fastapi import FastAPI
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from bot.app import App
from bot.config import secret_keys
from bot.web.backstage import Backstage
from bot.web.doors import PRIVATE_HEADERS, PUBLIC_HEADERS, AnswerHeaders, OwnPagesOnly
from bot.web.inbox import Inbox, Parts

PRIVATE_HOST = "127.0.0.1"
STATIC = Path(__file__).parent / "web" / "static"
LARGEST_BODY = 1_000_000  # bytes; a chat limits what it reads by itself as well
LARGEST_FORM = 256 * 1024
PATIENCE = 5.0  # seconds the database has to answer

log = structlog.get_logger(__name__)

Migrated = Callable[[], Awaitable[bool]]


def public_app(migrated: Migrated, slack: ASGIApp | None = None) -> FastAPI:
    """`migrated` asks the database whether its schema is this release's and raises when it cannot be reached.

    `slack` is the application for `POST /slack/events`; it verifies and limits what it reads by itself.
    """
    app = _bare(LARGEST_BODY)

    @app.get("/healthz")
    def alive() -> Response:
        return JSONResponse({"alive": True})

    @app.get("/readyz")
    async def ready() -> Response:
        state = await _state(migrated)
        return JSONResponse({"ready": all(state.values()), **state}, 200 if all(state.values()) else 503)

    if slack is not None:
        app.add_route("/slack/events", slack, methods=["POST"])  # type: ignore[arg-type]  # an ASGI application, which the router takes as it is
    app.add_middleware(AnswerHeaders, headers=PUBLIC_HEADERS)
    return app


async def _state(migrated: Migrated) -> dict[str, bool]:
    try:
        async with asyncio.timeout(PATIENCE):
            return {"database": True, "migrations": await migrated()}
    except Exception as error:  # ruff: ignore[blind-except] - whatever the driver raises, the answer is the same
        log.warning("database not reachable", error=type(error).__name__)
        return {"database": False, "migrations": False}


def private_app(inbox: Inbox, port: int) -> FastAPI:
    """For `PRIVATE_HOST` and `port` alone; whoever reaches it acts as the inbox's user."""
    app = _bare(LARGEST_FORM)
    app.include_router(inbox.router)
    app.mount("/static", StaticFiles(directory=STATIC))

    @app.get("/")
    def start() -> Response:
        return RedirectResponse("/inbox", 303)

    app.add_middleware(OwnPagesOnly, port=port)
    app.add_middleware(AnswerHeaders, headers=PRIVATE_HEADERS)
    return app


def inbox_app(app: App, port: int) -> FastAPI:
    """The private application of a running Duebot."""
    secret = secret_keys(app.settings)[0]
    parts = Parts(app.store, app.policies, app.clock, app.inbound, app.desk, Backstage(app), secret, app.settings.inbox_user)
    return private_app(Inbox(parts), port)


def _bare(largest: int) -> FastAPI:
    """No pages that describe the routes: nobody is to write against them."""
    return FastAPI(title="Duebot", docs_url=None, redoc_url=None, openapi_url=None, max_body_size=largest)
