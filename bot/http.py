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

from adapters.chat.protocol import Installing
from bot.app import App
from bot.config import secret_keys
from bot.web.backstage import Backstage
from bot.web.doors import PRIVATE_HEADERS, PUBLIC_HEADERS, AnswerHeaders, OwnPagesOnly
from bot.web.inbox import Inbox, Parts
from bot.web.install import install_routes

PRIVATE_HOST = "127.0.0.1"
STATIC = Path(__file__).parent / "web" / "static"
LARGEST_BODY = 1_000_000  # bytes; a chat limits what it reads by itself as well
LARGEST_FORM = 256 * 1024
TEAMS_PATH = "/api/messages"
PATIENCE = 5.0  # seconds the database has to answer

log = structlog.get_logger(__name__)

Migrated = Callable[[], Awaitable[bool]]


def public_app(
    migrated: Migrated, slack: ASGIApp | None = None, teams: ASGIApp | None = None, installing: Installing | None = None
) -> FastAPI:
    """`migrated` asks the database whether its schema is this release's and raises when it cannot be reached.

    `slack` is the application for `POST /slack/events`, `teams` for `POST /api/messages`; they verify and limit what they read by themselves.
    `installing` brings the Slack app into more workspaces.
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
    _add_teams(app, teams)
    if installing is not None:
        app.include_router(install_routes(installing))
    app.add_middleware(AnswerHeaders, headers=PUBLIC_HEADERS)
    return app


def _add_teams(app: FastAPI, teams: ASGIApp | None) -> None:
    if teams is not None:
        app.add_route(TEAMS_PATH, teams, methods=["POST"])  # type: ignore[arg-type]


async def _state(migrated: Migrated) -> dict[str, bool]:
    try:
        async with asyncio.timeout(PATIENCE):
            return {"database": True, "migrations": await migrated()}
    except Exception as error:  # ruff: ignore[blind-except] - whatever the driver raises, the answer is the same
        log.warning("database not reachable", error=type(error).__name__)
        return {"database": False, "migrations": False}


def private_app(inbox: Inbox, port: int, teams: ASGIApp | None = None) -> FastAPI:
    """For `PRIVATE_HOST` and `port` alone; whoever reaches it acts as the inbox's user, and with `teams` as whom they say they are."""
    app = _bare(LARGEST_FORM)
    app.include_router(inbox.router)
    app.mount("/static", StaticFiles(directory=STATIC))

    @app.get("/")
    def start() -> Response:
        return RedirectResponse("/inbox", 303)

    _add_teams(app, teams)
    app.add_middleware(OwnPagesOnly, port=port, programs=frozenset({TEAMS_PATH}) if teams else frozenset())
    app.add_middleware(AnswerHeaders, headers=PRIVATE_HEADERS)
    return app


def chat_app(app: App) -> FastAPI:
    """The public application of a running Duebot. Teams without tokens has no place in it."""
    slack = None if app.slack is None else app.slack.endpoint
    teams = None if app.teams is None or app.teams.local else app.teams.endpoint
    installing = None if app.slack is None else app.slack.installing
    return public_app(app.ready, slack, teams, installing)


def inbox_app(app: App, port: int) -> FastAPI:
    """The private application of a running Duebot."""
    secret = secret_keys(app.settings)[0]
    parts = Parts(app.store, app.policies, app.clock, app.inbound, app.desk, Backstage(app), secret, app.settings.inbox_user)
    local = app.teams.endpoint if app.teams is not None and app.teams.local else None
    return private_app(Inbox(parts), port, local)


def _bare(largest: int) -> FastAPI:
    """No pages that describe the routes: nobody is to write against them."""
    return FastAPI(title="Duebot", docs_url=None, redoc_url=None, openapi_url=None, max_body_size=largest)
