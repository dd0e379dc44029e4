"""The one door for everything a person does: who they are, what they may, one unit of work, the use case, the card."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

import structlog

from adapters.chat.protocol import ChatRoom, Incoming, Reply
from adapters.chat.slack.names import COMMAND
from adapters.core.cause import cause_of, caused_by
from bot.actions import Reminding, command, whole
from bot.commands import AskAct, AskHome, AskShare, parse
from bot.desk import answers, entry_forms, forms, home_desk, reply_forms, request_forms
from bot.desk.acts import carry_out
from bot.desk.colleagues import colleague
from bot.desk.once import read_once
from bot.desk.outcomes import outcome_card
from bot.desk.people import People
from bot.desk.reader import read_by
from bot.desk.sharing import share
from bot.desk.strangers import StrangerDesk
from bot.desk.typed import press_for
from bot.live.anew import draw_anew
from bot.live.standing import standing_card
from cards import problems
from cards.actions import OPENS, Action, Name
from cards.choices import asking
from cards.clean import clean
from cards.elements import Card
from cards.paging import paged
from cards.shared import posted
from workflows.acting import record, require
from workflows.domain.access import Right, User
from workflows.domain.approving import Limits
from workflows.domain.reach import EMAIL
from workflows.domain.regimes import Rate
from workflows.errors import AlreadyDone, BadEntry, NeedsReason, NotAllowed, OutsideError, Refused, Rejected
from workflows.open_home import redraw_home
from workflows.ports import Clock, Letters, Policies, Store, UnitOfWork
from workflows.send_reminder import PreviewReminder, SendReminder, preview_reminder, send_reminder
from workflows.stops import BeingMaintained

BREATH = 1.0  # seconds before what failed is tried once more: by then every connection that rested is asked whether it lives
_BEFORE_A_QUESTION: Mapping[str, str] = {"slack": COMMAND}  # what people type there, by platform

log = structlog.get_logger(__name__)


class _DoneAlready(Exception):
    """It came twice, and the other was first."""


class _NotKnown(Exception):
    """Who asks for it is no colleague, or not any more."""


class _NotDrawn(Exception):
    """What was to be done could be, but for the card that shows it."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Implements `adapters.chat.protocol.Foreseeing`. `nudge` is called after every commit: something may wait to be delivered."""

    store: Store
    policies: Policies
    letters: Letters
    clock: Clock
    rooms: Mapping[str, ChatRoom]
    nudge: Callable[[], None]
    limits: Limits = field(default_factory=Limits)
    rates: Sequence[Rate] = ()
    channels: Collection[str] = (EMAIL,)  # over which customers can be written to
    people: People = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "people", People(self.store, self.rooms, self.clock))

    async def __call__(self, incoming: Incoming) -> Reply:
        """Never raises: trouble comes back as a card, with a reference that the log has too."""
        with caused_by(cause_of(incoming.key)):
            return await self._answered(incoming)

    def opens(self, text: str) -> bool:
        """Not for several words after the verb: only the ledger knows whether they are one number, or a number and the form's answer."""
        asked = parse(text)
        return isinstance(asked, AskAct) and asked.act in OPENS and " " not in asked.words

    async def _answered(self, incoming: Incoming) -> Reply:
        what = incoming.action.name.value if incoming.action else "command"
        try:
            reply = await self._tried(incoming)
        except BeingMaintained as paused:
            return Reply(card=problems.refused(str(paused)), failed=True)
        except OutsideError as error:
            log.warning("profile not read", platform=incoming.person.platform, why=str(error))
            return Reply(card=problems.refused("The chat did not say who you are. Please try again in a minute."), failed=True)
        except Exception:
            reference = cause_of(incoming.key)
            log.exception("request failed", reference=reference, action=what)
            return Reply(card=problems.apology(reference), failed=True)
        log.info("request handled", what=what, platform=incoming.person.platform)
        self.nudge()
        return await self._allowed(reply, self.rooms[incoming.person.platform]) if reply.shared else reply

    async def _tried(self, incoming: Incoming) -> Reply:
        """Once more where it fails: nothing has changed then, and a connection to the database that was cut is another one a moment later."""
        try:
            return await self._handled(incoming)
        except (BeingMaintained, OutsideError):
            raise
        except Exception:
            log.warning("request is tried once more", exc_info=True)
        await asyncio.sleep(BREATH)
        return await self._handled(incoming)

    async def _allowed(self, reply: Reply, room: ChatRoom) -> Reply:
        """What may not be shown in a channel does not get there; who asked for it is told now."""
        try:
            await room.check(reply.shared)
        except Rejected as error:
            return Reply(card=problems.refused(f"It was not shared. {error}"))
        except OutsideError as error:
            log.info("channel not looked at", why=str(error))  # it waits until the chat is back
        return reply

    async def _handled(self, incoming: Incoming) -> Reply:
        """Who the chat has just vouched for is looked up by the unit that does what they want."""
        if self.people.vouched(incoming.person):
            with suppress(_NotKnown):
                return await self._of_colleague(incoming)
        who = await self.people.who(incoming.person)
        if isinstance(who, User):
            return await self._of_colleague(incoming, who)
        async with self.store() as work:
            return await StrangerDesk(incoming, who, work, self.clock).answer()

    async def _of_colleague(self, incoming: Incoming, who: User | None = None) -> Reply:
        """Raises `_NotKnown` where nobody is given, and the person is no colleague."""
        if _only_asks(incoming):
            return await self._asked(incoming, who)
        try:
            return await self._acted(incoming, who, drawing=incoming.in_place)
        except _DoneAlready:
            return Reply(card=problems.refused("This was done already, and was not done twice."))
        except _NotDrawn:
            log.exception("pressed card not drawn")
            return await self._acted(incoming, who, drawing=False)

    async def _colleague(self, incoming: Incoming, work: UnitOfWork) -> User:
        known = await self.people.known(incoming.person, work)
        if known is None:
            raise _NotKnown
        return known

    async def _asked(self, incoming: Incoming, who: User | None) -> Reply:
        """A question waits for nobody, and keeps nobody waiting. After a crash before it is noted as handled it is answered again."""
        async with self.store.reading() as unit:
            work = read_once(unit)
            user = who or await self._colleague(incoming, work)
            reply = await self._judged(incoming, user, read_by(user, work))
        if incoming.at_once and isinstance(reply, Reply):
            return reply
        async with self.store() as work:
            await self._first(incoming, work)
            return await self._noted(reply, incoming, user, work)

    async def _acted(self, incoming: Incoming, who: User | None, *, drawing: bool) -> Reply:
        """What was refused changed nothing, and counts as handled all the same. Raises `_DoneAlready`, and `_NotDrawn`: nothing was done then."""
        async with self.store() as unit:
            work = read_once(unit)
            user = who or await self._colleague(incoming, work)
            redrawn = changes(incoming) and await self._anew(incoming, work)
            judged = await self._judged(incoming, user, read_by(user, work))
            reply = replace(await self._noted(judged, incoming, user, work), redrawn=redrawn)
            if not await self._first(incoming, work) and changes(incoming):
                raise _DoneAlready
            if redrawn and drawing:  # else they may not see what the card says now, or do not look at it
                reply = replace(reply, standing=await self._standing(incoming, work))
        return reply

    async def _first(self, incoming: Incoming, work: UnitOfWork) -> bool:
        """Asked once all is done: whoever waits for an account meanwhile can still be kept, if it takes too long."""
        return await work.handled(incoming.key, self.clock.now(), kept=not incoming.at_once)

    async def _standing(self, incoming: Incoming, work: UnitOfWork) -> Card | None:
        if incoming.card is None or incoming.action is None:
            return None
        threaded = self.rooms[incoming.person.platform].threads(incoming.card.channel)
        try:
            return await standing_card(incoming.card, incoming.action, work, self.policies, self.clock.now(), threaded=threaded)
        except Exception as trouble:
            raise _NotDrawn from trouble

    async def _anew(self, incoming: Incoming, work: UnitOfWork) -> bool:
        if incoming.card is None or incoming.action is None:
            return False
        return await draw_anew(incoming.card, incoming.action, work, self.clock.now())

    async def _judged(self, incoming: Incoming, user: User, work: UnitOfWork) -> Reply | NotAllowed:
        try:
            require(user, Right.SEE)
            if changes(incoming):  # drawn when it leaves, so what follows is on it
                await redraw_home(user, work, self.clock.now())
            return await self._answer(incoming, user, work)
        except NotAllowed as refused:
            return refused
        except AlreadyDone as done:
            return Reply(card=problems.somebody_first(str(done)))
        except Refused as refused:
            return Reply(card=problems.refused(str(refused)))

    async def _noted(self, reply: Reply | NotAllowed, incoming: Incoming, user: User, work: UnitOfWork) -> Reply:
        """What somebody asked for without the right to it stands in the trail."""
        if isinstance(reply, Reply):
            return reply
        what = incoming.action.name.value if incoming.action else "command"
        await record(work, str(user.id), self.clock.now(), "refused", {"what": what, "role": user.role.word})
        return Reply(card=problems.refused(str(reply)))

    async def _answer(self, incoming: Incoming, user: User, work: UnitOfWork) -> Reply:
        if (typed := _typed(incoming)) is not None:
            return await self._said(typed, incoming, user, work)
        if incoming.action is None:
            return Reply()
        if incoming.action.name in home_desk.NAMES:
            desk, room = home_desk.HomeDesk(user, work, self.policies, self.clock), self.rooms.get(incoming.person.platform)
            asked = room.address(incoming.person.team, incoming.person.id) if room is not None else ""
            return await desk.press(incoming.action, _cleaned(incoming.values), incoming.card, asked)
        return await self._press(incoming.action, incoming.values, user, work)

    async def _said(self, text: str, incoming: Incoming, user: User, work: UnitOfWork) -> Reply:
        asked, now, page = parse(text), self.clock.now(), _page(incoming)
        if isinstance(asked, AskAct):
            press = await press_for(asked, work, self.policies, now)
            return Reply(card=press) if isinstance(press, Card) else await self._press(press.action, press.values, user, work)
        if isinstance(asked, AskShare):
            return await self._share(text, incoming, user, work)
        of = incoming.action.data.get("of", "") if incoming.action else ""
        about = await colleague(of, work) or user
        command = _BEFORE_A_QUESTION.get(incoming.person.platform, "")
        card = paged(await answers.answer(asked, work, self.policies, now, about, page, command), page, partial(asking, text, of=of))
        return Reply(card=card, then=Action(Name.HOME, user.id) if isinstance(asked, AskHome) and about is user else None)

    async def _share(self, text: str, incoming: Incoming, user: User, work: UnitOfWork) -> Reply:
        room = self.rooms.get(incoming.person.platform)
        if room is None or incoming.channel is None:
            raise Refused("There is no channel here to share it in; ask in one.")
        channel = room.address(incoming.person.team, incoming.channel)
        await share(incoming, channel, user, text, work, self.clock.now())
        return Reply(card=posted(), shared=channel)

    async def _press(self, action: Action, values: Mapping[str, str], user: User, work: UnitOfWork) -> Reply:
        values = _cleaned(values)
        if action.name in {Name.LINK, Name.CONFIRM_LINK}:  # a card of theirs from before they were linked
            return Reply(card=problems.linked_already())
        if action.name in request_forms.NAMES:
            return await request_forms.RequestDesk(user, work, self.policies, self.clock, self.limits, self.rates).press(action, values)
        if action.name in reply_forms.NAMES:
            return await reply_forms.ReplyDesk(user, work, self.policies, self.clock).press(action, values)
        if action.name in entry_forms.NAMES:
            return await entry_forms.EntryDesk(user, work, self.policies, self.clock, self.limits).press(action, values)
        desk = forms.FormDesk(user, work, self.policies, self.clock, self.limits)
        try:
            asked = command(action, values, user)
            if asked is None:
                return await desk.answer(action, values)
            if isinstance(asked, PreviewReminder | SendReminder):
                return await self._remind(asked, values, work)
            return Reply(
                card=await outcome_card(await carry_out(asked, work, self.policies, self.clock), work, self.policies, self.clock.now())
            )
        except BadEntry as wrong:
            return await desk.again(action, values, wrong.fields)

    async def _remind(self, asked: Reminding, values: Mapping[str, str], work: UnitOfWork) -> Reply:
        """What changed since the preview, or needs a reason, is shown as a new preview; it is never sent unseen."""
        words, errors, wording = "", dict[str, str](), None
        if isinstance(asked, PreviewReminder):
            look = asked
        else:
            try:
                queued = await send_reminder(asked, work, self.policies, self.letters, self.clock, self.channels)
                return Reply(card=await outcome_card(queued, work, self.policies, self.clock.now()))
            except (NotAllowed, AlreadyDone):
                raise
            except Refused as refused:
                (words, errors), wording = _wrong(refused, values), asked.wording
                look = PreviewReminder(asked.item, asked.by, language=asked.language, channel=asked.channel)
        preview = await preview_reminder(look, work, self.policies, self.letters, self.clock, self.channels)
        if look.edit or wording is not None:
            return Reply(form=forms.edited_reminder(preview, self.policies, self.clock.now(), wording, words), errors=errors)
        return Reply(form=forms.reminder(preview, self.policies, self.clock.now(), sorted(self.letters.languages), words), errors=errors)


def _wrong(refused: Refused, values: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Of a reminder that was not sent: what stands above its form, and what at its fields. A reason is asked for where there was a field for it."""
    if isinstance(refused, BadEntry):
        return "", refused.fields
    if isinstance(refused, NeedsReason) and "reason" in values:
        return "", {"reason": "Give a reason to send it all the same."}
    return str(refused), {}


def _cleaned(values: Mapping[str, str]) -> Mapping[str, str]:
    """A database may refuse what no screen shows."""
    return {field: clean(typed, lines=True) for field, typed in values.items()}


def changes(incoming: Incoming) -> bool:
    """Whether it is more than a question."""
    if (typed := _typed(incoming)) is not None:
        return isinstance(parse(typed), AskAct | AskShare)
    return incoming.action is not None and incoming.action.name not in OPENS


def _only_asks(incoming: Incoming) -> bool:
    """A home that is opened is kept fresh from then on, so that changes something."""
    return not changes(incoming) and (incoming.action is None or incoming.action.name is not Name.HOME)


def _page(incoming: Incoming) -> int:
    return whole(incoming.action.data.get("page", "")) if incoming.action is not None else 0


def _typed(incoming: Incoming) -> str | None:
    """What was typed, or what a button says in the place of typing."""
    if incoming.action is not None and incoming.action.name is Name.ASK:
        return incoming.action.data.get("q", "")
    return incoming.text or "" if incoming.action is None else None
