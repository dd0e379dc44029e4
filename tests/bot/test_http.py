"""What stands before the routes of the two listeners."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.health.running import Migrated
from bot.http import LARGEST_BODY, public_app
from bot.web.doors import PRIVATE_HEADERS, AnswerHeaders, FormTokens, OwnPagesOnly

PORT = 8081
OWN = f"http://127.0.0.1:{PORT}"


def client(app: ASGIApp, url: str = OWN) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=url)


async def _length(request: Request) -> PlainTextResponse:
    return PlainTextResponse(str(len(await request.body())))


def behind(door: Callable[[ASGIApp], ASGIApp]) -> httpx.AsyncClient:
    """A route that says how long the body was, behind one door."""
    return client(door(Starlette(routes=[Route("/x", _length, methods=["GET", "POST"])])))


# The public listener ---------------------------------------------------------------------------------------------------


def asked(*, migrated: bool | None) -> Migrated:
    """A database that answers so; null: it cannot be reached."""

    def ask() -> Awaitable[bool]:
        said = asyncio.get_running_loop().create_future()
        said.set_exception(ConnectionError("no such host")) if migrated is None else said.set_result(migrated)
        return said

    return ask


CURRENT, BEHIND, UNREACHABLE = asked(migrated=True), asked(migrated=False), asked(migrated=None)


async def test_the_process_says_that_it_lives_whatever_the_database_does() -> None:
    async with client(public_app(UNREACHABLE)) as web:
        answer = await web.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"alive": True})


@pytest.mark.parametrize(
    ("migrated", "status", "state"),
    [
        (CURRENT, 200, {"ready": True, "database": True, "migrations": True}),
        (BEHIND, 503, {"ready": False, "database": True, "migrations": False}),
        (UNREACHABLE, 503, {"ready": False, "database": False, "migrations": False}),
    ],
)
async def test_ready_means_a_database_with_this_releases_schema(migrated: Migrated, status: int, state: dict[str, bool]) -> None:
    async with client(public_app(migrated)) as web:
        answer = await web.get("/readyz")
    assert (answer.status_code, answer.json()) == (status, state)


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/inbox", "/metrics", "/slack/events", "/"])
async def test_the_public_listener_has_neither_inbox_nor_description_nor_an_unconfigured_chat(path: str) -> None:
    async with client(public_app(CURRENT)) as web:
        assert (await web.get(path)).status_code == 404
        assert (await web.post(path)).status_code == 404


class Slack:
    """An application of its own, as the chat's is."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = await Request(scope, receive).body()
        await PlainTextResponse(f"{scope['method']} {body[:20].decode()}")(scope, receive, send)


async def test_slack_gets_its_requests_as_they_came_and_by_post_only() -> None:
    async with client(public_app(CURRENT, Slack())) as web:
        assert (await web.post("/slack/events", content=b"raw=1")).text == "POST raw=1"
        assert (await web.get("/slack/events")).status_code == 405


async def test_every_public_answer_forbids_framing_sniffing_and_every_kind_of_content() -> None:
    async with client(public_app(CURRENT)) as web:
        for path in ("/healthz", "/nowhere"):
            headers = (await web.get(path)).headers
            assert "default-src 'none'" in headers["content-security-policy"]
            assert headers["x-frame-options"] == "DENY"
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["cache-control"] == "no-store"


# The size of a body ----------------------------------------------------------------------------------------------------


async def _in_pieces(*pieces: bytes) -> AsyncIterator[bytes]:  # ruff: ignore[unused-async] - the client iterates so
    for piece in pieces:
        yield piece


async def test_a_body_up_to_the_limit_arrives_whole() -> None:
    async with client(public_app(CURRENT, Slack())) as web:
        assert (await web.post("/slack/events", content=b"x" * LARGEST_BODY)).status_code == 200


async def test_a_larger_body_is_refused_by_its_length_or_as_it_grows() -> None:
    async with client(public_app(CURRENT, Slack())) as web:
        assert (await web.post("/slack/events", content=b"x" * (LARGEST_BODY + 1))).status_code == 413
        assert (await web.post("/slack/events", content=_in_pieces(b"x" * LARGEST_BODY, b"x"))).status_code == 413


# Whose page it is ------------------------------------------------------------------------------------------------------


def private() -> httpx.AsyncClient:
    return behind(lambda app: OwnPagesOnly(app, PORT))


@pytest.mark.parametrize("host", [f"127.0.0.1:{PORT}", f"localhost:{PORT}", f"[::1]:{PORT}", f"LOCALHOST:{PORT}"])
async def test_this_machines_own_names_may_ask(host: str) -> None:
    async with private() as web:
        assert (await web.get("/x", headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "duebot.attacker.example",
        f"attacker.example:{PORT}",
        f"127.0.0.1.attacker.example:{PORT}",
        f"localhost.:{PORT}",
        "127.0.0.1",
        "localhost:9999",
        f"0.0.0.0:{PORT}",
        f"127.0.0.1:{PORT}@attacker.example",
        "",
    ],
)
async def test_a_strangers_name_that_points_here_gets_nothing(host: str) -> None:
    async with private() as web:
        assert (await web.get("/x", headers={"host": host})).status_code == 403


async def test_two_host_headers_are_one_too_many() -> None:
    async with private() as web:
        headers = [("host", f"127.0.0.1:{PORT}"), ("host", "attacker.example")]
        assert (await web.get("/x", headers=headers)).status_code == 403


@pytest.mark.parametrize("headers", [{"origin": OWN}, {"sec-fetch-site": "same-origin"}, {"origin": OWN, "sec-fetch-site": "same-origin"}])
async def test_our_own_pages_may_post(headers: dict[str, str]) -> None:
    async with private() as web:
        assert (await web.post("/x", headers=headers)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "https://attacker.example"},
        {"origin": f"https://127.0.0.1:{PORT}"},
        {"origin": f"http://localhost:{PORT}"},
        {"origin": "http://127.0.0.1:8080"},
        {"origin": "http://127.0.0.1"},
        {"origin": "https://attacker.example", "sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
    ],
)
async def test_a_strangers_form_changes_nothing(headers: dict[str, str]) -> None:
    async with private() as web:
        assert (await web.post("/x", headers=headers)).status_code == 403


async def test_private_answers_allow_only_their_own_styles_scripts_and_forms() -> None:
    async with behind(lambda app: AnswerHeaders(app, PRIVATE_HEADERS)) as web:
        headers = (await web.get("/x")).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == policy["script-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["referrer-policy"] == "same-origin"


def test_a_forms_token_fits_its_page_view_and_this_process_alone() -> None:
    ours, other = FormTokens(b"a" * 32), FormTokens(b"b" * 32)
    assert ours.fits("view-1", ours.of("view-1"))
    assert not ours.fits("view-2", ours.of("view-1"))
    assert not ours.fits("view-1", other.of("view-1"))
    assert not ours.fits("view-1", "")
    assert not ours.fits("view-1", "é")
