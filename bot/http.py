"""The two listeners: the public one for chats and health, the private one for the inbox on this machine."""

from __future__ import annotations

from pathlib import Path

import structlog
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse, RedirectResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from adapters.chat.protocol import Installing
from bot.app import App
from bot.config import secret_keys
from bot.health.counts import Acknowledged
from bot.health.metrics import Metrics
from bot.health.running import Migrated, Readiness, readiness_of
from bot.web.backstage import Backstage
from bot.web.doors import PRIVATE_HEADERS, PUBLIC_HEADERS, AnswerHeaders, OwnPagesOnly
from bot.web.files import file_routes
from bot.web.inbox import Inbox, Parts
from bot.web.install import install_routes

PRIVATE_HOST = "127.0.0.1"
STATIC = Path(__file__).parent / "web" / "static"
LARGEST_BODY = 1_000_000  # bytes; a chat limits what it reads by itself as well
LARGEST_FORM = 256 * 1024
TEAMS_PATH = "/api/messages"

log = structlog.get_logger(__name__)


def public_app(
    migrated: Migrated,
    slack: ASGIApp | None = None,
    teams: ASGIApp | None = None,
    installing: Installing | None = None,
    readiness: Readiness | None = None,
    files: APIRouter | None = None,
) -> FastAPI:
    """Health for whoever asks, and the doors of the chats; without a `readiness` only the schema is asked for, by `migrated`.

    `slack` is the application for `POST /slack/events`, `teams` for `POST /api/messages`; they verify and limit what they read by themselves.
    `installing` brings the Slack app into more workspaces, `files` are the routes of files that cards link to.
    """
    app = _bare(LARGEST_BODY)

    _add_health(app, readiness or Readiness(migrated))
    if slack is not None:
        app.add_route("/slack/events", slack, methods=["POST"])  # type: ignore[arg-type]  # an ASGI application, which the router takes as it is
    _add_teams(app, teams)
    if installing is not None:
        app.include_router(install_routes(installing))
    if files is not None:
        app.include_router(files)
    app.add_middleware(AnswerHeaders, headers=PUBLIC_HEADERS)
    return app


def _add_teams(app: FastAPI, teams: ASGIApp | None) -> None:
    if teams is not None:
        app.add_route(TEAMS_PATH, teams, methods=["POST"])  # type: ignore[arg-type]


def _add_health(app: FastAPI, readiness: Readiness) -> None:
    @app.get("/healthz")
    def alive() -> Response:
        return JSONResponse({"alive": True})

    @app.get("/readyz")
    async def ready() -> Response:
        state = await readiness.state()
        good = readiness.good(state)
        return JSONResponse({"ready": good, **state}, 200 if good else 503)


def _add_metrics(app: FastAPI, metrics: Metrics) -> None:
    @app.get("/metrics")
    async def figures() -> Response:
        return Response(await metrics.page(), media_type=CONTENT_TYPE_LATEST)


def private_app(inbox: Inbox, port: int, teams: ASGIApp | None = None, metrics: Metrics | None = None) -> FastAPI:
    """For `PRIVATE_HOST` and `port` alone; whoever reaches it acts as the inbox's user, and with `teams` as whom they say they are."""
    app = _bare(LARGEST_FORM)
    app.include_router(inbox.router)
    app.mount("/static", StaticFiles(directory=STATIC))
    if metrics is not None:
        _add_metrics(app, metrics)

    @app.get("/")
    def start() -> Response:
        return RedirectResponse("/inbox", 303)

    _add_teams(app, teams)
    app.add_middleware(OwnPagesOnly, port=port, programs=frozenset({TEAMS_PATH}) if teams else frozenset())
    app.add_middleware(AnswerHeaders, headers=PRIVATE_HEADERS)
    return app


def chat_app(app: App, *, runs_jobs: bool = True) -> FastAPI:
    """The public application of a running Duebot. Teams without tokens has no place in it."""
    slack = None if app.slack is None else Acknowledged(app.slack.endpoint, app.counts)
    proven = app.teams is not None and not app.teams.local and app.settings.teams.app_id is not None
    teams = Acknowledged(app.teams.endpoint, app.counts) if app.teams is not None and proven else None
    installing = None if app.slack is None else app.slack.installing
    files = file_routes(app.links, app.files.maker) if app.settings.public_url else None
    return public_app(app.ready, slack, teams, installing, readiness_of(app, runs_jobs=runs_jobs), files)


def inbox_app(app: App, port: int) -> FastAPI:
    """The private application of a running Duebot."""
    secret = secret_keys(app.settings)[0]
    parts = Parts(app.store, app.policies, app.clock, app.desk, Backstage(app), secret, app.settings.inbox_user)
    local = app.teams.endpoint if app.teams is not None and app.teams.local else None
    return private_app(Inbox(parts), port, local, Metrics(app))


def worker_app(app: App, port: int) -> FastAPI:
    """What a process without web and chat tells of itself, on this machine only."""
    watched = _bare(LARGEST_FORM)
    _add_health(watched, readiness_of(app, runs_jobs=True))
    _add_metrics(watched, Metrics(app))
    watched.add_middleware(OwnPagesOnly, port=port)
    watched.add_middleware(AnswerHeaders, headers=PRIVATE_HEADERS)
    return watched


def _bare(largest: int) -> FastAPI:
    """No pages that describe the routes: nobody is to write against them."""
    return FastAPI(title="Duebot", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False, max_body_size=largest)
