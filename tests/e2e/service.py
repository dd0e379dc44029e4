"""The whole of Duebot as it runs: Slack's emulator, a real mail server, a database of its own, and the public listener on loopback.

async with serving(workspace, url, clock) as duebot:       # the sample book is read, released, ticked and delivered
    alert = await duebot.card("Calloway Interiors Ltd")
    await duebot.press(alert, "Flag", by="ana")
    assert "flagged" in words(duebot.answer)
"""

from __future__ import annotations

import asyncio
import base64
import json
import re
import socket
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from pydantic import SecretStr

from adapters.accounting.ledger_file import read_ledger
from adapters.chat.slack.names import EVENTS_PATH
from adapters.store.audit import SealedEntry
from bot.app import App, running
from bot.config import Settings, SlackSettings, SMTPSettings
from bot.http import chat_app
from tests.fakes.clock import FixedClock
from tests.peers.slack import SECRET, Workspace, button, elements, interactive, signed
from tests.peers.slack_emulator import PEOPLE
from tests.peers.smtp import HOST, MailServer, mail_server
from workflows.domain.access import Role, User
from workflows.domain.calendar import Place
from workflows.domain.ids import UserId, new_id
from workflows.import_ledger import Imported, ImportLedger, import_ledger
from workflows.release_accounts import ReleaseAccounts, release_accounts

SAMPLE = Path(__file__).parents[2] / "bot" / "sample_book.csv"
CHANNEL = "desk"
PUBLIC = "https://duebot.example"
ROLES = {"ana": Role.COLLECTOR, "bo": Role.COLLECTOR, "maria": Role.MANAGER, "vic": Role.VIEWER, "ida": Role.ADMINISTRATOR}
_NUMBERS = count(1)

Message = dict[str, Any]
View = dict[str, Any]


@dataclass(slots=True)
class House:
    """One Duebot, whichever chats it has. Jobs run when the test says so."""

    app: App
    mail: MailServer
    clock: FixedClock
    http: httpx.AsyncClient
    people: Mapping[str, User]

    # Time passes ------------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """One minute's jobs."""
        await self.app.jobs.tick()
        await self.deliver()

    async def deliver(self) -> None:
        """What waits, and in the seconds after what waited for its turn in a chat."""
        still = 0
        while still < 2:
            still = 0 if (await self.app.jobs.deliver()).cards else still + 1
            self.clock.advance(timedelta(seconds=2))

    async def read_file(self, file: Path, as_of: date | None = None) -> Imported:
        reading = read_ledger(file)
        async with self.app.store() as work:
            return await import_ledger(ImportLedger("main", reading.rows(), as_of or self.clock.now().date()), work, self.clock)

    async def audit(self, kind: str | None = None) -> list[SealedEntry]:
        assert (await self.app.store.audit.verify()).first_bad is None
        return [entry async for entry in self.app.store.audit.entries() if kind in {None, entry.type}]

    def who(self, name: str) -> str:
        return str(self.people[name].id)


@dataclass(slots=True)
class Service(House):
    """One with Slack. What people do goes over HTTP, really signed."""

    workspace: Workspace
    pressed: list[bytes] = field(default_factory=list)

    # People act -------------------------------------------------------------------------------------------------------------

    async def post(self, body: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """As Slack sends it; returns when the answer that follows the acknowledgement has been given."""
        answer = await self.send(body, headers)
        await self.settled()
        return answer

    async def send(self, body: bytes, headers: Mapping[str, str] | None = None) -> httpx.Response:
        genuine = signed(body, timestamp=int(self.clock.now().timestamp()))
        return await self.http.post(EVENTS_PATH, content=body, headers=genuine if headers is None else headers)

    async def settled(self) -> None:
        assert self.app.slack is not None
        await self.app.slack.settled()

    async def command(self, text: str, *, by: str) -> str:
        """What they alone were answered."""
        before = len(self.workspace.whispers())
        body = self.workspace.command(text, by=by, trigger=await self.workspace.trigger(by), channel=CHANNEL)
        assert (await self.post(body)).status_code == 200
        return self._whispered(before)

    async def command_form(self, text: str, *, by: str) -> View:
        """The window that a command opens."""
        before = set(self.workspace.windows())
        body = self.workspace.command(text, by=by, trigger=await self.workspace.trigger(by), channel=CHANNEL)
        assert (await self.post(body)).status_code == 200
        opened = set(self.workspace.windows()) - before
        assert opened, words(self.workspace.whispers()[-1:])
        return self.workspace.windows()[opened.pop()]

    async def press(self, message: Message, label: str, *, by: str) -> str:
        """The button of that label on a message of the channel; what they alone were answered, in a line or a window."""
        payload = await self.press_payload(message, label, by=by)
        before, windows = len(self.workspace.whispers()), set(self.workspace.windows())
        assert (await self.post(interactive(payload))).status_code == 200
        opened = [view for name, view in self.workspace.windows().items() if name not in windows]
        return words(opened[-1]["blocks"]) if opened else self._whispered(before)

    async def press_payload(self, message: Message, label: str, *, by: str) -> dict[str, Any]:
        """Slack's own request for a press of it."""
        element = button(message["blocks"], label)
        return self.workspace.press(
            element, by=by, trigger=await self.workspace.trigger(by), channel=CHANNEL, message=message["ts"], blocks=message["blocks"]
        )

    async def open(self, message: Message, label: str, *, by: str) -> View:
        """The window that a press opens, as it stands once it is filled."""
        before = set(self.workspace.windows())
        await self.press(message, label, by=by)
        (name,) = set(self.workspace.windows()) - before
        return self.workspace.windows()[name]

    async def press_in(self, view: View, label: str, *, by: str, nth: int = 0) -> View:
        """A button in a window; the window afterwards. `nth` where several are called the same."""
        same = [one for one in elements(view["blocks"]) if one["type"] == "button" and one["text"]["text"] == label]
        element = same[nth] if same else button(view["blocks"], label)
        payload = self.workspace.press_in_window(element, view, by=by, trigger=await self.workspace.trigger(by))
        assert (await self.post(interactive(payload))).status_code == 200
        return self.workspace.windows()[view["id"]]

    async def open_home(self, *, by: str) -> View:
        """They look at their Home tab; what stands in it then."""
        event = self.workspace.home_opened(by=by, event_id=f"Ev{new_id().hex}")
        assert (await self.post(json.dumps(event).encode())).status_code == 200
        return self.workspace.home(by)

    async def press_at_home(self, label: str, *, by: str, nth: int = 0) -> View:
        """A button of their Home tab; the window that opens for it, once it is filled."""
        before, home = set(self.workspace.windows()), self.workspace.home(by)
        same = [one for one in elements(home["blocks"]) if one["type"] == "button" and one["text"]["text"] == label]
        payload = self.workspace.press_in_window(same[nth], home, by=by, trigger=await self.workspace.trigger(by))
        assert (await self.post(interactive(payload))).status_code == 200
        (name,) = set(self.workspace.windows()) - before
        return self.workspace.windows()[name]

    async def change(self, view: View, name: str, values: Mapping[str, str], *, by: str) -> View:
        """A field of a form is changed; the window as it stands then."""
        payload = self.workspace.change(view, name, values, by=by, trigger=await self.workspace.trigger(by))
        assert (await self.post(interactive(payload))).status_code == 200
        return self.workspace.windows()[view["id"]]

    async def submit(self, view: View, values: Mapping[str, str] | None = None, *, by: str) -> dict[str, Any]:
        """Sends a form off; Slack's orders in the answer: `errors`, or the `view` that follows (with the window's id)."""
        payload = self.workspace.submission(view, values or {}, by=by, trigger=await self.workspace.trigger(by))
        answer = await self.post(interactive(payload))
        assert answer.status_code == 200
        orders: dict[str, Any] = answer.json() if answer.text else {}
        if "view" in orders:
            orders["view"]["id"] = view["id"]
        return orders

    def _whispered(self, before: int) -> str:
        said = self.workspace.whispers()[before:]
        assert len(said) == 1, f"{len(said)} private answers"
        return words(said[0]["blocks"])

    # What stands where ------------------------------------------------------------------------------------------------------

    async def messages(self) -> list[Message]:
        """The channel's, newest first."""
        return await self.workspace.messages(CHANNEL)

    async def card(self, words_on_it: str) -> Message:
        """The newest message of the channel that says so in its heading."""
        found = [message for message in await self.messages() if words_on_it in words(message["blocks"][:1])]
        assert found, f"no card headed {words_on_it!r}"
        return found[0]

    async def shown(self, message: Message) -> str:
        """What that message says now."""
        (now,) = [one for one in await self.messages() if one["ts"] == message["ts"]]
        return words(now["blocks"])

    async def fresh(self, message: Message) -> Message:
        (now,) = [one for one in await self.messages() if one["ts"] == message["ts"]]
        return now


def words(blocks: object) -> str:
    """All that is to be read in blocks, without the characters that only keep text from becoming markup."""
    return re.sub(r"[\u2060\u2068\u2069]", "", " | ".join(_texts(blocks)))


def _texts(part: object) -> Sequence[str]:
    if isinstance(part, Mapping):
        own = [part["text"]] if isinstance(part.get("text"), str) else []
        return own + [text for key, value in part.items() if key not in {"private_metadata", "state"} for text in _texts(value)]
    if isinstance(part, Sequence) and not isinstance(part, str):
        return [text for one in part for text in _texts(one)]
    return []


def labels(message: Message) -> list[str]:
    """The buttons of a message, and the options of its menu."""
    found = []
    for element in elements(message["blocks"]):
        found += [element["text"]["text"]] if element["type"] == "button" else [one["text"]["text"] for one in element["options"]]
    return found


@asynccontextmanager
async def serving(workspace: Workspace, url: str, clock: FixedClock, **slack: Any) -> AsyncGenerator[Service]:
    """Everything wired and listening; the book is empty."""
    await channel_of_its_own(workspace)
    async with mail_server() as mail, running(settings_for(workspace, url, mail, **slack), clock, connect=True) as app:
        people = staff()
        await set_up(app, workspace.channels[CHANNEL], people.values())
        async with listening(app) as http:
            yield Service(app, mail, clock, http, people, workspace)


async def filled(service: House) -> None:
    """The sample book, released as the demo does it, and the morning's run."""
    await service.read_file(SAMPLE)
    await service.app.jobs.tick()
    async with service.app.store() as work:
        await release_accounts(ReleaseAccounts(), work, service.clock)
    await service.run()


def settings_for(workspace: Workspace, url: str, mail: MailServer, **slack: Any) -> Settings:
    tokens = {"bot_token": SecretStr(workspace.bot_token), "signing_secret": SecretStr(SECRET)} | slack
    return Settings(
        database_url=url,
        secret_key=SecretStr(base64.b64encode(bytes(range(32))).decode()),
        public_url=PUBLIC,
        slack=SlackSettings(api_url=workspace.api_url, **tokens),
        smtp=SMTPSettings(host=HOST, port=mail.port, security="none", sender="receivables@alderfinch.example"),
    )


async def channel_of_its_own(workspace: Workspace) -> None:
    """The emulator outlives a test; what another one posted is not to be seen here."""
    made = await workspace.create_channel(f"credit-{next(_NUMBERS)}-{new_id().hex[:6]}", private=True)
    await workspace.ask("conversations.invite", {"channel": made, "users": ",".join(workspace.users[name] for name in PEOPLE)})
    workspace.channels[CHANNEL] = made


def staff() -> dict[str, User]:
    return {name: User(UserId(new_id()), f"{name}@nordhafen.example", PEOPLE[name], role) for name, role in ROLES.items()}


async def set_up(app: App, channel: str, people: Iterable[User]) -> None:
    async with app.store() as work:
        book = replace(
            await work.book("main"),
            name="Alder & Finch GmbH",
            place=Place("Europe/Berlin", "DE"),
            currency="EUR",
            seller_email="receivables@alderfinch.example",
            chat_channel=channel,
        )
        await work.change_book(book)
        for user in people:
            await work.add_user(user)


@asynccontextmanager
async def listening(app: App) -> AsyncGenerator[httpx.AsyncClient]:
    """Its public door."""
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        port = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(chat_app(app), log_config=None, access_log=False, lifespan="off"))
        serving_it = asyncio.create_task(server._serve([listener]))  # ruff: ignore[private-member-access] - `serve` would take the test's signals
        try:
            async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", trust_env=False, timeout=60) as http:
                yield http
        finally:
            server.should_exit = True
            await serving_it
