"""Bolt's listeners: what was verified is kept, acknowledged, then handled and answered, in this order."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.response import BoltResponse

from adapters.chat.protocol import Handler, Inbound, Incoming, Reply
from adapters.chat.slack.answers import Answers, ack_of, apology
from adapters.chat.slack.reading import Pressed, Said, Submitted, Unreadable, read
from adapters.chat.slack.windows import waiting

PATIENCE = 2.0  # seconds of Slack's three that a form's answer may take before the window says "Working"
HEAD_START = 1.0  # seconds the keeping may take before a window opens all the same: its trigger lives three
_ANY = re.compile(r"")
_log = logging.getLogger(__name__)


class Listeners:
    """One set for HTTP and Socket Mode. `settled` waits for answers that are still on their way."""

    def __init__(self, handler: Handler, inbound: Inbound, answers: Answers, *, patience: float, head_start: float) -> None:
        self._handler, self._inbound, self._answers = handler, inbound, answers
        self._patience, self._head_start = patience, head_start
        self._running: set[asyncio.Task[Any]] = set()

    def attach(self, app: AsyncApp) -> None:
        app.middleware(self.keep)
        app.command(_ANY)(self.said)
        app.event("app_mention")(self.said)
        app.event("message")(self.said)
        app.action(_ANY)(self.pressed)
        app.view(_ANY)(self.submitted)
        app.error(broke)

    async def keep(self, body: dict[str, Any], context: AsyncBoltContext, next_: Callable[[], Awaitable[None]]) -> BoltResponse | None:
        """Reads it and commits it before anything is acknowledged; what is not ours, or came before, ends here."""
        try:
            context["read"] = found = read(body)
        except Unreadable as reason:
            _log.info("slack: left alone: %s", reason)
            return BoltResponse(status=200)
        keeping = asyncio.ensure_future(self._inbound.accept(found.incoming))
        may_wait = isinstance(found, Pressed) and found.opens
        await asyncio.wait({keeping}, timeout=self._head_start if may_wait else None)
        if keeping.done() and not keeping.result():
            return BoltResponse(status=200)
        context["keeping"] = keeping
        await next_()
        return None

    async def said(self, context: AsyncBoltContext, ack: AsyncAck) -> None:
        found: Said = context["read"]
        with self._at_work():
            await ack()
            await self._answers.tell(await self._handle(found.incoming), found.incoming, found.channel, found.trigger)

    async def pressed(self, context: AsyncBoltContext, ack: AsyncAck) -> None:
        found: Pressed = context["read"]
        with self._at_work():
            await ack()
            if found.opens:
                await self._open(found, context["keeping"])
            elif found.view is not None:
                await self._answers.fill(found.view, await self._handle(found.incoming), found.incoming)
            else:
                await self._answers.tell(await self._handle(found.incoming), found.incoming, found.channel, found.trigger)

    async def submitted(self, context: AsyncBoltContext, ack: AsyncAck) -> None:
        found: Submitted = context["read"]
        with self._at_work():
            work = asyncio.ensure_future(self._handle(found.incoming))
            await asyncio.wait({work}, timeout=self._patience)
            if work.done():
                await ack(**ack_of(work.result(), found))
                return
            await ack(response_action="update", view=waiting("Working …"))
            await self._answers.fill(found.view, await work, found.incoming, found.incoming.card.channel if found.incoming.card else None)

    async def _open(self, found: Pressed, keeping: asyncio.Future[bool]) -> None:
        """The window first: its trigger lives three seconds, and the handler may take longer."""
        opening = asyncio.ensure_future(self._answers.open(found.trigger, waiting("Loading …")))
        reply = await self._handle(found.incoming) if await keeping else Reply()
        window = await opening
        if window is None:
            await self._answers.tell(reply, found.incoming, found.channel)
        else:
            await self._answers.fill(window, reply, found.incoming, found.channel)

    async def _handle(self, incoming: Incoming) -> Reply:
        try:
            return await self._handler(incoming)
        except Exception:  # ruff: ignore[blind-except] - the last net under a handler that promises not to raise
            return Reply(apology())

    @contextmanager
    def _at_work(self) -> Generator[None]:
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
        try:
            yield
        finally:
            if task is not None:
                self._running.discard(task)

    async def settled(self, timeout: float | None = None) -> None:
        """Returns when every answer under way has been given, or after `timeout` seconds."""
        if self._running:
            await asyncio.wait(set(self._running), timeout=timeout)


async def broke(error: Exception, response: BoltResponse | None) -> BoltResponse | None:  # ruff: ignore[unused-async] - Bolt awaits it
    """Nothing was acknowledged: 503 lets Slack send an event again and tells the person who pressed to do so."""
    _log.error("slack: not acknowledged: %s", type(error).__name__, exc_info=error)
    return None if response is None else BoltResponse(status=503)
