"""Presses in Teams on a large ledger while a tick runs, against an empty bot of the Bot Framework's own that gets the same invokes.

What is timed is what a person feels: from the moment a press is due until Teams has the answer. Ours is the new card: the token is verified, the
press handled, kept and committed, and the card drawn by then. The empty bot verifies the token and answers with nothing.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import Sequence
from itertools import cycle
from uuid import UUID

import psycopg
from botbuilder.core import ActivityHandler, CloudAdapterBase, InvokeResponse, TurnContext
from botbuilder.schema import Activity
from botframework.connector.auth import BotFrameworkAuthenticationFactory, PasswordServiceClientCredentialFactory
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from fastapi import FastAPI, Request, Response
from pydantic import SecretStr
from starlette.applications import Starlette

from adapters.chat.teams.names import MESSAGES_PATH
from adapters.store.engine import open_engine
from adapters.store.unit_of_work import SqlStore
from bot.app import running
from bot.config import Settings
from bot.http import chat_app
from bot.live.places import Place, standing_in
from bot.verbs.terminal import spare_the_collector
from cards.actions import Action, Name
from cards.teams.presses import carried
from tests.bench import tick
from tests.bench.big_ledger import fill_open
from tests.bench.bulk import driver_url
from tests.bench.click import RUNS, TICKED, Post, free_port, measured, process, quietly, serve_at
from tests.bench.databases import filled
from tests.bench.outcome import size_or, tell
from tests.e2e.teams_service import teams_settings
from tests.peers.teams import APP, CHANNEL, HOST, ISSUER, PASSWORD, TENANT, Tenant, object_id
from workflows.domain.access import Role, User
from workflows.domain.ids import CardId, ItemId, UserId, new_id
from workflows.records import CardKind, StaffCard

SECONDS, A_SECOND = 20, 10
LONGEST = 1.0  # seconds the 99th of a hundred may wait


def ours(url: str, outside: str, port: int) -> None:
    quietly()
    key = SecretStr(base64.b64encode(bytes(32)).decode())

    async def serve() -> None:
        async with running(Settings(database_url=url, secret_key=key, teams=teams_settings(Tenant(url=outside)))) as app:
            spare_the_collector()  # as the service does
            await serve_at(chat_app(app), port)

    asyncio.run(serve())


class _Empty(ActivityHandler):  # type: ignore[misc]  # the framework has no types
    async def on_invoke_activity(self, turn_context: TurnContext) -> InvokeResponse:
        return InvokeResponse(status=200)


def least(_: str, outside: str, port: int) -> None:
    quietly()
    proof = BotFrameworkAuthenticationFactory.create(
        to_bot_from_channel_open_id_metadata_url=f"{outside}/openid",
        to_bot_from_channel_token_issuer=ISSUER,
        to_channel_from_bot_login_url=outside,
        to_channel_from_bot_oauth_scope=ISSUER,
        credential_factory=PasswordServiceClientCredentialFactory(APP, PASSWORD),
    )
    adapter, bot, door = _Adapter(proof), _Empty(), FastAPI()

    @door.post(MESSAGES_PATH)
    async def messages(request: Request) -> Response:
        activity = Activity().deserialize(await request.json())
        answer = await adapter.process_activity(request.headers["authorization"], activity, bot.on_turn)
        return Response(json.dumps(answer.body), answer.status)

    asyncio.run(serve_at(door, port))


class _Adapter(CloudAdapterBase):  # type: ignore[misc]
    """As the framework brings it."""


def microsoft(pem: bytes, port: int) -> None:
    """The keys, and a connector that takes whatever is said."""
    quietly()
    tenant = Tenant(key=load_pem_private_key(pem, None), url=f"http://{HOST}:{port}")  # type: ignore[arg-type]  # it is an RSA key
    asyncio.run(serve_at(Starlette(routes=tenant.routes()), port))


async def _employ(url: str, items: Sequence[UUID]) -> None:
    """Somebody who may, and the cards whose buttons they press."""
    store = SqlStore(open_engine(url), [bytes(32)])
    async with store() as work:
        ana = User(UserId(new_id()), "ana@nordhafen.example", "Ana", Role.COLLECTOR)
        await work.add_user(ana)
        await work.link(ana.id, "teams", TENANT, object_id("ana"))
        (book,) = await work.books()
        for item in items:
            card = StaffCard(CardId(new_id()), CardKind.ALERT, book.id, ItemId(item), tick.NOW.date(), tick.NOW)
            await work.add_card(standing_in(card, [Place("teams", CHANNEL, message_of(item))]))
    await store.close()


def pressed_items(url: str) -> list[UUID]:
    """Others in every run, as what was flagged is not flagged again."""
    with psycopg.connect(driver_url(url)) as session:
        return [row[0] for row in session.execute("SELECT id FROM items ORDER BY number LIMIT %s", (RUNS * SECONDS * A_SECOND,))]


def presses(items: Sequence[UUID], tenant: Tenant) -> list[Post]:
    """Flag, which changes the card, and Why?, which opens a dialog."""
    made = []
    for item, name in zip(items, cycle((Name.FLAG, Name.WHY)), strict=False):
        data, message = carried(Action(name, item)), message_of(item)
        if name is Name.FLAG:
            made.append(tenant.execute({"data": data}, by="ana", at=CHANNEL, message=message))
        else:
            made.append(tenant.task("task/fetch", data, by="ana", at=CHANNEL, message=message))
    return [Post(MESSAGES_PATH, json.dumps(one).encode(), tenant.signed()) for one in made]


def message_of(item: UUID) -> str:
    return f"m{item.hex}"


def main() -> None:
    size = size_or(1_000_000)
    due = min(TICKED, size // 2)
    tenant = Tenant(url=f"http://{HOST}:{free_port()}")
    pem = tenant.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    found: dict[str, list[tuple[float, float]]] = {"ours": [], "floor": []}
    with (
        filled("postgresql", lambda url: fill_open(url, size, due=due, now=tick.NOW)) as databases,
        process(microsoft, pem, int(tenant.url.rpartition(":")[2])),
    ):
        url = databases.address
        items, each = pressed_items(url), SECONDS * A_SECOND
        asyncio.run(_employ(url, items))
        for run in range(RUNS):
            these = items[run * each : (run + 1) * each]
            found["floor"].append(measured(least, url, tenant.url, presses(these, tenant), A_SECOND))
            found["ours"].append(measured(ours, url, tenant.url, presses(these, tenant), A_SECOND))
    for name, at in (("teams-click", 0), ("teams-click-p99", 1)):
        tell(name, size, [pair[at] for pair in found["ours"]], [pair[at] for pair in found["floor"]], done=1)
    longest = max(pair[1] for pair in found["ours"])
    sys.stderr.write(f"  {json.dumps({'a_second': A_SECOND, 'p99_s': round(longest, 3), 'within': longest < LONGEST})}\n")


if __name__ == "__main__":
    main()
