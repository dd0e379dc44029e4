"""What was verified is kept, then handled, then answered, in this order, but for an invoke: its answer says what was done, so who does it keeps it, too.

It is answered in time whatever happens behind. What failed is given up once the person knows.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

import structlog

from adapters.chat.protocol import CardRef, Handler, Inbound, Incoming, Limit, Reply
from adapters.chat.teams.addresses import AddressBook
from adapters.chat.teams.answers import Answer, as_dialog, in_place, outdated, problem, said, working
from adapters.chat.teams.reading import EXECUTE, NothingOfOurs, Read, read
from adapters.chat.teams.room import TeamsRoom
from adapters.chat.teams.turn import Kind, Room, Turn
from adapters.core.pauses import Rest, said_again
from cards.elements import Card
from cards.linked import Link
from workflows.errors import OutsideError, Rejected

PATIENCE = 4.0  # seconds an invoke's answer may take; clients give up after ten or so
Turns = Callable[[Sequence[Limit]], Awaitable[None]]  # takes one of each, or raises `RateLimited`
_Kept = TypeVar("_Kept")
log = structlog.get_logger(__name__)


async def at_once(limits: Sequence[Limit]) -> None:
    """Where nobody else counts them."""


class Listeners:
    """`patience` is how many seconds an invoke may wait for its answer; `rest` passes so many."""

    def __init__(
        self,
        handler: Handler,
        inbound: Inbound,
        book: AddressBook,
        room: TeamsRoom,
        link: Link | None = None,
        turn: Turns = at_once,
        *,
        patience: float,
        rest: Rest,
    ) -> None:
        self._handler, self._inbound, self._book, self._room = handler, inbound, book, room
        self._link, self._turn, self._patience, self._rest = link, turn, patience, rest
        self._under_way: set[asyncio.Task[None]] = set()

    async def take(self, turn: Turn) -> Answer:
        """The answer of an invoke; null for everything else, which is answered by a message. Raises when it could not be kept."""
        found = _read(turn)
        if turn.kind is Kind.INVOKE:
            return await self._invoked(found, turn)
        incoming = None if found is None else found.incoming
        _, new = await self._soon(asyncio.gather(self._book.learn(turn), self._kept(incoming)))
        if incoming is not None and new:
            self._start(self._heard(incoming, turn))
        return None

    async def _invoked(self, found: Read | None, turn: Turn) -> Answer:
        if found is not None and found.incoming is not None:
            return await self._in_time(found, found.incoming, turn)
        await self._soon(self._book.learn(turn))
        if found is None:
            return outdated(dialog=turn.name != EXECUTE)
        return None if found.dialog else said("Nothing was changed.")

    async def _kept(self, incoming: Incoming | None) -> bool:
        return incoming is not None and await self._inbound.accept(incoming)

    async def _soon(self, keeping: Awaitable[_Kept]) -> _Kept:
        """A database that takes too long is one that did not take it: Teams then says at once to try again, and not that we cannot be reached.

        It goes on all the same; should it be kept after all, it is handled with what a crash left behind.
        """
        task = asyncio.ensure_future(keeping)
        task.add_done_callback(_looked_at)
        await asyncio.wait({task}, timeout=self._patience / 2)
        return _kept_by_now(task)

    async def settled(self, timeout: float | None = None) -> None:
        """Returns when every answer under way has been given, or after `timeout` seconds."""
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=timeout)

    async def _in_time(self, found: Read, incoming: Incoming, turn: Turn) -> Answer:
        """What takes long is kept by itself, for its answer then promises that it will be done.

        An invoke that comes twice is handled twice: the handler knows what was done already, and says so.
        """
        until = asyncio.get_running_loop().time() + self._patience
        work = asyncio.ensure_future(self._known(incoming, turn))
        answer = asyncio.ensure_future(self._answer(work, found, incoming))
        await asyncio.wait({answer}, timeout=self._patience / 2)
        if answer.done():
            return answer.result()
        keeping = asyncio.ensure_future(self._inbound.accept(incoming))
        keeping.add_done_callback(_looked_at)
        try:
            await asyncio.wait({answer, keeping}, timeout=self._patience / 2, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                _kept_by_now(keeping)
                await asyncio.wait({answer}, timeout=max(until - asyncio.get_running_loop().time(), self._patience / 4))
            if answer.done():
                self._start(self._given_up(work, keeping, incoming))
                return answer.result()
        finally:
            if not answer.done():  # Teams is told that it takes longer, or that it failed; the person what came of it
                answer.cancel()
                self._start(self._later(work, keeping, incoming, turn))
        return working(dialog=found.dialog)

    async def _known(self, incoming: Incoming, turn: Turn) -> Reply:
        """Where who pressed is found is learnt meanwhile."""
        self._follow(self._book.learning(turn))
        return await self._handled(incoming)

    async def _answer(self, work: asyncio.Future[Reply], found: Read, incoming: Incoming) -> Answer:
        reply = await asyncio.shield(work)
        if found.dialog:
            return as_dialog(reply, incoming, self._link)
        return in_place(reply, self._link)

    async def _given_up(self, work: asyncio.Future[Reply], keeping: asyncio.Future[bool], incoming: Incoming) -> None:
        """What failed while it was being kept: not before it is."""
        await asyncio.gather(work, keeping, return_exceptions=True)
        if work.result().failed:
            await self._inbound.give_up(incoming)

    async def _later(self, work: asyncio.Future[Reply], keeping: asyncio.Future[bool], incoming: Incoming, turn: Turn) -> None:
        await asyncio.gather(work, keeping, return_exceptions=True)
        await self._tell(work.result(), incoming, turn)

    async def _heard(self, incoming: Incoming, turn: Turn) -> None:
        await self._tell(await self._handled(incoming), incoming, turn)

    async def _handled(self, incoming: Incoming) -> Reply:
        try:
            return await self._handler(incoming)
        except Exception as trouble:  # ruff: ignore[blind-except] - the last net under a handler that promises not to raise
            return Reply(apology(trouble), failed=True)

    async def _tell(self, reply: Reply, incoming: Incoming, turn: Turn) -> None:
        """Only the person reads it: in their chat with the app, wherever they asked."""
        to = turn.conversation if turn.room is Room.PERSONAL else incoming.person.id
        try:
            standing = await said_again(lambda: self._said(to, reply), self._rest)
            if standing is not None:
                await self._then(reply, incoming, standing)
        except OutsideError as trouble:
            log.warning("teams answer lost its way", reason=str(trouble))
            if turn.room is Room.PERSONAL or not isinstance(trouble, Rejected) or not await self._say_so(turn):
                return
        if reply.failed:
            await self._inbound.give_up(incoming)

    async def _said(self, to: str, reply: Reply) -> CardRef | None:
        """In its turn."""
        await self._turn(self._room.limits(to, new=True))
        if reply.form is not None:
            return await self._room.ask(to, reply.form)
        return await self._room.post(to, reply.card) if reply.card is not None else None

    async def _then(self, reply: Reply, incoming: Incoming, standing: CardRef) -> None:
        """Lost in a crash, the answer only stays as it was given."""
        if reply.then is not None:
            following = Incoming(f"{incoming.key}:then", incoming.person, reply.then, card=standing)
            if await self._inbound.accept(following):
                await self._handled(following)

    async def _say_so(self, turn: Turn) -> bool:
        """Whether it stands there that they are to ask again."""
        words = "Duebot answers in private and could not write to you: add the app for yourself in Teams, then ask again."
        try:
            await self._room.say(turn.conversation, words)
        except OutsideError as trouble:
            log.warning("teams answer lost its way", reason=str(trouble))
            return False
        return True

    def _start(self, work: Coroutine[None, None, None]) -> None:
        self._follow(asyncio.ensure_future(work))

    def _follow(self, task: asyncio.Task[None]) -> None:
        self._under_way.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        if not task.cancelled() and (trouble := task.exception()) is not None:
            log.error("teams answer broke", exc_info=trouble)


def _read(turn: Turn) -> Read | None:
    """Null for what is nothing of ours."""
    try:
        return read(turn)
    except NothingOfOurs as reason:
        log.info("teams activity left alone", reason=str(reason))
        return None


def _kept_by_now(keeping: asyncio.Future[_Kept]) -> _Kept:
    if not keeping.done():
        raise TimeoutError("the database took too long")
    return keeping.result()


def _looked_at(task: asyncio.Future[Any]) -> None:
    if not task.cancelled() and (trouble := task.exception()) is not None:
        log.warning("teams activity not kept", why=type(trouble).__name__)


def apology(trouble: Exception) -> Card:
    """For what nobody foresaw; the log has it under the same reference."""
    reference = secrets.token_hex(4)
    log.error("teams answer broke", reference=reference, exc_info=trouble)
    return problem(
        "Something went wrong on our side", f"Nothing more was done. Please try again; if it stays, tell your administrator: {reference}."
    )
