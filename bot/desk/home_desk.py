"""Presses in somebody's home: it opens, their settings, a message of today they stop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from adapters.chat.protocol import CardRef, Reply
from bot.actions import whole
from bot.live.draw import draw
from bot.live.home import approvals_card
from bot.live.live_cards import look_of
from bot.live.places import Place, written
from cards import home as cards
from cards.actions import Action, Name
from cards.elements import Form
from cards.outcome import next_line
from workflows.acting import item_to_act_on
from workflows.answer_query import see, see_item
from workflows.domain.access import User
from workflows.domain.account import NoticeState
from workflows.domain.ids import ItemId, NoticeId
from workflows.domain.preferences import Notify, Preferences
from workflows.domain.routing import quiet_of
from workflows.errors import AlreadyDone, BadEntry, NotAllowed, NotKnown, Refused
from workflows.open_home import open_home
from workflows.ports import Clock, Policies, UnitOfWork
from workflows.set_preferences import SetPreferences, set_preferences
from workflows.stop_message import StopMessage, leaves_today, stop_message, waits_no_more

NAMES = frozenset({Name.HOME, Name.SHOW_APPROVALS, Name.PREFERENCES, Name.SET_PREFERENCES, Name.STOP, Name.CONFIRM_STOP})
Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class HomeDesk:
    user: User
    work: UnitOfWork
    policies: Policies
    clock: Clock

    async def press(self, action: Action, values: Typed, card: CardRef | None, asked: str = "") -> Reply:
        """What cannot be comes back as the form, with what was typed and what is wrong with it. `asked` is how the person is written to."""
        match action.name:
            case Name.HOME:
                return await self._open(card, asked)
            case Name.SHOW_APPROVALS:
                page = whole(action.data.get("page", ""))
                return Reply(card=await approvals_card(self.user, page, self.work, self.policies, self.clock.now()))
            case Name.PREFERENCES:
                return Reply(form=cards.preferences_form(self.user, await self._wanted()))
            case Name.SET_PREFERENCES:
                return await self._set(values)
            case Name.STOP:
                return Reply(form=await self._stop_form(action, {}, {}))
            case _:
                return await self._stop(action, values)

    async def _open(self, ref: CardRef | None, asked: str) -> Reply:
        """Drawn at once, and from now on kept fresh where it stands."""
        if ref is None:
            raise NotKnown("There is nowhere to show it.")
        place = Place(ref.platform, ref.channel, ref.message, asked=asked)
        standing = await open_home(self.user, written(place), self.work, self.clock)
        now = self.clock.now()
        drawn = await draw(standing, self.work, self.policies, now)
        await open_home(self.user, written(place.shown(ref, look_of(drawn), now)), self.work, self.clock)
        return Reply(card=drawn)

    async def _wanted(self) -> Preferences:
        return (await self.work.preferences()).get(self.user.id, Preferences())

    async def _set(self, values: Typed) -> Reply:
        try:
            await set_preferences(SetPreferences(preferences_of(values), self.user), self.work, self.clock)
        except BadEntry as wrong:
            form = cards.preferences_form(self.user, await self._wanted(), values, wrong.fields)
            return Reply(form=form, errors=wrong.fields)
        return Reply(card=cards.preferences_set())

    async def _stop_form(self, action: Action, values: Typed, errors: Typed) -> Form:
        item, now = ItemId(action.id), self.clock.now()
        await item_to_act_on(self.work, item, self.user, None)
        seen = await see_item(item, self.work, self.policies, now)
        notice = _notice(action)
        if notice is None:
            step = leaves_today(seen.of(item), seen.account, now)
        else:
            step = next((one.step for one in seen.account.notices if one.id == notice and one.state is NoticeState.QUEUED), None)
        if step is None:
            raise AlreadyDone(waits_no_more(seen.account, next((one for one in seen.account.notices if one.id == notice), None)))
        confirm = Action(Name.CONFIRM_STOP, item, action.seen, action.data)
        return cards.stop_form(seen.account, seen.of(item), now, step, confirm, values, errors)

    async def _stop(self, action: Action, values: Typed) -> Reply:
        ask = StopMessage(ItemId(action.id), values.get("why", ""), self.user, _notice(action))
        try:
            done = await stop_message(ask, self.work, self.policies, self.clock)
        except (NotAllowed, AlreadyDone, NotKnown):
            raise
        except Refused as refused:
            return Reply(form=await self._stop_form(action, values, {"": str(refused)}), errors={"why": str(refused)})
        seen = await see(done.account.customer.id, self.work, self.policies, self.clock.now())
        decided = seen.of(done.item.id)
        return Reply(card=cards.stopped(seen.account, decided, done.step, next_line(seen.account, decided, seen.at)))


def _notice(action: Action) -> NoticeId | None:
    try:
        return NoticeId(UUID(action.data["notice"])) if action.data.get("notice") else None
    except ValueError:
        raise NotKnown("That message is not known.") from None


def preferences_of(values: Typed) -> Preferences:
    """Of the form's answers; raises `BadEntry`."""
    hours, language = values.get("quiet", "").strip(), values.get("language", "")
    if values.get("notify", "") not in set(Notify):
        raise BadEntry({"notify": "Choose what you want to be told."})
    try:
        quiet = quiet_of(hours) if hours else None
    except ValueError:
        raise BadEntry({"quiet": "Write hours like 18:00-08:00, or leave it empty."}) from None
    known = language if language in {code for code, _ in cards.LANGUAGES} else None
    return Preferences(Notify(values["notify"]), known or None, quiet)
