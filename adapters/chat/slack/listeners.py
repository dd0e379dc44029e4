"""What was verified is kept, acknowledged, then handled and answered, in this order; what failed is given up once the person knows."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any, assert_never

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from adapters.chat.protocol import Foreseeing, Inbound, Incoming, Installations, Reply
from adapters.chat.slack.answers import TO_ANSWER, Answers, ack_of, apology
from adapters.chat.slack.names import HOME
from adapters.chat.slack.pauses import Pauses
from adapters.chat.slack.reading import Changed, Ended, Opened, Pressed, Read, Said, Submitted, Unreadable, read
from adapters.chat.slack.turns import Turns
from adapters.chat.slack.windows import waiting
from adapters.chat.slack.workspaces import Workspaces

PATIENCE = 2.0  # seconds of Slack's three that a form's answer may take before the window says "Working"
HEAD_START = 1.0  # seconds the keeping may take before a window opens all the same: its trigger lives three
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a person did. `keeping` tells whether it was new, once it is committed."""

    found: Read
    keeping: asyncio.Future[bool]


class Listeners:
    """One set for HTTP and Socket Mode. `settled` waits for answers that are still on their way."""

    def __init__(
        self,
        handler: Foreseeing,
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
        self._under_way: set[asyncio.Task[None]] = set()
        self._turns = Turns()
        self._typed: dict[str, str] = {}  # the newest change of each window that is being answered

    async def take(self, body: Mapping[str, Any]) -> BoltResponse:
        """Acknowledges what is kept; the answer follows by itself. Raises when it could not be kept."""
        self._turns.came()
        kept = await self._keep(body)
        if kept is None:
            return BoltResponse(status=200)
        match kept.found:
            case Said() as said:
                self._start(self._said(kept, said))
            case Opened():
                self._start(self._opened(kept))
            case Pressed() as pressed:
                self._start(self._pressed(kept, pressed))
            case Changed() as changed:
                self._start(self._changed(kept, changed))
            case Submitted() as submitted:
                return await _ack(**await self._submitted(kept, submitted))
            case _:
                assert_never(kept.found)
        return BoltResponse(status=200)

    async def _keep(self, body: Mapping[str, Any]) -> Kept | None:
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
        await asyncio.wait({keeping}, timeout=self._head_start if self._opens(found) else None)
        if keeping.done() and not keeping.result():
            return None
        return Kept(found, keeping)

    async def _end(self, found: Ended) -> None:
        """Not acknowledged unless it is noted: Slack says it again then."""
        bots = {one.bot for one in await self._installations.running() if one.team == found.team}
        if found.bots is None or bots & found.bots:
            await self._installations.end(found.team, found.why, found.said_at)
            self._workspaces.forget()

    def _opens(self, found: Read) -> bool:
        """Whether a window opens before the answer is known."""
        if isinstance(found, Said):
            return found.trigger is not None and self._handler.opens(found.incoming.text or "")
        return isinstance(found, Pressed) and found.opens

    async def _said(self, kept: Kept, found: Said) -> None:
        opening = self._open(found)
        await self._shown(await self._handle(kept), found, opening)

    async def _opened(self, kept: Kept) -> None:
        reply, incoming = await self._handle(kept), kept.found.incoming
        if reply.card is not None:  # also for whom nobody knows: the tab says why it is empty
            await self._told(reply, incoming, self._answers.publish(reply.card, incoming.person))

    async def _pressed(self, kept: Kept, found: Pressed) -> None:
        opening = self._open(found)
        held = found.view is None and not found.opens and await self._answers.hold(found)
        reply = await self._handle(kept)  # while the window opens: its trigger lives three seconds
        if held and not reply.redrawn:
            await self._answers.give_back(found)
        await self._shown(reply, found, opening, found.view)

    async def _shown(
        self, reply: Reply, found: Said | Pressed, opening: asyncio.Future[str | None] | None, window: str | None = None
    ) -> None:
        """In the window that opens, or stood there; else where the person is told, for which a trigger is used once."""
        window = await opening if opening else window
        if window is None:
            telling = self._answers.tell(reply, found.incoming, found.channel, None if opening else found.trigger)
        else:
            telling = self._answers.fill(window, reply, found.incoming, found.channel)
        await self._told(reply, found.incoming, telling)

    async def _changed(self, kept: Kept, found: Changed) -> None:
        """Only the newest change of a window is shown: what is typed on meanwhile is on its way by itself."""
        key = self._typed[found.view] = found.incoming.key
        reply = await self._handle(kept)

        def newest() -> bool:
            return self._typed.get(found.view) == key

        if newest():
            await self._answers.refill(found.view, reply, found.incoming, found.version, newest)
        if newest():
            del self._typed[found.view]
        await self._given_up(reply, found.incoming)

    def _open(self, found: Said | Pressed) -> asyncio.Future[str | None] | None:
        if not self._opens(found):
            return None
        return asyncio.ensure_future(self._answers.open(found.trigger or "", waiting("Loading …"), found.incoming.person))

    async def _submitted(self, kept: Kept, found: Submitted) -> Mapping[str, Any]:
        """What acknowledges the form: its answer, or a word that the answer will follow."""
        work = asyncio.ensure_future(self._handle(kept, urgent=True))
        await asyncio.wait({work}, timeout=self._patience)
        if work.done():
            self._start(self._given_up(work.result(), found.incoming))
            return ack_of(work.result(), found)
        self._start(self._fill_later(work, found))
        return {"response_action": "update", "view": waiting("Working …")}

    async def _fill_later(self, work: asyncio.Future[Reply], found: Submitted) -> None:
        card = found.incoming.card
        channel = card.channel if card and card.message != HOME else None
        reply = await work
        await self._told(reply, found.incoming, self._answers.fill(found.view, reply, found.incoming, channel))

    async def _told(self, reply: Reply, incoming: Incoming, telling: Awaitable[bool]) -> None:
        """What failed without their learning of it stays, and is tried again with what a crash left behind.

        Where Slack said neither yes nor no it stays, too: done though they were told that it failed is better than lost.
        """
        try:
            async with asyncio.timeout(TO_ANSWER):
                told = await telling
        except TimeoutError:
            log.warning("slack answer took too long")
            return
        if told:
            await self._given_up(reply, incoming)

    async def _given_up(self, reply: Reply, incoming: Incoming) -> None:
        if reply.failed:
            await self._inbound.give_up(incoming)

    async def _handle(self, kept: Kept, *, urgent: bool = False) -> Reply:
        """Nothing when the row turns out to be known, and an apology when it cannot be kept."""
        try:
            if not await kept.keeping:
                return Reply()
            async with self._turns.turn(urgent=urgent):
                return await self._handler(kept.found.incoming)
        except Exception as trouble:  # ruff: ignore[blind-except] - the last net under a handler that promises not to raise
            return Reply(apology(trouble), failed=True)

    def _start(self, answer: Coroutine[None, None, None]) -> None:
        """From here on `settled` waits for it."""
        task = asyncio.ensure_future(answer)
        self._under_way.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (trouble := task.exception()) is not None:
            log.error("slack answer not given", exc_info=trouble)

    async def settled(self, timeout: float | None = None) -> None:
        """Returns when every answer under way has been given, or after `timeout` seconds."""
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=timeout)


async def _ack(**said: Any) -> BoltResponse:
    return await AsyncAck()(**said)  # type: ignore[no-untyped-call]


class Keeping(AsyncMiddleware):
    """Stands first, and last too: what Bolt would do after it, it would do by polling for the acknowledgement.

    A class, because for a function Bolt would take the body apart before, which an odd one does not survive.
    """

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
        return await self._listeners.take(req.body)


async def broke(error: Exception, response: BoltResponse | None) -> BoltResponse | None:  # ruff: ignore[unused-async] - Bolt awaits it
    """Nothing was acknowledged: 503 lets Slack send an event again and tells the person who pressed to do so."""
    log.error("slack request not acknowledged", exc_info=error)
    return None if response is None else BoltResponse(status=503)
