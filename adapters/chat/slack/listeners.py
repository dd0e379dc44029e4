"""Bolt's listeners: what was verified is kept, acknowledged, then handled and answered, in this order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.chat.protocol import Handler, Inbound, Installations, Reply
from adapters.chat.slack.answers import Answers, ack_of, apology
from adapters.chat.slack.names import HOME
from adapters.chat.slack.pauses import Pauses
from adapters.chat.slack.reading import Changed, Ended, Opened, Pressed, Read, Said, Submitted, Unreadable, read
from adapters.chat.slack.windows import waiting
from adapters.chat.slack.workspaces import Workspaces

PATIENCE = 2.0  # seconds of Slack's three that a form's answer may take before the window says "Working"
HEAD_START = 1.0  # seconds the keeping may take before a window opens all the same: its trigger lives three
AT_ONCE = (
    2  # handled at a time: more would keep the next click waiting to be kept, for the database's connections and for this process's time
)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a person did. `keeping` tells whether it was new, once it is committed; `answered` is what `settled` waits for."""

    found: Read
    keeping: asyncio.Future[bool]
    answered: asyncio.Future[None]

    @contextmanager
    def answering(self) -> Generator[None]:
        try:
            yield
        finally:
            self.answered.set_result(None)


class Listeners:
    """One set for HTTP and Socket Mode. `settled` waits for answers that are still on their way."""

    def __init__(
        self,
        handler: Handler,
        inbound: Inbound,
        workspaces: Workspaces,
        installations: Installations,
        pauses: Pauses,
        *,
        patience: float,
        head_start: float,
    ) -> None:
        self._handler, self._inbound, self._answers = handler, inbound, Answers(workspaces, pauses)
        self._workspaces, self._installations = workspaces, installations
        self._patience, self._head_start = patience, head_start
        self._under_way: set[asyncio.Future[None]] = set()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._typed: dict[str, str] = {}  # the newest change of each window that is being answered

    def attach(self, app: AsyncApp) -> None:
        app.command("/said")(self.said)
        app.event("said")(self.said)
        app.event("opened")(self.opened)
        app.action("pressed")(self.pressed)
        app.action("changed")(self.changed)
        app.view("submitted")(self.submitted)
        app.error(broke)

    async def keep(self, body: Mapping[str, Any]) -> Kept | None:
        """Reads it and commits it before anything is acknowledged; null for what is not ours or came before."""
        try:
            found = read(body)
        except Unreadable as reason:
            log.info("slack request left alone", reason=str(reason))
            return None
        if isinstance(found, Ended):
            await self._end(found)
            return None
        if not await self._workspaces.knows(found.incoming.person.team):
            log.info("slack request left alone", reason="the app is not installed in that workspace")
            return None
        keeping = asyncio.ensure_future(self._inbound.accept(found.incoming))
        may_wait = isinstance(found, Pressed) and found.opens
        await asyncio.wait({keeping}, timeout=self._head_start if may_wait else None)
        if keeping.done() and not keeping.result():
            return None
        return Kept(found, keeping, self._promise())

    async def _end(self, found: Ended) -> None:
        """Not acknowledged unless it is noted: Slack says it again then."""
        bots = {one.bot for one in await self._installations.running() if one.team == found.team}
        if found.bots is None or bots & found.bots:
            await self._installations.end(found.team, found.why, found.said_at)
            self._workspaces.forget()

    async def said(self, context: AsyncBoltContext, ack: AsyncAck) -> None:
        kept: Kept = context["kept"]
        found = cast("Said", kept.found)
        with kept.answering():
            await ack()
            await self._answers.tell(await self._handle(kept), found.incoming, found.channel, found.trigger)

    async def opened(self, context: AsyncBoltContext, ack: AsyncAck) -> None:
        kept: Kept = context["kept"]
        with kept.answering():
            await ack()
            reply = await self._handle(kept)
            if reply.card is not None:  # also for whom nobody knows: the tab says why it is empty
                await self._answers.publish(reply.card, kept.found.incoming.person)

    async def pressed(self, context: AsyncBoltContext, ack: AsyncAck) -> None:
        kept: Kept = context["kept"]
        found = cast("Pressed", kept.found)
        with kept.answering():
            await ack()
            opening = self._open(found) if found.opens else None
            held = found.view is None and not found.opens and await self._answers.hold(found)
            reply = await self._handle(kept)  # while the window opens: its trigger lives three seconds
            if held and not reply.redrawn:
                await self._answers.give_back(found)
            window = await opening if opening else found.view
            if window is None:
                await self._answers.tell(reply, found.incoming, found.channel, None if found.opens else found.trigger)
            else:
                await self._answers.fill(window, reply, found.incoming, found.channel)

    async def changed(self, context: AsyncBoltContext, ack: AsyncAck) -> None:
        """Only the newest change of a window is shown: what is typed on meanwhile is on its way by itself."""
        kept: Kept = context["kept"]
        found = cast("Changed", kept.found)
        with kept.answering():
            await ack()
            key = self._typed[found.view] = found.incoming.key
            reply = await self._handle(kept)

            def newest() -> bool:
                return self._typed.get(found.view) == key

            if newest():
                await self._answers.refill(found.view, reply, found.incoming, found.version, newest)
            if newest():
                del self._typed[found.view]

    def _open(self, found: Pressed) -> asyncio.Future[str | None]:
        return asyncio.ensure_future(self._answers.open(found.trigger, waiting("Loading …"), found.incoming.person))

    async def submitted(self, context: AsyncBoltContext, ack: AsyncAck) -> None:
        kept: Kept = context["kept"]
        found = cast("Submitted", kept.found)
        with kept.answering():
            work = asyncio.ensure_future(self._handle(kept))
            await asyncio.wait({work}, timeout=self._patience)
            if work.done():
                await ack(**ack_of(work.result(), found))
                return
            await ack(response_action="update", view=waiting("Working …"))
            card = found.incoming.card
            channel = card.channel if card and card.message != HOME else None
            await self._answers.fill(found.view, await work, found.incoming, channel)

    async def _handle(self, kept: Kept) -> Reply:
        """Nothing when the row turns out to be known, and an apology when it cannot be kept."""
        try:
            if not await kept.keeping:
                return Reply()
            async with self._turns:
                return await self._handler(kept.found.incoming)
        except Exception as trouble:  # ruff: ignore[blind-except] - the last net under a handler that promises not to raise
            return Reply(apology(trouble))

    def _promise(self) -> asyncio.Future[None]:
        """From here on `settled` waits, also while Bolt has acknowledged an event but not started its listener."""
        answered = asyncio.get_running_loop().create_future()
        self._under_way.add(answered)
        answered.add_done_callback(self._under_way.discard)
        return answered

    async def settled(self, timeout: float | None = None) -> None:
        """Returns when every answer under way has been given, or after `timeout` seconds."""
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=timeout)


class Keeping(AsyncMiddleware):
    """Stands first. A class, because for a function Bolt would take the body apart before, which an odd one does not survive."""

    def __init__(self, listeners: Listeners) -> None:
        self._listeners = listeners

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,  # ruff: ignore[unused-method-argument] - part of Bolt's signature
        next: Callable[[], Awaitable[BoltResponse]],  # ruff: ignore[builtin-argument-shadowing] - Bolt calls it by this name
    ) -> BoltResponse | None:
        if req.body.get("type") == "url_verification":  # Bolt answers it
            return await next()
        kept = await self._listeners.keep(req.body)
        if kept is None:
            return BoltResponse(status=200)
        req.context["kept"], req.body = kept, _route(kept.found)
        return await next()


def _route(found: Read) -> dict[str, Any]:
    """What Bolt chooses a listener by. The request itself is read in one place only, so no odd shape of it reaches Bolt's own reading."""
    match found:
        case Said():
            return {"command": "/said"} if found.trigger else {"type": "event_callback", "event": {"type": "said"}}
        case Opened():
            return {"type": "event_callback", "event": {"type": "opened"}}
        case Pressed():
            return {"type": "block_actions", "actions": [{"action_id": "pressed"}]}
        case Changed():
            return {"type": "block_actions", "actions": [{"action_id": "changed"}]}
        case Submitted():
            return {"type": "view_submission", "view": {"type": "modal", "callback_id": "submitted"}}


async def broke(error: Exception, response: BoltResponse | None) -> BoltResponse | None:  # ruff: ignore[unused-async] - Bolt awaits it
    """Nothing was acknowledged: 503 lets Slack send an event again and tells the person who pressed to do so."""
    log.error("slack request not acknowledged", exc_info=error)
    return None if response is None else BoltResponse(status=503)
